# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models
from odoo.fields import Domain


class SmsSms(models.Model):
    _inherit = "sms.sms"

    def write(self, vals):
        """An SMS of care that failed is told to its task."""
        result = super().write(vals)
        if vals.get("state") == "canceled":
            self._care_tasks()._fail_taken_out()
        if vals.get("state") == "error":
            tasks = self._care_tasks()
            labels = dict(self._fields["failure_type"]._description_selection(self.env))
            why = labels.get(vals.get("failure_type"), vals.get("failure_type") or "")
            for task in tasks:
                env = task._reader_env()
                task._fail_delivery(
                    env._("The SMS could not be delivered: %(reason)s", reason=why)
                )
        return result

    def _send(self, unlink_failed=False, unlink_sent=True, raise_exception=False):
        """Care that a contact objected to after it was queued does not leave."""
        remaining = self - self._hold_care()
        # Odoo's queue takes them as they come, and its sending one company's at a time
        result = None
        for company_sms in remaining.grouped(
            lambda sms: sms.mail_message_id.record_company_id
        ).values():
            result = super(SmsSms, company_sms)._send(
                unlink_failed=unlink_failed,
                unlink_sent=unlink_sent,
                raise_exception=raise_exception,
            )
        return result

    def _hold_care(self):
        """Which of these must not leave, or not yet; their tasks say why."""
        care = self._care_tasks(only_done=False)
        if not care:
            return self.browse()
        tasks = care.filtered(lambda task: task.state == "done")
        # given up meanwhile: a retry in the queue does not bring it back
        ended = care - tasks
        stopped, waiting = tasks._stop_queued(fields.Datetime.now(), "sms")
        # sudo: the task knows its SMS, whoever sends it
        (stopped | ended).sudo().sms_id.action_set_canceled()
        return self.browse((stopped | ended | waiting).sudo().sms_id.ids)

    def _care_tasks(self, only_done=True):
        """The tasks whose SMS these are.

        :param only_done: those that count as delivered, not those given up since
        """
        domain = Domain("sms_id", "in", self.ids)
        if only_done:
            domain &= Domain("state", "=", "done")
        # sudo: the queue belongs to nobody
        return self.env["crm.care.task"]._as_gateway().search(domain)
