# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Answers to senders who are no contacts, and one confirmation a day for all ways."""

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..models.crm_complaint_terms import OPEN_STATES
from .mail_common import NOW, ComplaintMailCommon


@freeze_time(NOW)
@tagged("post_install", "-at_install")
class TestComplaintStranger(ComplaintMailCommon):
    def _strangers(self, **values):
        return self._create_complaint(
            partner_id=False,
            email_from='"Ning Li" <ning@stranger.example.com>',
            user_id=self.agent.id,
            **values,
        )

    def _say(self, complaint, **values):
        values = {
            "body": "Which lot is it?",
            "message_type": "comment",
            "subtype_xmlid": "mail.mt_comment",
            **values,
        }
        with self.mock_mail_gateway():
            return complaint.with_user(self.agent).message_post(**values)

    def _sent(self):
        return [mail["email_to"] for mail in self._mails]

    def test_a_stranger_is_answered_without_a_contact(self):
        complaint = self._strangers()
        contacts = self.env["res.partner"].search_count([])
        message = self._say(complaint)
        self.assertEqual(self._sent(), [["ning@stranger.example.com"]])
        [mail] = self._mails
        self.assertIn(f"[{complaint.number}]", mail["subject"])
        self.assertIn(f"/my/complaints/{complaint.id}?access_token=", mail["body"])
        self.assertEqual(self.env["res.partner"].search_count([]), contacts)
        self.assertTrue(complaint.date_first_response)
        self.assertIn(message, complaint._portal_messages())

    def test_what_is_not_for_the_stranger(self):
        complaint = self._strangers()
        for values in (
            {"subtype_xmlid": "mail.mt_note"},
            {"message_type": "notification"},
        ):
            self._say(complaint, **values)
            self.assertFalse(self._sent(), values)
        complaint.partner_id = self.hengda
        self._say(complaint)
        strangers = [to for to in self._sent() if "stranger" in str(to)]
        self.assertFalse(strangers)

    def test_the_address_is_not_suggested_as_a_contact(self):
        complaint = self._strangers().with_user(self.agent)
        suggested = complaint._message_get_suggested_recipients(no_create=True)
        self.assertNotIn("stranger", str(suggested))

    def test_mail_web_and_portal_share_one_confirmation(self):
        """Counted by address and day, in whatever way the complaint came."""
        first = self._receive("known_customer")
        self.assertEqual(first.state, "acknowledged")
        complaints = self.env["crm.complaint"].sudo()
        for channel in ("web", "portal"):
            with self.mock_mail_gateway():
                further = complaints._portal_create(
                    {
                        "name": "Again",
                        "company_id": self.company.id,
                        "channel": channel,
                        "email_from": first.email_from,
                    }
                )
            self.assertEqual(further.state, "received", channel)
            self.assertFalse(self._mails)
        with freeze_time("2026-09-19 09:00:00"), self.mock_mail_gateway():
            tomorrow = complaints._portal_create(
                {
                    "name": "Again",
                    "company_id": self.company.id,
                    "channel": "web",
                    "email_from": first.email_from,
                }
            )
        self.assertEqual(tomorrow.state, "acknowledged")

    def test_a_failed_confirmation_does_not_use_up_the_day(self):
        template = self.env.ref(
            "crm_complaints.mail_template_complaint_acknowledgement"
        )
        body = template.body_html
        template.body_html = False
        first = self._strangers()
        first._acknowledge_once_a_day()
        self.assertEqual(first.state, "received")
        template.body_html = body
        with self.mock_mail_gateway():
            first._acknowledge_once_a_day()
        self.assertEqual(first.state, "acknowledged")

    def test_passed_on_by_a_colleague(self):
        """No customer, no confirmation, and no first response: the customer waits."""
        raw = (
            b"From: Agent <agent@mail-users.example.com>\r\n"
            b"To: complaints@mail.example.com\r\n"
            b"Subject: Fwd: the pump leaks\r\n"
            b"Message-Id: <forwarded-1@mail-users.example.com>\r\n\r\n"
            b"From: chen@hengda.example.com\r\n\r\nThe pump leaks.\r\n"
        )
        complaint = self._deliver(raw)
        self.assertEqual(len(complaint), 1)
        self.assertFalse(complaint.partner_id)
        self.assertIn(complaint.state, OPEN_STATES)
        self.assertEqual(complaint.state, "received")
        self.assertFalse(complaint.date_first_response)
        self.assertFalse(self._mails)
        # a contact with the colleague's address must not be made
        with self.assertRaisesRegex(UserError, "colleague's address"):
            complaint.with_user(self.manager).action_create_contact()
        contacts = self.env["res.partner"].search_count([])
        self._say(complaint)
        self.assertEqual(self.env["res.partner"].search_count([]), contacts)

    def test_our_own_alias_as_sender(self):
        raw = (
            b"From: complaints@mail.example.com\r\n"
            b"To: complaints@mail.example.com\r\n"
            b"Subject: Loop\r\n"
            b"Message-Id: <loop-1@mail.example.com>\r\n\r\nLoop\r\n"
        )
        self.assertFalse(self._deliver(raw))
        self.assertFalse(self._mails)
