# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models


class CrmCustomer(models.Model):
    """What a customer was granted, and whose turn it is to grant more."""

    _inherit = "crm.customer"

    goodwill_turn = fields.Integer(
        readonly=True,
        copy=False,
        aggregator=None,
        export_string_translation=False,
        help="Counts decisions on goodwill, so that each sees the one before.",
    )
    goodwill_count = fields.Integer(compute="_compute_goodwill_count")

    @api.depends("partner_id")
    @api.depends_context("uid")
    def _compute_goodwill_count(self):
        counts = {
            (partner, company): count
            for partner, company, count in self.env["crm.goodwill"]._read_group(
                domain=[("partner_id", "in", self.partner_id.ids)],
                groupby=["partner_id", "company_id"],
                aggregates=["__count"],
            )
        }
        for customer in self:
            key = (customer.partner_id, customer.company_id)
            customer.goodwill_count = counts.get(key, 0)

    def action_view_goodwill(self):
        self.ensure_one()
        return self.partner_id.action_view_crm_goodwill()
