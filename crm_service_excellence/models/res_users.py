# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from .crm_visit import OPEN_STATES


class ResUsers(models.Model):
    """Who leaves does not take the visits along."""

    _inherit = "res.users"

    def write(self, vals):
        result = super().write(vals)
        if vals.get("active") is False:
            self._release_crm_visits()
        return result

    def _release_crm_visits(self):
        """Open visits go to the customers' account managers, or are cancelled."""
        # sudo: whoever may archive users; the visits may be anybody's
        visits_sudo = self.env["crm.visit"].sudo()
        open_visits = visits_sudo.search(
            [("user_id", "in", self.ids), ("state", "in", OPEN_STATES)]
        )
        if open_visits:
            open_visits._release(
                self.env.ref("crm_service_excellence.crm_visit_reason_left")
            )
