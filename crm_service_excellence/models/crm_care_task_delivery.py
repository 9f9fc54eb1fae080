# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""After the queue: tried again, failed, or stopped since the contact objects."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_datetime

# Minutes until the next try: so many tries and one more.
RETRY_MINUTES = (15, 60)
# What the next try would meet again.
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


class CrmCareTask(models.Model):
    _inherit = "crm.care.task"

    # E-MAIL

    def _take_failure(self, failure_type, failure_reason):
        """Their e-mails were not sent: try again a little later, or give up.

        :param failure_type: a key of ``mail.mail.failure_type``
        :param failure_reason: what the mail server said, or None
        """
        now = fields.Datetime.now()
        for task in self:
            words = failure_reason or task.mail_id.failure_reason or failure_type
            words = " ".join(str(words).split())[:300]
            tries = task.delivery_tries + 1
            task._store({task.id: {"delivery_tries": tries}})
            again = None
            if failure_type not in PERMANENT and tries <= len(RETRY_MINUTES):
                again = now + timedelta(minutes=RETRY_MINUTES[tries - 1])
            if again and again <= task.not_after:
                task._retry_mail(again, words)
            else:
                env = task._reader_env()
                task._fail_delivery(
                    env._("It could not be delivered: %(reason)s", reason=words)
                )

    def _retry_mail(self, again, words):
        """The same e-mail once more, so that nobody gets it twice."""
        self.ensure_one()
        self.mail_id.write({"state": "outgoing", "scheduled_date": again})
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger(at=again)
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

    def _fail_delivery(self, words):
        """It has not reached the contact, and will not be tried again."""
        self._settle("failed", "delivery", words)
        self._take_back_touchpoints()

    # OPPOSED MEANWHILE

    def _stop_queued(self, now, channel):
        """Which queued messages must not leave any more, or not yet.

        Asked again when the queue sends: what a contact said a minute ago counts.

        :param now: naive UTC
        :param channel: email or sms
        :return: ``(tasks stopped for good, tasks that wait)``
        """
        stopped = waiting = self.browse()
        refusals, blacklists = self._care_refusals(), self._blacklists()
        paused = self._gate_paused(now)
        for task in self:
            end = task._objection(now, channel, refusals, blacklists)
            if end:
                task._settle(*end)
                stopped |= task
            elif task.id in paused:
                waiting |= task
        stopped._take_back_touchpoints()
        waiting._store(
            {
                task.id: {
                    "wait_code": paused[task.id].code,
                    "wait_reason": paused[task.id].words,
                }
                for task in waiting
            }
        )
        return stopped, waiting

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
