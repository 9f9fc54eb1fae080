# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models


class CrmCustomer(models.Model):
    """The visits to a customer, from its record."""

    _inherit = "crm.customer"

    visit_count = fields.Integer(compute="_compute_visit_count")

    @api.depends("partner_id")
    @api.depends_context("uid")
    def _compute_visit_count(self):
        counts = {
            (partner, company): count
            for partner, company, count in self.env["crm.visit"]._read_group(
                domain=[("partner_id", "in", self.partner_id.ids)],
                groupby=["partner_id", "company_id"],
                aggregates=["__count"],
            )
        }
        for customer in self:
            customer.visit_count = counts.get(
                (customer.partner_id, customer.company_id), 0
            )

    def action_view_visits(self):
        self.ensure_one()
        return self.partner_id.action_view_crm_visits()

    def action_new_visit(self):
        self.ensure_one()
        return self.partner_id.action_new_crm_visit()

    def action_start_visit(self, position=None):
        """Start a visit that nobody planned, see ``res.partner``."""
        self.ensure_one()
        return self.partner_id.action_start_crm_visit(position)
