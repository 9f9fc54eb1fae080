# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Machines write, too: they make nothing, and nothing answers them (pain 12)."""

from datetime import datetime

from odoo.tests import freeze_time, tagged

from .mail_common import NOW, ComplaintMailCommon

AUTOMATIC = (
    "out_of_office",
    "mailing_list",
    "null_return_path",
    "no_reply",
    "own_alias",
)


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestComplaintMailAutomatic(ComplaintMailCommon):
    def test_no_complaint_and_no_answer(self):
        for name in (*AUTOMATIC, "bounce"):
            with self.subTest(name):
                self.assertFalse(self._receive(name, reference="<none@example.com>"))
                self.assertFalse(self._mails)
                self.assertFalse(self._new_mails)

    def test_not_even_a_refusal(self):
        """An alias for known people answers strangers, but no machines."""
        self.team.alias_contact = "partners"
        self.assertFalse(self._receive("mailing_list"))
        self.assertFalse(self._new_mails)
        self.assertFalse(self._receive("unknown_sender"))
        self.assertTrue(self._new_mails)

    def _is_untouched(self, complaint, before):
        """Whether nothing happened but one more note."""
        (note,) = complaint.message_ids - before["message_ids"]
        self.assertEqual(note.message_type, "email")
        self.assertTrue(note.is_internal and note.subtype_id.internal)
        self.assertFalse(note.notification_ids)
        self.assertFalse(note.notified_partner_ids)
        self.assertFalse(self._mails or self._new_mails)
        for name, value in before.items():
            if name != "message_ids":
                self.assertEqual(complaint[name], value, name)
        self.assertEqual(len(self._touchpoints(complaint)), 1)  # the intake

    def _touchpoints(self, complaint):
        return self.env["crm.touchpoint"].search(
            [("res_model", "=", complaint._name), ("res_id", "=", complaint.id)]
        )

    def _state(self, complaint):
        names = ("message_ids", "state", "cycle", "is_unanswered", "last_answer_at")
        return {name: complaint[name] for name in names}

    def test_kept_as_a_note(self):
        complaint = self._receive("known_customer")
        complaint.user_id = self.agent
        complaint.message_subscribe(self.agent.partner_id.ids)
        raw = self._raw("out_of_office").replace(
            b"Automatic reply:", f"Re: [{complaint.number}]".encode()
        )
        pause = self.env["crm.sla.pause"].create(
            {
                "complaint_id": complaint.id,
                "company_id": complaint.company_id.id,
                "reason_id": self.waiting.id,
                "date_from": datetime(2026, 9, 18, 8, 59),
            }
        )
        before = self._state(complaint)
        self.assertFalse(self._deliver(raw))
        self._is_untouched(complaint, before)
        self.assertFalse(pause.date_to)
        # brought twice, it is kept once
        before = complaint.message_ids
        self.assertFalse(self._deliver(raw))
        self.assertEqual(complaint.message_ids, before)

    def test_nothing_is_reopened(self):
        complaint = self._receive("known_customer")
        complaint.write({"state": "closed", "date_closed": datetime(2026, 9, 18, 8)})
        reference = self._human_messages(complaint)[:1].message_id
        raw = self._raw("reply", subject="Re: Pump", reference=reference, id=7)
        raw = b"Auto-Submitted: auto-generated\r\n" + raw
        before = self._state(complaint)
        self.assertFalse(self._deliver(raw))
        self._is_untouched(complaint, before)

    def test_a_machine_gone_mad_is_kept_twenty_times(self):
        complaint = self._receive("known_customer")
        before = len(complaint.message_ids)
        for number in range(30):
            raw = self._raw(
                "reply_stripped", subject=f"[{complaint.number}]", id=f"a{number}"
            )
            self.assertFalse(self._deliver(b"Auto-Submitted: auto-replied\r\n" + raw))
            self.assertFalse(self._new_mails)
        self.assertEqual(len(complaint.message_ids), before + 20)

    def test_what_came_back_is_noted(self):
        complaint = self._receive("known_customer")
        sent = complaint.message_ids.filtered(
            lambda m: m.message_type == "auto_comment"
        )
        self.assertTrue(sent.message_id)
        before = complaint.message_ids
        self.assertFalse(self._receive("bounce", reference=sent.message_id))
        note = complaint.message_ids - before
        self.assertIn("chen@hengda.example.com came back", note.body)
        self.assertFalse(note.notified_partner_ids)
        self.assertFalse(complaint.is_unanswered)

    # S8

    def test_a_loop_ends_after_twenty(self):
        made = self.env["crm.complaint"]
        for number in range(30):
            made |= self._receive(
                "reply_stripped", subject=f"Case {number}", id=f"loop{number}"
            )
        self.assertEqual(len(made), 20)
        self.assertEqual(len(made.filtered("confirmation_date")), 1)

    def test_the_look_up_of_a_loop_uses_an_index(self):
        self.assertEqual(
            self.env["crm.complaint"]._detect_loop_sender_domain("a@b.example"),
            [("email_normalized", "=", "a@b.example")],
        )
        self.env.cr.execute(
            "SELECT indexdef FROM pg_indexes WHERE tablename = 'crm_complaint'"
        )
        definitions = [row[0] for row in self.env.cr.fetchall()]
        self.assertTrue(any("(email_normalized)" in text for text in definitions))
