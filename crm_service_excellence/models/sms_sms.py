# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""SMS of care in Odoo's queue: like e-mails they wait, are tried again, or given up."""

from odoo import api, fields, models
from odoo.fields import Domain

WAITING = "crm_waiting"
# Not left yet, and it may still.
UNSENT_STATES = ("outgoing", WAITING)
# Taken by the provider.
TAKEN_STATES = ("process", "pending", "sent")


class SmsSms(models.Model):
    _inherit = "sms.sms"

    # out of the queue, which takes the oldest ones first whether they may leave or not
    state = fields.Selection(
        selection_add=[(WAITING, "Waiting")], ondelete={WAITING: "set canceled"}
    )
    crm_not_before = fields.Datetime(
        string="Not before", readonly=True, copy=False, index="btree_not_null"
    )

    def write(self, vals):
        """What becomes of an SMS of care is told to its task."""
        result = super().write(vals)
        state = vals.get("state")
        if state == "canceled":
            self._care_tasks()._fail_taken_out()
        elif state == "error":
            self._care_tasks()._take_sms_failure(vals.get("failure_type"))
        elif state in TAKEN_STATES:
            self._care_tasks()._left()
        return result

    def unlink(self):
        """What is deleted before it has left does not reach the contact."""
        unsent = self.filtered(lambda sms: sms.state in UNSENT_STATES)
        unsent._care_tasks()._fail_taken_out()
        return super().unlink()

    # QUEUE

    @api.model
    def _process_queue(self):
        """What has waited long enough takes its place in the queue again."""
        due = self.search(
            [("state", "=", WAITING), ("crm_not_before", "<=", fields.Datetime.now())]
        )
        due.try_lock_for_update().write({"state": "outgoing", "crm_not_before": False})
        return super()._process_queue()

    def _wait_until(self, moment):
        """Leave then, and not before.

        :param moment: naive UTC
        """
        self.write({"state": WAITING, "crm_not_before": moment, "to_delete": False})
        self.env.ref("sms.ir_cron_sms_scheduler_action")._trigger(at=moment)

    def _send(self, unlink_failed=False, unlink_sent=True, raise_exception=False):
        """Care that a contact objected to after it was queued does not leave."""
        remaining = self - self._hold_care()
        # Odoo's queue takes them as they come, and its sending one company's at a time
        result = None
        for company, company_sms in remaining.grouped(
            lambda sms: sms._get_sms_company()
        ).items():
            # the account is that of the environment's company
            result = super(SmsSms, company_sms.with_company(company))._send(
                unlink_failed=unlink_failed,
                unlink_sent=unlink_sent,
                raise_exception=raise_exception,
            )
        return result

    # CARE

    def _hold_care(self):
        """Which of these must not leave, or not yet; their tasks say why."""
        care = self._care_tasks(only_done=False)
        if not care:
            return self.browse()
        tasks = care.filtered(lambda task: task.state == "done")
        # given up meanwhile: a retry in the queue does not bring it back
        ended = care - tasks
        stopped, waits = tasks._stop_queued(fields.Datetime.now(), "sms")
        # sudo: the task knows its SMS, whoever sends it
        (stopped | ended).sudo().sms_id.action_set_canceled()
        waiting = tasks.browse().concat(*waits.values())
        for until, group in waits.items():
            group.sudo().sms_id._wait_until(until)
        (tasks - stopped - waiting)._readdress_sms()
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
