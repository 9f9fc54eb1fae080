# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""When an order was delivered, and what of it came back: SQL with and without stock."""

from odoo import models
from odoo.tools import SQL


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _crm_delivered_sql(self, order):
        """The moment of delivery; NULL while it is pending.

        Without deliveries in Odoo the promised date, else that of the order.

        :param order: alias of ``sale_order``
        """
        promised = SQL("COALESCE(%(o)s.commitment_date, %(o)s.date_order)", o=order)
        if "effective_date" not in self._fields:
            return promised
        # sale_stock: no status means that nothing is to be delivered
        return SQL(
            """COALESCE(%(o)s.effective_date, CASE WHEN %(o)s.delivery_status IS NULL
                                                   THEN %(promised)s END)""",
            o=order,
            promised=promised,
        )

    def _crm_line_delivered_sql(self, line, order):
        """The moment at which the last of an order line was delivered.

        What is delivered in parts has no single day, and no part is to be the worse
        for it. Lines that no stock move delivers are delivered with their order.

        :param line: alias of ``sale_order_line``
        :param order: alias of its ``sale_order``
        """
        with_order = self._crm_delivered_sql(order)
        if "effective_date" not in self._fields:
            return with_order
        return SQL(
            """COALESCE((
                   SELECT MAX(move.date) FROM stock_move move
                     JOIN stock_location place ON place.id = move.location_dest_id
                    WHERE move.sale_line_id = %(l)s.id AND move.state = 'done'
                      AND place.usage = 'customer'), %(with_order)s)""",
            l=line,
            with_order=with_order,
        )

    def _crm_returned_sql(self, line):
        """Whether nothing is left of an order line: credited, or sent back.

        :param line: alias of ``sale_order_line``, ``sale_order`` being ``sale``
        """
        credited = SQL(
            """(%(l)s.qty_invoiced <= 0 AND EXISTS (
                   SELECT FROM sale_order_line_invoice_rel rel
                     JOIN account_move_line entry ON entry.id = rel.invoice_line_id
                     JOIN account_move move ON move.id = entry.move_id
                    WHERE rel.order_line_id = %(l)s.id
                      AND move.move_type = 'out_refund' AND move.state = 'posted'))""",
            l=line,
        )
        if "effective_date" not in self._fields:
            return credited
        return SQL(
            """(%(credited)s OR (sale.effective_date IS NOT NULL
                AND %(l)s.qty_delivered_method = 'stock_move'
                AND %(l)s.qty_delivered <= 0))""",
            credited=credited,
            l=line,
        )
