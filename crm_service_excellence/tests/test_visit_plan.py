# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Visit plans: service.md C6 to the day, again, and two of them."""

from datetime import date

from odoo.tests import tagged

from .visit_plan_common import VisitPlanCommon


@tagged("post_install", "-at_install")
class TestVisitPlan(VisitPlanCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._four()

    # THE EXAMPLE

    def test_october_2026(self):
        """C6: after the holiday week, on the make-up Saturday too, one a day."""
        plan = self._plan_of()
        self.assertEqual(plan.date_to, date(2026, 10, 31))
        plan.action_generate()
        self.assertEqual(
            self._days(plan, self.diamond_one), [date(2026, 10, 8), date(2026, 10, 19)]
        )
        self.assertEqual(self._days(plan, self.gold_one), [date(2026, 10, 9)])
        self.assertEqual(self._days(plan, self.silver_one), [date(2026, 10, 10)])
        self.assertEqual(self._days(plan, self.regular_one), [date(2026, 10, 12)])
        self.assertFalse(plan.unplaced_ids)
        self.assertEqual(set(plan.visit_ids.mapped("state")), {"proposed"})
        self.assertEqual(plan.state, "proposed")

    def test_what_a_proposal_knows(self):
        plan = self._plan_of()
        plan.action_generate()
        visit = plan.visit_ids.filtered(lambda v: v.grade_id == self.gold)
        self.assertRecordValues(
            visit,
            [
                {
                    "due_date": date(2026, 10, 5),
                    "target_date": date(2026, 10, 5),
                    "tolerance_days": 6,
                    "user_id": self.seller.id,
                    "company_id": self.company.id,
                    "is_pinned": False,
                    "previous_date": False,
                    "sequence": 10,
                }
            ],
        )

    def test_overdue_visits_are_due_when_planning_starts(self):
        late = self._customer(self.gold, "2026-06-01", name="Late")  # due 1 July
        plan = self._plan_of(capacity=4)
        plan.action_generate()
        # holidays until the 7th: due on the first day that is worked; the 8th and 9th
        # have a visit each by then
        self.assertRecordValues(
            plan.visit_ids.filtered(lambda v: v.partner_id == late.partner_id),
            [
                {
                    "due_date": date(2026, 7, 1),
                    "target_date": date(2026, 10, 8),
                    "date": date(2026, 10, 10),
                }
            ],
        )

    def test_what_is_due_on_the_last_day_of_the_period_counts(self):
        within = self._customer(self.silver, "2026-09-01", name="31 October")
        after = self._customer(self.silver, "2026-09-02", name="1 November")
        plan = self._plan_of(capacity=4)
        plan.action_generate()
        for customer, days in ((within, [31]), (after, [])):
            visits = plan.visit_ids.filtered(
                lambda visit, customer=customer: visit.partner_id == customer.partner_id
            )
            self.assertEqual(
                [day.day for day in sorted(visits.mapped("target_date"))], days
            )

    # AGAIN

    def test_again_changes_nothing(self):
        plan = self._plan_of()
        plan.action_generate()
        before = {visit: visit.date for visit in plan.visit_ids}
        plan.action_generate()
        self.assertEqual({visit: visit.date for visit in plan.visit_ids}, before)
        self.assertEqual(plan.changes["added"], 0)
        self.assertEqual(plan.changes["moved"], 0)

    def test_confirmed_and_pinned_visits_stay(self):
        plan = self._plan_of()
        plan.action_generate()
        visits = plan.visit_ids.sorted("date")
        gold, silver, regular = visits[1], visits[2], visits[3]
        gold._plan()
        silver.with_user(self.seller).date = "2026-10-14"
        self.assertTrue(silver.is_pinned)
        newcomer = self._customer(self.diamond, "2026-09-22", name="Newcomer")
        plan.action_generate()
        self.assertEqual(gold.date, date(2026, 10, 9))
        self.assertEqual(silver.date, date(2026, 10, 14))
        # 8 goes to the diamond and 9 is taken, so that nothing is left for the
        # newcomer until the 9th; 10 has become free, and is nearest for regular
        self.assertEqual(regular.date, date(2026, 10, 10))
        self.assertEqual(plan.unplaced_ids.partner_id, newcomer.partner_id)
        self.assertEqual(len(self._days(plan, self.gold_one)), 1)
        self.assertEqual(len(self._days(plan, self.silver_one)), 1)

    def test_moved_proposals_say_where_they_were(self):
        plan = self._plan_of()
        plan.action_generate()
        regular = plan.visit_ids.filtered(lambda v: v.grade_id == self.regular)
        self._customer(self.diamond, "2026-09-22", name="Newcomer")
        plan.action_generate()
        # 8 and 9 to the diamonds, 10 to gold, 12 to silver, 13 is left
        self.assertEqual(regular.date, date(2026, 10, 13))
        self.assertEqual(regular.previous_date, date(2026, 10, 12))
        names = [move["name"] for move in plan.changes["moves"]]
        self.assertIn("Regular", names)
        self.assertEqual(plan.changes["added"], 2)  # due 6 and 20 October

    def test_what_is_no_longer_due_goes(self):
        plan = self._plan_of()
        plan.action_generate()
        self._visited(self.gold_one, "2026-09-24")  # next due 24 October
        plan.action_generate()
        self.assertEqual(self._days(plan, self.gold_one), [date(2026, 10, 23)])
        self.assertEqual(plan.changes["gone"], 1)

    def test_a_cancelled_visit_leaves_the_need(self):
        plan = self._plan_of()
        plan.action_generate()
        visit = plan.visit_ids.filtered(lambda v: v.grade_id == self.gold)
        visit._cancel(self.env["crm.visit.reason"].search([], limit=1))
        plan.action_generate()
        self.assertEqual(len(self._days(plan, self.gold_one)), 1)
        self.assertEqual(visit.state, "cancelled")

    # TWO PLANS

    def test_two_plans_never_book_one_need_twice(self):
        month = self._plan_of(capacity=4)
        month.action_generate()
        quarter = self._plan_of(capacity=4, period="quarter")
        quarter.action_generate()
        self.assertEqual(quarter.date_to, date(2026, 12, 31))
        visits = self.env["crm.visit"].search(
            [("partner_id", "=", self.diamond_one.partner_id.id)]
        )
        # due on the 5th and 19th of October, then 2, 16, 30 November and so on
        self.assertEqual(
            sorted(visits.mapped("due_date")),
            [
                date(2026, 10, 5),
                date(2026, 10, 19),
                date(2026, 11, 2),
                date(2026, 11, 16),
                date(2026, 11, 30),
                date(2026, 12, 14),
                date(2026, 12, 28),
            ],
        )
        self.assertEqual(len(self._days(quarter, self.diamond_one)), 5)
        month.action_generate()
        self.assertEqual(len(self._days(month, self.diamond_one)), 2)

    def test_an_ad_hoc_visit_serves_the_need(self):
        self.env["crm.visit"].create(
            {
                "partner_id": self.gold_one.partner_id.id,
                "user_id": self.seller.id,
                "company_id": self.company.id,
                "date": "2026-10-08",
            }
        )
        plan = self._plan_of(capacity=4)
        plan.action_generate()
        self.assertFalse(self._days(plan, self.gold_one))

    # NUMBERS

    def test_queries_do_not_grow_with_customers(self):
        def queries(plan):
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            plan.action_generate()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        queries(self._plan_of(date_from="2026-12-01", capacity=20))  # warm caches
        few = queries(self._plan_of(capacity=20))
        for number in range(12):
            self._customer(self.gold, "2026-09-21", name=f"Gold {number}")
        many = queries(self._plan_of(date_from="2026-11-01", capacity=20))
        self.assertLessEqual(many, few + 2)
