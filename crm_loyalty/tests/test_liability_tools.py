# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What points are worth: the numbers of E10, and where nothing is to be split."""

from decimal import Decimal

from odoo.tests import BaseCase, tagged

from ..tools import liability


@tagged("standard", "at_install")
class TestLiabilityTools(BaseCase):
    def test_liability(self):
        """E10: 1,000,000 x 0.05 x (1 - 15 %) = 42,500.00."""
        self.assertEqual(
            liability.liability(1_000_000, 0.05, 0.15), Decimal("42500.00")
        )

    def test_liability_is_rounded_half_up(self):
        """1 x 0.005 is half a cent; in a currency without decimals it is nothing."""
        self.assertEqual(liability.liability(1, 0.005, 0), Decimal("0.01"))
        self.assertEqual(liability.liability(100, 0.005, 0, places=0), Decimal("1"))
        self.assertEqual(liability.liability(99, 0.005, 0, places=0), Decimal("0"))

    def test_deferred_revenue(self):
        """E10: 2000 sold, 2000 points x 0.10 x 85 % = 170: 2000 x 170 / 2170."""
        self.assertEqual(
            liability.stand_alone_value(2000, 0.10, 0.15), Decimal("170.0000")
        )
        self.assertEqual(
            liability.deferred_revenue(2000, 2000, 0.10, 0.15), Decimal("156.68")
        )

    def test_a_refund_takes_back_the_same_part(self):
        self.assertEqual(
            liability.deferred_revenue(-1000, -1000, 0.10, 0.15), Decimal("-78.34")
        )

    def test_nothing_to_defer(self):
        for price, points, value, breakage in (
            (2000, 0, 0.10, 0.15),
            (2000, 2000, 0, 0.15),
            (2000, 2000, 0.10, 1),
            (0, 2000, 0.10, 0.15),
        ):
            with self.subTest(price=price, points=points, value=value):
                self.assertEqual(
                    liability.deferred_revenue(price, points, value, breakage), 0
                )

    def test_breakage_rate(self):
        self.assertEqual(liability.breakage_rate(150, 1000), Decimal("0.15"))
        self.assertIsNone(liability.breakage_rate(0, 0))
