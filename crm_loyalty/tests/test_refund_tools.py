# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Shares of refunds, without a database."""

from decimal import Decimal as D

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..tools.refund import (
    net_refunded,
    points_to_move,
    refund_step,
    refunded_share,
)

money = st.integers(1, 10**9).map(lambda cents: D(cents) / 100)
whole = st.integers(0, 10**7).map(D)


def steps(points, amount, parts):
    """What each of several refunds takes back."""
    moved, so_far, taken = D(0), D(0), []
    for part in parts:
        so_far += part
        change = points_to_move(
            refunded_share(points, so_far, amount), moved, points - moved
        )
        moved += change
        taken.append(change)
    return taken


@tagged("standard", "post_install", "-at_install")
class TestRefundTools(BaseCase):
    def test_units_one_by_one(self):
        """E5: 10 points on 3 units: 3, 4, 3; naive rounding would forget one."""
        self.assertEqual(steps(D(10), D(3), [1, 1, 1]), [3, 4, 3])

    def test_two_units_and_one(self):
        self.assertEqual(steps(D(10), D(3), [2, 1]), [7, 3])

    def test_more_than_there_was(self):
        """E7: the second refund of the same takes nothing."""
        self.assertEqual(steps(D(10), D(3), [4, 3]), [10, 0])

    def test_halves_are_rounded_up(self):
        self.assertEqual(refunded_share(D(1), D(1), D(2)), 1)
        self.assertEqual(refunded_share(D(5), D(1), D(2)), 3)
        # 3 x 0.35 / 2.10 is exactly 0.5, which a rounded quotient misses
        self.assertEqual(refunded_share(D(3), D("0.35"), D("2.10")), 1)

    def test_programs_of_fractions(self):
        self.assertEqual(refund_step(D("0.01")), D("0.01"))
        self.assertEqual(refund_step(D(10)), 1)
        self.assertEqual(refunded_share(D(10), D(1), D(3), D("0.01")), D("3.33"))
        self.assertEqual(refunded_share(D("7.25"), D(3), D(3)), D("7.25"))

    def test_lines_of_a_discount(self):
        self.assertEqual(refunded_share(D(100), D(-2), D(-5)), 40)
        self.assertEqual(refunded_share(D(100), D(2), D(-5)), 0)
        self.assertEqual(refunded_share(D(-3), D(5), D(5)), 0)

    def test_documents_of_a_line(self):
        bill, note = (D(90), D(3)), (D(-30), D(-1))
        self.assertEqual(net_refunded(D(90), D(3), [bill, note]), (30, 90))
        self.assertEqual(net_refunded(D(90), D(3), [bill] + [note] * 4), (90, 90))
        # reversed, and invoiced again
        again = [bill, (D(-90), D(-3)), bill]
        self.assertEqual(net_refunded(D(90), D(3), again), (0, 90))
        # two invoices of a part each are no refund taken back
        parts = [(D(30), D(1)), note, (D(60), D(2))]
        self.assertEqual(net_refunded(D(90), D(3), parts), (30, 90))
        # invoiced for less: all of it is what was invoiced
        cheaper = [(D(80), D(3)), (D(-80), D(-3))]
        self.assertEqual(net_refunded(D(90), D(3), cheaper), (80, 80))
        # a discount
        self.assertEqual(
            net_refunded(D(-5), D(1), [(D(-5), D(1)), (D(2), D(-1))]), (-2, -5)
        )

    @given(whole, st.lists(money, min_size=1, max_size=8))
    def test_any_partition_takes_all(self, points, parts):
        taken = steps(points, sum(parts), parts)
        self.assertEqual(sum(taken), points)
        self.assertGreaterEqual(min(taken), 0)

    @given(whole, money, st.lists(money, min_size=1, max_size=8))
    def test_never_more_than_earned(self, points, amount, parts):
        taken = steps(points, amount, parts)
        self.assertLessEqual(sum(taken), points)
        self.assertGreaterEqual(min(taken), 0)

    @given(whole, money, money, money)
    def test_shares_grow_with_the_refund(self, points, amount, one, other):
        small, large = sorted((one, other))
        self.assertLessEqual(
            refunded_share(points, small, amount), refunded_share(points, large, amount)
        )
        self.assertEqual(
            refunded_share(points, -small, -amount),
            refunded_share(points, small, amount),
        )

    @given(money, st.lists(st.tuples(money, st.booleans()), max_size=8))
    def test_refunded_is_within_bounds(self, amount, documents):
        refunded, all_of_it = net_refunded(
            amount,
            D(1),
            [(money if bill else -money, D(1)) for money, bill in documents],
        )
        self.assertTrue(0 <= refunded <= all_of_it <= amount)
