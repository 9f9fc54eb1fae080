# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Deadlines of complaints: what starts, changes and meets them."""

from odoo.tests import tagged

from odoo.addons.crm_complaints.tests.sla_common import SlaCommon, utc
from odoo.addons.crm_complaints.tools.sla_clock import Event


@tagged("post_install", "-at_install")
class TestSlaClock(SlaCommon):
    def test_start(self):
        complaint = self.complain()
        due = {clock.metric: clock.deadline for clock in complaint.clock_ids}
        self.assertEqual(
            due,
            {
                "ack": utc("Mon 09:30"),
                "first_response": utc("Mon 14:00"),
                "update": utc("Wed 09:00"),
                "resolution": utc("Thu 09:00"),
            },
        )
        self.assertEqual(set(complaint.clock_ids.mapped("state")), {"running"})
        self.assertEqual(self.kinds(complaint.clock_ids[0]), ["start"])
        self.assertEqual(complaint.sla_state, "running")
        self.assertEqual(complaint.sla_metric, "ack")
        self.assertEqual(complaint.sla_deadline, utc("Mon 09:30"))

    def test_start_again_changes_nothing(self):
        complaint = self.complain()
        complaint._sla_start()
        self.assertEqual(len(complaint.clock_ids), 4)
        self.assertEqual(len(complaint.clock_ids.event_ids), 4)

    def test_containment_is_for_the_very_serious(self):
        complaint = self.complain(severity="very_serious")
        self.assertEqual(self.clock(complaint, "containment").target_minutes, 240)
        self.assertEqual(self.clock(complaint).target_minutes, 240)

    def test_t34_created_closed(self):
        """S19: never runs silently."""
        complaint = self._create_complaint(
            state="closed", date_received=utc("Mon 09:00")
        )
        complaint._sla_start()
        self.assertFalse(complaint.clock_ids)
        self.assertEqual(complaint.sla_state, "none")

    def test_t29_no_calendar(self):
        """S24: the save succeeds, and it is visible."""
        self.company.resource_calendar_id = False
        empty = self._create_calendar("Empty", "UTC", [], days=())
        for calendar in (self.env["resource.calendar"], empty):
            self.team.calendar_id = calendar
            complaint = self.complain()
            self.assertEqual(set(complaint.clock_ids.mapped("state")), {"no_deadline"})
            self.assertEqual(complaint.sla_state, "none")

    def test_which_calendar(self):
        """The policy's goes before the team's, the team's before the company's."""
        always = self._create_calendar(
            "24x7", "Asia/Shanghai", [(0, 24, "morning")], days=range(7)
        )
        self.team.calendar_id = always
        complaint = self.complain()
        self.assertEqual(self.clock(complaint, "update").deadline, utc("Tue 01:00"))
        self.policy.calendar_id = self.calendar
        complaint = self.complain()
        self.assertEqual(self.clock(complaint, "update").deadline, utc("Wed 09:00"))

    def test_t14_more_serious(self):
        complaint = self.complain()
        resolution = self.clock(complaint)
        for mode, due in (("retain", "Tue 09:00"), ("retain_with_grace", "Tue 12:00")):
            self.policy.retarget_mode = mode
            complaint = self.complain()
            resolution = self.clock(complaint)
            with self.at("Tue 10:00"):
                complaint.severity = "serious"
            self.assertEqual(resolution.deadline, utc(due), mode)
            event = resolution.event_ids.filtered(lambda e: e.kind == "retarget")
            self.assertEqual(event.old_deadline, utc("Thu 09:00"))
            self.assertEqual(event.new_deadline, utc(due))
            self.assertEqual(event.consumed_minutes, 9 * 60)
            self.assertEqual(event.reason, "Severity: General → Serious")

    def test_retarget_in_the_history(self):
        """A promise that was over before the last pause (walks the runs)."""
        self.policy.retarget_mode = "retain"
        complaint = self.complain()
        complaint._sla_pause(self.supplier, utc("Mon 11:00"))
        complaint._sla_resume(moment=utc("Mon 14:00"))
        complaint._sla_pause(self.supplier, utc("Tue 17:00"))
        complaint._sla_resume(moment=utc("Wed 09:00"))
        with self.at("Wed 10:00"):
            complaint.severity = "serious"
        resolution = self.clock(complaint)
        # 2 h, 3 h on Monday; the 8th hour ends on Tuesday at 11
        self.assertEqual(resolution.breached_at, utc("Tue 11:00"))
        self.assertEqual(resolution.state, "breached")
        self.assertEqual(complaint.sla_state, "running")
        self.assertEqual(complaint.sla_metric, "ack")

    def test_t31_policy_edit(self):
        """S13: what runs keeps its promise, also when something else changes."""
        complaint = self.complain(severity="serious")
        line = self.policy.target_ids.filtered(lambda one: one.severity == "serious")
        line.target_minutes = 360
        with self.at("Mon 10:00"):
            complaint.category_id = self.env["crm.complaint.category"].create(
                {"name": "Other"}
            )
        self.assertEqual(self.clock(complaint).target_minutes, 480)
        self.assertEqual(
            self.clock(self.complain(severity="serious")).target_minutes, 360
        )

    def test_promise_withdrawn_and_new(self):
        complaint = self.complain(severity="very_serious")
        with self.at("Mon 10:00"):
            complaint.severity = "serious"
        self.assertEqual(self.clock(complaint, "containment").state, "cancelled")
        with self.at("Mon 11:00"):
            complaint.severity = "very_serious"
        second = self.clock(complaint, "containment", 2)
        self.assertEqual(second.deadline, utc("Mon 16:00"))

    def test_t18_reopen(self):
        complaint = self.complain()
        complaint.state = "resolved"
        complaint._sla_on_move("resolve", "investigating", utc("Tue 11:00"))
        first = self.clock(complaint)
        self.assertEqual((first.state, first.consumed_minutes), ("met", 600))
        self.assertEqual(self.clock(complaint, "update").state, "cancelled")
        complaint.state = "investigating"
        complaint._sla_on_move("reopen", "resolved", utc("2026-03-09 15:00"))
        second = self.clock(complaint, cycle=2)
        self.assertEqual(second.deadline, utc("2026-03-11 12:00"))
        self.assertEqual(first.state, "met")
        self.assertEqual(
            self.clock(complaint, "update", 2).deadline, utc("2026-03-11 15:00")
        )

    def test_reopen_fresh(self):
        self.policy.write({"reopen_mode": "fresh", "reopen_minutes": 60})
        complaint = self.complain()
        complaint.state = "resolved"
        complaint._sla_on_move("resolve", "investigating", utc("Tue 11:00"))
        complaint.state = "investigating"
        complaint._sla_on_move("reopen", "resolved", utc("Wed 09:00"))
        self.assertEqual(self.clock(complaint, cycle=2).deadline, utc("Wed 10:00"))

    def test_s5_reopened_after_a_breach(self):
        """The record of the breach stays; the new clock is by the policy."""
        complaint = self.complain(severity="serious")
        complaint.state = "resolved"
        complaint._sla_on_move("resolve", "investigating", utc("Wed 09:00"))
        first = self.clock(complaint)
        self.assertEqual((first.state, first.overdue_minutes), ("breached", 480))
        complaint.state = "investigating"
        complaint._sla_on_move("reopen", "resolved", utc("Thu 09:00"))
        self.assertEqual(
            (first.state, first.breached_at), ("breached", utc("Tue 09:00"))
        )
        self.assertTrue(self.clock(complaint, cycle=2)._is_open())

    def test_t32_withdrawn(self):
        complaint = self.complain()
        pause = complaint._sla_pause(self.waiting, utc("Mon 10:00"))
        complaint.state = "withdrawn"
        complaint._sla_on_move("withdraw", "received", utc("Mon 11:00"))
        self.assertEqual(set(complaint.clock_ids.mapped("state")), {"cancelled"})
        self.assertEqual(complaint.sla_state, "done")
        self.assertFalse(complaint.sla_deadline)
        self.assertTrue(pause.date_to)

    def test_updates_repeat(self):
        complaint = self.complain()
        complaint._sla_updated(utc("Tue 09:00"))
        self.assertEqual(self.clock(complaint, "update").state, "met")
        second = self.clock(complaint, "update", 2)
        self.assertEqual(second.deadline, utc("Thu 09:00"))
        complaint._sla_pause(self.waiting, utc("Tue 10:00"))
        complaint._sla_updated(utc("Tue 11:00"))
        third = self.clock(complaint, "update", 3)
        self.assertEqual(third.state, "paused")
        complaint._sla_resume(moment=utc("Wed 11:00"))
        self.assertEqual(third.deadline, utc("Fri 11:00"))

    def test_merge(self):
        """S16: the survivor takes over the earliest start."""
        duplicate = self.complain("Mon 09:00")
        survivor = self.complain("Tue 09:00")
        duplicate.state = "duplicate"
        duplicate._sla_merge(survivor, utc("Tue 10:00"))
        self.assertEqual(set(duplicate.clock_ids.mapped("state")), {"cancelled"})
        self.assertEqual(self.clock(survivor).deadline, utc("Thu 09:00"))
        self.assertEqual(self.clock(survivor).started_at, utc("Mon 09:00"))
        self.assertEqual(self.clock(survivor, "ack").state, "breached")

    def test_merge_of_several(self):
        """The earliest start of all of them, and never a later one."""
        first, second = self.complain("Mon 09:00"), self.complain("Tue 09:00")
        survivor = self.complain("Wed 09:00")
        (second | first)._sla_merge(survivor, utc("Wed 10:00"))
        self.assertEqual(self.clock(survivor).started_at, utc("Mon 09:00"))
        later = self.complain("Wed 11:00")
        later._sla_merge(survivor, utc("Wed 12:00"))
        self.assertEqual(self.clock(survivor).started_at, utc("Mon 09:00"))
        self.assertFalse(survivor.clock_ids._verify())

    def test_soonest_deadline(self):
        """S26, with what is due soon and late told apart."""
        complaint = self.complain()
        self.clock(complaint, "ack")._apply(Event("reach", utc("Mon 09:10")))
        self.assertEqual(complaint.sla_metric, "first_response")
        answer = self.clock(complaint, "first_response")
        answer._apply(Event("tick", utc("Mon 13:00")))
        self.assertEqual(complaint.sla_state, "warned")  # 75 % at 12:00
        self.assertEqual(complaint.sla_warn_at, utc("Mon 12:00"))
        answer._apply(Event("tick", utc("Mon 14:00")))
        self.assertEqual(complaint.sla_state, "breached")
        self.assertEqual(self.kinds(answer), ["start", "warn", "breach"])
        complaint._sla_reach("first_response", utc("Mon 15:00"))
        complaint._sla_pause(self.waiting, utc("Mon 15:00"))
        self.assertEqual(complaint.sla_state, "paused")
        self.assertEqual(complaint.sla_metric, "resolution")
        self.assertFalse(complaint.sla_deadline)
