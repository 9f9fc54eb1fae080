# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from .crm_escalation_notify import ACTIVITY


class CrmComplaint(models.Model):
    """Escalation as seen from the complaint: who knows of it, and who took it up."""

    _inherit = "crm.complaint"

    escalation_ids = fields.One2many(
        comodel_name="crm.escalation.notice",
        inverse_name="complaint_id",
        string="Escalations",
        readonly=True,
    )
    escalation_recipient_ids = fields.One2many(
        comodel_name="crm.escalation.recipient",
        inverse_name="complaint_id",
        string="Escalated to",
        readonly=True,
    )
    is_escalated = fields.Boolean(
        compute="_compute_is_escalated",
        help="Somebody was told, or is going to be, and nobody has taken it up.",
    )

    escalated_to = fields.Char(compute="_compute_is_escalated")

    def _compute_is_escalated(self):
        # sudo: who was told, of complaints that the reader sees
        notices_sudo = self.sudo()._open_escalations()
        by_complaint = notices_sudo.grouped("complaint_id")
        for complaint in self:
            notices = by_complaint.get(complaint._origin.sudo(), notices_sudo.browse())
            complaint.is_escalated = bool(notices)
            names = notices.recipient_ids.user_id.mapped("name")
            complaint.escalated_to = ", ".join(names)

    def _open_escalations(self):
        """What is raised of open deadlines, and nobody has taken up."""
        return (
            self.env["crm.escalation.notice"]
            .search(
                [
                    ("complaint_id", "in", self.ids),
                    ("state", "in", ("pending", "notified")),
                    ("acknowledged_at", "=", False),
                ]
            )
            .filtered(lambda notice: notice.clock_id._is_open_for_escalation())
        )

    def action_acknowledge_escalation(self):
        """Take it up: the escalation of the open deadlines stops.

        For who may change the complaint, or was told of it. What is not told yet is
        skipped, as are the steps that would have followed.

        :raise UserError: nothing of these complaints is escalated
        """
        self.check_access("read")
        notices = self._acknowledgeable_escalations()
        moment = fields.Datetime.now()
        told = notices.filtered(lambda notice: notice.state == "notified")
        told.write({"acknowledged_by_id": self.env.uid, "acknowledged_at": moment})
        (notices - told)._cancel("skipped")
        clocks = notices.clock_id
        clocks._skip_further_steps(moment)
        clocks._stop_chain(moment)
        for complaint_sudo in notices.complaint_id:
            complaint_sudo.activity_feedback(
                [ACTIVITY], user_id=self.env.uid, only_automated=False
            )
            complaint_sudo.activity_unlink([ACTIVITY], only_automated=False)
            complaint_sudo._message_log(
                body=self.env._(
                    "%(user)s has taken up the escalation.", user=self.env.user.name
                )
            )
        return True

    def _acknowledgeable_escalations(self):
        """What the user takes up, as sudo.

        :raise AccessError: the user was not told and may not change the complaint
        :raise UserError: there is nothing
        """
        # sudo: the caller has read access; whose escalation it is, is checked below
        notices_sudo = self.sudo()._open_escalations()
        if not notices_sudo:
            raise UserError(self.env._("There is no escalation to take up."))
        for complaint in self:
            told_sudo = complaint.sudo().escalation_recipient_ids.user_id
            if self.env.user not in told_sudo and not complaint.has_access("write"):
                raise AccessError(
                    self.env._("Only who was told of an escalation can take it up.")
                )
        return notices_sudo

    def message_subscribe(self, partner_ids=None, subtype_ids=None):
        """Whoever is told of an escalation does not follow the complaint for that."""
        if self.env.context.get("crm_escalation_no_follow"):
            return True
        return super().message_subscribe(
            partner_ids=partner_ids, subtype_ids=subtype_ids
        )
