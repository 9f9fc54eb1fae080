# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What pending points of an order wait for: its invoice, payment or delivery."""

import logging
from collections import defaultdict
from datetime import timedelta

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

# Refunds do not count: they void their part of the points, and the rest is released
# when it would have been. So what was ever invoiced counts, and a return of goods that
# have been delivered does not call the delivery into question.
READ_PROMISES = """
WITH promise AS MATERIALIZED (
    SELECT pending.id, pending.res_id AS order_id, pending.release_date,
           card.program_id, program.earn_on, program.earn_delay_days AS delay
      FROM crm_loyalty_pending pending
      JOIN loyalty_card card ON card.id = pending.card_id
      JOIN loyalty_program program ON program.id = card.program_id
     WHERE pending.remaining > 0 AND pending.res_model = 'sale.order'
       AND program.earn_on <> 'confirm' AND %(which)s),
line AS MATERIALIZED (
    SELECT line.id, line.order_id, line.product_uom_qty AS ordered, line.qty_delivered,
           uom.factor,
           template.type <> 'service' OR template.invoice_policy = 'delivery' AS goods
      FROM sale_order_line line
      LEFT JOIN product_product product ON product.id = line.product_id
      LEFT JOIN product_template template ON template.id = product.product_tmpl_id
      LEFT JOIN uom_uom uom ON uom.id = line.product_uom_id
     WHERE line.order_id IN (SELECT order_id FROM promise)
       AND line.display_type IS NULL AND NOT COALESCE(line.is_downpayment, FALSE)
       AND COALESCE(template.type, '') <> 'combo'),
billed AS MATERIALIZED (
    SELECT line.id, line.order_id, item.move_id,
           item.quantity * COALESCE(uom.factor / NULLIF(line.factor, 0), 1) AS quantity
      FROM line
      JOIN sale_order_line_invoice_rel rel ON rel.order_line_id = line.id
      JOIN account_move_line item ON item.id = rel.invoice_line_id
      JOIN account_move move ON move.id = item.move_id
      LEFT JOIN uom_uom uom ON uom.id = item.product_uom_id
     WHERE move.state = 'posted' AND move.move_type IN ('out_invoice', 'out_receipt')),
invoice AS MATERIALIZED (
    SELECT move.id, move.invoice_date,
           move.payment_state IN ('paid', 'in_payment', 'reversed') AS paid,
           GREATEST(move.invoice_date, (
               SELECT MAX(partial.max_date)
                 FROM account_move_line item
                 JOIN account_account account ON account.id = item.account_id
                  AND account.account_type = 'asset_receivable'
                 JOIN account_partial_reconcile partial
                   ON item.id IN (partial.debit_move_id, partial.credit_move_id)
                WHERE item.move_id = move.id), (
               SELECT MAX(payment.date)
                 FROM account_move__account_payment rel
                 JOIN account_payment payment ON payment.id = rel.payment_id
                  AND payment.state IN ('in_process', 'paid')
                WHERE rel.invoice_id = move.id)) AS paid_date
      FROM account_move move WHERE move.id IN (SELECT move_id FROM billed)),
invoiced AS MATERIALIZED (
    SELECT orders.order_id, MAX(invoice.invoice_date) AS invoice_date,
           BOOL_AND(invoice.paid) AS paid, MAX(invoice.paid_date) AS paid_date
      FROM (SELECT DISTINCT order_id, move_id FROM billed) orders
      JOIN invoice ON invoice.id = orders.move_id
     GROUP BY orders.order_id),
done AS MATERIALIZED (
    SELECT line.order_id,
           BOOL_AND(COALESCE(part.quantity, 0) >= line.ordered - 0.00001) AS invoiced,
           BOOL_AND(NOT goods OR COALESCE(qty_delivered, 0) >= ordered - 0.00001)
           AS delivered,
           BOOL_OR(COALESCE(qty_delivered, 0) > 0) AS any_delivered
      FROM line
      LEFT JOIN (SELECT id, SUM(GREATEST(quantity, 0)) AS quantity
                   FROM billed GROUP BY id) part ON part.id = line.id
     GROUP BY line.order_id)
SELECT promise.id, promise.program_id, promise.release_date, promise.delay,
       CASE promise.earn_on
            WHEN 'invoice' THEN CASE WHEN done.invoiced THEN invoiced.invoice_date END
            WHEN 'payment' THEN CASE WHEN done.invoiced AND invoiced.paid
                                     THEN invoiced.paid_date END END,
       promise.earn_on = 'delivery' AND done.delivered,
       promise.earn_on = 'delivery' AND promise.release_date IS NOT NULL
       AND (done.delivered OR done.any_delivered)
  FROM promise
  JOIN sale_order sale ON sale.id = promise.order_id AND sale.state = 'sale'
  JOIN done ON done.order_id = promise.order_id
  LEFT JOIN invoiced ON invoiced.order_id = promise.order_id
"""


class CrmLoyaltyPending(models.Model):
    _inherit = "crm.loyalty.pending"

    @api.model
    def _date_order_promises(self, orders=None):
        """Say from which day points that were promised for orders can be spent.

        The day of the invoice, of the last payment, or on which the delivery became
        known, and the program's days of delay after it. It is forgotten again where an
        order is no longer invoiced or paid.

        :param orders: ``sale.order``; by default all that points wait for
        :return: ``crm.loyalty.pending`` looked at, as superuser
        """
        # sudo: promises are the members', whoever posts or delivers what they wait for
        promises_sudo = self.sudo()
        which = SQL("TRUE")
        if orders is not None:
            which = SQL("pending.res_id = ANY(%s)", orders.ids)
            waiting = promises_sudo.search_count(
                [
                    ("res_model", "=", "sale.order"),
                    ("res_id", "in", orders.ids),
                    ("remaining", ">", 0),
                ],
                limit=1,
            )
            if not waiting:
                return promises_sudo.browse()
        self.env.flush_all()
        rows = self.env.execute_query(SQL(READ_PROMISES, which=which))
        programs = self.env["loyalty.program"].sudo().browse({row[1] for row in rows})
        today = {program.id: program._crm_today() for program in programs}
        changed = defaultdict(list)
        for promise, program, known, delay, day, delivered, keeps in rows:
            if keeps:
                continue
            day = today[program] if delivered else day
            release = day + timedelta(days=delay or 0) if day else None
            if release != known:
                changed[release].append(promise)
        for release, ids in changed.items():
            promises_sudo.browse(ids)._set_release_date(release)
        return promises_sudo.browse([row[0] for row in rows])

    def _release_due(self):
        """Release what is due; what cannot be is left to the job, and blocks nobody."""
        for promise in self:
            today = promise.program_id._crm_today()
            if not promise.release_date or promise.release_date > today:
                continue
            try:
                with self.env.cr.savepoint():
                    promise._release(today)
            except UserError as error:
                _logger.info("Pending points %s stay: %s", promise.id, error)


class LoyaltyCard(models.Model):
    _inherit = "loyalty.card"

    @api.model
    def _date_promises(self):
        result = super()._date_promises()
        self.env["crm.loyalty.pending"]._date_order_promises()
        return result
