# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import datetime
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo.exceptions import UserError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from ..models.crm_complaint_tell import (
    ACKNOWLEDGEMENT,
    CLOSING,
    DECISION,
    LETTER,
    UPDATE,
)
from .complaint_common import ComplaintCommon

SECRETS = {
    "cause": "SECRET-CAUSE",
    "containment": "SECRET-CONTAINMENT",
    "solution": "SECRET-SOLUTION",
    "priority_reason": "SECRET-PRIORITY",
}


@tagged("post_install", "-at_install")
class TestComplaintTell(ComplaintCommon):
    """What the customer is told, how, and what never."""

    def _mails(self, complaint):
        """Mails of a complaint, newest first."""
        return (
            self.env["mail.mail"]
            .sudo()
            .search(
                [("model", "=", "crm.complaint"), ("res_id", "=", complaint.id)],
                order="id desc",
            )
        )

    def test_acknowledgement_names_number_and_next_promise_in_the_readers_zone(self):
        self.customer.tz = "Europe/Rome"
        self._create_sla({"ack": 30, "first_response": 240, "resolution": 1440})
        with freeze_time("2026-03-02 01:00:00"):  # Monday 09:00 in Shanghai
            complaint = self._own_complaint()
            complaint._confirm_receipt(automatic=True)
        mail = self._mails(complaint)
        self.assertIn(complaint.number, mail.subject)
        self.assertIn(complaint.number, mail.body_html)
        # 4 h from 09:00 with lunch: 14:00 in Shanghai is 07:00 in Rome
        self.assertIn("March 2, 2026", mail.body_html)
        self.assertIn("7:00:00", mail.body_html)
        self.assertEqual(mail.recipient_ids, self.customer)
        self.assertEqual(complaint.state, "acknowledged")
        self.assertEqual(complaint.confirmation_channel, "email")

    def test_what_a_machine_sends_says_so(self):
        complaint = self._own_complaint()
        complaint._confirm_receipt(automatic=True)
        mail = self._mails(complaint)
        self.assertIn("'Auto-Submitted': 'auto-replied'", mail.headers)
        self.assertIn("'X-Auto-Response-Suppress': 'All'", mail.headers)
        message = mail.mail_message_id
        self.assertEqual(message.message_type, "auto_comment")
        self.assertEqual(message.author_id, self.company.partner_id)
        self.assertFalse(complaint.date_first_response, "S17: no first response")

    def test_a_person_is_no_machine(self):
        complaint = self._own_complaint()
        complaint.action_confirm_receipt()
        mail = self._mails(complaint)
        self.assertNotIn("Auto-Submitted", mail.headers)
        self.assertEqual(mail.mail_message_id.author_id, self.agent.partner_id)

    def test_confirming_twice_mails_once(self):
        complaint = self._own_complaint()
        complaint._confirm_receipt()
        complaint._confirm_receipt()
        self.assertEqual(len(self._mails(complaint)), 1)

    def test_a_stranger_is_mailed_at_the_address_given(self):
        complaint = self._own_complaint(
            partner_id=False, email_from="Ann <ann@example.com>", partner_name="Ann"
        )
        complaint._confirm_receipt(automatic=True)
        mail = self._mails(complaint)
        self.assertIn("ann@example.com", mail.email_to)
        self.assertIn("Ann", mail.body_html)
        self.assertFalse(mail.recipient_ids)

    def test_colleagues_who_follow_are_not_mailed(self):
        complaint = self._own_complaint()
        complaint.sudo().message_subscribe(self.colleague.partner_id.ids)
        complaint._confirm_receipt(automatic=True)
        self.assertEqual(self._mails(complaint).recipient_ids, self.customer)

    def test_nobody_to_mail_to_is_said(self):
        self.customer.email = False
        complaint = self._own_complaint(email_from=False)
        with self.assertRaisesRegex(UserError, "no e-mail address"):
            complaint.action_confirm_receipt()
        self.assertEqual(complaint.state, "received")

    def test_a_broken_or_missing_template_fails_clearly(self):
        complaint = self._own_complaint()
        template = self.env.ref(ACKNOWLEDGEMENT)
        rendering = patch.object(
            type(template), "_generate_template", side_effect=UserError("broken")
        )
        with rendering, self.assertRaisesRegex(UserError, "broken"):
            complaint.action_confirm_receipt()
        template.body_html = False
        with self.assertRaisesRegex(UserError, "missing or empty"):
            complaint.action_confirm_receipt()
        template.unlink()
        with self.assertRaisesRegex(UserError, "missing or empty"):
            complaint.action_confirm_receipt()
        self.assertEqual(complaint.state, "received")
        self.assertFalse(complaint.confirmation_date)

    # DECISION

    def _decided(self, **values):
        complaint = self._bring_to(self._own_complaint(**values), "resolved")
        complaint.write(
            {**SECRETS, "decision_text": "We replace it.", "appeal_path": "Ombudsman"}
        )
        complaint._message_log(body="SECRET-NOTE")
        return complaint

    def test_no_text_for_the_customer_tells_what_is_ours(self):
        complaint = self._decided()
        for xmlid in (ACKNOWLEDGEMENT, UPDATE, DECISION, CLOSING):
            complaint._mail_customer(xmlid)
        letter = self.env["ir.actions.report"]._render_qweb_html(
            LETTER, complaint.ids
        )[0].decode()  # fmt: skip
        texts = [*self._mails(complaint).mapped("body_html"), letter]
        self.assertEqual(len(texts), 5)
        for text in texts:
            self.assertNotIn("SECRET", text)
            self.assertIn(complaint.number, text)
        self.assertIn("We replace it.", letter)
        self.assertIn("Ombudsman", letter)
        self.assertIn("justified", letter)

    def test_telling_counts_as_response_and_news(self):
        complaint = self._decided()
        self._create_sla({"first_response": 240})
        with freeze_time("2026-03-02 02:00:00"):
            complaint.action_tell_decision()
        self.assertEqual(complaint.decision_sent_date, datetime(2026, 3, 2, 2))
        self.assertEqual(complaint.decision_channel, "email")
        self.assertEqual(complaint.date_first_response, datetime(2026, 3, 2, 2))
        mail = self._mails(complaint)
        self.assertIn("We replace it.", mail.body_html)
        self.assertIn("Ombudsman", mail.body_html)

    def test_the_letter_goes_with_the_mail_where_it_can_be_printed(self):
        complaint = self._decided()
        with patch.object(
            type(complaint), "_can_print", autospec=True, return_value=True
        ):
            complaint.action_tell_decision()
        attachment = self._mails(complaint).attachment_ids
        self.assertEqual(
            attachment.name.rsplit(".")[0], complaint.number.replace("/", "-")
        )
        self.assertIn(b"We replace it.", attachment.raw)

    def test_the_letter_is_in_the_customers_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.customer.lang = "fr_FR"
        with freeze_time("2026-03-02 17:00:00"):
            complaint = self._decided()
            # 17:00 UTC is the next day in Shanghai
            self.assertEqual(complaint._letter_date(), "3 mars 2026")

    def test_orally_told_sends_nothing(self):
        complaint = self._decided()
        complaint._tell_decision(channel="phone")
        self.assertFalse(self._mails(complaint))
        self.assertEqual(complaint.decision_channel, "phone")

    def test_there_is_something_to_tell(self):
        complaint = self._bring_to(self._own_complaint(), "resolved")
        with self.assertRaisesRegex(UserError, "not written yet"):
            complaint.action_tell_decision()
        with self.assertRaisesRegex(UserError, "no such channel"):
            complaint._tell_decision(channel="smoke signals")

    def test_an_update_is_news_while_it_is_open(self):
        complaint = self._own_complaint()
        complaint.action_send_update()
        self.assertIn("not forgotten", self._mails(complaint).body_html)
        complaint.action_withdraw()
        with self.assertRaises(UserError):
            complaint.action_send_update()

    # HOSTILE INPUT

    def test_hostile_html_is_sanitised(self):
        evil = (
            '<p>Hi</p><script>alert(1)</script><img src=x onerror="alert(1)">'
            '<a href="javascript:alert(1)">x</a>'
        )
        complaint = self._own_complaint(description=evil)
        complaint.write({"solution": evil, "decision_text": evil})
        for name in ("description", "solution", "decision_text"):
            for bad in ("<script", "onerror", "javascript:"):
                self.assertNotIn(bad, complaint[name])

    def test_a_hostile_subject_is_escaped_in_mails(self):
        complaint = self._own_complaint(name="<script>alert(1)</script>")
        complaint._confirm_receipt(automatic=True)
        self.assertNotIn("<script>", self._mails(complaint).body_html)

    # FORMS

    def test_form_resolves_and_tells(self):
        complaint = self._bring_to(self._own_complaint(), "investigating")
        action = complaint.action_ask_resolve()
        form = Form(
            self.env["crm.complaint.move"]
            .with_user(self.agent)
            .with_context(**action["context"])
        )
        form.decision = "partly"
        form.solution = "<p>New seal</p>"
        form.decision_text = "<p>We replace the seal.</p>"
        form.save().action_confirm()
        self.assertEqual(complaint.state, "resolved")
        self.assertEqual(complaint.decision, "partly")
        self.assertEqual(complaint.decision_channel, "email")

    def test_form_rejects_and_tells(self):
        complaint = self._own_complaint(decision_text="DRAFT")
        complaint.decision = "justified"
        action = complaint.action_ask_reject()
        form = Form(
            self.env["crm.complaint.move"]
            .with_user(self.agent)
            .with_context(**action["context"])
        )
        form.reject_reason = "It is not our product."
        form.appeal_path = "Our ombudsman"
        form.save().action_confirm()
        self.assertEqual(complaint.state, "rejected")
        body = self._mails(complaint).body_html
        self.assertIn("not our product", body)
        self.assertNotIn("DRAFT", body)
        self.assertNotIn("justified", body)

    def test_form_tells_another_decision_anew(self):
        complaint = self._told()
        wizard = (
            self.env["crm.complaint.move"]
            .with_user(self.agent)
            .create(
                {
                    "complaint_id": complaint.id,
                    "action": "tell",
                    "decision_text": "<p>We pay it back.</p>",
                    "channel": "phone",
                }
            )
        )
        wizard.action_confirm()
        self.assertIn("pay it back", complaint.decision_text)

    def test_forms_open_only_where_the_move_starts(self):
        complaint = self._own_complaint()
        for name in ("resolve", "reopen", "appeal"):
            with self.subTest(name=name), self.assertRaises(UserError):
                getattr(complaint, f"action_ask_{name}")()
        for name in ("contain", "pause", "reject", "withdraw", "duplicate"):
            with self.subTest(name=name):
                action = getattr(complaint, f"action_ask_{name}")()
                self.assertEqual(action["res_model"], "crm.complaint.move")

    # SETTINGS

    def test_settings_stay_within_reason(self):
        for vals in (
            {"crm_complaint_silence_days": 0},
            {"crm_complaint_reopen_days": -1},
            {"crm_complaint_low_score": 6},
            {"crm_complaint_attachment_mb": 0},
        ):
            with (
                self.subTest(vals=vals),
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.env.cr.savepoint(),
            ):
                self.company.write(vals)
                self.company.flush_recordset()

    def test_subscribed_in_bulk_and_told_once(self):
        complaints = self.env["crm.complaint"].with_context(
            tracking_disable=False, mail_notrack=False, mail_create_nosubscribe=False
        )
        made = complaints.create(
            [
                {
                    "name": f"Bulk {index}",
                    "partner_id": self.customer.id,
                    "team_id": self.team.id,
                    "user_id": self.agent.id,
                }
                for index in range(3)
            ]
        )
        for complaint in made:
            self.assertIn(self.agent.partner_id, complaint.message_partner_ids)
        told = self.env["mail.message"].search(
            [("partner_ids", "in", self.agent.partner_id.ids)]
        )
        self.assertEqual(len(told), 1)
        self.assertIn("3 complaints", told.subject)
