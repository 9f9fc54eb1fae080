# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    crm_complaint_ids = fields.One2many(
        comodel_name="crm.complaint",
        inverse_name="sale_order_id",
        string="Complaints",
        groups="crm_complaints.group_complaint_own",
    )
    crm_complaint_count = fields.Integer(
        string="Complaint count",
        compute="_compute_crm_complaint_count",
        groups="crm_complaints.group_complaint_own",
    )

    @api.depends("crm_complaint_ids")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_crm_complaint_count(self):
        counts = dict(
            self.env["crm.complaint"]._read_group(
                domain=[("sale_order_id", "in", self.ids)],
                groupby=["sale_order_id"],
                aggregates=["__count"],
            )
        )
        for order in self:
            order.crm_complaint_count = counts.get(order._origin, 0)

    def action_view_crm_complaints(self):
        """The complaints about this order; the form of a new one if there is none."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_complaints.crm_complaint_action"
        )
        return {
            **action,
            "domain": [("sale_order_id", "=", self.id)],
            "context": {
                "default_sale_order_id": self.id,
                "default_partner_id": self.partner_id.id,
            },
        }
