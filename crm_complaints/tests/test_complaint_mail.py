# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""E-mails become complaints, or messages on them."""

from datetime import datetime

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .mail_common import ALIAS, NOW, ComplaintMailCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestComplaintMail(ComplaintMailCommon):
    def test_known_customer(self):
        complaint = self._receive("known_customer")
        self.assertRecordValues(
            complaint,
            [
                {
                    "name": "Pump 7 leaks",
                    "channel": "email",
                    "company_id": self.company.id,
                    "team_id": self.team.id,
                    "partner_id": self.hengda.id,
                    "contact_id": self.chen.id,
                    "email_normalized": "chen@hengda.example.com",
                    "date_received": datetime(2026, 9, 18, 8, 58),
                    "is_sender_unknown": False,
                    "is_unanswered": False,
                    "severity": False,
                }
            ],
        )
        self.assertIn("Pump 7 <b>leaks</b> oil.", complaint.description)
        for part in ("script", "onerror", "alert"):
            self.assertNotIn(part, complaint.description)
        files = self.env["ir.attachment"].search(
            [("res_model", "=", complaint._name), ("res_id", "=", complaint.id)]
        )
        self.assertIn("protocol.pdf", files.mapped("name"))
        self.assertTrue(complaint.number)

    def test_unknown_sender_is_made_a_contact_by_a_person(self):
        partners = self.env["res.partner"].search_count([])
        complaint = self._receive("unknown_sender")
        self.assertEqual(self.env["res.partner"].search_count([]), partners)
        self.assertRecordValues(
            complaint,
            [
                {
                    "partner_id": False,
                    "contact_id": False,
                    "partner_name": "Li Na",
                    "email_normalized": "li.na@stranger.example.org",
                    "is_sender_unknown": True,
                }
            ],
        )
        unknown = self.env["crm.complaint"].search(
            [("is_sender_unknown", "=", True), ("company_id", "=", self.company.id)]
        )
        self.assertEqual(unknown, complaint)
        self.assertFalse(self._touchpoints(complaint))
        own = complaint.with_user(self.agent)
        own.action_create_contact()
        partner = complaint.partner_id
        self.assertRecordValues(
            partner,
            [
                {
                    "name": "Li Na",
                    "email": "li.na@stranger.example.org",
                    "company_id": self.company.id,
                    "is_company": False,
                }
            ],
        )
        self.assertFalse(complaint.is_sender_unknown)
        touch = self._touchpoints(complaint)
        self.assertRecordValues(
            touch, [{"partner_id": partner.id, "channel": "email", "direction": "in"}]
        )
        with self.assertRaises(UserError):
            own.action_create_contact()

    def _touchpoints(self, complaint):
        return self.env["crm.touchpoint"].search(
            [("res_model", "=", complaint._name), ("res_id", "=", complaint.id)]
        )

    def test_contact_is_made_by_whoever_handles_it(self):
        complaint = self._receive("unknown_sender")
        complaint.user_id = self.colleague
        with self.assertRaises(AccessError):
            complaint.with_user(self.agent).action_create_contact()

    def test_an_address_of_two_customers_is_nobodys(self):
        self.env["res.partner"].create(
            {"name": "Other", "email": "Chen <CHEN@hengda.example.com>"}
        )
        complaint = self._receive("known_customer")
        self.assertFalse(complaint.partner_id | complaint.contact_id)
        self.assertFalse(self._touchpoints(complaint))
        with self.assertRaises(UserError):
            complaint.with_user(self.agent).action_create_contact()

    def test_an_address_of_two_people_is_their_companys(self):
        self.chen.copy({"name": "Also Chen", "email": self.chen.email})
        complaint = self._receive("known_customer")
        self.assertEqual(complaint.partner_id, self.hengda)
        self.assertFalse(complaint.contact_id)

    def test_colleagues_and_other_companies_contacts_are_no_customers(self):
        raw = self._raw("unknown_sender").replace(
            b"li.na@stranger.example.org", self.agent.email.encode()
        )
        complaint = self._deliver(raw)
        self.assertFalse(complaint.partner_id)
        self.assertFalse(complaint.confirmation_date)  # the customer knows nothing yet
        other = self.env["res.company"].create({"name": "Other"})
        self.chen.company_id = self.hengda.company_id = other
        self.assertFalse(self._receive("known_customer").partner_id)

    def test_delivered_twice(self):
        complaint = self._receive("known_customer")
        self.assertEqual(len(complaint), 1)
        self.assertFalse(self._receive("known_customer"))
        self.assertEqual(len(self._receive("bare")), 1)
        self.assertFalse(self._receive("bare"))

    def test_nothing_but_a_text(self):
        complaint = self._receive("bare")
        self.assertRecordValues(
            complaint,
            [
                {
                    "name": "No subject",
                    "email_from": False,
                    "partner_id": False,
                    "date_received": datetime(2026, 9, 18, 9),
                    "confirmation_date": False,
                }
            ],
        )
        author = self._human_messages(complaint).author_id
        self.assertFalse(author)
        empty = self._receive("empty_body")
        self.assertEqual(empty.name, "投诉")
        self.assertFalse(empty.description)

    def test_two_of_our_addresses(self):
        """One complaint for all the teams of a company that a mail went to."""
        self.team.copy({"name": "Second", "alias_name": "second"})
        raw = self._raw("unknown_sender").replace(
            ALIAS.encode(), f"{ALIAS}, second@mail.example.com".encode()
        )
        self.assertEqual(len(self._deliver(raw)), 1)

    def test_company_of_the_team(self):
        other = self.env["res.company"].create(
            {
                "name": "Second company",
                "alias_domain_id": self.company.alias_domain_id.id,
            }
        )
        team = self.env["crm.complaint.team"].create(
            {"name": "There", "company_id": other.id, "alias_name": "there"}
        )
        raw = self._raw("unknown_sender").replace(
            ALIAS.encode(), b"there@mail.example.com"
        )
        complaint = self._deliver(raw)
        self.assertEqual((complaint.company_id, complaint.team_id), (other, team))

    # THREADS

    def test_reply_by_headers(self):
        complaint = self._receive("known_customer")
        self.assertFalse(self._reply(complaint, subject="Re: something else"))
        self.assertEqual(len(self._human_messages(complaint)), 2)
        self.assertTrue(complaint.is_unanswered)

    def test_reply_by_number(self):
        complaint = self._receive("known_customer")
        subject = f"AW: AW: [{complaint.number}] Pump 7 leaks"
        self.assertFalse(self._reply(complaint, stripped=True, subject=subject))
        self.assertEqual(len(self._human_messages(complaint)), 2)
        # a colleague of the sender, too
        self.env["res.partner"].create(
            {
                "name": "Wang",
                "parent_id": self.hengda.id,
                "email": "wang@hengda.example.com",
            }
        )
        raw = self._raw("reply_stripped", subject=subject, id=101)
        raw = raw.replace(b"chen@", b"wang@")
        self.assertFalse(self._deliver(raw))
        self.assertEqual(len(self._human_messages(complaint)), 3)

    def test_a_strangers_number_is_linked_only(self):
        complaint = self._receive("known_customer")
        raw = self._raw("reply_stripped", subject=f"[{complaint.number}]", id=101)
        raw = raw.replace(b"chen@hengda.example.com", b"eve@stranger.example.org")
        new = self._deliver(raw)
        self.assertEqual(new.previous_id, complaint)
        self.assertFalse(new.partner_id)
        self.assertEqual(len(self._human_messages(complaint)), 1)
        # nor does a number of another company tell anything
        other = self.env["res.company"].create({"name": "Other"})
        foreign = self.env["crm.complaint"].create(
            {"name": "Foreign", "company_id": other.id, "email_from": self.chen.email}
        )
        foreign.number = "OTHER/1"
        new = self._reply(complaint, stripped=True, subject="[OTHER/1]", number=102)
        self.assertFalse(new.previous_id)

    def test_reply_to_the_catch_all_address(self):
        complaint = self._receive("known_customer")
        raw = self._raw("reply_stripped", subject=f"[{complaint.number}]", id=101)
        raw = raw.replace(ALIAS.encode(), b"catchall@mail.example.com")
        self.assertFalse(self._deliver(raw))
        self.assertEqual(len(self._human_messages(complaint)), 2)

    def test_what_we_send_carries_number_and_alias(self):
        complaint = self._receive("known_customer")
        complaint.user_id = self.agent
        for subject in (None, "About your pump", f"Re: [{complaint.number}] Pump"):
            with self.mock_mail_gateway():
                complaint.with_user(self.agent).message_post(
                    body="We look into it.",
                    subject=subject,
                    message_type="comment",
                    subtype_xmlid="mail.mt_comment",
                    partner_ids=self.chen.ids,
                )
            sent = [m for m in self._mails if self.chen.email in str(m["email_to"])]
            self.assertEqual(len(sent), 1, self._mails)
            self.assertEqual(sent[0]["subject"].count(f"[{complaint.number}]"), 1)
            self.assertIn(ALIAS, sent[0]["reply_to"])

    # THE ACKNOWLEDGEMENT

    def test_acknowledged_once_a_day(self):
        with freeze_time("2026-09-18 15:30:00"):  # 23:30 in Shanghai
            first = self._receive("known_customer")
            sent = [m for m in self._mails if self.chen.email in str(m["email_to"])]
            self.assertEqual(len(sent), 1, self._mails)
            self.assertEqual(sent[0]["headers"].get("Auto-Submitted"), "auto-replied")
            self.assertEqual(first.confirmation_channel, "email")
            self.assertEqual(first.state, "acknowledged")
            self.assertFalse(first.date_first_response)
            second = self._receive("reply_stripped", subject="Another", id=200)
            self.assertFalse(second.confirmation_date)
            self.assertEqual(second.state, "received")
            self.assertFalse(
                [m for m in self._mails if self.chen.email in str(m["email_to"])]
            )
            # a person still confirms it
            second.with_user(self.agent)._confirm_receipt()
            self.assertTrue(second.confirmation_date)
        with freeze_time("2026-09-18 16:00:00"):  # midnight there
            third = self._receive("reply_stripped", subject="Third", id=201)
            self.assertTrue(third.confirmation_date)

    def test_an_acknowledgement_that_fails_loses_nothing(self):
        def broken(*_args, **_values):
            raise RuntimeError("No template")

        self.patch(type(self.env["crm.complaint"]), "_confirm_receipt", broken)
        with self.assertLogs("odoo.addons.crm_complaints", "ERROR"):
            complaint = self._receive("known_customer")
        self.assertEqual(complaint.state, "received")
        self.assertFalse(complaint.confirmation_date)

    # S15

    def test_reopening_window(self):
        for days, is_reopened in ((7, True), (8, False)):
            complaint = self._receive("reply_stripped", subject=f"Case {days}", id=days)
            complaint.write(
                {"state": "closed", "date_closed": datetime(2026, 9, 18 - days, 9)}
            )
            new = self._reply(complaint, number=300 + days)
            if is_reopened:
                self.assertFalse(new)
                self.assertEqual(
                    (complaint.state, complaint.cycle), ("investigating", 2)
                )
                self.assertEqual(len(self._human_messages(complaint)), 2)
            else:
                self.assertEqual(complaint.state, "closed")
                self.assertEqual(len(self._human_messages(complaint)), 1)
                self.assertRecordValues(
                    new,
                    [
                        {
                            "previous_id": complaint.id,
                            "partner_id": self.hengda.id,
                            "contact_id": self.chen.id,
                            "team_id": self.team.id,
                            "company_id": self.company.id,
                        }
                    ],
                )

    def test_to_a_duplicate_is_to_its_survivor(self):
        survivor = self._receive("known_customer")
        duplicate = self._receive("reply_stripped", subject="Again", id=200)
        duplicate.write({"state": "duplicate", "duplicate_of_id": survivor.id})
        self.assertFalse(self._reply(duplicate, number=201))
        self.assertEqual(len(self._human_messages(survivor)), 2)
        self.assertEqual(len(self._human_messages(duplicate)), 1)
