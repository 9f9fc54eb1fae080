# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models
from odoo.tools import SQL


class CrmWarranty(models.Model):
    """The warranty or contract that came with an order line, from delivery to its end.

    Calendar months, and the last day of a month that is shorter: six months from 31
    August end on 28 February. What was credited or sent back has none.
    """

    _name = "crm.warranty"
    _description = "Warranty"
    _auto = False
    _order = "end_date, id"
    _rec_name = "product_id"
    _depends = {
        "account.move": ["move_type", "state"],
        "account.move.line": ["move_id"],
        "product.product": ["product_tmpl_id"],
        "product.template": ["crm_warranty_months"],
        "res.company": ["partner_id", "resource_calendar_id"],
        "res.partner": ["commercial_partner_id", "tz"],
        "resource.calendar": ["tz"],
        "sale.order": ["commitment_date", "company_id", "date_order", "partner_id"],
        "sale.order.line": [
            "order_id",
            "product_id",
            "product_uom_qty",
            "qty_invoiced",
        ],
    }

    order_line_id = fields.Many2one(comodel_name="sale.order.line", readonly=True)
    order_id = fields.Many2one(comodel_name="sale.order", readonly=True)
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer", readonly=True
    )
    product_id = fields.Many2one(comodel_name="product.product", readonly=True)
    quantity = fields.Float(digits="Product Unit", readonly=True)
    user_id = fields.Many2one(
        comodel_name="res.users", string="Account manager", readonly=True
    )
    start_date = fields.Date(string="Delivered on", readonly=True)
    months = fields.Integer(aggregator=None, readonly=True)
    end_date = fields.Date(string="Ends on", readonly=True)

    @property
    def _table_query(self):
        orders = self.env["sale.order"]
        return SQL(
            """SELECT line.id, line.id AS order_line_id, sale.id AS order_id,
                      sale.company_id, buyer.commercial_partner_id AS partner_id,
                      customer.user_id, line.product_id,
                      line.product_uom_qty AS quantity, delivery.day AS start_date,
                      template.crm_warranty_months AS months,
                      (delivery.day + make_interval(
                           months => template.crm_warranty_months))::date AS end_date
                 FROM sale_order_line line
                 JOIN product_product product ON product.id = line.product_id
                 JOIN product_template template
                   ON template.id = product.product_tmpl_id
                  AND template.crm_warranty_months > 0
                 JOIN sale_order sale ON sale.id = line.order_id
                 JOIN res_partner buyer ON buyer.id = sale.partner_id
                 JOIN res_partner customer ON customer.id = buyer.commercial_partner_id
                 JOIN res_company company ON company.id = sale.company_id
                 JOIN res_partner place ON place.id = company.partner_id
                 LEFT JOIN resource_calendar calendar
                   ON calendar.id = company.resource_calendar_id
                CROSS JOIN LATERAL (
                    SELECT (%(delivered)s AT TIME ZONE 'UTC' AT TIME ZONE
                            COALESCE(calendar.tz, place.tz, 'UTC'))::date AS day
                    ) delivery
                WHERE sale.state = 'sale' AND line.display_type IS NULL
                  AND line.product_uom_qty > 0 AND delivery.day IS NOT NULL
                  AND NOT %(returned)s""",
            delivered=orders._crm_line_delivered_sql(SQL("line"), SQL("sale")),
            returned=orders._crm_returned_sql(SQL("line")),
        )

    def action_open_order(self):
        """Open the order of this row."""
        return self.order_id._get_records_action(context={})
