# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import datetime

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from ..tools import transitions
from .complaint_common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestComplaintLife(ComplaintCommon):
    """From receipt to closing, as the agent who owns the complaint."""

    def test_from_receipt_to_closing(self):
        with freeze_time("2026-03-02 01:00:00"):
            complaint = self._own_complaint()
            self.assertEqual(complaint.state, "received")
            self._bring_to(complaint, "resolved")
            complaint.decision_text = "We replace it."
            complaint._tell_decision(channel="phone")
        with freeze_time("2026-03-03 01:00:00"):
            complaint._customer_accepts()
        self.assertEqual(complaint.state, "closed")
        self.assertEqual(complaint.customer_answer, "accepted")
        self.assertEqual(complaint.date_resolved, datetime(2026, 3, 2, 1))
        self.assertEqual(complaint.date_closed, datetime(2026, 3, 3, 1))

    def test_what_is_missing_is_said_at_once_and_nothing_changes(self):
        complaint = self._bring_to(self._own_complaint(), "investigating")
        with self.assertRaises(UserError) as refusal:
            complaint.action_resolve()
        self.assertIn("The solution is missing.", str(refusal.exception))
        self.assertIn("The decision is missing", str(refusal.exception))
        self.assertEqual(complaint.state, "investigating")

    def test_of_several_none_moves_if_one_may_not(self):
        ready = self._bring_to(self._own_complaint(), "assessed")
        unready = self._own_complaint(name="Too early")
        with self.assertRaisesRegex(UserError, "Too early"):
            (ready | unready).action_investigate()
        self.assertEqual(ready.state, "assessed")

    def test_acknowledge_needs_a_confirmation(self):
        complaint = self._own_complaint()
        with self.assertRaisesRegex(UserError, "no confirmation of receipt"):
            complaint.action_acknowledge()
        complaint.action_confirm_orally()
        self.assertEqual(complaint.state, "acknowledged")
        self.assertEqual(complaint.confirmation_channel, "phone")

    def test_assess_needs_severity_and_category(self):
        complaint = self._own_complaint(severity=False)
        complaint.action_confirm_orally()
        with self.assertRaises(UserError) as refusal:
            complaint.action_assess()
        self.assertIn("The severity is missing.", str(refusal.exception))
        self.assertIn("The category is missing.", str(refusal.exception))

    def test_every_action_from_every_state_is_legal_or_refused(self):
        """The models follow the table: each of the pairs, by the public methods."""
        survivor = self._own_complaint()
        reason = self.env["crm.sla.pause.reason"].create({"name": "Waiting"})
        calls = {
            "mark_duplicate": (survivor.id,),
            "pause": (reason.id,),
        }
        for action, move in transitions.TABLE.items():
            method = f"action_{action}"
            if not hasattr(self.env["crm.complaint"], method):
                continue  # asked for in another way
            for state in transitions.STATES - move.sources:
                complaint = self._own_complaint(name=f"{action} from {state}")
                complaint.sudo().state = state
                with (
                    self.subTest(action=action, state=state),
                    self.assertRaisesRegex(UserError, "possible only from"),
                ):
                    getattr(complaint, method)(*calls.get(action, ()))

    # CLOSING

    def test_close_needs_the_customer_told_and_an_answer(self):
        complaint = self._bring_to(self._own_complaint(), "resolved")
        with self.assertRaises(UserError) as refusal:
            complaint.action_close()
        self.assertIn("has not been told", str(refusal.exception))
        self.assertIn("nor been silent for 7 days", str(refusal.exception))
        with self.assertRaisesRegex(UserError, "has not been told"):
            complaint._customer_accepts()

    def test_silence_closes_after_seven_days_to_the_second(self):
        with freeze_time("2026-03-02 01:00:00"):
            complaint = self._told()
        with freeze_time("2026-03-09 00:59:59"), self.assertRaises(UserError):
            complaint.action_close()
        with freeze_time("2026-03-09 01:00:00"):
            complaint.action_close()
        self.assertEqual(complaint.state, "closed")
        self.assertFalse(complaint.customer_answer)

    def test_what_the_customer_wrote_breaks_the_silence(self):
        with freeze_time("2026-03-02 01:00:00"):
            complaint = self._told()
        with freeze_time("2026-03-05 01:00:00"):
            self.env["mail.message"].create(
                {
                    "model": "crm.complaint",
                    "res_id": complaint.id,
                    "message_type": "email",
                    "author_id": self.customer.id,
                    "body": "One more question",
                }
            )
        self.assertFalse(complaint._is_silent(datetime(2026, 3, 9, 1)))
        self.assertTrue(complaint._is_silent(datetime(2026, 3, 12, 1)))

    def test_job_closes_the_silent_once_and_isolates_the_poisoned(self):
        with freeze_time("2026-03-02 01:00:00"):
            silent, poisoned, early = self._told(), self._told(), self._told()
        early.sudo().decision_sent_date = "2026-03-03 01:00:00"
        Complaint = self.env["crm.complaint"]
        closing = type(Complaint)._mail_closing

        def fail(complaint):
            if complaint == poisoned:
                raise ValueError("poison")
            return closing(complaint)

        self.patch(type(Complaint), "_mail_closing", fail)
        as_of = datetime(2026, 3, 9, 1)
        for _run in range(2):
            with self.enter_registry_test_mode(), freeze_time(as_of):
                self.env.ref(
                    "crm_complaints.ir_cron_close_silent"
                ).method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(silent.state, "closed")
        self.assertEqual(silent.date_closed, as_of)
        self.assertEqual(early.state, "resolved")
        self.assertEqual(poisoned.state, "resolved")
        self.assertEqual(len(poisoned.sudo().activity_ids), 1, "marked once")
        self.assertEqual(poisoned.sudo().activity_ids.user_id, self.agent)

    def test_accepting_twice_is_accepting_once(self):
        complaint = self._told()
        complaint._customer_accepts()
        closed = complaint.date_closed
        complaint._customer_accepts()
        self.assertEqual(complaint.date_closed, closed)

    # REOPENING

    def test_reopening_begins_the_next_cycle_and_keeps_what_was(self):
        complaint = self._told()
        complaint._customer_accepts()
        complaint.action_reopen("Broke again")
        self.assertEqual((complaint.state, complaint.cycle), ("investigating", 2))
        self.assertFalse(complaint.decision_sent_date)
        self.assertFalse(complaint.customer_answer)
        note = complaint.message_ids[0]
        self.assertIn("Broke again", note.body)
        self.assertIn("Justified", note.body)
        self.assertTrue(note.subtype_id.internal)
        with self.assertRaisesRegex(UserError, "The decision is missing"):
            complaint.action_resolve()

    def test_appeal_reopens_and_is_counted(self):
        complaint = self._told()
        complaint._customer_appeals("<b>Not solved</b>")
        self.assertEqual((complaint.state, complaint.cycle), ("investigating", 2))
        self.assertEqual(complaint.customer_answer, "appealed")
        self.assertEqual(complaint.appeal_count, 1)
        message = complaint.message_ids.filtered(
            lambda one: one.author_id == self.customer
        )
        self.assertIn("&lt;b&gt;Not solved", message.body)
        # the next decision waits for its own answer
        complaint.write({"decision": "partly", "decision_text": "Half of it"})
        complaint.action_resolve()
        complaint._tell_decision(channel="phone")
        self.assertFalse(complaint.customer_answer)
        with self.assertRaises(UserError):
            complaint.action_close()

    def test_an_appeal_says_what_it_is_about(self):
        complaint = self._told()
        for text in ("", "  ", None, 12, ["x"]):
            with self.subTest(text=text), self.assertRaises(UserError):
                complaint._customer_appeals(text)
        self.assertEqual(complaint.state, "resolved")

    # REJECTING, WITHDRAWING

    def test_reject_needs_reason_appeal_and_the_customer_told(self):
        complaint = self._own_complaint()
        with self.assertRaises(UserError) as refusal:
            complaint.action_reject()
        for text in ("reason of the rejection", "way to appeal", "not been told"):
            self.assertIn(text, str(refusal.exception))
        complaint.write({"reject_reason": "Not ours", "appeal_path": "Ombudsman"})
        complaint._tell_decision(channel="phone")
        complaint.action_reject()
        self.assertEqual(complaint.state, "rejected")

    def test_withdrawn_stays_withdrawn(self):
        complaint = self._own_complaint()
        complaint.action_withdraw("Found the missing part")
        self.assertEqual(complaint.state, "withdrawn")
        with self.assertRaises(UserError):
            complaint.action_reopen()

    # ARGUMENTS

    def test_junk_arguments_are_refused(self):
        complaint = self._own_complaint()
        for junk in (None, False, True, "1", [], {}, -1, 2**31 - 1, 1.5):
            with self.subTest(junk=junk):
                with self.assertRaises(UserError):
                    complaint.action_pause(junk)
                with self.assertRaises(UserError):
                    complaint.action_mark_duplicate(junk)
        for junk in (True, 1, [], {}):
            with self.subTest(junk=junk), self.assertRaises(UserError):
                complaint.action_withdraw(junk)

    def test_what_is_very_serious_is_paused_by_a_manager(self):
        complaint = self._own_complaint(severity="very_serious")
        reason = self.env["crm.sla.pause.reason"].create({"name": "Waiting"})
        with self.assertRaises(AccessError):
            complaint.action_pause(reason.id)
        complaint.with_user(self.manager).action_pause(reason.id)
