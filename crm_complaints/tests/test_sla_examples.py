# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The worked examples (T) through what a user does: create, act, let the job run."""

from odoo.tests import tagged

from odoo.addons.crm_complaints.tests.sla_actions import SlaActions
from odoo.addons.crm_complaints.tests.sla_common import utc


@tagged("post_install", "-at_install")
class TestSlaExamples(SlaActions):
    def test_t01_to_t05_and_t36(self):
        four, one, half, two = (
            self._create_sla(
                {"resolution": minutes},
                category_id=self.env["crm.complaint.category"]
                .create({"name": str(minutes)})
                .id,
            ).category_id
            for minutes in (240, 60, 30, 120)
        )
        for received, category, due in (
            ("Fri 16:00", four, "2026-03-09 11:00"),
            ("2026-03-07 10:00", four, "2026-03-09 12:00"),
            ("Fri 16:00", one, "Fri 17:00"),
            ("Fri 17:00", one, "2026-03-09 09:00"),
            ("Thu 11:30", one, "Thu 13:30"),
            ("Thu 12:15", half, "Thu 13:30"),
            ("Mon 07:00", two, "Mon 10:00"),
            ("2026-01-30 16:30", one, "2026-02-02 08:30"),
        ):
            complaint = self.receive(received, category_id=category.id)
            self.assertEqual(self.clock(complaint).deadline, utc(due), received)

    def test_t09_t10_pause(self):
        for start, end, due, used in (
            ("Mon 11:00", "Tue 14:00", "Fri 11:00", 120),
            ("Mon 18:00", "Tue 07:00", "Thu 09:00", 420),
        ):
            complaint = self.receive()
            clock = self.clock(complaint)
            self.act(start, complaint, "action_pause", self.waiting)
            self.check(clock, state="paused", deadline=False, next_event_at=False)
            self.act(end, complaint, "action_resume")
            self.check(clock, deadline=utc(due), consumed_minutes=used)

    def test_t11_pause_over_a_holiday(self):
        self.policy.target_ids.filtered(
            lambda one: (one.metric, one.severity) == ("resolution", "serious")
        ).target_minutes = 480
        self.env["resource.calendar.leaves"].create(
            {
                "name": "清明",
                "date_from": utc("2026-04-04 00:00"),
                "date_to": utc("2026-04-06 23:59"),
            }
        )
        complaint = self.receive("2026-04-03 09:00", severity="serious")
        clock = self.clock(complaint)
        self.check(clock, deadline=utc("2026-04-07 09:00"))
        self.act("2026-04-03 11:00", complaint, "action_pause", self.waiting)
        self.act("2026-04-07 10:00", complaint, "action_resume")
        self.check(clock, deadline=utc("2026-04-07 17:00"))

    def test_t12_overlap(self):
        complaint = self.receive()
        self.act("Mon 10:00", complaint, "action_pause", self.waiting)
        self.act("Mon 11:00", complaint, "action_pause", self.supplier)
        first = complaint.pause_ids.filtered(lambda p: p.reason_id == self.waiting)
        complaint.sudo()._sla_resume(first, utc("Mon 14:00"))
        self.act("Mon 15:00", complaint, "action_resume")
        # 10-12, 13-15: not the sum of both
        self.check(self.clock(complaint), paused_minutes=240, deadline=utc("Thu 14:00"))

    def test_t13_two_runs(self):
        complaint = self.receive(severity="serious")
        self.act("Mon 10:30", complaint, "action_pause", self.supplier)
        self.act("Mon 14:00", complaint, "action_resume")
        self.act("Mon 16:00", complaint, "action_pause", self.supplier)
        self.act("Tue 08:00", complaint, "action_resume")
        self.check(
            self.clock(complaint), consumed_minutes=210, deadline=utc("Tue 13:30")
        )

    def test_t14_to_t17_other_terms(self):
        for mode, due, state in (
            ("retain", "Tue 09:00", "breached"),
            ("restart", "Wed 10:00", "running"),
            ("retain_with_grace", "Tue 12:00", "running"),
        ):
            self.policy.retarget_mode = mode
            complaint = self.receive()
            with self.at("Tue 10:00"):
                complaint.severity = "serious"
            self.check(self.clock(complaint), deadline=utc(due), state=state)
        self.policy.retarget_mode = "retain"
        complaint = self.receive()  # T15: while paused
        self.act("Mon 11:00", complaint, "action_pause", self.waiting)
        with self.at("Mon 15:00"):
            complaint.severity = "serious"
        self.check(self.clock(complaint), state="paused", deadline=False)
        self.act("Tue 14:00", complaint, "action_resume")
        self.check(self.clock(complaint), deadline=utc("Wed 11:00"))
        complaint = self.receive(severity="serious")  # T17: at 7 h used
        self.process("Mon 16:50")
        clock = self.clock(complaint)
        self.assertTrue(clock.is_warned)
        with self.at("Mon 17:00"):
            complaint.severity = "general"
        self.check(clock, deadline=utc("Thu 09:00"), is_warned=False)
        self.policy.may_lengthen = False
        complaint = self.receive(severity="serious")
        with self.at("Mon 17:00"):
            complaint.severity = "general"
        self.check(self.clock(complaint), deadline=utc("Tue 09:00"))
        self.assertFalse(self.clocks.search([])._verify())

    def test_t16_grade_by_grading(self):
        customer = self.env["crm.customer"].create(
            {"partner_id": self.customer.id, "company_id": self.company.id}
        )
        self.policy.retarget_mode = "retain"
        complaint = self.receive()
        clock = self.clock(complaint)
        self.assertEqual(clock.target_minutes, 1440)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_customer SET grade_id = %s WHERE id = %s",
            [self.diamond.id, customer.id],
        )
        customer.invalidate_recordset()
        with self.at("Mon 15:00"):
            self.env["crm.customer"]._sync_complaint_grades()
        self.check(clock, deadline=utc("Tue 14:00"), target_minutes=720)

    def test_t18_reopened_twice(self):
        complaint = self.investigating()
        self.resolve("Tue 11:00", complaint)
        first = self.clock(complaint)
        self.check(first, state="met", consumed_minutes=600)
        self.act("2026-03-09 15:00", complaint, "action_reopen", "again")
        second = self.clock(complaint, cycle=2)
        self.check(second, deadline=utc("2026-03-11 12:00"))
        self.resolve("2026-03-09 16:00", complaint)
        self.check(second, state="met", consumed_minutes=660)
        self.act("2026-03-10 09:00", complaint, "action_reopen", "and again")
        third = self.clock(complaint, cycle=3)
        # 13 hours are left
        self.check(third, state="running", deadline=utc("2026-03-11 15:00"))
        self.check(first, state="met", consumed_minutes=600)
        self.assertEqual(len(complaint.clock_ids.filtered("reached_at")), 3)

    def test_t19_resolved_while_paused(self):
        complaint = self.investigating()
        self.act("Mon 11:00", complaint, "action_pause", self.waiting)
        self.resolve("Wed 10:00", complaint)
        self.check(self.clock(complaint), state="met", consumed_minutes=120)
        self.check(complaint.pause_ids, date_to=utc("Wed 10:00"))

    def test_t20_t33_first_response(self):
        complaint = self.receive()
        clock = self.clock(complaint, "first_response")
        with self.at("Mon 10:00"):
            complaint._confirm_receipt(automatic=True)
            complaint.message_post(body="note", subtype_xmlid="mail.mt_note")
            complaint.sudo().message_post(
                body="Hello?",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                author_id=self.customer.id,
            )
        self.check(clock, state="running", reached_at=False)
        self.check(self.clock(complaint, "ack"), state="breached")
        self.answer("Mon 11:00", complaint)
        self.act("Mon 11:00", complaint, "action_pause", self.waiting)
        self.check(clock, state="met", reached_at=utc("Mon 11:00"))
        self.check(self.clock(complaint), state="paused", consumed_minutes=120)

    def test_t28_overdue(self):
        complaint = self.investigating("Thu 11:00", severity="serious")
        self.resolve("2026-03-09 10:00", complaint)
        # due on Friday at 11: 1 h and 4 h of it, 2 h of Monday
        self.check(
            self.clock(complaint),
            state="breached",
            breached_at=utc("Fri 11:00"),
            reached_at=utc("2026-03-09 10:00"),
            overdue_minutes=7 * 60,
        )

    def test_t30_read_at_once(self):
        """Nobody has to commit to see where a deadline has gone."""
        complaint, done = self.investigating(), self.investigating()
        self.resolve("Mon 10:00", done)
        self.assertEqual(complaint.sla_deadline, utc("Mon 14:00"))
        before = self.clock(done)._rows()
        for company, due in ((self.other_company(), "Thu"), (self.company, "Fri")):
            leaves = self.env["resource.calendar.leaves"].with_company(company)
            leave = leaves.create(
                {
                    "name": "Closed",
                    "date_from": utc("Mon 12:00"),
                    "date_to": utc("Tue 12:00"),
                }
            )
            self.assertEqual(leave.company_id, company)
            self.check(self.clock(complaint), deadline=utc(f"{due} 09:00"))
        self.assertEqual(complaint.sla_deadline, utc("Tue 14:00"))
        self.assertEqual(self.clock(done)._rows(), before)
        self.assertEqual(self.kinds(self.clock(complaint)), ["start", "replan"])
        self.assertFalse(self.clocks._replan_now())

    def other_company(self):
        return self.env["res.company"].create({"name": "Elsewhere"})

    def test_t32_withdrawn(self):
        complaint = self.receive()
        self.act("Mon 10:00", complaint, "action_pause", self.waiting)
        self.act("Mon 11:00", complaint, "action_withdraw")
        self.process("Fri 11:00")
        self.assertEqual(set(complaint.clock_ids.mapped("state")), {"cancelled"})
        self.assertFalse(complaint.escalation_ids)
        self.assertFalse(complaint.clock_ids.filtered("next_event_at"))

    def test_s16_duplicate(self):
        older = self.receive("Mon 09:00")
        survivor = self.receive("Tue 09:00")
        self.act("Tue 10:00", older, "action_mark_duplicate", survivor)
        self.assertEqual(set(older.clock_ids.mapped("state")), {"cancelled"})
        self.check(
            self.clock(survivor),
            started_at=utc("Mon 09:00"),
            deadline=utc("Thu 09:00"),
        )
        self.assertFalse((older | survivor).clock_ids._verify())
