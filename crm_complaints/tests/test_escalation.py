# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .complaint_common import ComplaintCommon
from .escalation_common import DEADLINE, START, EscalationCommon, shanghai


@tagged("post_install", "-at_install")
class TestEscalation(EscalationCommon):
    def test_t25_each_step_at_its_moment(self):
        self.assertEqual(self.complaint.clock_ids.deadline, DEADLINE)
        people = {
            50: {self.agent},
            75: {self.agent},
            90: {self.agent, self.leader},
            "+0": {self.agent, self.leader},
            "+120": {self.head},
            "+480": {self.director},
        }
        expected = {}
        for name, moment, told in (
            (50, "09 10:00", "09 10:00"),
            (75, "09 12:00", "09 13:00"),  # after lunch
            (90, "09 14:12", "09 14:12"),
            ("+0", "09 15:00", "09 15:00"),
            ("+120", "09 17:00", "10 08:00"),  # at closing time: in the morning
            ("+480", "10 15:00", "10 15:00"),
        ):
            due = shanghai(moment)
            self.process(due - timedelta(seconds=1))
            self.assertEqual(self.found(), expected, name)
            self.process(due)
            self.tell(shanghai(told) - timedelta(seconds=1))
            self.assertEqual(self.found()[name], ("pending", people[name]))
            self.tell(shanghai(told))
            expected[name] = ("notified", people[name])
            self.assertEqual(self.found(), expected, name)
        self.assertEqual(
            self.complaint.escalation_ids.mapped("level"), [6, 5, 4, 3, 2, 1]
        )

    def test_t26_a_late_job_tells_the_highest_only(self):
        """The job was down from Monday 11:00 to Tuesday 09:00."""
        self.process(shanghai("09 11:00"))
        self.tell(shanghai("09 11:00"))
        late = shanghai("10 09:00")
        self.process(late)
        expected = {
            50: ("notified", {self.agent}),
            75: ("skipped", set()),
            90: ("skipped", set()),
            "+0": ("skipped", set()),
            "+120": ("pending", {self.head}),
        }
        self.assertEqual(self.found(), expected)
        self.assertEqual(self.complaint.clock_ids.breached_at, DEADLINE)
        self.process(late)
        self.assertEqual(self.found(), expected)
        self.tell(late)
        self.tell(late)
        expected["+120"] = ("notified", {self.head})
        self.assertEqual(self.found(), expected)
        self.assertEqual(
            self.env["mail.mail"].search_count(
                [("recipient_ids", "in", self.head.partner_id.ids)]
            ),
            1,
        )

    def test_t27_in_time_while_the_job_was_down(self):
        self.process(shanghai("09 11:00"))
        self.complaint._sla_reach("resolution", shanghai("09 14:59"))
        self.process(shanghai("10 09:00"))
        self.assertEqual(self.complaint.clock_ids.state, "met")
        self.tell(shanghai("10 09:00"))
        self.assertEqual(self.found(), {50: ("cancelled", {self.agent})})
        self.assertFalse(self.activities())

    def test_what_ends_is_not_told(self):
        self.process(shanghai("09 10:00"))
        self.assertEqual(self.found()[50][0], "pending")
        self.complaint._sla_on_move("withdraw", "received", shanghai("09 10:30"))
        self.assertEqual(self.found()[50][0], "cancelled")
        self.tell(shanghai("09 10:30"))
        self.assertEqual(self.found()[50][0], "cancelled")
        self.assertFalse(self.activities())

    # WHO (S22)

    def recipients(self, step, moment="09 15:00"):
        clock = self.complaint.clock_ids
        (pure,) = (
            one for one in clock._escalation_steps() if one.key == self.steps[step].id
        )
        notice = self.notices._raise([(clock, [pure])], shanghai(moment))
        found = notice.recipient_ids
        result = [(row.user_id, row.role) for row in found]
        notice.unlink()
        return result

    def test_the_next_one_up_steps_in(self):
        monday = "2026-03-09"
        self.assertEqual(self.recipients(50), [(self.agent, "owner")])
        self.absent(self.agent, monday)
        self.assertEqual(self.recipients(50), [(self.leader, "leader")])
        self.assertEqual(self.recipients("+0"), [(self.leader, "leader")])
        self.absent(self.leader, monday)
        self.assertEqual(self.recipients("+0"), [(self.head, "department")])
        self.head.active = False
        self.assertEqual(self.recipients("+0"), [(self.director, "above")])
        self.director.group_ids -= self.env.ref("crm_complaints.group_complaint_own")
        found = dict(self.recipients("+0"))
        self.assertEqual(found[self.manager], "manager")
        self.assertEqual(set(found.values()), {"manager"})

    def test_nobody_twice_and_unowned(self):
        self.team.leader_id = self.agent
        self.assertEqual(self.recipients("+0"), [(self.agent, "owner")])
        self.complaint.user_id = False
        self.assertEqual(self.recipients("+0"), [(self.agent, "leader")])
        self.steps["+0"].user_ids = self.agent | self.colleague
        self.assertEqual(
            self.recipients("+0"),
            [(self.agent, "leader"), (self.colleague, "fixed")],
        )

    def test_no_department(self):
        self.complaint.department_id = False
        found = dict(self.recipients("+120"))
        self.assertEqual(set(found.values()), {"manager"})
        self.complaint.department_id = self.department
        self.department.manager_id = False
        self.assertEqual(self.recipients("+120"), [(self.director, "above")])

    def test_who_works_for_another_company(self):
        other = self.env["res.company"].create({"name": "Other company"})
        self.agent.write(
            {"company_ids": [Command.set(other.ids)], "company_id": other.id}
        )
        self.assertEqual(self.recipients(50), [(self.leader, "leader")])

    # WHEN (S23)

    def test_people_are_told_in_their_hours(self):
        """Raised on Saturday, told on Monday morning; the state does not wait."""
        saturday = shanghai("07 03:00")
        self.policy.calendar_id = self._create_calendar(
            "Day and night", "Asia/Shanghai", [(0, 24, "morning")], range(7)
        )
        clock = self.complaint.clock_ids
        steps = clock._escalation_steps()
        self.notices._raise([(clock, steps[:1])], saturday)
        row = self.complaint.escalation_recipient_ids
        self.assertEqual(row.notify_at, shanghai("09 08:00"))
        self.tell(saturday)
        self.assertEqual(row.state, "pending")
        self.tell(shanghai("09 07:59"))
        self.assertEqual(row.state, "pending")
        self.tell(shanghai("09 08:00"))
        self.assertEqual((row.state, row.notice_id.state), ("notified", "notified"))
        self.assertEqual(row.notified_at, shanghai("09 08:00"))

    def test_round_the_clock_is_told_at_once(self):
        always = self._create_calendar(
            "Day and night", "Asia/Shanghai", [(0, 24, "morning")], range(7)
        )
        self.policy.calendar_id = always
        with freeze_time(START):
            complaint = self._create_complaint(
                user_id=self.agent.id, date_received=START
            )
        night = shanghai("06 21:30")  # four hours and more, half of the eight
        self.process(night)
        row = complaint.escalation_recipient_ids
        self.assertEqual((row.user_id, row.notify_at), (self.agent, night))

    def test_half_a_day_off(self):
        """Who comes back at noon is told then, and is not away."""
        leaves = self.env["resource.calendar.leaves"]
        resource = self.env["resource.resource"].create(
            {
                "name": "Agent",
                "user_id": self.agent.id,
                "company_id": self.company.id,
                "calendar_id": self.calendar.id,
            }
        )
        leaves.create(
            {
                "name": "Dentist",
                "resource_id": resource.id,
                "calendar_id": self.calendar.id,
                "date_from": shanghai("09 08:00"),
                "date_to": shanghai("09 12:00"),
                "time_type": "leave",
            }
        )
        self.process(shanghai("09 10:00"))
        row = self.complaint.escalation_recipient_ids
        self.assertEqual(
            (row.user_id, row.notify_at), (self.agent, shanghai("09 13:00"))
        )


@tagged("post_install", "-at_install")
class TestEscalationStep(ComplaintCommon):
    def test_steps_that_make_no_sense(self):
        policy = self._create_sla({"resolution": 480})
        step = {"policy_id": policy.id}
        steps = self.env["crm.escalation.step"]
        for vals, name in (
            ({"anchor": "before", "percent": 0}, "check_percent"),
            ({"anchor": "before", "percent": 100}, "check_percent"),
            ({"anchor": "after", "offset_minutes": -1}, "check_offset_minutes"),
        ):
            with self.assertLogs("odoo.sql_db", "ERROR"):
                with self.assertRaises(Exception) as caught, self.env.cr.savepoint():
                    steps.create({**step, **vals})
            self.assertIn(name, str(caught.exception))
        with self.assertRaisesRegex(UserError, "say whom"):
            steps.create({**step, "to_owner": False})
        steps.create({**step, "anchor": "before", "percent": 50})
        steps.create({**step, "anchor": "before", "percent": 50, "metric": "ack"})
        with self.assertLogs("odoo.sql_db", "ERROR"):
            with self.assertRaises(Exception) as caught, self.env.cr.savepoint():
                steps.create({**step, "anchor": "before", "percent": 50})
        self.assertIn("moment_uniq", str(caught.exception))

    def test_the_step_of_a_metric_goes_before(self):
        policy = self._create_sla({"resolution": 480})
        steps = self.env["crm.escalation.step"].create(
            [
                {"policy_id": policy.id, "offset_minutes": 120},
                {"policy_id": policy.id, "anchor": "before", "percent": 75},
                {"policy_id": policy.id, "offset_minutes": 120, "metric": "ack"},
                {"policy_id": policy.id, "offset_minutes": 0, "metric": "resolution"},
            ]
        )
        any_after, warning, ack_after, at_once = steps
        keys = [step.key for step in policy._escalation_steps("resolution")]
        self.assertEqual(keys, [warning.id, at_once.id, any_after.id])
        keys = [step.key for step in policy._escalation_steps("ack")]
        self.assertEqual(keys, [warning.id, ack_after.id])
        ack_after.unlink()
        keys = [step.key for step in policy._escalation_steps("ack")]
        self.assertEqual(keys, [warning.id, any_after.id])
