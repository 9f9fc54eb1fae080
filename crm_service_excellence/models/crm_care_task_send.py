# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Into Odoo's queues, in the transaction that marks the task as done."""

from odoo import fields, models
from odoo.tools import formataddr, is_html_empty, plaintext2html

from .crm_care_task_channel import SENT_CHANNELS
from .crm_care_task_gate import UNASKED

# E-mails created at once: what Odoo does for each grows with how many there are.
MAIL_BATCH = 50


class CrmCareTask(models.Model):
    _inherit = "crm.care.task"

    sms_id = fields.Many2one(
        comodel_name="sms.sms",
        string="SMS",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        groups="base.group_system",
    )

    def _deliver(self, choices, now):
        """Send by e-mail and SMS; hand the rest to colleagues.

        :param choices: ``{task id: Choice}``
        :param now: naive UTC
        """
        # what was agreed to is sent, and nothing that was written since
        errors = self.filtered(lambda task: task.state != "approved")._write_text()
        for channel, tasks in self.grouped(lambda one: choices[one.id].channel).items():
            if channel not in SENT_CHANNELS:
                tasks._hand_over(choices)
                continue
            unwritten = {
                task.id: ("failed", "text", errors.get(task.id) or task._no_text())
                for task in tasks
                if task.id in errors or not task._is_written(channel)
            }
            if unwritten:
                self._settle_each(unwritten)
                tasks = tasks.filtered(lambda task, bad=unwritten: task.id not in bad)
            if not tasks:
                continue
            queued = tasks._send_emails() if channel == "email" else tasks._send_sms()
            for task_id, values in queued.items():
                values["channel_note"] = choices[task_id].note
            tasks._leave_touchpoints(now, channel)
            tasks._mark_done(now, channel, more=queued)
            tasks._ask_goodwill()

    def _is_written(self, channel):
        if channel == "email":
            return bool((self.subject or "").strip() and not is_html_empty(self.body))
        return bool((self.short_text or "").strip())

    def _no_text(self):
        return self._reader_env()._("There is no text, or no subject, to send.")

    # E-MAIL

    def _send_emails(self):
        """Queue the e-mails of these tasks.

        :return: ``{task id: values that remember it}``
        """
        queued, vals_list = {}, self._mail_vals_list()
        for start in range(0, len(vals_list), MAIL_BATCH):
            mails = self.env["mail.mail"].create(vals_list[start : start + MAIL_BATCH])
            for task, mail in zip(self[start : start + MAIL_BATCH], mails, strict=True):
                queued[task.id] = {"mail_id": mail.id, "delivery_tries": 0}
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()
        return queued

    def _mail_vals_list(self):
        """Values of ``mail.mail``, one for each task in its order."""
        bodies, senders, vals_list = self._mail_bodies(), {}, []
        for task in self:
            key = (task.company_id, task.user_id)
            if key not in senders:
                senders[key] = task._sender_values()
            vals_list.append(
                {
                    **senders[key],
                    "subject": task.subject,
                    "body": task.body,
                    "body_html": bodies[task.id],
                    "email_to": task._mail_to(),
                    "model": self._name,
                    "res_id": task.id,
                    "headers": repr(task._mail_headers()),
                    "auto_delete": False,
                }
            )
        return vals_list

    def _mail_to(self):
        partner = self.partner_id
        return formataddr((partner.name or False, partner.email_normalized))

    def _sender_values(self):
        """From the colleague who looks after the contact, else from the company.

        Replies go to where Odoo files them with the task.
        """
        self.ensure_one()
        company, user = self.company_id, self.user_id
        author = user.partner_id if user.active else company.partner_id
        if not author.email:
            author = company.partner_id
        email_from = author.email_formatted or company.email_formatted
        reply_to = self._notify_get_reply_to(default=email_from, author_id=author.id)
        return {
            "author_id": author.id,
            "email_from": email_from,
            "reply_to": reply_to[self.id],
            "record_company_id": company.id,
            "record_alias_domain_id": company.alias_domain_id.id,
        }

    def _mail_headers(self):
        """Nobody's robot answers it, and mail programs offer to unsubscribe."""
        headers = {"Auto-Submitted": "auto-generated"}
        if self.purpose in UNASKED:
            headers.update(self._unsubscribe_headers())
        return headers

    # SMS

    def _send_sms(self):
        """Queue the short messages of these tasks, each in its task's history.

        :return: ``{task id: values that remember it}``
        """
        messages = self.env["mail.message"].create(
            [
                {
                    **task._sender_values(),
                    "message_type": "sms",
                    "subtype_id": self.env.ref("mail.mt_note").id,
                    "body": plaintext2html(task.short_text),
                    "model": self._name,
                    "res_id": task.id,
                }
                for task in self
            ]
        )
        texts = self.env["sms.sms"].create(
            [
                {
                    "number": task.partner_id.phone_sanitized,
                    "body": task.short_text,
                    "partner_id": task.partner_id.id,
                    "mail_message_id": message.id,
                }
                for task, message in zip(self, messages, strict=True)
            ]
        )
        return {
            task.id: {"sms_id": sms.id} for task, sms in zip(self, texts, strict=True)
        }
