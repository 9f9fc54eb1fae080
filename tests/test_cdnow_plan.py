# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A quarter for all graded customers of the log, over five salespeople."""

from collections import Counter
from datetime import date

from odoo.tests import TransactionCase, freeze_time, tagged

from dev import load_cdnow, plan_cdnow
from dev.cdnow import parse, split

from .test_cdnow_facts import made_up_log

TODAY = date(2026, 10, 5)


@tagged("standard", "post_install", "-at_install")
class TestCdnowPlan(TransactionCase):
    def setUp(self):
        super().setUp()
        self.startClassPatcher(freeze_time("2026-10-05 08:00:00"))
        purchases, _bad = split(parse(made_up_log().split("\n")))
        company = load_cdnow.ensure_company(self.env)
        self.env = self.env(
            context={
                **self.env.context,
                **load_cdnow.QUIET,
                "allowed_company_ids": company.ids,
            }
        )
        self.salespeople = plan_cdnow.ensure_salespeople(self.env, company)
        self.partners, _added = load_cdnow.ensure_customers(
            self.env, purchases, self.salespeople
        )
        load_cdnow.ensure_invoices(self.env, purchases, self.partners)
        load_cdnow.grade(self.env, date(1998, 6, 30))

    def _plan(self):
        return plan_cdnow.plan(self.env, self.salespeople)

    def _visits(self):
        return self.env["crm.visit"].search(
            [("company_id", "=", self.env.company.id)], order="id"
        )

    def test_every_graded_customer_is_visited_within_the_quarter(self):
        result = self._plan()
        visits = self._visits()
        self.assertEqual(set(visits.partner_id.ids), set(self.partners.values()))
        self.assertEqual(result.customers, 61)
        self.assertEqual((result.visits, result.new), (len(visits), len(visits)))
        self.assertEqual(result.unplaced, 0)
        self.assertGreaterEqual(min(visits.mapped("date")), TODAY)
        self.assertLessEqual(max(visits.mapped("date")), date(2027, 1, 4))

    def test_five_share_the_customers_and_nobody_s_day_is_too_full(self):
        result = self._plan()
        managers = Counter(partner.user_id for partner in self._visits().partner_id)
        self.assertEqual(set(managers), set(self.salespeople))
        # 61 customers by their number modulo five
        self.assertEqual(sorted(managers.values()), [12, 12, 12, 12, 13])
        loads = Counter((visit.user_id, visit.date) for visit in self._visits())
        self.assertLessEqual(max(loads.values()), result.capacity)
        for visit in self._visits():
            self.assertEqual(visit.user_id, visit.partner_id.user_id)

    def test_visits_are_spread_and_not_piled_up_today(self):
        self._plan()
        months = Counter(visit.date.month for visit in self._visits())
        for month in (10, 11, 12):
            self.assertGreater(months[month], 10)

    def test_planning_again_plans_nothing_twice(self):
        self._plan()
        before = [(visit.id, visit.date) for visit in self._visits()]
        queries = self.env.cr.sql_log_count
        result = self._plan()
        self.assertLess(self.env.cr.sql_log_count - queries, 60)
        self.assertEqual(result.new, 0)
        after = [(visit.id, visit.date) for visit in self._visits()]
        self.assertEqual(after, before)

    def test_customers_change_hands_in_bulk(self):
        partners = self.env["res.partner"].browse(self.partners.values())
        partners.write({"user_id": self.env.uid})
        changed = plan_cdnow.share(self.env, self.partners, self.salespeople)
        self.assertEqual(changed, 61)
        self.assertEqual(partners.user_id, self.salespeople)
        customers = self.env["crm.customer"].search(
            [("partner_id", "in", partners.ids)]
        )
        self.assertEqual(customers.user_id, self.salespeople)
        again = plan_cdnow.share(self.env, self.partners, self.salespeople)
        self.assertEqual(again, 0)
