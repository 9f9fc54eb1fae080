# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Into Odoo's queues, in the transaction that marks the task as done."""

from odoo import fields, models
from odoo.tools import SQL, formataddr, is_html_empty, plaintext2html

from . import care_text
from .crm_care_task_channel import SENT_CHANNELS
from .crm_care_task_gate import UNASKED

# What an e-mail has of its message; the rest is the e-mail's own.
MESSAGE_FIELDS = (
    "subject",
    "body",
    "email_from",
    "reply_to",
    "model",
    "res_id",
    "author_id",
    "record_company_id",
    "record_alias_domain_id",
)


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
        texts, errors = self.filtered(
            lambda task: task.state != "approved"
        )._render_texts()
        for channel, tasks in self.grouped(lambda one: choices[one.id].channel).items():
            if channel in SENT_CHANNELS:
                tasks = tasks._fail_unwritten(channel, texts, errors)
                tasks._send(channel, choices, texts, now)
            else:
                tasks._store_some(texts)
                tasks._hand_over(choices)

    def _fail_unwritten(self, channel, texts, errors):
        """Give up what has nothing to say through a channel.

        :param texts: ``{task id: what was rendered, and is not stored yet}``
        :param errors: ``{task id: why it could not be rendered}``
        :return: the other tasks
        """
        unwritten = self.filtered(
            lambda task: (
                task.id in errors
                or not task._is_written(channel, texts.get(task.id, task))
            )
        )
        unwritten._store_some(texts)
        unwritten._settle_each(
            {
                task.id: ("failed", "text", errors.get(task.id) or task._no_text())
                for task in unwritten
            }
        )
        return self - unwritten

    def _store_some(self, texts):
        """Write what was rendered for these tasks."""
        self._store({task.id: texts[task.id] for task in self if task.id in texts})

    def _send(self, channel, choices, texts, now):
        """Queue what these tasks say, and write in one go that they are done.

        :param texts: ``{task id: what was rendered, and is not stored yet}``
        """
        if not self:
            return
        said = {task.id: texts.get(task.id, task) for task in self}
        queued = self._send_emails(said) if channel == "email" else self._send_sms(said)
        for task_id, values in queued.items():
            values["channel_note"] = choices[task_id].note
            values.update(texts.get(task_id, {}))
        self._leave_touchpoints(
            now, channel, summaries={key: text["subject"] for key, text in said.items()}
        )
        self._mark_done(now, channel, more=queued)
        self._ask_goodwill()

    def _is_written(self, channel, text=None):
        """Whether there is something to say through a channel.

        :param text: what is said, the task's own by default
        """
        text = text or self
        if channel == "email":
            return bool(
                (text["subject"] or "").strip() and not is_html_empty(text["body"])
            )
        return bool((text["short_text"] or "").strip())

    def _no_text(self):
        return self._reader_env()._("There is no text, or no subject, to send.")

    # E-MAIL

    def _send_emails(self, texts):
        """Queue the e-mails of these tasks.

        :param texts: ``{task id: what is said}``
        :return: ``{task id: values that remember it}``
        """
        messages, mails = [], []
        for vals in self._mail_vals_list(texts):
            messages.append({name: vals.pop(name) for name in MESSAGE_FIELDS})
            mails.append(vals)
        for vals, message in zip(mails, self._create_messages(messages), strict=True):
            vals["mail_message_id"] = message.id
            vals["is_notification"] = False  # its message is its own, and goes with it
        queued = {
            task.id: {"mail_id": mail.id, "delivery_tries": 0}
            for task, mail in zip(
                self, self.env["mail.mail"].create(mails), strict=True
            )
        }
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()
        return queued

    def _create_messages(self, vals_list):
        """Create the messages of e-mails, before these: each is half of the other.

        Left to ``mail.mail`` all fields of both are looked up for either. And what a
        message says and is about is written afterwards, in one statement: Odoo would
        ask every model that has messages whether it holds this one in memory, and
        sanitize each text anew. All that took longer than the rest of an e-mail.
        """
        messages = self.env["mail.message"]
        field = messages._fields["body"]
        cleaner = care_text.Cleaner(
            lambda body: field.convert_to_column(body, messages)
        )
        bodies = [
            # what holds images is left to Odoo, which makes attachments of them
            None if "data:" in vals["body"].lower() else cleaner.clean(vals["body"])
            for vals in vals_list
        ]
        task_ids = [vals["res_id"] for vals in vals_list]
        messages = messages.create(
            [
                {
                    **vals,
                    "res_id": False,
                    "body": vals["body"] if body is None else "",
                    "message_id": messages._get_message_id(vals),
                    "message_type": "email_outgoing",
                }
                for vals, body in zip(vals_list, bodies, strict=True)
            ]
        )
        messages.flush_recordset()
        self.env.cr.execute(
            SQL(
                """UPDATE mail_message message
                      SET res_id = new.task_id, body = COALESCE(new.body, message.body)
                     FROM UNNEST(%s::int[], %s::int[], %s::text[])
                       AS new(id, task_id, body)
                    WHERE message.id = new.id""",
                messages.ids,
                task_ids,
                bodies,
            )
        )
        messages.invalidate_recordset(["res_id", "body"])
        messages.modified(["res_id", "body"])
        self.browse(task_ids).invalidate_recordset(["message_ids"])
        return messages

    def _mail_vals_list(self, texts):
        """Values of ``mail.mail``, one for each task in its order.

        :param texts: ``{task id: what is said}``
        """
        urls, senders, vals_list = self._unsubscribe_urls(), self._senders(), []
        bodies = self._mail_bodies(urls, texts)
        for task in self:
            vals_list.append(
                {
                    **senders[task.id],
                    "subject": texts[task.id]["subject"],
                    "body": texts[task.id]["body"],
                    "body_html": bodies[task.id],
                    "email_to": task._mail_to(),
                    "model": self._name,
                    "res_id": task.id,
                    "headers": repr(task._mail_headers(urls[task.id])),
                    "auto_delete": False,
                }
            )
        return vals_list

    def _mail_to(self):
        partner = self.partner_id
        return formataddr((partner.name or False, partner.email_normalized))

    def _senders(self):
        """Values of who writes, asked for once for each colleague.

        :return: ``{task id: values}``
        """
        senders = {}
        for tasks in self.grouped(
            lambda task: (task.company_id, task.user_id)
        ).values():
            senders.update(dict.fromkeys(tasks.ids, tasks[0]._sender_values()))
        return senders

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

    def _mail_headers(self, url):
        """Nobody's robot answers it, and mail programs offer to unsubscribe.

        :param url: where the contact stops more of its kind
        """
        headers = {"Auto-Submitted": "auto-generated"}
        if self.purpose in UNASKED:
            headers.update(self._unsubscribe_headers(url))
        return headers

    # SMS

    def _send_sms(self, texts):
        """Queue the short messages of these tasks, each in its task's history.

        :param texts: ``{task id: what is said}``
        :return: ``{task id: values that remember it}``
        """
        senders = self._senders()
        messages = self.env["mail.message"].create(
            [
                {
                    **senders[task.id],
                    "message_type": "sms",
                    "subtype_id": self.env.ref("mail.mt_note").id,
                    "body": plaintext2html(texts[task.id]["short_text"]),
                    "model": self._name,
                    "res_id": task.id,
                }
                for task in self
            ]
        )
        queued = self.env["sms.sms"].create(
            [
                {
                    "number": task.partner_id.phone_sanitized,
                    "body": texts[task.id]["short_text"],
                    "partner_id": task.partner_id.id,
                    "mail_message_id": message.id,
                }
                for task, message in zip(self, messages, strict=True)
            ]
        )
        # by them the provider's later reports find back to the tasks
        self.env["sms.tracker"].create(
            [
                {"sms_uuid": sms.uuid, "crm_care_task_id": task.id}
                for task, sms in zip(self, queued, strict=True)
            ]
        )
        return {
            task.id: {"sms_id": sms.id, "delivery_tries": 0}
            for task, sms in zip(self, queued, strict=True)
        }
