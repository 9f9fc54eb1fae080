# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Who sees which customers: own < all < manager, and never another company's."""

from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import CareCommon

RULES = "odoo.addons.base.models.ir_rule"


@tagged("post_install", "-at_install")
class TestCustomerSecurity(CareCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mine = cls._create_customer(
            "Mine", [("2026-02-01", 10)], user_id=cls.care_own.id
        )
        cls.other = cls._create_customer("Other", [("2026-02-01", 10)])
        cls.policies._run(as_of=date(2026, 3, 1))

    def test_own_customers_only_for_the_basic_role(self):
        for user, expected in (
            (self.care_own, self.mine),
            (self.care_all, self.mine | self.other),
            (self.care_manager, self.mine | self.other),
        ):
            found = self.customers.with_user(user).search([])
            self.assertEqual(found.sudo(), expected.sorted(), user.login)
        with self.assertRaises(AccessError), mute_logger(RULES):
            self.other.with_user(self.care_own).read(["score"])

    def test_totals_are_not_for_the_basic_role(self):
        run = self.mine.last_run_id
        self.assertTrue(run.with_user(self.care_own).has_access("read"))
        with self.assertRaises(AccessError):
            run.with_user(self.care_own).read(["matrix"])
        self.assertTrue(run.with_user(self.care_all).read(["matrix"])[0]["matrix"])
        # the explanation of an own customer works all the same
        explanation = self.mine.with_user(self.care_own).score_explanation
        self.assertEqual(explanation["score"], self.mine.score)

    def test_history_follows_the_customer(self):
        changes = self.env["crm.grade.change"].with_user(self.care_own).search([])
        self.assertEqual(changes.customer_id.sudo(), self.mine)

    def test_grade_badges_do_not_leak(self):
        for record in (self.other.partner_id, self._lead(self.other.partner_id)):
            self.assertFalse(record.with_user(self.care_own).crm_grade_id)
            self.assertTrue(record.with_user(self.care_all).crm_grade_id)
        mine = self._lead(self.mine.partner_id)
        self.assertTrue(mine.with_user(self.care_own).crm_grade_id)

    def _lead(self, partner):
        return self.env["crm.lead"].create(
            {
                "name": "Opportunity",
                "type": "opportunity",
                "partner_id": partner.id,
                "user_id": self.care_own.id,
                "company_id": self.company.id,
            }
        )

    def test_search_on_the_partner_respects_the_rules(self):
        partners = self.env["res.partner"].with_user(self.care_own)
        grades = self.mine.grade_id | self.other.grade_id
        found = partners.search([("crm_grade_id", "in", grades.ids)])
        self.assertEqual(found.sudo(), self.mine.partner_id)
        everybody = self.env["res.partner"].with_user(self.care_all)
        found = everybody.search([("crm_lifecycle", "=", self.mine.lifecycle)])
        self.assertIn(self.other.partner_id, found.sudo())
        self.assertNotIn(
            self.other.partner_id,
            everybody.search([("crm_lifecycle", "=", False)]).sudo(),
        )

    def test_an_employee_without_the_role_sees_nothing(self):
        clerk = new_test_user(
            self.env,
            "care_test_clerk",
            "base.group_user,base.group_partner_manager",
            company_id=self.company.id,
            company_ids=self.company.ids,
        )
        with self.assertRaises(AccessError):
            self.customers.with_user(clerk).search([])
        partner = self.mine.partner_id.with_user(clerk)
        with self.assertRaises(AccessError):
            partner.read(["crm_grade_id"])
        self.assertNotIn("crm_grade_id", partner.fields_get())
        partner.write({"phone": "+1 555"})  # and works as ever

    def test_other_companies_are_out_of_reach(self):
        other = self._create_company("Other Company")
        follower = self.customers.sudo().create(
            {"partner_id": self.other.partner_id.id, "company_id": other.id}
        )
        manager = self.care_manager
        self.assertNotIn(follower, self.customers.with_user(manager).search([]).sudo())
        with self.assertRaises(AccessError), mute_logger(RULES):
            follower.with_user(manager).read(["score"])
        groups = self.customers.with_user(manager)._read_group(
            [], ["company_id"], ["__count"]
        )
        self.assertEqual([company for company, _count in groups], [self.company])

    def test_salespeople_get_the_first_rung_and_sales_managers_the_last(self):
        seller = new_test_user(self.env, "care_s", "sales_team.group_sale_salesman")
        boss = new_test_user(self.env, "care_b", "sales_team.group_sale_manager")
        own = "crm_service_excellence.group_care_own"
        manager = "crm_service_excellence.group_care_manager"
        self.assertTrue(seller.has_group(own))
        self.assertFalse(seller.has_group(manager))
        self.assertTrue(boss.has_group(manager))

    def test_opening_somebody_else_s_customer_says_whose_it_is(self):
        self.other.partner_id.user_id = self.care_all
        with self.assertRaisesRegex(UserError, "looked after by"):
            self.other.partner_id.with_user(self.care_own).action_view_crm_customer()

    def test_a_prospect_can_be_followed(self):
        partner = self._create_partner("Prospect", user_id=self.care_own.id)
        action = partner.with_user(self.care_own).action_view_crm_customer()
        customer = self.customers.browse(action["res_id"])
        self.assertEqual(customer.partner_id, partner)
        self.assertEqual(customer.lifecycle, "potential")
        again = partner.with_user(self.care_own).action_view_crm_customer()
        self.assertEqual(again["res_id"], action["res_id"])

    def test_refresh_by_the_basic_role(self):
        self._create_invoice(self.mine.partner_id, "2026-02-02", 5)
        self.mine.with_user(self.care_own).action_refresh()
        self.assertEqual(self.mine.revenue_total, 15)
        with self.assertRaises(AccessError), mute_logger(RULES):
            self.other.with_user(self.care_own).action_refresh()
