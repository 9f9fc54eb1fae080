# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A job that runs when it can: each occasion once, and nothing of the past."""

from datetime import date, timedelta
from random import Random

from odoo.tests import tagged

from .care_generate_common import CareGenerateCommon

FIRST, LAST = date(2026, 1, 5), date(2027, 6, 30)
CATCH_UP = 2


@tagged("post_install", "-at_install")
class TestCareYear(CareGenerateCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.person = cls._create_partner(
            "Chen Yu",
            parent_id=cls.partner.id,
            crm_birth_calendar="solar",
            crm_birth_month=1,
            crm_birth_day=3,
        )

    def _run_through(self, rule, steps):
        """Run the job at some distance of days, from the first day to the last."""
        today = FIRST
        while today <= LAST:
            before = set(self._tasks_of(rule).ids)
            self._plan(rule, today)
            for task in self._tasks_of(rule):
                if task.id in before:
                    continue
                self.assertGreaterEqual(task.due_date, today - timedelta(CATCH_UP))
            today += timedelta(next(steps))

    def test_birthdays_with_lead_across_new_year(self):
        """3 January, five days ahead: due on 29 December of the year before."""
        rule = self._create_rule("birthday", lead_days=5, recipient="contacts")
        random = Random(5)
        self._run_through(rule, iter(lambda: random.randint(1, 10), None))
        self.assertEqual(
            [
                (task.occurrence_key, str(task.due_date), str(task.occasion_date))
                for task in self._tasks_of(rule, self.person).sorted("due_date")
            ],
            [
                ("2027", "2026-12-29", "2027-01-03"),
                ("2028", "2027-12-29", "2028-01-03"),
            ],
        )

    def test_an_outage_of_forty_days(self):
        """What fell into it is not made up for, what comes after it is there."""
        rule = self._create_rule("monthly", {"day": 31})
        self._plan(rule, FIRST)
        self._tasks_of(rule).sudo().unlink()
        self.env.flush_all()
        # as if the job had never run before 12 March
        self._plan(rule, date(2026, 3, 12))
        days = [str(task.due_date) for task in self._tasks_of(rule, self.partner)]
        self.assertEqual(sorted(days)[:3], ["2026-03-31", "2026-04-30", "2026-05-31"])
        self.assertEqual(len(days), 12)

    def test_a_purchase_found_by_any_run(self):
        """Bought on 20 May: due on 19 June, planned once whenever the job runs."""
        rule = self._create_rule("after_purchase", {"days": 30})
        self._create_invoice(self.partner, "2026-05-20", 100)
        random = Random(7)
        self._run_through(rule, iter(lambda: random.randint(1, 10), None))
        self.assertEqual(
            [str(task.due_date) for task in self._tasks_of(rule)], ["2026-06-19"]
        )
