# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The switch that stops all care at once, and leaves a trace."""

from odoo import models
from odoo.exceptions import AccessError, UserError

PAUSE_GROUPS = "crm_service_excellence.group_care_manager,base.group_system"


class ResCompany(models.Model):
    _inherit = "res.company"

    def write(self, vals):
        switched = self.browse()
        if "crm_care_paused" in vals:
            paused = bool(vals["crm_care_paused"])
            switched = self.filtered(lambda c: c.crm_care_paused != paused)
        result = super().write(vals)
        for company in switched:
            company._log_care_pause(self.env.context.get("crm_care_pause_note"))
        return result

    def _crm_pause_care(self, paused, note):
        """Stop or resume the care of one company; what is sent already is gone.

        Managers may, who cannot write companies otherwise.

        :param note: why, in words; shown to colleagues on the care rules
        :raise AccessError: the user is no manager, or the company not one of theirs
        :raise UserError: it is so already, as when two press the button
        """
        self.ensure_one()
        user = self.env.user
        if not self.env.su and (
            self not in user.company_ids or not user.has_groups(PAUSE_GROUPS)
        ):
            raise AccessError(
                self.env._("Only managers of Customer Care pause or resume all care.")
            )
        if self.crm_care_paused == paused:
            raise UserError(
                self.env._("Care of %(company)s is paused already.", company=self.name)
                if paused
                else self.env._("Care of %(company)s is not paused.", company=self.name)
            )
        # sudo: a manager writes this one field; checked above
        company_sudo = self.sudo().with_context(crm_care_pause_note=note)
        company_sudo.crm_care_paused = paused

    def _log_care_pause(self, note=None):
        """Tell it on the company's contact and on its active rules."""
        self.ensure_one()
        if self.crm_care_paused:
            body = self.env._(
                "All care of %(company)s is paused: nothing is sent.", company=self.name
            )
        else:
            body = self.env._("Care of %(company)s goes on.", company=self.name)
        if note:
            body = f"{body} {note}"
        author = self.env.user.partner_id
        # sudo: whoever may pause need not have access to the rules of the company
        rules_sudo = (
            self.env["crm.care.rule"]
            .sudo()
            .search([("company_id", "=", self.id), ("state", "=", "active")])
        )
        rules_sudo._message_log_batch(
            bodies=dict.fromkeys(rules_sudo.ids, body), author_id=author.id
        )
        self.sudo().partner_id._message_log(body=body, author_id=author.id)

    def _care_pause_message(self):
        """What to show above care tasks while care is paused.

        :return: a sentence, or an empty string when no company of these is paused
        """
        paused = self.filtered("crm_care_paused")
        if not paused:
            return ""
        return self.env._(
            "All care of %(companies)s is paused: nothing is sent. What is planned "
            "waits as long as it may, and expires then.",
            companies=", ".join(paused.mapped("name")),
        )
