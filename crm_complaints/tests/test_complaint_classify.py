# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Category, severity floor and priority of a complaint."""

from psycopg2.errors import UniqueViolation

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .complaint_common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestComplaintClassify(ComplaintCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        departments = cls.env["crm.complaint.department"]
        cls.factory = departments.create(
            {"name": "Factory", "company_id": cls.company.id}
        )
        cls.foreign_factory = departments.create(
            {"name": "Foreign", "company_id": cls.env.ref("base.main_company").id}
        )
        cls.logistics = cls.env["crm.complaint.team"].create(
            {
                "name": "Logistics",
                "company_id": cls.company.id,
                "assignment": "manual",
                "member_ids": [Command.link(cls.agent.id)],
            }
        )
        categories = cls.env["crm.complaint.category"]
        cls.root = categories.create(
            {
                "name": "Things",
                "department_id": cls.factory.id,
                "team_id": cls.logistics.id,
            }
        )
        cls.broken = categories.create({"name": "Broken", "parent_id": cls.root.id})
        cls.burning = categories.create(
            {"name": "Burning", "parent_id": cls.broken.id, "severity_floor": "serious"}
        )
        cls.battery = categories.create(
            {"name": "Battery", "parent_id": cls.burning.id}
        )

    def _agent_complaint(self, **values):
        return (
            self.env["crm.complaint"]
            .with_user(self.agent)
            .create({"name": "Broken", "partner_id": self.customer.id, **values})
        )

    def flush_tracking(self):
        self.env.flush_all()
        self.cr.precommit.run()

    # CATEGORY

    def test_six_classes_are_shipped(self):
        codes = {
            "product_quality",
            "service",
            "delivery",
            "price",
            "technical_support",
            "process",
        }
        for code in codes:
            category = self.env.ref(f"crm_complaints.crm_complaint_category_{code}")
            self.assertEqual(category.code, code)
            self.assertFalse(category.parent_id)
        hazard = self.env.ref(
            "crm_complaints.crm_complaint_category_product_quality_safety"
        )
        self.assertEqual(hazard._inherited_floor(), "serious")
        self.assertEqual(hazard.complete_name, "Product quality / Safety hazard")

    def test_the_nearest_ancestor_that_says_something_counts(self):
        self.assertEqual(
            self.battery._inherited("department_id", self.company), self.factory
        )
        self.assertEqual(self.battery._inherited_floor(), "serious")
        self.assertFalse(self.broken._inherited_floor())
        self.burning.department_id = self.foreign_factory  # of another company
        self.assertEqual(
            self.battery._inherited("department_id", self.company), self.factory
        )
        self.assertIn("Logistics", self.battery.inherited_note)
        self.assertIn("serious", self.battery.inherited_note)

    def test_category_gives_team_and_department(self):
        complaint = self._agent_complaint(category_id=self.broken.id)
        self.assertEqual(complaint.department_id, self.factory)
        self.assertEqual(complaint.team_id, self.logistics)
        self.assertFalse(complaint.severity)
        # who recorded it still sees it, in whatever team it has gone
        self.assertTrue(complaint.with_user(self.agent).has_access("read"))
        self.assertFalse(complaint.with_user(self.colleague).has_access("read"))

    def test_what_was_chosen_stays(self):
        other = self.factory.copy({"name": "Other"})
        complaint = self._agent_complaint(
            category_id=self.broken.id, department_id=other.id, team_id=self.team.id
        )
        complaint.category_id = self.battery
        self.assertEqual(complaint.department_id, other)
        self.assertEqual(complaint.team_id, self.team)

    def test_what_came_from_the_category_follows_it(self):
        office = self.factory.copy({"name": "Office"})
        price = self.env["crm.complaint.category"].create(
            {"name": "Price", "department_id": office.id}
        )
        complaint = self._agent_complaint(category_id=self.broken.id)
        complaint.category_id = price
        self.assertEqual(complaint.department_id, office)
        self.assertEqual(complaint.team_id, self.logistics)  # price names no team

    def test_a_company_without_team_gets_one(self):
        company = self.env["res.company"].create({"name": "New"})
        complaint = (
            self.env["crm.complaint"]
            .with_company(company)
            .create({"name": "First", "company_id": company.id})
        )
        self.assertEqual(complaint.team_id.company_id, company)
        second = complaint.copy()
        self.assertEqual(second.team_id, complaint.team_id)

    def test_the_team_of_the_alias_names_the_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        team = self.team.create({"name": "There", "company_id": other.id})
        complaint = self.env["crm.complaint"].create(
            {"name": "By mail", "team_id": team.id}
        )
        self.assertEqual(complaint.company_id, other)

    # FLOOR

    def test_safety_lifts_to_serious_with_a_note(self):
        complaint = self._agent_complaint(is_safety=True, severity="general")
        self.assertEqual(complaint.severity, "serious")
        notes = complaint.message_ids.mapped("body")
        self.assertTrue(any("safety is concerned" in str(note) for note in notes))

    def test_category_lifts_when_it_is_set(self):
        complaint = self._agent_complaint(severity="general", team_id=self.team.id)
        complaint.category_id = self.battery
        self.assertEqual(complaint.severity, "serious")
        notes = complaint.message_ids.mapped("body")
        self.assertTrue(any("Battery" in str(note) for note in notes))

    def test_what_is_above_the_floor_is_left_alone(self):
        complaint = self._agent_complaint(
            category_id=self.battery.id, severity="very_serious"
        )
        self.assertEqual(complaint.severity, "very_serious")
        complaint.severity = "serious"
        self.assertEqual(complaint.severity, "serious")

    def test_never_below_the_floor(self):
        complaint = self._agent_complaint(category_id=self.battery.id)
        for severity in ("general", False):
            with self.assertRaisesRegex(ValidationError, "at least serious"):
                complaint.severity = severity
        complaint.write({"category_id": self.broken.id, "severity": "general"})
        self.assertEqual(complaint.severity, "general")

    # PRIORITY

    def test_the_matrix_decides_and_follows(self):
        complaint = self._agent_complaint(urgency="3", impact="3", difficulty="1")
        self.assertEqual(complaint.priority, "1")  # 13 points
        complaint.write({"urgency": "1", "impact": "1"})
        self.assertEqual(complaint.priority, "4")  # 5 points
        complaint.severity = "very_serious"
        self.assertEqual(complaint.priority, "1")

    def test_override_needs_a_reason_and_can_be_taken_back(self):
        complaint = self._agent_complaint(severity="general")
        self.assertEqual(complaint.priority, "3")
        with self.assertRaisesRegex(ValidationError, "Say why"):
            complaint.priority = "1"
        complaint.write({"priority": "1", "priority_reason": "The press is here"})
        complaint.write({"urgency": "1", "impact": "1"})
        self.assertEqual(complaint.priority, "1")
        complaint.priority_reason = False
        self.assertEqual(complaint.priority, "4")  # 6 points

    def test_override_is_refused_at_once(self):
        with self.assertRaisesRegex(ValidationError, "Say why"):
            self._agent_complaint(priority="1")
        complaint = self._agent_complaint(priority="1", priority_reason="Minister")
        self.assertEqual(complaint.priority, "1")

    def test_danger_cannot_be_put_off(self):
        complaint = self._agent_complaint(is_safety=True)
        self.assertEqual(complaint.priority, "1")
        with self.assertRaisesRegex(ValidationError, "stays P1"):
            complaint.write({"priority": "3", "priority_reason": "No time"})
        other = self._agent_complaint(priority="4", priority_reason="Joke")
        other.is_safety = True
        self.assertEqual(other.priority, "1")

    def test_who_overrode_and_when_is_tracked(self):
        complaint = self._agent_complaint().with_context(
            tracking_disable=False, mail_notrack=False
        )
        self.flush_tracking()
        complaint.write({"priority": "1", "priority_reason": "The press is here"})
        self.flush_tracking()
        messages = complaint.message_ids.sudo()
        tracked = messages.filtered("tracking_value_ids")[:1]
        names = tracked.tracking_value_ids.field_id.mapped("name")
        self.assertIn("priority_reason", names)
        self.assertEqual(tracked.author_id, self.agent.partner_id)

    def test_the_form_shows_what_saving_does(self):
        form = Form(self.env["crm.complaint"].with_user(self.manager))
        form.name = "Smoke"
        form.category_id = self.battery
        self.assertEqual(form.severity, "serious")
        self.assertEqual(form.department_id, self.factory)
        form.severity = "very_serious"
        self.assertEqual(form.priority, "1")
        self.assertEqual(form.save().priority, "1")

    # MATRIX

    def test_own_matrix_goes_before_the_shared_one(self):
        complaint = self._agent_complaint()
        overridden = self._agent_complaint(priority="1", priority_reason="Press")
        matrix = self.env["crm.priority.matrix"].with_user(self.manager)
        mine = matrix.create({"company_id": self.company.id})
        self.assertEqual(complaint.priority, "3")
        mine.cells = {**mine.cells, "222": 2, "322": 2, "232": 2, "223": 2}
        self.assertEqual(complaint.priority, "2")
        self.assertEqual(overridden.priority, "1")
        mine.unlink()
        self.assertEqual(complaint.priority, "3")

    def test_disorder_is_refused_in_words(self):
        shared = self.env.ref("crm_complaints.crm_priority_matrix_shared")
        shared = shared.with_user(self.manager)
        with self.assertRaisesRegex(
            ValidationError, "urgency high, impact high, difficulty high would be less"
        ):
            shared.cells = {**shared.cells, "333": 4}
        with self.assertRaisesRegex(ValidationError, "no priority for urgency low"):
            shared.cells = {"333": 1}
        with self.assertRaises(UserError):
            shared.unlink()

    def test_one_matrix_a_company(self):
        matrix = self.env["crm.priority.matrix"].with_user(self.manager)
        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"):
            matrix.create({"company_id": False})
