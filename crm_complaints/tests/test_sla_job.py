# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""From the complaint to who is told, by what is shipped and the scheduler's job."""

import random
from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged

from odoo.addons.crm_complaints.models.crm_escalation_notice import (
    CrmEscalationNotice as Notice,
)
from odoo.addons.crm_complaints.tests.sla_actions import SlaActions
from odoo.addons.crm_complaints.tests.sla_common import utc

MONDAY, TUESDAY, WEDNESDAY = "2026-03-09", "2026-03-10", "2026-03-11"


@tagged("post_install", "-at_install")
class TestSlaJob(SlaActions):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.active = False
        cls.shipped = cls.env.ref("crm_complaints.crm_sla_policy_standard")
        cls.shipped.active = True
        cls.head = cls._create_user("job_head", "group_complaint_own")
        cls.department = cls.env["crm.complaint.department"].create(
            {"name": "Logistics", "manager_id": cls.head.id}
        )

    def serious(self):
        """T25: serious, acknowledged and answered, Friday 15:00."""
        complaint = self.investigating(
            "Fri 15:00", severity="serious", department_id=self.department.id
        )
        self.answer("Fri 15:00", complaint)
        return complaint

    def notices(self, complaint):
        """``{step: state}`` of the resolution."""
        return {
            notice.step_id.percent or notice.step_id.offset_minutes: notice.state
            for notice in self.clock(complaint).notice_ids
        }

    def tell(self, text):
        self.env["crm.escalation.notice"]._cron_notify(as_of=utc(text))

    def test_t25_shipped_steps(self):
        complaint = self.serious()
        clock = self.clock(complaint)
        self.check(clock, policy_id=self.shipped, deadline=utc(f"{MONDAY} 15:00"))
        expected = {}
        for moment, step in (
            (f"{MONDAY} 10:00", 50),
            (f"{MONDAY} 12:00", 75),
            (f"{MONDAY} 14:12", 90),
            (f"{MONDAY} 15:00", 0),
            (f"{MONDAY} 17:00", 120),
            (f"{TUESDAY} 15:00", 480),
        ):
            second = timedelta(seconds=1)
            self.clocks._cron_process(as_of=utc(moment) - second)
            self.assertEqual(self.notices(complaint), expected, moment)
            self.process(moment, times=3)
            expected[step] = "pending"
            self.assertEqual(self.notices(complaint), expected, moment)
        self.check(clock, state="breached", breached_at=utc(f"{MONDAY} 15:00"))
        self.assertFalse(complaint.clock_ids._verify())

    def test_t26_the_job_was_down(self):
        complaint = self.serious()
        self.process(f"{MONDAY} 11:00")
        self.tell(f"{MONDAY} 11:00")
        cron = self.env.ref("crm_complaints.ir_cron_sla")
        with self.enter_registry_test_mode(), self.at(f"{TUESDAY} 09:00"):
            for _time in range(3):
                cron.method_direct_trigger()
        expected = {50: "notified", 75: "skipped", 90: "skipped", 0: "skipped"}
        expected[120] = "pending"
        self.env.invalidate_all()
        self.assertEqual(self.notices(complaint), expected)
        clock = self.clock(complaint)
        self.check(clock, breached_at=utc(f"{MONDAY} 15:00"))
        highest = clock.notice_ids.filtered(lambda one: one.state == "pending")
        self.assertEqual(highest.recipient_ids.user_id, self.head)
        for _time in range(3):
            self.tell(f"{TUESDAY} 09:00")
        activity = complaint.sudo().activity_ids.filtered(
            lambda one: one.user_id == self.head
        )
        self.assertEqual(len(activity), 1)
        expected[120] = "notified"
        self.assertEqual(self.notices(complaint), expected)
        self.assertEqual(self.kinds(clock).count("breach"), 1)

    def test_t27_met_while_it_was_down(self):
        complaint = self.serious()
        self.resolve(f"{MONDAY} 14:59", complaint)
        self.process(f"{TUESDAY} 09:00", times=2)
        self.check(self.clock(complaint), state="met", breached_at=False)
        self.assertFalse(complaint.escalation_ids)

    def test_a_step_that_cannot_be_raised(self):
        """It is late all the same, says so, and the others are told."""
        broken, sound = self.serious(), self.serious()
        poison = self.clock(broken)
        original = Notice._raise

        def fail(notices, due, moment):
            if poison in [clock for clock, _steps in due]:
                raise ZeroDivisionError("poison")
            return original(notices, due, moment)

        logger = "odoo.addons.crm_complaints.models.crm_sla_clock_process"
        with patch.object(Notice, "_raise", fail), self.assertLogs(logger, "ERROR"):
            self.process(f"{MONDAY} 16:00")
        self.assertIn("poison", poison.error)
        self.check(poison, state="breached", breached_at=utc(f"{MONDAY} 15:00"))
        self.assertEqual(self.notices(sound)[0], "pending")
        self.assertFalse((broken | sound).clock_ids._verify())

    def test_limit_of_one_of_two_pauses(self):
        complaint = self.serious()
        self.waiting.limit_minutes = 60
        self.act("Fri 15:00", complaint, "action_pause", self.waiting)
        self.act("Fri 15:30", complaint, "action_pause", self.supplier)
        self.process(f"{MONDAY} 09:00")
        clock = self.clock(complaint)
        self.check(clock, state="paused", pause_count=1, deadline=False)
        ended = complaint.pause_ids.filtered("date_to")
        self.check(ended, date_to=utc("Fri 16:00"), is_expired=True)
        self.act(f"{MONDAY} 10:00", complaint, "action_resume")
        # 15-17 on Friday, 8-10 on Monday; the update ran again from Friday 16:00
        self.check(clock, paused_minutes=240, deadline=utc(f"{TUESDAY} 10:00"))
        update = complaint.clock_ids.filtered(
            lambda one: one.metric == "update" and one._is_open()
        )
        self.check(update, paused_minutes=60)
        self.assertFalse(complaint.clock_ids._verify())

    def test_resolved_after_the_job_was_ahead(self):
        """A mail of before the deadline that is read after it was in time."""
        complaint = self.receive("Mon 09:00")
        clock = self.clock(complaint, "first_response")
        self.process("Mon 14:00")
        self.check(clock, state="breached")
        complaint.sudo()._sla_reach("first_response", utc("Mon 13:59"))
        self.check(clock, state="met", breached_at=False, overdue_minutes=0)
        self.assertFalse(complaint.clock_ids._verify())

    def test_summer_time(self):
        """T23, T24: the night of the change is an hour shorter, hours stay local."""
        office = self._create_calendar("LN", "Europe/London", [(9, 17, "morning")])
        always = self._create_calendar(
            "NY", "America/New_York", [(0, 24, "morning")], days=range(7)
        )
        for calendar, received, minutes, due in (
            (office, "2026-03-28 00:30", 120, "2026-03-30 17:30"),
            (always, "2026-03-08 09:00", 600, "2026-03-08 19:00"),
        ):
            policy = self._create_sla(
                {"resolution": minutes}, calendar_id=calendar.id, sequence=1
            )
            complaint = self.receive(received)
            self.assertEqual(self.clock(complaint).deadline, utc(due))
            policy.active = False

    def outcome(self, complaint):
        """What became of a complaint's clocks."""
        return sorted(
            (
                clock.metric,
                clock.cycle,
                clock.state,
                str(clock.reached_at or clock.deadline),
                str(clock.breached_at),
                clock.consumed_minutes,
                clock.paused_minutes,
                clock.overdue_minutes,
            )
            for clock in complaint.clock_ids
        )

    def note_due(self, complaints, moment):
        """What the job does, for these complaints alone."""
        clocks_sudo = complaints.sudo().clock_ids.filtered("next_event_at")
        clocks_sudo.filtered(lambda one: one.next_event_at <= moment)._process(moment)

    def happen(self, complaint, name, value):
        complaint_sudo = complaint.sudo()
        if name == "severity":
            complaint_sudo.severity = value
        elif name == "pause":
            complaint_sudo._sla_pause(value)
        elif name == "resume":
            complaint_sudo._sla_resume()
        elif name == "answer":
            complaint_sudo._note_response(fields.Datetime.now())
        elif complaint.state == "investigating":
            self._bring_to_end(complaint)
        else:
            complaint.action_reopen("again")

    def test_whenever_the_job_runs(self):
        """Random days of complaints; their twins see no job before the end (S20)."""
        dice = random.Random(25)
        moment = utc("Mon 08:00")
        pairs = [
            (self.investigating("Mon 08:00"), self.investigating("Mon 08:00"))
            for _pair in range(6)
        ]
        watched = self.env["crm.complaint"].union(*(often for often, _late in pairs))
        deeds = [("resume", None), ("answer", None), ("end", None)]
        deeds += [("severity", "general"), ("severity", "serious")]
        deeds += [("pause", self.waiting), ("pause", self.supplier)]
        for number in range(90):
            moment += timedelta(minutes=dice.randrange(1, 240))
            name, value = dice.choice(deeds)
            pair = dice.choice(pairs)
            if pair[0].state != "investigating":
                name = "end"
            with freeze_time(moment):
                self.note_due(watched, moment)
                for complaint in pair:
                    self.happen(complaint, name, value)
            if not number % 20:  # a day off that is ahead
                self.env["resource.calendar.leaves"].create(
                    {
                        "name": "Closed",
                        "date_from": moment + timedelta(days=2),
                        "date_to": moment + timedelta(days=3),
                    }
                )
        self.clocks._cron_process(as_of=moment + timedelta(days=60))
        for often, late in pairs:
            self.assertEqual(self.outcome(often), self.outcome(late))
        clocks = watched.union(*(late for _often, late in pairs)).sudo().clock_ids
        self.assertGreater(len(clocks), 60)
        self.assertGreater(len(clocks.filtered("breached_at")), 10)
        # what has ended keeps what the hours were then
        self.assertFalse(clocks.filtered(lambda one: one._is_open())._verify())
        self.assertEqual(self.clocks._cron_verify(), 0)
