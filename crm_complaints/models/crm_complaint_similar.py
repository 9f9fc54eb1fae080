# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Complaints that may be the same matter: suggested, never merged by itself."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from .crm_customer_complaint import UNCOUNTED_STATES

# One of these in common, and the same customer.
MATTER_FIELDS = ("product_id", "sale_order_id", "invoice_id", "lot_name")


class CrmComplaint(models.Model):
    _inherit = "crm.complaint"

    likely_duplicate_ids = fields.Many2many(
        comodel_name="crm.complaint",
        string="Perhaps the same",
        compute="_compute_likely_duplicate_ids",
    )
    likely_duplicate_count = fields.Integer(
        string="Perhaps the same (number)", compute="_compute_likely_duplicate_ids"
    )

    @api.depends(
        "partner_id",
        "email_normalized",
        "product_id",
        "sale_order_id",
        "invoice_id",
        "lot_name",
        "date_received",
        "company_id",
        "state",
    )
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_likely_duplicate_ids(self):
        found = self._likely_duplicates()
        for complaint in self:
            complaint.likely_duplicate_ids = found[complaint]
            complaint.likely_duplicate_count = len(found[complaint])

    def _likely_duplicates(self):
        """Others of the same customer about the same product, order, invoice or lot.

        Received within the company's number of days, before or after; as far as the
        reader may see them. One query, however many complaints.

        :return: ``{complaint: crm.complaint}``, newest first
        """
        asked = self.filtered(
            lambda c: (
                c.state not in UNCOUNTED_STATES
                and c.company_id.crm_complaint_duplicate_days
                and (c.partner_id or c.email_normalized)
                and any(c[name] for name in MATTER_FIELDS)
            )
        )
        found = dict.fromkeys(self, self.browse())
        if not asked:
            return found
        dates = [c.date_received or fields.Datetime.now() for c in asked]
        span = timedelta(
            days=max(c.crm_complaint_duplicate_days for c in asked.company_id)
        )
        domain = Domain("company_id", "in", asked.company_id._origin.ids)
        domain &= Domain("state", "not in", UNCOUNTED_STATES)
        domain &= Domain("date_received", ">=", min(dates) - span)
        domain &= Domain("date_received", "<=", max(dates) + span)
        domain &= Domain("partner_id", "in", asked.partner_id._origin.ids) | Domain(
            "email_normalized",
            "in",
            [c.email_normalized for c in asked if c.email_normalized],
        )
        candidates = self.search(domain)
        for complaint in asked:
            found[complaint] = candidates.filtered(complaint._is_like)
        return found

    def _is_like(self, other):
        """Whether ``other`` may be the same matter."""
        self.ensure_one()
        received = self.date_received or fields.Datetime.now()
        days = timedelta(days=self.company_id.crm_complaint_duplicate_days)
        partner = self.partner_id._origin
        if partner or other.partner_id:
            same_customer = partner == other.partner_id
        else:
            same_customer = self.email_normalized == other.email_normalized
        return (
            other != self._origin
            and other.company_id == self.company_id._origin
            and same_customer
            and abs(other.date_received - received) <= days
            and any(self._has_common(name, other) for name in MATTER_FIELDS)
        )

    def _has_common(self, name, other):
        value = self[name]
        if isinstance(value, models.BaseModel):
            value = value._origin
        return bool(value) and value == other[name]

    def action_view_likely_duplicates(self):
        """The complaints that may be the same matter."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Perhaps the same"),
            "res_model": self._name,
            "view_mode": "list,form",
            "domain": [("id", "in", self.likely_duplicate_ids.ids)],
        }
