# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .complaint_common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestSlaPolicyVersion(ComplaintCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls._create_sla(
            {"resolution": 480, ("resolution", "serious", None): 240, "ack": 30}
        ).with_user(cls.manager)

    def versions(self):
        return self.policy.version_ids.sorted("version").mapped("changes")

    def test_created_as_version_one(self):
        self.assertEqual(self.policy.version, 1)
        self.assertEqual(self.versions(), ["Created"])
        targets = self.policy.version_ids.snapshot["targets"]
        self.assertEqual(
            targets, {"ack||": 30, "resolution||": 480, "resolution|serious|": 240}
        )

    def test_one_save_is_one_version(self):
        """S13, T31: however many cells and terms are changed at once."""
        matrix = {**self.policy.target_matrix, "resolution||": 360, "ack||": 15}
        del matrix["resolution|serious|"]
        matrix[f"update||{self.diamond.id}"] = 960
        self.policy.write({"target_matrix": matrix, "grace_percent": 50})
        self.assertEqual(self.policy.version, 2)
        self.assertEqual(
            self.versions()[1].splitlines(),
            [
                "Grace (% of the new time): 25 → 50",
                "Acknowledgement: 30 min → 15 min",
                f"Update, {self.diamond.name}: – → 2 d",
                "Resolution: 1 d → 6 h",
                "Resolution, Serious: 4 h → –",
            ],
        )
        second = self.policy.version_ids.filtered(lambda row: row.version == 2)
        self.assertEqual(second.user_id, self.manager)
        self.assertEqual(
            self.env["crm.sla.policy"]
            ._compiled(self.company)
            .lookup("resolution", "serious")[:3],
            (self.policy.id, 2, 360),
        )

    def test_each_term_makes_a_version(self):
        category = self.env["crm.complaint.category"].create({"name": "Delivery"})
        for number, vals in enumerate(
            [
                {"team_id": self.team.id},
                {"category_id": category.id},
                {"calendar_id": self.calendar.id},
                {"retarget_mode": "restart"},
                {"may_lengthen": False},
                {"reopen_mode": "fresh", "reopen_minutes": 240},
                {"company_id": False, "team_id": False, "calendar_id": False},
            ],
            2,
        ):
            self.policy.write(vals)
            self.assertEqual(self.policy.version, number, vals)

    def test_lines_make_versions_too(self):
        line = self.policy.target_ids[0]
        line.target_minutes += 1
        self.assertEqual(self.policy.version, 2)
        line.unlink()
        self.assertEqual(self.policy.version, 3)
        self.policy.write(
            {
                "target_ids": [
                    Command.create({"metric": "update", "target_minutes": 60}),
                    Command.create({"metric": "containment", "target_minutes": 60}),
                ]
            }
        )
        self.assertEqual(self.policy.version, 4)

    def test_what_promises_nothing_else_is_no_version(self):
        self.policy.write({"name": "Renamed", "sequence": 3})
        self.policy.write({"grace_percent": 25, "retarget_mode": "retain_with_grace"})
        self.policy.target_matrix = dict(self.policy.target_matrix)
        self.assertEqual(self.policy.version, 1)

    def test_a_copy_begins_anew(self):
        self.policy.grace_percent = 30
        copy = self.policy.copy()
        self.assertEqual((copy.version, len(copy.version_ids)), (1, 1))
        self.assertEqual(copy.target_matrix, self.policy.target_matrix)

    def test_versions_cannot_be_forged(self):
        policies = self.env["crm.sla.policy"].with_user(self.manager)
        with self.assertRaises(AccessError):
            self.policy.version = 9
        with self.assertRaises(AccessError):
            self.policy.write({"version_ids": [Command.clear()]})
        made = policies.with_context(default_version=7).create(
            {"name": "Forged", "version": 8, "company_id": self.company.id}
        )
        self.assertEqual(made.version, 1)
        row = self.policy.version_ids
        with self.assertRaises(AccessError):
            row.write({"changes": "nothing"})
        with self.assertRaises(AccessError):
            row.unlink()
        with self.assertRaises(AccessError):
            row.copy()
        with self.assertRaises(AccessError):
            self.policy.with_user(self.agent).target_matrix = {"ack||": 1}

    # MATRIX

    def test_matrix_in_a_form(self):
        with Form(self.env["crm.sla.policy"].with_user(self.manager)) as form:
            form.name = "By form"
            form.target_matrix = {"ack||": 30, f"ack|serious|{self.gold.id}": 22}
        policy = form.save()
        self.assertEqual(policy.version, 1)
        self.assertEqual(
            sorted(
                (line.severity or "", line.grade_id, line.target_minutes)
                for line in policy.target_ids
            ),
            [("", self.gold.browse(), 30), ("serious", self.gold, 22)],
        )
        with Form(policy) as form:
            form.target_matrix = {"ack||": 20}
        self.assertEqual((policy.version, policy.target_ids.target_minutes), (2, 20))

    def test_bad_cells_are_refused(self):
        grade = self.gold.id
        for matrix in (
            {"ack||": 0},
            {"ack||": -5},
            {"ack||": 1.5},
            {"ack||": True},
            {"ack||": "30"},
            {"ack||": None},
            {"ack||": 2**31},
            {"nothing||": 30},
            {"ack|mild|": 30},
            {"ack||999999": 30},
            {"ack||x": 30},
            {f"ack||{grade}|": 30},
            {"ack": 30},
            {"": 30},
            ["ack||", 30],
            "ack",
        ):
            with self.assertRaises(ValidationError, msg=matrix):
                self.policy.target_matrix = matrix
        self.assertEqual(self.policy.version, 1)
        self.assertEqual(len(self.policy.target_ids), 3)

    def test_zero_target_is_refused(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(Exception) as caught:
            self.policy.target_ids[0].target_minutes = 0
            self.policy.env.flush_all()
        self.assertIn("check_target_minutes", str(caught.exception))

    # PROBLEMS (S24)

    def test_problems_are_said(self):
        self.assertFalse(self.policy.problem)
        empty = self._create_calendar("Never open", "UTC", [])
        self.policy.calendar_id = empty
        self.assertIn("“Never open” has no working hours", self.policy.problem)
        self.policy.calendar_id = False
        self.policy.team_id = self.team
        self.team.calendar_id = empty
        self.assertIn("“Never open” has no working hours", self.policy.problem)
        self.team.calendar_id = False
        self.company.resource_calendar_id = False
        self.assertIn("There are no working hours", self.policy.problem)
        self.policy.target_ids.unlink()
        self.assertEqual(self.policy.problem, "No time is promised yet.")

    def test_ten_years_are_out_of_sight(self):
        """10 years of 250 working days; a deadline is sought for 1,400 days."""
        self.policy.target_matrix = {"resolution||": 10 * 250 * 480}
        self.assertIn("do not pass within 1400 days", self.policy.problem)
        self.policy.target_matrix = {"resolution||": 480 * 900}
        self.assertFalse(self.policy.problem)

    def test_hours_of_a_grade(self):
        empty = self._create_calendar("Diamond hours", "UTC", [])
        self.diamond.crm_sla_calendar_id = empty
        self.assertFalse(self.policy.problem)
        self.policy.target_matrix = {f"ack||{self.diamond.id}": 15, "ack||": 30}
        self.assertIn("Diamond hours", self.policy.problem)


@tagged("post_install", "-at_install")
class TestShippedPolicy(ComplaintCommon):
    def test_shipped_times(self):
        """Half for diamond, three quarters for gold: 22.5 minutes are 22."""
        policy = self.env.ref("crm_complaints.crm_sla_policy_standard")
        policy.active = True
        lookup = self.env["crm.sla.policy"]._compiled(self.company).lookup
        severities = ("general", "serious", "very_serious")
        for grade, ack, first, update, resolution in (
            (None, 30, 240, 960, (1440, 480, 240)),
            (self.diamond.id, 15, 120, 480, (720, 240, 120)),
            (self.gold.id, 22, 180, 720, (1080, 360, 180)),
        ):
            for severity, minutes in zip(severities, resolution, strict=True):
                found = [
                    lookup(metric, severity, grade).minutes
                    for metric in ("ack", "first_response", "update", "resolution")
                ]
                self.assertEqual(found, [ack, first, update, minutes])
        target = lookup("resolution")
        self.assertEqual(
            (target.version, target.retarget_mode, target.grace_percent),
            (1, "retain_with_grace", 25),
        )
        self.assertEqual(target.reopen_mode, "continue")

    def test_shipped_steps(self):
        policy = self.env.ref("crm_complaints.crm_sla_policy_standard")
        steps = policy._escalation_steps("resolution")
        self.assertEqual(
            [(step.percent, step.offset_minutes) for step in steps],
            [(50, 0), (75, 0), (90, 0), (None, 0), (None, 120), (None, 480)],
        )
        roles = [
            self.env["crm.escalation.step"].browse(step.key)._roles() for step in steps
        ]
        both = ["owner", "leader"]
        self.assertEqual(
            roles, [["owner"], ["owner"], both, both, ["department"], ["above"]]
        )
