# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Somebody leaves or is away; and whether the promises can be kept at all."""

from datetime import date

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .visit_plan_common import VisitPlanCommon


@tagged("post_install", "-at_install")
class TestVisitHandover(VisitPlanCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._four()
        cls.one = cls._create_user("care_test_one", "group_care_own")
        cls.two = cls._create_user("care_test_two", "group_care_own")
        cls.plan = cls._plan_of()
        cls.plan.action_generate()
        cls.plan.action_confirm()

    def _hand_over(self, users, **values):
        form = Form(self.env["crm.visit.handover"].with_user(self.care_manager))
        form.user_id = self.seller
        for user in users:
            form.to_user_ids.add(user)
        for name, value in values.items():
            setattr(form, name, value)
        wizard = form.save()
        wizard.action_confirm()
        return wizard

    def test_a_week_of_leave(self):
        mails = self.env["mail.mail"].search_count([])
        self._hand_over(
            [self.one], date_from=date(2026, 10, 8), date_to=date(2026, 10, 10)
        )
        visits = self.plan.visit_ids.sorted("date")
        self.assertEqual(visits[:3].user_id, self.one)
        self.assertEqual(visits[3:].user_id, self.seller)
        event = visits[0].calendar_event_id
        self.assertEqual(event.user_id, self.one)
        self.assertEqual(event.partner_ids, self.one.partner_id)
        # the customers are still the seller's
        self.assertEqual(self.gold_one.user_id, self.seller)
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)

    def test_shared_out_among_colleagues(self):
        self._hand_over([self.one, self.two])
        visits = self.plan.visit_ids
        self.assertEqual(visits.user_id, self.one | self.two)
        by_user = visits.grouped("user_id")
        self.assertEqual(sorted(len(theirs) for theirs in by_user.values()), [2, 3])
        diamond = visits.filtered(lambda v: v.grade_id == self.diamond)
        self.assertEqual(len(diamond.user_id), 1)  # one customer, one hand

    def test_customers_too(self):
        self.care_manager.group_ids += self.env.ref("sales_team.group_sale_manager")
        self._hand_over([self.one], with_customers=True)
        customers = self.customers.search([("company_id", "=", self.company.id)])
        self.assertEqual(customers.user_id, self.one)

    def test_nothing_to_hand_over(self):
        self._hand_over([self.one])
        with self.assertRaisesRegex(UserError, "nothing to hand over"):
            self._hand_over([self.one])

    def test_nobody_to_hand_over_to(self):
        with self.assertRaisesRegex(UserError, "Say who"):
            self._hand_over([])


@tagged("post_install", "-at_install")
class TestCapacityCheck(VisitPlanCommon):
    def test_what_is_asked_for_against_what_is_possible(self):
        """October 2026: 18 working days; visits as in C6, contacts none."""
        self._four()
        self.env["crm.cadence"].search([("kind", "=", "contact")]).active = False
        self.company.crm_visits_per_day = 2
        check = self.env["crm.capacity.check"].create(
            {"date_from": "2026-10-01", "months": 1}
        )
        line = check.line_ids.filtered(lambda line: line.user_id == self.seller)
        self.assertRecordValues(
            line,
            [
                {
                    "customer_count": 4,
                    "visit_count": 5,  # diamond twice
                    "contact_count": 0,
                    "working_days": 18,
                    "capacity": 36,
                    "advice": False,
                }
            ],
        )

    def test_what_is_overdue_is_asked_for_once_when_the_month_begins(self):
        """Due on 1 July, every 30 days: 1 and 31 October, not since July."""
        self._customer(self.gold, "2026-06-01", name="Late")
        check = self.env["crm.capacity.check"].create(
            {"date_from": "2026-10-01", "months": 1}
        )
        line = check.line_ids.filtered(lambda line: line.user_id == self.seller)
        self.assertEqual(line.visit_count, 2)

    def test_advice_where_it_does_not_fit(self):
        """36 visits for 18 days: two a day, or every interval doubled."""
        for number in range(36):
            self._customer(self.gold, "2026-09-20", name=f"Gold {number}")
        self.company.crm_visits_per_day = 1
        check = self.env["crm.capacity.check"].create(
            {"date_from": "2026-10-01", "months": 1}
        )
        line = check.line_ids.filtered(lambda line: line.user_id == self.seller)
        self.assertEqual((line.visit_count, line.capacity), (36, 18))
        self.assertAlmostEqual(line.load, 2.0)
        self.assertIn("2 visits a day", line.advice)
        self.assertIn("Gold every 60 days", line.advice)

    def test_own_customers_only(self):
        self._customer(self.gold, "2026-09-20", name="Mine")
        self._customer(self.gold, "2026-09-20", name="Other", user_id=self.care_all.id)
        check = self.env["crm.capacity.check"].with_user(self.seller).create({})
        self.assertEqual(check.line_ids.user_id, self.seller)
