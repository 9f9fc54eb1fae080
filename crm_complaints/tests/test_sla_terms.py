# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Other hours, other policies, what is behind: what open clocks make of it."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.crm_complaints.tests.sla_actions import SlaActions
from odoo.addons.crm_complaints.tests.sla_common import utc


@tagged("post_install", "-at_install")
class TestSlaHours(SlaActions):
    """Other working hours for a team, a grade, the company (S11, T21)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.always = cls._create_calendar(
            "24x7", "Asia/Shanghai", [(0, 24, "morning")], days=range(7)
        )
        cls.policy.target_ids.filtered(
            lambda one: one.metric == "resolution" and not one.severity
        ).target_minutes = 960

    def test_t21(self):
        for holder, field in (
            (self.team, "calendar_id"),
            (self.company, "resource_calendar_id"),
        ):
            complaint = self.receive()
            clock, before = self.clock(complaint), holder[field]
            self.check(clock, deadline=utc("Wed 09:00"))
            with self.at("Tue 10:00"):
                holder[field] = self.always
            self.check(
                clock,
                deadline=utc("Tue 17:00"),
                consumed_minutes=540,
                calendar_id=self.always,
            )
            self.assertEqual(self.kinds(clock)[-1], "recalendar")
            with self.at("Tue 10:00"):
                holder[field] = before
            self.check(clock, deadline=utc("Wed 09:00"))
            self.assertFalse(complaint.clock_ids._verify())

    def test_of_a_grade(self):
        self.diamond.crm_sla_calendar_id = False
        complaint = self.receive()
        complaint.sudo().grade_id = self.diamond
        with self.at("Tue 10:00"):
            self.diamond.crm_sla_calendar_id = self.always
        clocks = complaint.clock_ids.filtered(lambda one: one._is_open())
        self.assertEqual(clocks.calendar_id, self.always)

    def test_who_has_hours_of_its_own_keeps_them(self):
        self.policy.calendar_id = self.calendar
        complaint = self.receive()
        self.policy.calendar_id = self.always  # the next version
        with self.at("Tue 10:00"):
            self.team.calendar_id = self.always
        self.check(self.clock(complaint), calendar_id=self.calendar)

    def test_a_company_that_gets_hours(self):
        self.company.resource_calendar_id = False
        complaint = self.receive()
        clock = self.clock(complaint)
        self.check(clock, state="no_deadline", deadline=False)
        with self.at("Tue 10:00"):
            self.company.resource_calendar_id = self.calendar
        self.check(clock, state="running", deadline=utc("Thu 10:00"))
        with self.at("Tue 11:00"):
            self.company.resource_calendar_id = False
        self.check(clock, state="no_deadline", consumed_minutes=60)
        self.assertFalse(complaint.clock_ids._verify())

    def test_hours_of_the_past_are_kept(self):
        """No clock counts by them any more, but the log explains itself by them."""
        self.team.calendar_id = self.always
        self.receive()
        with self.at("Tue 10:00"):
            self.team.calendar_id = False
        self.assertFalse(self.clocks.search([("calendar_id", "=", self.always.id)]))
        with self.assertRaisesRegex(UserError, "4 deadlines"):
            self.always.unlink()


@tagged("post_install", "-at_install")
class TestSlaTerms(SlaActions):
    def test_a_policy_put_away(self):
        """What runs keeps its promise (S13); what is new has none."""
        complaint = self.receive()
        self.policy.active = False
        with self.at("Mon 10:00"):
            complaint.category_id = self._any_category()
            complaint.severity = "serious"
        self.assertEqual(set(complaint.clock_ids.mapped("state")), {"running"})
        self.assertFalse(self.receive().clock_ids)

    def test_a_reopened_time_of_its_own_is_kept(self):
        self.policy.write({"reopen_mode": "fresh", "reopen_minutes": 60})
        complaint = self.investigating()
        self.resolve("Mon 10:00", complaint)
        self.act("Tue 08:00", complaint, "action_reopen", "again")
        clock = self.clock(complaint, cycle=2)
        self.check(clock, deadline=utc("Tue 09:00"))
        with self.at("Tue 08:30"):
            complaint.severity = "serious"
        self.check(clock, deadline=utc("Tue 09:00"), target_minutes=60)

    def test_a_new_version_keeps_a_grace(self):
        complaint = self.receive()
        with self.at("Tue 10:00"):
            complaint.severity = "serious"
        clock = self.clock(complaint)
        self.check(clock, deadline=utc("Tue 12:00"), policy_version=1)
        line = self.policy.target_ids.filtered(lambda one: one.metric == "ack")
        line.target_minutes = 20
        with self.at("Tue 10:30"):
            wizard = self.env["crm.sla.reapply"].with_user(self.manager)
            wizard.create(
                {"policy_id": self.policy.id, "reason": "As agreed"}
            ).action_apply()
        self.check(clock, deadline=utc("Tue 12:00"), policy_version=2)
        self.assertFalse(complaint.clock_ids._verify())

    def test_what_is_behind_is_not_promised_again(self):
        complaint = self.receive()
        with self.at("Mon 10:00"):
            complaint.write({"reject_reason": "Not ours", "appeal_path": "The board"})
            complaint._tell_decision(channel="phone")
            complaint.action_reject()
        self.check(self.clock(complaint, "ack"), state="cancelled")
        self.act("Mon 11:00", complaint, "action_reopen", "The board said so")
        with self.at("Mon 12:00"):
            complaint.severity = "serious"
        self.assertEqual(
            set(
                complaint.clock_ids.filtered(lambda one: one._is_open()).mapped(
                    "metric"
                )
            ),
            {"resolution", "update"},
        )
        imported = self._create_complaint(
            state="investigating", date_received=utc("Mon 09:00")
        )
        self.assertNotIn("ack", imported.clock_ids.mapped("metric"))

    def test_without_severity(self):
        complaint = self.receive(severity=False)
        self.check(self.clock(complaint), target_minutes=1440)
        with self.at("Mon 10:00"):
            complaint.severity = "general"
        self.assertEqual(self.kinds(self.clock(complaint)), ["start"])

    def test_policies_of_two_companies(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.env["crm.sla.policy"].create(
            {
                "name": "Theirs",
                "company_id": other.id,
                "target_ids": [
                    Command.create({"metric": "resolution", "target_minutes": 60})
                ],
            }
        )
        with self.at("Mon 09:00"):
            complaint = self.env["crm.complaint"].create(
                {"name": "There", "company_id": other.id, "severity": "serious"}
            )
        self.check(complaint.clock_ids, metric="resolution", target_minutes=60)
        self.check(self.clock(self.receive()), target_minutes=1440)
