# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What follows a contact that is merged or that moves to another company."""

from odoo import models

BIRTHDAY_FIELDS = (
    "crm_birth_calendar",
    "crm_birth_month",
    "crm_birth_day",
    "crm_birth_leap",
    "crm_birth_year",
    "crm_birth_leap_policy",
)
MOVED_BY = frozenset({"parent_id", "is_company", "commercial_partner_id"})


class ResPartner(models.Model):
    _inherit = "res.partner"

    def write(self, vals):
        result = super().write(vals)
        if MOVED_BY.intersection(vals):
            self.env["crm.care.task"]._follow_company(self)
        return result

    def _merge_care(self, sources):
        """Take over the care of contacts that are merged into this one.

        A birthday is taken whole: field by field, a lunar month would meet a solar day.

        :param sources: ``res.partner`` that go
        """
        self.ensure_one()
        # sudo: whoever may merge contacts need not be in customer care
        target_sudo = self.sudo().with_context(tracking_disable=True)
        sources_sudo = sources.sudo().with_context(tracking_disable=True)
        kept = (target_sudo + sources_sudo).filtered("crm_birth_month")[:1]
        nothing = dict.fromkeys(BIRTHDAY_FIELDS, False)
        others = (sources_sudo - kept).filtered("crm_birth_month")
        if others:
            others.write(nothing)
        if not target_sudo.crm_care_paused and any(
            source.crm_care_paused for source in sources_sudo
        ):
            target_sudo.crm_care_paused = True
        self.env["crm.care.task"]._merge_partners(sources, self)
        self.env["crm.consent"]._merge_partners(sources, self)
