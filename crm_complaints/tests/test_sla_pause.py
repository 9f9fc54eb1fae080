# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Pauses: some deadlines stand still for a reason (S7-S10)."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.crm_complaints.tests.sla_common import SlaCommon, utc


@tagged("post_install", "-at_install")
class TestSlaPause(SlaCommon):
    def test_t09_pause(self):
        complaint = self.complain()
        pause = complaint._sla_pause(self.waiting, utc("Mon 11:00"), note="asked")
        resolution = self.clock(complaint)
        self.assertEqual(resolution.state, "paused")
        self.assertFalse(resolution.deadline or resolution.next_event_at)
        self.assertEqual(self.clock(complaint, "ack").state, "running")  # S8
        self.assertEqual(self.clock(complaint, "first_response").state, "running")
        self.assertEqual(self.clock(complaint, "update").state, "paused")
        complaint._sla_resume(moment=utc("Tue 14:00"))
        self.assertEqual(resolution.deadline, utc("Fri 11:00"))  # Thu 09:00 and 10 h
        self.assertEqual(resolution.paused_minutes, 600)
        self.assertEqual(pause.date_to, utc("Tue 14:00"))
        self.assertEqual(self.kinds(resolution), ["start", "pause", "resume"])

    def test_t12_pauses_overlap(self):
        """Only what no other pause stops runs again."""
        complaint = self.complain()
        first = complaint._sla_pause(self.waiting, utc("Mon 10:00"))
        complaint._sla_pause(self.supplier, utc("Mon 11:00"))
        complaint._sla_resume(first, utc("Mon 14:00"))
        self.assertEqual(self.clock(complaint).state, "paused")
        self.assertEqual(self.clock(complaint, "update").state, "running")
        complaint._sla_resume(moment=utc("Mon 15:00"))
        self.assertEqual(self.clock(complaint).paused_minutes, 4 * 60)

    def test_pause_twice_for_the_same(self):
        complaint = self.complain()
        pause = complaint._sla_pause(self.waiting, utc("Mon 10:00"))
        self.assertEqual(complaint._sla_pause(self.waiting, utc("Mon 11:00")), pause)
        self.assertEqual(self.clock(complaint).pause_count, 1)

    def test_a_changed_reason_does_not_change_a_pause(self):
        complaint = self.complain()
        complaint._sla_pause(self.waiting, utc("Mon 10:00"))
        self.waiting.pauses_update = False
        complaint._sla_resume(moment=utc("Mon 11:00"))
        self.assertEqual(self.clock(complaint, "update").state, "running")
        self.assertFalse(self.clock(complaint, "update").pause_count)

    def test_pause_needs_an_open_complaint(self):
        complaint = self.complain()
        complaint.state = "closed"
        with self.assertRaisesRegex(UserError, "not open"):
            complaint._sla_pause(self.waiting)
        self.waiting.active = False
        complaint.state = "received"
        with self.assertRaisesRegex(UserError, "out of use"):
            complaint._sla_pause(self.waiting)

    def test_pause_limit(self):
        """It ends at its limit, however late somebody notices (S8)."""
        complaint = self.complain()
        self.waiting.limit_minutes = 480
        pause = complaint._sla_pause(self.waiting, utc("Mon 11:00"))
        self.assertEqual(pause.date_limit, utc("Tue 11:00"))
        complaint._sla_reach("resolution", utc("Wed 11:00"))
        self.assertTrue(pause.is_expired)
        self.assertEqual(pause.date_to, utc("Tue 11:00"))
        resolution = self.clock(complaint)
        self.assertEqual(resolution.consumed_minutes, (2 + 8) * 60)
        self.assertEqual(resolution.paused_minutes, 480)

    def test_t19_resolved_from_a_pause(self):
        complaint = self.complain()
        pause = complaint._sla_pause(self.waiting, utc("Mon 11:00"))
        complaint.state = "resolved"
        complaint._sla_on_move("resolve", "investigating", utc("Wed 10:00"))
        resolution = self.clock(complaint)
        self.assertEqual((resolution.state, resolution.consumed_minutes), ("met", 120))
        self.assertEqual(pause.date_to, utc("Wed 10:00"))

    def test_t20_answer_and_pause_at_once(self):
        complaint = self.complain()
        moment = utc("Mon 11:00")
        complaint._sla_reach("first_response", moment)
        complaint._sla_pause(self.waiting, moment)
        self.assertEqual(self.clock(complaint, "first_response").state, "met")
        self.assertEqual(self.clock(complaint).state, "paused")
