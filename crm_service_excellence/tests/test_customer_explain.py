# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The explanation on the form: why this grade, and what the next one takes."""

from datetime import date

from odoo.tests import tagged

from .common import SPEND_BANDS, CareCommon

AS_OF = date(2026, 3, 1)


@tagged("post_install", "-at_install")
class TestCustomerExplain(CareCommon):
    def _explain(self, criteria, orders):
        self._create_policy(criteria)
        customer = self._create_customer(orders=orders)
        self.policies._run(as_of=AS_OF)
        return customer, {
            item["metric"]: item for item in customer.score_explanation["items"]
        }

    def test_how_far_to_the_next_grade(self):
        """195 800 spent, 80 points from 200 000 on: "4,200 more" makes it gold."""
        customer, items = self._explain(
            [("spend", 1, "bands", SPEND_BANDS)], [("2026-02-01", 195_800)]
        )
        self.assertEqual(customer.grade_id, self.silver)
        self.assertEqual(customer.next_grade_id, self.gold)
        self.assertIn("4,200.00 more in the window", items["spend"]["step"])
        self.assertIn("195,800.00", items["spend"]["raw"])
        self.assertIn("50,000.00", items["spend"]["band"])
        self.assertEqual(items["spend"]["points"], 50)
        self.assertEqual(items["spend"]["share"], 1)

    def test_each_criterion_alone(self):
        """50 and 50 points; gold needs 70: 90 in one of them.

        Spend: 80 points make 65, 100 make 75: 500 000 - 60 000 = 440 000 more.
        Orders: 90 points from 3 on make 70: 2 more.
        """
        _customer, items = self._explain(
            [
                ("spend", 1, "bands", SPEND_BANDS),
                ("frequency", 1, "bands", [(0, 0), (1, 50), (3, 90)]),
            ],
            [("2026-02-01", 60_000)],
        )
        self.assertIn("440,000.00 more", items["spend"]["step"])
        self.assertEqual(items["frequency"]["step"], "2 more orders in the window")

    def test_fewer_days(self):
        """Last order 28 days ago earns 60; up to 9 days would earn 75."""
        _customer, items = self._explain(
            [("recency", 1, "bands", [(0, 75), (10, 60), (40, 0)])],
            [("2026-02-01", 10)],
        )
        self.assertEqual(items["recency"]["step"], "an order within 9 days")

    def test_the_best_grade_has_no_next(self):
        customer, items = self._explain(
            [("spend", 1, "bands", SPEND_BANDS)], [("2026-02-01", 500_000)]
        )
        self.assertFalse(customer.next_grade_id)
        self.assertEqual(items["spend"]["step"], "")

    def test_what_it_takes_to_keep_the_grade(self):
        """500 000 spent made it diamond; 70 000 refunded: 80 points, 70 000 short."""
        customer, _items = self._explain(
            [("spend", 1, "bands", SPEND_BANDS)], [("2026-02-01", 500_000)]
        )
        day = date(2026, 4, 1)
        self._create_invoice(customer.partner_id, day, 70_000, "out_refund")
        self.policies._run(as_of=day)
        self.assertEqual(customer.next_grade_id, self.diamond)
        explanation = customer.score_explanation
        self.assertTrue(explanation["is_below"])
        self.assertEqual((explanation["score"], explanation["next_score"]), (80, 85))
        self.assertIn("70,000.00 more in the window", explanation["items"][0]["step"])

    def test_never_graded(self):
        customer = self._create_customer(orders=[("2026-02-01", 10)])
        self.assertFalse(customer.score_explanation)
