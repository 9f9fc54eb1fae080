# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Scores, as in service.md C1 and C2. Numbers are the reference's or done by hand."""

from datetime import date
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import SQL

from .common import SPEND_BANDS, CareCommon

AS_OF = date(2026, 3, 1)


@tagged("post_install", "-at_install")
class TestGradeScore(CareCommon):
    def _grade(self, satisfaction, criteria, **values):
        """Run a policy in which satisfaction has a value for everybody (or none)."""
        self._create_policy(criteria, **values)
        criterion = type(self.env["crm.grade.criterion"])
        sources = criterion._metric_sources

        def with_satisfaction(records, stage, as_of):
            value = SQL("%s", satisfaction)
            return {**sources(records, stage, as_of), "satisfaction": value}

        with patch.object(criterion, "_metric_sources", with_satisfaction):
            return self.policies._run(as_of=AS_OF)

    def _criteria(self):
        identity = [(score, score) for score in (0, 40, 70, 90)]
        return [
            ("spend", 0.5, "bands", SPEND_BANDS),
            ("frequency", 0.3, "bands", [(0, 0), (2, 70), (3, 90)]),
            ("satisfaction", 0.2, "bands", identity),
        ]

    def test_example_a(self):
        """80 / 70 / 90 points: 40 + 21 + 18 = 79.00, gold."""
        customer = self._create_customer(
            orders=[("2026-01-10", 150_000), ("2026-02-10", 60_000)]
        )
        self._grade(90, self._criteria())
        self.assertEqual(customer.score, 79.00)
        contributions = [item["contribution"] for item in customer.score_detail]
        self.assertEqual(contributions, [40.0, 21.0, 18.0])
        self.assertEqual(customer.grade_id, self.gold)

    def test_example_b_missing_is_not_zero(self):
        """No survey: weights .625 / .375, 50 + 26.25 = 76.25, gold."""
        customer = self._create_customer(
            orders=[("2026-01-10", 150_000), ("2026-02-10", 60_000)]
        )
        self._grade(None, self._criteria())
        self.assertEqual(customer.score, 76.25)
        contributions = [item["contribution"] for item in customer.score_detail]
        self.assertEqual(contributions, [50.0, 26.25, None])
        self.assertEqual(customer.grade_id, self.gold)

    def test_example_b_as_zero(self):
        """The same with missing = zero: 40 + 21 + 0 = 61.00, silver."""
        customer = self._create_customer(
            orders=[("2026-01-10", 150_000), ("2026-02-10", 60_000)]
        )
        self._grade(None, self._criteria(), missing="zero")
        self.assertEqual(customer.score, 61.00)
        self.assertEqual(customer.score_detail[2]["contribution"], 0)
        self.assertEqual(customer.grade_id, self.silver)

    def test_example_c(self):
        """50 / 90 / 40 points: 25 + 27 + 8 = 60.00, silver."""
        orders = [(f"2026-01-{day}", 20_000) for day in (10, 11, 12)]
        customer = self._create_customer(orders=orders)
        self._grade(40, self._criteria())
        self.assertEqual(customer.score, 60.00)
        self.assertEqual(customer.grade_id, self.silver)

    def test_no_value_at_all_scores_zero(self):
        customer = self._create_customer()
        self._grade(None, [("satisfaction", 1, "bands", [(0, 0), (50, 100)])])
        self.assertEqual(customer.score, 0)
        self.assertEqual(customer.grade_id, self.regular)

    def test_band_bounds_are_inclusive_below(self):
        self._create_policy()
        expected = {
            9_999.99: 0,
            10_000: 20,
            49_999.99: 20,
            50_000: 50,
            200_000: 80,
            499_999.99: 80,
            500_000: 100,
            900_000: 100,
        }
        customers = {
            spend: self._create_customer(orders=[("2026-02-01", spend)])
            for spend in expected
        }
        self.policies._run(as_of=AS_OF)
        scores = {spend: customer.score for spend, customer in customers.items()}
        self.assertEqual(scores, expected)

    def test_negative_spend_takes_the_first_band(self):
        partner = self._create_partner()
        self._create_invoice(partner, "2026-02-01", 100, "out_refund")
        self._create_policy([("spend", 1, "bands", [(0, 5), (10, 50)])])
        self.policies._run(as_of=AS_OF)
        self.assertEqual(self._customer_of(partner).score, 5)

    def test_compared_after_rounding_half_up(self):
        """(1 x 69.99 + 1 x 70.00) / 2 = 69.995, which is 70.00 and gold."""
        customer = self._create_customer(orders=[("2026-02-01", 100)])
        self._create_policy(
            [
                ("spend", 1, "bands", [(0, 69.99)]),
                ("frequency", 1, "bands", [(0, 70)]),
            ]
        )
        self.policies._run(as_of=AS_OF)
        self.assertEqual(customer.score, 70.00)
        self.assertEqual(customer.grade_id, self.gold)

    def test_contributions_add_up_to_the_score(self):
        """Three thirds of 100/100/0 and odd weights: the cents are not lost."""
        customer = self._create_customer(orders=[("2026-02-01", 100)])
        self._create_policy(
            [
                ("spend", 1, "bands", [(0, 100)]),
                ("frequency", 1, "bands", [(0, 100)]),
                ("tenure", 1, "bands", [(0, 0)]),
            ]
        )
        self.policies._run(as_of=AS_OF)
        self.assertEqual(customer.score, 66.67)
        total = sum(item["contribution"] for item in customer.score_detail)
        self.assertAlmostEqual(total, 66.67, places=9)

    def test_recency_and_tenure(self):
        """Last order 2026-02-01: 28 days. First 2025-01-15: 13 full months."""
        customer = self._create_customer(
            orders=[("2025-01-15", 10), ("2026-02-01", 10)]
        )
        self._create_policy(
            [
                ("recency", 1, "bands", [(0, 100), (28, 60), (29, 10)]),
                ("tenure", 1, "bands", [(0, 0), (13, 40), (14, 90)]),
            ]
        )
        self.policies._run(as_of=AS_OF)
        self.assertEqual([item["raw"] for item in customer.score_detail], [28, 13])
        self.assertEqual(customer.score, 50)


@tagged("post_install", "-at_install")
class TestGradeQuantile(CareCommon):
    """Ranks: ``1 + floor(5 x percent_rank)``, ties equal (service.md C2)."""

    BANDS = [(0, 10), (5, 99)]

    def _create_partners(self, name, count):
        return self.env["res.partner"].create(
            [{"name": f"{name} {number}"} for number in range(count)]
        )

    def _points(self, frequencies, method="quantile", metric="frequency"):
        partners = self._create_partners("Customer", len(frequencies))
        self._create_invoices(
            [
                (partner, date(2026, 1, 1 + order), 10)
                for partner, frequency in zip(partners, frequencies, strict=True)
                for order in range(frequency)
            ]
        )
        self._create_policy([(metric, 1, method, self.BANDS)])
        self.policies._run(as_of=AS_OF)
        return [self._customer_of(partner).score for partner in partners]

    def test_ties_share_a_rank(self):
        """Twice the table of the reference (20 customers, so that ranks are used).

        1 x14, 2 x2, 3 x2, 12 x2. percent_rank of 2 is 14/19 = .737, of 3 16/19 = .842,
        of 12 18/19 = .947: classes 1, 4, 5, 5, that is 20, 80, 100, 100 points.
        """
        points = self._points([1] * 14 + [2] * 2 + [3] * 2 + [12] * 2)
        self.assertEqual(points, [20] * 14 + [80] * 2 + [100] * 4)

    def test_a_day_that_moves_only_the_ranks_rewrites_nobody(self):
        """Thresholds of ranks move daily; who keeps its points keeps its row."""
        self._points([1] * 14 + [2] * 2 + [3] * 2 + [12] * 2)
        self.assertEqual(self.policies._run(as_of=date(2026, 3, 2)).written_count, 0)

    def test_all_equal(self):
        self.assertEqual(self._points([3] * 20), [20] * 20)

    def test_under_twenty_customers_bands_are_used(self):
        self.assertEqual(self._points([1] * 18 + [5]), [10] * 18 + [99])

    def test_few_days_since_the_last_order_rank_high(self):
        """Twenty customers who last bought on 20 different days."""
        partners = self._create_partners("Customer", 20)
        self._create_invoices(
            [
                (partner, date(2026, 2, 1 + number), 10)
                for number, partner in enumerate(partners)
            ]
        )
        self._create_policy([("recency", 1, "quantile", self.BANDS)])
        self.policies._run(as_of=AS_OF)
        # position / 19: classes 1 for 0-3, 2 for 4-7, 3 for 8-11, 4 for 12-15, 5 above
        scores = [self._customer_of(partner).score for partner in partners]
        self.assertEqual(scores, [20] * 4 + [40] * 4 + [60] * 4 + [80] * 4 + [100] * 4)

    def test_who_did_not_buy_in_12_months_is_not_ranked(self):
        """They earn nothing, and do not push the others up."""
        former = self._create_partners("Former", 9)
        self._create_invoices([(partner, "2025-03-01", 1000) for partner in former])
        prospect = self._create_partner("Prospect", customer_rank=1)
        prospect.company_id = self.company
        points = self._points([1] * 19 + [2])
        self.assertEqual(points, [20] * 19 + [100])
        for partner in (prospect, *former):
            self.assertEqual(self._customer_of(partner).score, 0)
        self.assertEqual(self._customer_of(prospect).customer_class, "potential")

    def test_a_lower_value_never_lowers_others(self):
        before = self._points([1] * 14 + [2] * 2 + [3] * 2 + [12] * 2)
        partner = self._create_partner("Newcomer")
        self._create_invoice(partner, "2026-02-01", 10)
        self.policies._run(as_of=AS_OF)
        after = [c.score for c in self.customers.search([("order_count", ">", 1)])]
        # 15 of 1: percent_rank of 2 is 15/20 = .75, of 3 .85, of 12 .95
        self.assertEqual(sorted(after), sorted(before[14:]))
