# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class MailMail(models.Model):
    _inherit = "mail.mail"

    def write(self, vals):
        """Care that somebody takes out of the queue does not reach the contact."""
        result = super().write(vals)
        if vals.get("state") == "cancel":
            self.env["crm.care.task"]._of_mails(self)._fail_taken_out()
        return result

    def unlink(self):
        """Nor does what is deleted before it has left."""
        unsent = self.filtered(lambda mail: mail.state in ("outgoing", "exception"))
        self.env["crm.care.task"]._of_mails(unsent)._fail_taken_out()
        return super().unlink()

    def send(self, auto_commit=False, raise_exception=False, post_send_callback=None):
        """Care that a contact objected to after it was queued does not leave."""
        return super(MailMail, self - self._hold_care()).send(
            auto_commit=auto_commit,
            raise_exception=raise_exception,
            post_send_callback=post_send_callback,
        )

    def _hold_care(self):
        """Which of these must not leave, or not yet; their tasks say why."""
        queued = self.filtered(lambda mail: mail.state == "outgoing")
        care = self.env["crm.care.task"]._of_mails(queued, only_done=False)
        if not care:
            return self.browse()
        tasks = care.filtered(lambda task: task.state == "done")
        # given up meanwhile: a retry in the queue does not bring it back
        ended = care - tasks
        stopped, waits = tasks._stop_queued(fields.Datetime.now(), "email")
        # sudo: the task knows its e-mail, whoever sends it
        (stopped | ended).sudo().mail_id.write({"state": "cancel"})
        waiting = tasks.browse().concat(*waits.values())
        for until, group in waits.items():
            group.sudo().mail_id.write({"scheduled_date": until})
        (tasks - stopped - waiting)._readdress_mails()
        return self.browse((stopped | ended | waiting).sudo().mail_id.ids)

    def _postprocess_sent_message(
        self, success_pids, success_emails, failure_reason=False, failure_type=None
    ):
        """What did not leave is tried again; a task knows when its e-mail has left."""
        # before super, which may delete what it is done with
        tasks = self.env["crm.care.task"]._of_mails(self)
        result = super()._postprocess_sent_message(
            success_pids,
            success_emails,
            failure_reason=failure_reason,
            failure_type=failure_type,
        )
        if failure_type:
            tasks._take_failure(failure_type, failure_reason)
        else:
            tasks._left()
        return result
