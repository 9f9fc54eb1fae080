# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Contacts with a customer, from its record."""

from odoo import api, fields, models


class CrmCustomer(models.Model):
    _inherit = "crm.customer"

    touch_count = fields.Integer(
        string="Touchpoint count", compute="_compute_touch_count"
    )

    @api.depends("partner_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_touch_count(self):
        for customer in self:
            customer.touch_count = customer.partner_id.crm_touch_count

    def action_view_touchpoints(self):
        self.ensure_one()
        return self.partner_id.action_view_crm_touchpoints()

    def action_log_touchpoint(self):
        """Write down a contact that took place just now."""
        self.ensure_one()
        return self.partner_id.action_log_crm_touchpoint()
