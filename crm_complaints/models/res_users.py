# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from .crm_complaint_terms import OPEN_STATES


class ResUsers(models.Model):
    _inherit = "res.users"

    def write(self, vals):
        result = super().write(vals)
        if vals.get("active") is False:
            self._release_crm_complaints()
        return result

    def _release_crm_complaints(self):
        """Open complaints of who leaves go to the team, by its rule."""
        # sudo: whoever may archive users; the complaints may be anybody's
        complaints_sudo = self.env["crm.complaint"].sudo()
        mine = complaints_sudo.search(
            [("user_id", "in", self.ids), ("state", "in", OPEN_STATES)]
        )
        if mine:
            mine.user_id = False
            mine._assign_owners()
