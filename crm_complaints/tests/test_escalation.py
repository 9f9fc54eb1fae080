# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.mail.models.mail_activity import MailActivity

from ..tools.sla_clock import Event
from .complaint_common import ComplaintCommon

# T25: serious, 8 h from Friday 6 March 2026 15:00 in Shanghai, in UTC
START = datetime(2026, 3, 6, 7)
DEADLINE = datetime(2026, 3, 9, 7)


def shanghai(text):
    """A local time of March 2026 as naive UTC: ``09 10:00``."""
    return datetime.fromisoformat(f"2026-03-{text}") - timedelta(hours=8)


class EscalationCommon(ComplaintCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.leader = cls.all_complaints
        cls.head = cls._create_user("department_head", "group_complaint_own")
        cls.director = cls._create_user("director", "group_complaint_own")
        cls.division = cls.env["crm.complaint.department"].create(
            {"name": "Division", "manager_id": cls.director.id}
        )
        cls.department = cls.env["crm.complaint.department"].create(
            {
                "name": "Logistics",
                "manager_id": cls.head.id,
                "parent_id": cls.division.id,
            }
        )
        shipped = cls.env.ref("crm_complaints.crm_sla_policy_standard")
        cls.policy = cls._create_sla(
            {"resolution": 480},
            step_ids=[
                Command.create(step.copy_data({"policy_id": False})[0])
                for step in shipped.step_ids
            ],
        )
        cls.steps = {
            step.percent if step.anchor == "before" else f"+{step.offset_minutes}": step
            for step in cls.policy.step_ids
        }
        with freeze_time(START):
            cls.complaint = cls._create_complaint(
                severity="serious",
                user_id=cls.agent.id,
                department_id=cls.department.id,
                date_received=START,
            )
        cls.notices = cls.env["crm.escalation.notice"]

    def process(self, moment):
        with freeze_time(moment):
            clocks = self.env["crm.sla.clock"].search(
                [("next_event_at", "<=", moment), ("company_id", "=", self.company.id)]
            )
            due = clocks._apply(Event("tick", moment))
            self.notices._raise(list(due.items()), moment)

    def tell(self, moment):
        with freeze_time(moment):
            self.notices._cron_notify(as_of=moment)

    def found(self):
        """``{step: (state, people)}`` of all that was raised."""
        names = {step: name for name, step in self.steps.items()}
        return {
            names[notice.step_id]: (
                notice.state,
                set(notice.recipient_ids.user_id),
            )
            for notice in self.complaint.escalation_ids
        }

    def absent(self, user, day):
        self.env["calendar.event"].create(
            {
                "name": "Away",
                "user_id": user.id,
                "allday": True,
                "show_as": "busy",
                "start_date": day,
                "stop_date": day,
            }
        )

    def activities(self):
        return self.env["mail.activity"].search(
            [
                ("res_model", "=", "crm.complaint"),
                ("res_id", "=", self.complaint.id),
                (
                    "activity_type_id",
                    "=",
                    self.env.ref("crm_complaints.mail_activity_type_escalation").id,
                ),
            ]
        )


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

    # TAKING IT UP

    def test_taking_it_up_stops_the_chain(self):
        moment = shanghai("09 14:30")
        self.process(moment)
        self.tell(moment)
        self.assertEqual(len(self.activities()), 2)
        with freeze_time(moment):
            self.complaint.with_user(self.leader).action_acknowledge_escalation()
        told = self.complaint.escalation_ids.filtered(
            lambda notice: notice.state == "notified"
        )
        self.assertEqual(told.acknowledged_by_id, self.leader)
        self.assertEqual(told.acknowledged_at, moment)
        self.assertFalse(self.activities())
        self.process(shanghai("11 15:00"))
        self.tell(shanghai("11 15:00"))
        states = {name: state for name, (state, _who) in self.found().items()}
        self.assertEqual(
            states,
            {
                50: "skipped",
                75: "skipped",
                90: "notified",
                "+0": "skipped",
                "+120": "skipped",
                "+480": "skipped",
            },
        )
        self.assertEqual(self.complaint.clock_ids.state, "breached")
        with self.assertRaises(UserError):
            self.complaint.with_user(self.leader).action_acknowledge_escalation()

    def test_who_may_take_it_up(self):
        self.process(shanghai("09 10:00"))
        with self.assertRaises(AccessError):
            self.complaint.with_user(self.colleague).action_acknowledge_escalation()
        with self.assertRaises(AccessError):  # reads, but was not told
            self.complaint.with_user(self.head).action_acknowledge_escalation()
        self.assertEqual(self.found()[50][0], "pending")
        with freeze_time(shanghai("09 10:00")):
            self.complaint.with_user(self.agent).action_acknowledge_escalation()
        self.assertEqual(self.found()[50][0], "skipped")

    # WHO MAY READ

    def test_who_is_told_may_read(self):
        complaint = self.complaint.with_user(self.colleague)
        self.assertFalse(complaint.has_access("read"))
        self.steps[50].user_ids = self.colleague
        self.process(shanghai("09 10:00"))
        complaint.invalidate_recordset()
        self.assertEqual(complaint.name, "It does not work")
        self.assertTrue(complaint.clock_ids.deadline)
        self.assertTrue(complaint.clock_ids.event_ids)
        self.assertEqual(len(complaint.escalation_ids.recipient_ids), 2)
        with self.assertRaises(AccessError):
            complaint.name = "Mine now"
        self.assertTrue(self.complaint.with_user(self.head).has_access("read"))
        self.assertTrue(self.complaint.with_user(self.director).has_access("read"))

    def test_nobody_makes_notices_by_hand(self):
        self.process(shanghai("09 10:00"))
        notice = self.complaint.escalation_ids.with_user(self.manager)
        row = notice.recipient_ids
        for action in (
            lambda: notice.write({"state": "cancelled"}),
            lambda: row.write({"state": "notified"}),
            lambda: row.copy({"user_id": self.colleague.id}),
            lambda: notice.unlink(),
        ):
            with self.assertRaises(AccessError):
                action()

    # TELLING

    def test_one_activity_and_one_mail(self):
        """Two complaints, several steps: one activity each, one mail for both."""
        with freeze_time(START):
            other = self._create_complaint(user_id=self.agent.id, date_received=START)
        for moment in ("09 12:00", "09 15:00"):
            self.process(shanghai(moment))
            self.tell(shanghai(moment))
        mine = self.activities().filtered(lambda one: one.user_id == self.agent)
        self.assertEqual(len(mine), 1)
        self.assertEqual(mine.summary, "Resolution: At the deadline")
        mails = self.env["mail.mail"].search(
            [("recipient_ids", "in", self.agent.partner_id.ids)]
        )
        self.assertEqual(len(mails), 1)
        for complaint in self.complaint | other:
            self.assertIn(complaint.number, mails.body_html)
        self.assertNotIn(self.agent.partner_id, self.complaint.message_partner_ids)

    def test_a_poisoned_notice_stops_nobody(self):
        with freeze_time(START):
            bad = self._create_complaint(
                name="Poison", user_id=self.agent.id, date_received=START
            )
        create = MailActivity.create

        def poisoned(activities, vals_list):
            if any(vals["res_id"] == bad.id for vals in vals_list):
                raise ValueError("Poison")
            return create(activities, vals_list)

        moment = shanghai("09 15:00")
        self.process(moment)
        with patch.object(MailActivity, "create", poisoned):
            self.tell(moment)
        self.assertEqual(self.found()["+0"][0], "notified")
        self.assertEqual(len(self.activities()), 2)
        (notice,) = bad.escalation_ids.filtered(lambda one: one.state == "pending")
        self.assertIn("Poison", notice.fault)
        self.assertEqual(set(notice.recipient_ids.mapped("state")), {"pending"})
        self.tell(moment)  # not before an hour has passed
        self.assertEqual(notice.state, "pending")
        self.tell(moment + timedelta(hours=1))
        self.assertEqual((notice.state, notice.fault), ("notified", False))
        self.assertEqual(len(self.activities()), 2)


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
