# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .visit_common import VisitCommon


@tagged("post_install", "-at_install")
class TestVisitCoverage(VisitCommon):
    """What was planned, what was made of it: numbers by hand (C6)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        rows = [
            # state, due, aimed at, tolerance, arrived (UTC), late, reason
            # on the last day of the window: 16 + 3 = 19; 16:30 UTC is the next day
            ("reported", 16, 16, 3, "2026-10-19 02:00", False, None),
            ("reported", 17, 17, 3, "2026-10-20 16:30", True, None),
            ("done", 18, False, 0, "2026-10-18 02:00", False, None),
            ("planned", 21, 21, 3, None, False, None),
            ("cancelled", 22, 22, 3, None, False, cls.asked),
            ("cancelled", 23, 23, 3, None, False, cls.ill),
            ("proposed", 24, 24, 3, None, False, None),
            ("reported", None, None, 0, "2026-10-08 02:00", False, None),  # ad hoc
            ("planned", None, None, 0, None, False, None),
        ]
        vals_list = []
        for state, due, target, tolerance, arrived, is_late, reason in rows:
            vals_list.append(
                {
                    "partner_id": cls.partner.id,
                    "user_id": cls.care_own.id,
                    "type_id": cls.routine.id,
                    "date": date(2026, 10, due or 8),
                    "due_date": due and date(2026, 10, due),
                    "target_date": target and date(2026, 10, target),
                    "tolerance_days": tolerance,
                    "state": state,
                    "check_in": arrived and f"{arrived}:00",
                    "check_out": arrived and f"{arrived[:-2]}45:00",
                    "is_report_late": is_late,
                    "reason_id": reason and reason.id,
                    "outcome": "achieved",
                    "report": "Well",
                }
            )
        cls.all_visits = cls.visits.create(vals_list)

    def _totals(self, user, domain=()):
        reports = self.env["crm.visit.report"].with_user(user)
        names = [
            "planned_count:sum",
            "planned_done_count:sum",
            "done_count:sum",
            "ad_hoc_count:sum",
            "on_time_count:sum",
            "report_late_count:sum",
            "cancelled_customer_count:sum",
            "cancelled_us_count:sum",
            "coverage:avg",
            "punctuality:avg",
        ]
        [totals] = reports._read_group([*domain], [], names)
        return totals

    def test_the_numbers(self):
        """6 planned, 3 made; without the customer's cancellation 3 of 5."""
        *counts, coverage, punctuality = self._totals(self.care_manager)
        self.assertEqual(counts, [6, 3, 4, 1, 2, 1, 1, 1])
        self.assertAlmostEqual(coverage, 3 / 5)
        self.assertAlmostEqual(punctuality, 2 / 3)

    def test_hours_there(self):
        report = self.env["crm.visit.report"].browse(self.all_visits[0].id)
        self.assertEqual(report.hours, 0.75)
        action = report.action_open_visit()
        self.assertEqual(action["res_id"], self.all_visits[0].id)

    def test_by_the_reader_s_rights(self):
        self.assertEqual(self._totals(self.care_own)[0], 6)
        stranger = self._create_user("care_test_stranger", "group_care_own")
        self.assertFalse(self._totals(stranger)[0])
        with self.assertRaises(AccessError):
            self.env["crm.visit.report"].with_user(self.care_manager).create({})

    def test_confidential_visits_are_not_added_up(self):
        self.all_visits[0].type_id = self.mystery
        self.assertEqual(self._totals(self.care_manager)[0], 5)
        quality = self._create_user("care_test_quality", "group_care_confidential")
        self.assertEqual(self._totals(quality)[0], 1)

    def test_by_month_and_grade(self):
        groups = self.env["crm.visit.report"]._read_group(
            [], ["date:month", "grade_id", "type_id", "user_id"], ["coverage:avg"]
        )
        self.assertEqual(len(groups), 1)
