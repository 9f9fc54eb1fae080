# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""After the queue: tried again, failed, or stopped since the contact objects."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_datetime

# Minutes until the next try: so many tries and one more.
RETRY_MINUTES = (15, 60)
# What the next try of an e-mail would meet again.
PERMANENT = frozenset(
    {
        "mail_bl",
        "mail_email_invalid",
        "mail_email_missing",
        "mail_from_invalid",
        "mail_from_missing",
        "mail_optout",
        "mail_spam",
    }
)
# What passes or is paid: the provider is down, or has no credit of ours left. Whatever
# else it says of an SMS (also "unknown", to which Odoo puts all that it has no word
# for) is about the number, the country, the text or the account.
TEMPORARY_SMS = frozenset({"sms_credit", "sms_server"})


class CrmCareTask(models.Model):
    _inherit = "crm.care.task"

    # E-MAIL

    def _take_failure(self, failure_type, failure_reason):
        """Their e-mails were not sent: try again a little later, or give up.

        :param failure_type: a key of ``mail.mail.failure_type``
        :param failure_reason: what the mail server said, or None
        """
        for task in self:
            words = failure_reason or task.mail_id.failure_reason or failure_type
            words = " ".join(str(words).split())[:300]
            again = task._next_try(failure_type not in PERMANENT)
            if again:
                task.mail_id.write({"state": "outgoing", "scheduled_date": again})
                self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger(at=again)
                task._await_try(again, words)
            else:
                env = task._reader_env()
                task._fail_delivery(
                    env._("It could not be delivered: %(reason)s", reason=words)
                )

    # SMS

    def _take_sms_failure(self, failure_type):
        """Their SMS were not sent: try again a little later, or give up.

        :param failure_type: a key of ``sms.sms.failure_type``
        """
        field = self.env["sms.sms"]._fields["failure_type"]
        for task in self:
            env = task._reader_env()
            labels = dict(field._description_selection(env))
            words = labels.get(failure_type, failure_type or "")
            again = task._next_try(failure_type in TEMPORARY_SMS)
            if again:
                task.sms_id._wait_until(again)
                task._await_try(again, words)
            else:
                task._fail_sms(words)

    def _fail_sms(self, words):
        env = self._reader_env()
        self._fail_delivery(
            env._("The SMS could not be delivered: %(reason)s", reason=words)
        )

    # TRIES

    def _next_try(self, is_temporary):
        """Count a try that failed; the same message goes once more, not a second one.

        :return: the moment of the next try in naive UTC, within the contact's hours;
            None where there is none any more
        """
        self.ensure_one()
        now, tries = fields.Datetime.now(), self.delivery_tries + 1
        self._store({self.id: {"delivery_tries": tries}})
        if not is_temporary or tries > len(RETRY_MINUTES):
            return None
        again = now + timedelta(minutes=RETRY_MINUTES[tries - 1])
        again = self._next_openings(now, {self.id: again})[self.id]
        return again if again and again <= self.not_after else None

    def _await_try(self, again, words):
        self.ensure_one()
        env = self._reader_env()
        self._store(
            {
                self.id: {
                    "wait_code": "delivery",
                    "wait_reason": env._(
                        "Not delivered yet, tried again on %(moment)s: %(reason)s",
                        moment=format_datetime(env, again),
                        reason=words,
                    ),
                }
            }
        )

    def _left(self):
        """Their messages have left at last."""
        waited = self.filtered("wait_code")
        waited._store(
            {task.id: {"wait_code": None, "wait_reason": None} for task in waited}
        )

    def _fail_delivery(self, words):
        """It has not reached the contact, and will not be tried again."""
        self._settle("failed", "delivery", words)
        self._take_back_touchpoints()

    # OPPOSED MEANWHILE

    def _stop_queued(self, now, channel):
        """Which queued messages must not leave any more, or not yet.

        Asked again when the queue sends: what a contact said a minute ago counts, and
        a queue that was down in the evening does not wake anybody at night.

        :param now: naive UTC
        :param channel: email or sms
        :return: ``(tasks stopped for good, {naive UTC: tasks that wait until then})``
        """
        stopped, waits = self.browse(), {}
        refusals, blacklists = self._care_refusals(), self._blacklists()
        verdicts = {**self._gate_window(now), **self._gate_paused(now)}
        for task in self:
            end = task._objection(now, channel, refusals, blacklists)
            verdict = verdicts.get(task.id)
            if not end and verdict and verdict.state:
                end = (verdict.state, verdict.code, verdict.words)
            if end:
                task._settle(*end)
                stopped |= task
            elif verdict:
                waits[task.id] = verdict
        stopped._take_back_touchpoints()
        self._store(
            {
                task_id: {"wait_code": verdict.code, "wait_reason": verdict.words}
                for task_id, verdict in waits.items()
            }
        )
        waiting = self.filtered(lambda task: task.id in waits)
        return stopped, waiting.grouped(lambda task: waits[task.id].until)

    def _objection(self, now, channel, refusals, blacklists):
        """Why a queued message must not leave any more.

        :return: ``(state, code, words)`` for ``_settle``, or None
        """
        env = self._reader_env()
        obstacle = self._channel_obstacle(channel, refusals, blacklists)
        if obstacle and obstacle[0] in ("consent", "blacklist"):
            words = self._passed_over_words([(channel, *obstacle)])
            return "skipped", obstacle[0], words
        if not self.partner_id.active:
            name = self.partner_id.name or ""
            words = env._("%(contact)s is archived.", contact=name)
            return "skipped", "contact", words
        if self.not_after < now:
            late = env._("The mail queue was too late.")
            return "expired", self.wait_code or "late", self.wait_reason or late
        return None

    def _fail_taken_out(self):
        """Somebody took the e-mails or SMS of these tasks out of the queue."""
        for task in self:
            env = task._reader_env()
            task._fail_delivery(env._("It was taken out of the queue unsent."))

    def _readdress_sms(self):
        """What waits in the queue goes to the number that was asked about."""
        for task in self:
            number = task.partner_id.phone_sanitized
            if number and task.sms_id.number != number:
                task.sms_id.number = number

    def _readdress_mails(self):
        """What waits in the queue goes to where the contact is reached today."""
        # whose address was taken away is still written to where it was
        for task in self.filtered(lambda one: one.partner_id.email_normalized):
            mail_to = task._mail_to()
            if task.mail_id.email_to != mail_to:
                task.mail_id.email_to = mail_to

    @api.model
    def _of_mails(self, mails, only_done=True):
        """The tasks whose e-mails these are.

        :param only_done: those that count as delivered, not those given up since
        """
        care = mails.filtered(lambda mail: mail.model == self._name)
        if not care:
            return self.browse()
        domain = Domain("mail_id", "in", care.ids)
        if only_done:
            domain &= Domain("state", "=", "done")
        # sudo: the queue belongs to nobody
        return self._as_gateway().search(domain)
