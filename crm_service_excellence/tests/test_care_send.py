# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What leaves through Odoo's queues, and what happens when it does not."""

import ast
import smtplib
from datetime import datetime, timedelta
from unittest.mock import patch

from odoo import Command
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.mail.tests.common import MailCase

from .care_send_common import NOW, CareTaskCommon

MINUTE = timedelta(minutes=1)


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestCareSend(CareTaskCommon, MailCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.care_own.email = "own@care.example.com"

    def _sent(self, **values):
        task = self._create_task(**values)
        self.assertEqual(self._send(task), ["done"])
        return task

    # E-MAIL

    def test_queued(self):
        task = self._sent()
        mail = task.mail_id
        self.assertEqual(mail.state, "outgoing")
        self.assertEqual(mail.subject, "Dear Ann")
        self.assertIn("Hello", mail.body_html)
        self.assertEqual(mail.email_to, '"Ann" <ann@customer.example.com>')
        self.assertIn("own@care.example.com", mail.email_from)
        self.assertEqual((mail.model, mail.res_id), (task._name, task.id))
        self.assertFalse(mail.auto_delete)
        self.assertEqual(mail.record_company_id, self.company)

    def test_message(self):
        """Written in two steps, message and e-mail are what Odoo would create."""
        task = self._create_task(
            subject="Hello",
            body='<p style="color: red; position: fixed">Hi<form>no</form></p>',
            is_edited=True,
        )
        vals = task._as_gateway()._mail_vals_list({task.id: task})
        [odoo] = self.env["mail.mail"].create(vals)
        self._send(task)
        ours, message = task.mail_id, task.mail_id.mail_message_id
        for name in ("headers", "email_to", "state", "is_notification", "body_html"):
            self.assertEqual(ours[name], odoo[name], name)
        for name in (
            *("model", "res_id", "body", "subject", "message_type", "author_id"),
            *("email_from", "reply_to", "record_company_id", "record_alias_domain_id"),
        ):
            self.assertEqual(message[name], odoo.mail_message_id[name], name)
        self.assertNotIn("position", message.body)
        self.assertIn(f"-openerp-{task.id}-crm.care.task@", message.message_id)
        self.assertIn(message, task.message_ids)

    def test_image_in_the_text(self):
        """An image within the text is kept as a file, as by Odoo."""
        task = self._create_task(
            subject="Hello",
            body='<p>Hi <img src="data:image/png;base64,aGVsbG8="/></p>',
            is_edited=True,
        )
        self._send(task)
        message = task.mail_id.mail_message_id
        self.assertEqual(len(message.attachment_ids), 1)
        self.assertIn("/web/image/", message.body)
        self.assertEqual(message.res_id, task.id)

    def test_headers(self):
        """One unsubscribes from greetings and offers, not from what one must know."""
        self.company.crm_marketing_opt_in = False
        offer = self._create_contact("Cy")
        for values in ({}, {"purpose": "marketing", "partner": offer}):
            headers = ast.literal_eval(self._sent(**values).mail_id.headers)
            self.assertEqual(headers["Auto-Submitted"], "auto-generated")
            self.assertRegex(headers["List-Unsubscribe"], "^<http.*>$")
            self.assertEqual(
                headers["List-Unsubscribe-Post"], "List-Unsubscribe=One-Click"
            )
        service = self._sent(partner=self._create_contact("Bo"), purpose="service")
        self.assertNotIn("List-Unsubscribe", ast.literal_eval(service.mail_id.headers))

    def test_from_the_company(self):
        """Where nobody looks after the contact, or who did has left."""
        self.care_own.active = False
        task = self._sent()
        self.assertIn("office@care.example.com", task.mail_id.email_from)
        self.assertEqual(task.mail_id.author_id, self.company.partner_id)

    def test_from_the_company_where_the_colleague_has_no_address(self):
        self.care_own.email = False
        self.assertIn("office@care.example.com", self._sent().mail_id.email_from)

    def test_each_from_its_own_colleague_and_company(self):
        other = self._create_company("Other company")
        other.email = "office@other.example.com"
        self.care_own.company_ids = [Command.link(other.id)]
        self.care_all.email = "all@care.example.com"
        ann, bo, cy = (self._create_contact(name) for name in ("Ann", "Bo", "Cy"))
        self.env["crm.customer"].with_company(other)._follow(cy)
        tasks = (
            self._create_task(ann)
            | self._create_task(bo, user_id=self.care_all.id)
            | self._create_task(cy, self._create_rule(company_id=other.id))
        )
        self._send(tasks)
        self.assertEqual(
            [
                (task.mail_id.author_id, task.mail_id.record_company_id)
                for task in tasks
            ],
            [
                (self.care_own.partner_id, self.company),
                (self.care_all.partner_id, self.company),
                (self.care_own.partner_id, other),
            ],
        )

    def test_what_was_written_is_sent(self):
        """A text that was reviewed is not rendered again."""
        task = self._sent(subject="Edited", body="<p>By hand</p>", is_edited=True)
        self.assertEqual(task.mail_id.subject, "Edited")
        self.assertIn("By hand", task.mail_id.body_html)

    def test_leaves_a_touchpoint(self):
        firm = self._create_contact("Firm", is_company=True)
        ann = self._create_contact(parent_id=firm.id)
        task = self._sent(partner=ann)
        touch = self._touchpoint(task)
        self.assertEqual(
            (touch.partner_id, touch.contact_id, touch.channel, touch.direction),
            (firm, ann, "email", "out"),
        )
        self.assertEqual(
            (touch.summary, touch.user_id, touch.date, touch.is_effective),
            ("Dear Ann", self.care_own, NOW, True),
        )
        self.env["crm.touchpoint"]._refresh_pending()
        self.assertEqual(str(self._customer_of(firm).last_touch_date), "2026-09-18")

    def test_colleagues_are_no_customers(self):
        """Care for one's own people leaves no contact with a customer."""
        partner = self.care_all.partner_id
        partner.write({"email": "all@care.example.com", "tz": "Asia/Shanghai"})
        with patch.object(type(self.tasks), "_care_mismatches", lambda tasks: {}):
            task = self._sent(partner=partner)
        self.assertFalse(self._touchpoint(task))

    def test_reply_is_a_contact(self):
        """It is filed with the task, and with the customer, once."""
        task = self._sent()
        with self.mock_mail_gateway():
            task.message_post(
                body="Thank you!",
                message_type="email",
                author_id=task.partner_id.id,
                email_from=task.partner_id.email,
                parent_id=task.mail_id.mail_message_id.id,
                subtype_xmlid="mail.mt_comment",
            )
        touchpoints = self.env["crm.touchpoint"].search(
            [("partner_id", "=", task.partner_id.id)]
        )
        self.assertEqual(sorted(touchpoints.mapped("direction")), ["in", "out"])

    # MAIL SERVER

    def _process(self, moment, refuse=True):
        """Let the queue run at a moment; the mail server may be down."""
        error = OSError("Connection refused") if refuse else None
        with (
            freeze_time(moment),
            self.mock_mail_gateway(),
            mute_logger("odoo.addons.mail.models.mail_mail"),
        ):
            server = type(self.env["ir.mail_server"])
            if error:
                with patch.object(server, "_connect__", side_effect=error):
                    self.env["mail.mail"].process_email_queue()
            else:
                self.env["mail.mail"].process_email_queue()
        # whatever else is in the queue of this database
        return sum("@customer.example.com" in str(one) for one in self._mails)

    def test_delivered(self):
        task = self._sent()
        self.assertEqual(self._process(NOW, refuse=False), 1)
        self.assertEqual((task.mail_id.state, task.state), ("sent", "done"))

    def test_mail_server_refuses_for_an_hour(self):
        """Tried at 0, 15 and 75 minutes: the same e-mail arrives at last, once."""
        task = self._sent()
        mail = task.mail_id
        self._process(NOW)
        self.assertEqual((task.state, mail.state), ("done", "outgoing"))
        self.assertEqual(mail.scheduled_date, NOW + 15 * MINUTE)
        self.assertEqual(task.wait_code, "delivery")
        self.assertIn("Connection refused", task.wait_reason)
        self._process(NOW + 10 * MINUTE)
        self.assertEqual(task.delivery_tries, 1, "not before its time")
        self._process(NOW + 15 * MINUTE)
        self.assertEqual(mail.scheduled_date, NOW + 75 * MINUTE)
        self.assertEqual(self._process(NOW + 75 * MINUTE, refuse=False), 1)
        self.assertEqual((task.mail_id, mail.state, task.state), (mail, "sent", "done"))
        self.assertFalse(task.wait_code)

    def test_mail_server_refuses_for_a_day(self):
        """The third failure is the last: the contact was not reached."""
        task = self._sent()
        for minutes in (0, 15, 75):
            self._process(NOW + minutes * MINUTE)
        self._assert_ended(task, "failed", "delivery", "Connection refused")
        self.assertEqual(task.mail_id.state, "exception")
        self.assertFalse(self._touchpoint(task).is_effective)
        self.assertFalse(task.done_date)
        self.assertEqual(self._process(NOW + 500 * MINUTE, refuse=False), 0)

    def test_no_try_after_its_day(self):
        task = self._sent(not_after=NOW + 10 * MINUTE)
        self._process(NOW)
        self._assert_ended(task, "failed", "delivery")

    def test_address_that_does_not_exist(self):
        """Trying again would change nothing."""
        task = self._sent()
        error = smtplib.SMTPRecipientsRefused({})
        with (
            self.mock_mail_gateway(),
            mute_logger("odoo.addons.mail.models.mail_mail"),
            patch.object(
                type(self.env["ir.mail_server"]),
                "send_email",
                side_effect=AssertionError("NO_VALID_FROM", "nobody"),
            ),
            patch.object(
                type(self.env["ir.mail_server"]), "NO_VALID_FROM", "NO_VALID_FROM"
            ),
        ):
            self.assertTrue(error)
            task.mail_id.send()
        self._assert_ended(task, "failed", "delivery")
        self.assertEqual(task.delivery_tries, 1)

    def test_came_back(self):
        task = self._sent()
        message = task.mail_id.mail_message_id
        self.env["crm.touchpoint"]._take_back_bounced(message)
        self._assert_ended(task, "failed", "delivery", "came back")
        self.assertFalse(self._touchpoint(task).is_effective)

    def test_other_mails_are_left_alone(self):
        mail = self.env["mail.mail"].create(
            {"subject": "Other", "email_to": "x@example.com", "body_html": "x"}
        )
        self._process(NOW)
        self.assertEqual(mail.state, "exception")

    # OPPOSED MEANWHILE

    def test_refused_after_queueing(self):
        """C6: what was said before the queue ran counts."""
        task = self._sent()
        other = self._sent(partner=self._create_contact("Bo"))
        self._refuse(task)
        self.assertEqual(self._process(NOW, refuse=False), 1)
        self.assertEqual(task.mail_id.state, "cancel")
        self._assert_ended(task, "skipped", "consent", "E-mail: not wanted")
        self.assertFalse(self._touchpoint(task).is_effective)
        self.assertEqual((other.state, other.mail_id.state), ("done", "sent"))

    def test_blacklisted_after_queueing(self):
        task = self._sent()
        self.env["mail.blacklist"]._add(task.partner_id.email)
        self.assertEqual(self._process(NOW, refuse=False), 0)
        self._assert_ended(task, "skipped", "blacklist")

    def test_paused_after_queueing(self):
        """It waits in the queue, and goes when the pause is over."""
        task = self._sent()
        self.company.crm_care_paused = True
        self.assertEqual(self._process(NOW, refuse=False), 0)
        self.assertEqual((task.state, task.wait_code), ("done", "paused"))
        self.assertEqual(task.mail_id.scheduled_date, NOW + 60 * MINUTE)
        self.company.crm_care_paused = False
        self.assertEqual(self._process(NOW + 60 * MINUTE, refuse=False), 1)

    def test_queue_that_runs_at_night(self):
        """Queued at 19:50 in Shanghai, the queue runs at 20:30: tomorrow at 9:00."""
        evening = NOW.replace(hour=11, minute=50)
        with freeze_time(evening):
            task = self._create_task(not_after=NOW + timedelta(days=2))
            self.assertEqual(self._send(task, evening), ["done"])
        self.assertEqual(self._process(evening + 40 * MINUTE, refuse=False), 0)
        self.assertEqual((task.state, task.wait_code), ("done", "window"))
        morning = datetime(2026, 9, 19, 1)
        self.assertEqual(task.mail_id.scheduled_date, morning)
        self.assertEqual(self._process(morning, refuse=False), 1)
        self.assertFalse(task.wait_code)

    def test_queue_that_did_not_run(self):
        """A birthday greeting does not arrive two days late."""
        task = self._sent()
        self.assertEqual(self._process(NOW + timedelta(days=2), refuse=False), 0)
        self._assert_ended(task, "expired", "late")
        self.assertEqual(task.mail_id.state, "cancel")

    def test_queue_that_did_not_run_while_paused(self):
        task = self._sent()
        self.company.crm_care_paused = True
        self._process(NOW, refuse=False)
        self._process(NOW + timedelta(days=2), refuse=False)
        self._assert_ended(task, "expired", "paused", "All care is paused")

    def test_archived_after_queueing(self):
        task = self._sent()
        task.partner_id.active = False
        self.assertEqual(self._process(NOW, refuse=False), 0)
        self._assert_ended(task, "skipped", "contact", "Ann is archived")
