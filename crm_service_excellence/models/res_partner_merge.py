# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What follows a contact that is merged or that moves to another company."""

from odoo import models

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

        Birthdays come along with the other fields, see the wizard.

        :param sources: ``res.partner`` that go
        """
        self.ensure_one()
        # sudo: whoever may merge contacts need not be in customer care
        target_sudo = self.sudo().with_context(tracking_disable=True)
        sources_sudo = sources.sudo()
        if not target_sudo.crm_care_paused and any(
            source.crm_care_paused for source in sources_sudo
        ):
            target_sudo.crm_care_paused = True
        self.env["crm.care.task"]._merge_partners(sources, self)
        self.env["crm.consent"]._merge_partners(sources, self)
