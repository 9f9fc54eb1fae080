# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Five classes and lifecycle: first match wins, every boundary (service.md C4)."""

from datetime import date, timedelta

from odoo.tests import tagged

from .common import CareCommon

AS_OF = date(2026, 3, 31)


def days_ago(days):
    return AS_OF - timedelta(days=days)


@tagged("post_install", "-at_install")
class TestCustomerLifecycle(CareCommon):
    def _lifecycle(self, orders):
        return self._customer(orders).lifecycle

    def _customer(self, orders, as_of=AS_OF):
        """``orders``: [(days before AS_OF, amount)]."""
        dated = [(days_ago(days), amount) for days, amount in orders]
        return self._create_customer(orders=dated, as_of=as_of)

    def test_potential_never_bought(self):
        self.assertEqual(self._lifecycle([]), "potential")

    def test_lost_after_365_days(self):
        self.assertNotEqual(self._lifecycle([(365, 10)]), "lost")
        self.assertEqual(self._lifecycle([(366, 10)]), "lost")

    def test_declining_by_silence_of_two_gaps(self):
        """Gap of 30 days between two orders: 60 of silence not yet, 61 declining."""
        self.assertNotEqual(self._lifecycle([(90, 10), (60, 10)]), "declining")
        self.assertEqual(self._lifecycle([(91, 10), (61, 10)]), "declining")

    def test_declining_by_spend(self):
        """100 in the half-year before: 60 in this one is not less than 60 %."""
        self.assertNotEqual(self._lifecycle([(300, 100), (10, 60)]), "declining")
        self.assertEqual(self._lifecycle([(300, 100), (10, 59.99)]), "declining")

    def test_new_for_90_days(self):
        self.assertEqual(self._lifecycle([(90, 10)]), "new")
        self.assertNotEqual(self._lifecycle([(91, 10)]), "new")

    def test_growing_by_spend(self):
        self.assertEqual(self._lifecycle([(300, 100), (10, 120.01)]), "growing")
        self.assertEqual(self._lifecycle([(300, 100), (10, 120)]), "mature")

    def test_growing_from_nothing_needs_two_purchases(self):
        self.assertEqual(self._lifecycle([(100, 10)]), "mature")
        self.assertEqual(self._lifecycle([(170, 10), (100, 10)]), "growing")

    def test_silence_comes_before_new(self):
        """First match wins: 5 days between the orders, then 80 days of silence."""
        self.assertEqual(self._lifecycle([(85, 10), (80, 10)]), "declining")

    def test_a_lost_customer_who_buys_is_won_back(self):
        customer = self._customer([(800, 10)], as_of=days_ago(30))
        self.assertEqual(customer.lifecycle, "lost")
        self.assertFalse(customer.reactivated_date)
        self._create_invoice(customer.partner_id, days_ago(5), 20)
        self.customers._refresh(customer.partner_id.ids, AS_OF)
        self.assertEqual(customer.lifecycle, "growing")
        self.assertEqual(customer.reactivated_date, AS_OF)
        self.assertEqual(customer.lifecycle_date, AS_OF)

    def test_lifecycle_date_is_kept_while_nothing_changes(self):
        customer = self._customer([(10, 10)], as_of=days_ago(5))
        self.customers._refresh(customer.partner_id.ids, AS_OF)
        self.assertEqual(customer.lifecycle, "new")
        self.assertEqual(customer.lifecycle_date, days_ago(5))


@tagged("post_install", "-at_install")
class TestCustomerClass(CareCommon):
    def _graded(self, score, orders=((10, 1),)):
        """A customer whose only criterion gives ``score`` points."""
        self._create_policy([("frequency", 1, "bands", [(0, score)])])
        customer = self._create_customer(
            orders=[(days_ago(days), amount) for days, amount in orders]
        )
        self.policies._run(as_of=AS_OF)
        return customer

    def test_diamond_is_vip(self):
        self.assertEqual(self._graded(85).customer_class, "vip")

    def test_vip_by_decision(self):
        customer = self._graded(0)
        self.assertEqual(customer.customer_class, "ordinary")
        customer.with_user(self.care_manager).action_toggle_vip()
        self.customers._refresh(customer.partner_id.ids, AS_OF)
        self.assertEqual(customer.customer_class, "vip")

    def test_vip_comes_before_lost(self):
        self.assertEqual(self._graded(90, [(400, 10)]).customer_class, "vip")

    def test_lost_comes_before_important(self):
        self.assertEqual(self._graded(75, [(400, 10)]).customer_class, "lost")

    def test_gold_is_important(self):
        self.assertEqual(self._graded(70).customer_class, "important")

    def test_potential(self):
        self.assertEqual(self._graded(70, []).customer_class, "potential")

    def test_silver_is_ordinary(self):
        self.assertEqual(self._graded(50).customer_class, "ordinary")

    def test_top_decile_is_important(self):
        """Of 20 buyers those with percent_rank >= .9: ranks 18/19 and 19/19.

        18 is 17.1 of 19 rounded up: the three highest have 17/19 = .894 (out), 18/19
        and 19/19.
        """
        customers = [
            self._create_customer(orders=[(days_ago(10), 100 + number)])
            for number in range(20)
        ]
        self._create_policy([("tenure", 1, "bands", [(0, 0)])])
        self.policies._run(as_of=AS_OF)
        classes = [customer.customer_class for customer in customers]
        self.assertEqual(classes, ["ordinary"] * 18 + ["important"] * 2)
