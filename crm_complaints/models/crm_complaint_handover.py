# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class CrmComplaint(models.Model):
    """Who takes a complaint, and how it changes hands.

    Who sees own complaints only does not change owner or team in the form: the form
    could not be shown again.
    """

    _inherit = "crm.complaint"

    may_assign = fields.Boolean(compute="_compute_may_assign")

    @api.depends_context("uid")
    def _compute_may_assign(self):
        self.may_assign = self.env.user.has_group("crm_complaints.group_complaint_all")

    def web_save(self, vals, specification, next_id=None):
        """Say what to do where a change would take the complaint out of sight."""
        try:
            return super().web_save(vals, specification, next_id=next_id)
        except AccessError:
            if not self or self.has_access("read"):
                raise
            raise UserError(
                self.env._(
                    "With this change the complaint goes to another team, and out of "
                    "your sight. Press “Hand over” instead, and say what it is about."
                )
            ) from None

    def action_take(self):
        """What nobody owns is the user's from now on.

        :raise UserError: a colleague was quicker, or it is over
        """
        self.check_access("write")
        for complaint in self:
            owner = complaint.user_id
            if owner and owner != self.env.user:
                raise UserError(
                    self.env._(
                        "%(complaint)s is %(user)s's: ask them to hand it over.",
                        complaint=complaint.display_name,
                        user=owner.name,
                    )
                )
            if not complaint.is_unfinished:
                raise UserError(
                    self.env._(
                        "%(complaint)s is over: there is nothing to do.",
                        complaint=complaint.display_name,
                    )
                )
        self.user_id = self.env.user
        return True

    def action_ask_handover(self):
        """Ask who gets the complaint."""
        self.ensure_one()
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Hand over"),
            "res_model": "crm.complaint.handover",
            "view_mode": "form",
            "target": "new",
            "context": {"default_complaint_id": self.id},
        }
