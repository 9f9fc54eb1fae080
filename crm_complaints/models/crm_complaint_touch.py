# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Each intake is a contact with the customer, as soon as the customer is known."""

from odoo import api, fields, models

from .crm_complaint_message import PERSONAL_TYPES
from .crm_touchpoint import CHANNEL_OF_INTAKE

SPOKEN = frozenset({"phone", "counter", "call_centre"})


class CrmComplaint(models.Model):
    _inherit = "crm.complaint"

    @api.model_create_multi
    def create(self, vals_list):
        complaints = super().create(vals_list)
        # sudo: the contact took place, whoever may see touchpoints
        complaints.sudo()._record_intake()
        return complaints

    def write(self, vals):
        result = super().write(vals)
        if "partner_id" in vals:
            # sudo: as in create
            self.sudo()._refile_intake()
        return result

    def _record_intake(self):
        """Write the intake of each complaint with a customer as a touchpoint, once."""
        now = fields.Datetime.now()
        touchpoints = self.env["crm.touchpoint"]
        partners = touchpoints._filter_customers(self.partner_id)
        author = self.env.user if self.env.user._is_internal() else False
        vals_list = []
        for complaint in self:
            partner = complaint.partner_id
            if partner not in partners:
                continue
            user = complaint.user_id or partner.user_id
            if complaint.channel in SPOKEN and author and author.active:
                user = author
            vals_list.append(
                {
                    "partner_id": partner.id,
                    "contact_id": complaint.contact_id.id,
                    "company_id": complaint.company_id.id,
                    "direction": "in",
                    "channel": CHANNEL_OF_INTAKE[complaint.channel],
                    "date": min(complaint.date_received, now),
                    "user_id": user.id,
                    "summary": complaint.display_name.strip(),
                    "res_model": self._name,
                    "res_id": complaint.id,
                    "source": f"{self._name},{complaint.id}",
                }
            )
        if vals_list:
            later = touchpoints.with_context(crm_touch_refresh_later=True)
            later._record(vals_list)

    def _refile_intake(self):
        """The intake belongs to the customer that the complaint now has."""
        touchpoints = self.env["crm.touchpoint"]
        sources = {f"{self._name},{complaint.id}": complaint for complaint in self}
        wrong = touchpoints.search([("source", "in", list(sources))]).filtered(
            lambda touch: (
                touch.partner_id
                != sources[touch.source].partner_id.commercial_partner_id
            )
        )
        wrong.unlink()
        self._record_intake()

    def _first_personal_message(self):
        """The oldest message that a person wrote for readers outside."""
        self.ensure_one()
        return (
            self.env["mail.message"]
            .sudo()
            .search(
                [
                    ("model", "=", self._name),
                    ("res_id", "=", self.id),
                    ("message_type", "in", list(PERSONAL_TYPES)),
                    ("is_internal", "=", False),
                ],
                order="id",
                limit=1,
            )
        )
