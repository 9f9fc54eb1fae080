# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The arithmetic of earning, for any purchase (R1-R4, E1)."""

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..tools.earning import CENT, ONE, Boost, Line, earn, round_to, split, spread

DOUBLE = Boost("Double points in May", Decimal(2))
money = st.decimals(0, 100_000, places=2)
amounts = st.lists(money, min_size=1, max_size=8)
factors = st.sampled_from([Decimal(f) for f in ("0", "0.5", "1", "1.25", "1.5", "3")])
modes = st.sampled_from(["down", "half_up", "up"])
steps = st.sampled_from([Decimal(s) for s in ("0.01", "0.5", "1", "5", "10")])
caps = st.one_of(st.none(), st.integers(0, 50_000).map(Decimal))


def purchase(values, boosted=()):
    """Lines worth so many plain points; those at ``boosted`` places count double."""
    return [
        Line(place + 1, [("", value)], (DOUBLE,) if place in boosted else ())
        for place, value in enumerate(values)
    ]


@tagged("standard", "post_install", "-at_install")
class TestEarningTools(BaseCase):
    """One rounding, and parts that add up."""

    def e1(self, **options):
        values = [Decimal(text) for text in ("199.90", "50.05", "0.30")]
        return earn(purchase(values, {0}), Decimal("1.5"), "Gold", **options)

    def test_e1(self):
        """199.90 x 1.5 + 199.90 + 50.05 x 1.5 + 0.30 x 1.5 = 575.275"""
        earning = self.e1()
        self.assertEqual(earning.raw, Decimal("575.275"))
        self.assertEqual(earning.points, 575)
        self.assertEqual([line.points for line in earning.lines], [500, 75, 0])
        self.assertEqual(
            [(t.kind, t.label, t.points) for t in earning.lines[0].terms],
            [
                ("grade", "Gold", Decimal("299.850")),
                ("campaign", "Double points in May", Decimal("199.90")),
            ],
        )

    def test_e1_compounding(self):
        """199.90 x 1.5 x 2 + 50.35 x 1.5 = 675.225"""
        values = [Decimal(text) for text in ("199.90", "50.05", "0.30")]
        lines = purchase(values)
        lines[0].boosts = (Boost("Double", Decimal(2), compounds=True),)
        self.assertEqual(earn(lines, Decimal("1.5")).points, 675)

    def test_two_compounding_campaigns(self):
        """100 x 1.5 x 2 x 2 = 600: the second multiplies what the first gave."""
        twice = Boost("Double", Decimal(2), compounds=True)
        line = Line(1, [("", Decimal(100))], (twice, twice))
        self.assertEqual(earn([line], Decimal("1.5")).points, 600)

    def test_roundings(self):
        """575.275 by steps and modes."""
        for step, mode, points in (
            ("1", "up", 576),
            ("1", "half_up", 575),
            ("0.5", "half_up", Decimal("575.5")),
            ("0.01", "down", Decimal("575.27")),
            ("0.01", "half_up", Decimal("575.28")),
            ("10", "down", 570),
            ("10", "half_up", 580),
        ):
            with self.subTest(step=step, mode=mode):
                earning = self.e1(step=Decimal(step), mode=mode)
                self.assertEqual(earning.points, points)
                self.assertEqual(sum(line.points for line in earning.lines), points)

    def test_caps_name_themselves(self):
        capped = self.e1(order_cap=Decimal(500), month_left=Decimal(120))
        self.assertEqual((capped.points, capped.caps), (120, ["order", "month"]))
        # 499.75 : 75.075 : 0.45 of 120 are 104.25, 15.66 and 0.09
        self.assertEqual([line.points for line in capped.lines], [104, 16, 0])
        spent = self.e1(month_left=Decimal(-30))
        self.assertEqual((spent.points, spent.caps), (0, ["month"]))
        self.assertEqual(self.e1(order_cap=Decimal(575)).caps, ["order"])
        self.assertEqual(self.e1(order_cap=Decimal(576)).caps, [])

    def test_a_cap_is_not_exceeded_by_rounding_up(self):
        capped = self.e1(order_cap=Decimal(99), step=Decimal(10), mode="up")
        self.assertEqual(capped.points, 90)

    def test_discount_larger_than_its_lines(self):
        left = {1: Decimal("10.00"), 2: Decimal("5.00"), 3: Decimal("7.00")}
        self.assertEqual(spread(left, Decimal("20.00"), [1, 2]), Decimal("5.00"))
        self.assertEqual(left, {1: 0, 2: 0, 3: Decimal("7.00")})

    @given(money, st.dictionaries(st.integers(1, 50), money, min_size=1))
    @settings(max_examples=300, deadline=None)
    def test_parts_add_up(self, total, weights):
        parts = split(total, weights, CENT)
        self.assertEqual(set(parts), set(weights))
        self.assertEqual(sum(parts.values()), total if any(weights.values()) else 0)
        whole = sum(weights.values())
        for key, part in parts.items():
            exact = total * weights[key] / whole if whole else 0
            self.assertLess(abs(part - exact), CENT)

    @given(amounts, factors, steps, modes, caps, caps, st.data())
    @settings(max_examples=300, deadline=None)
    def test_any_purchase(self, values, factor, step, mode, order_cap, month, data):
        """Parts add up, caps hold, the order of lines and of campaigns is nothing."""
        boosted = data.draw(st.sets(st.integers(0, len(values) - 1)))
        options = {
            "factor": factor,
            "order_cap": order_cap,
            "month_left": month,
            "step": step,
            "mode": mode,
        }
        earning = earn(purchase(values, boosted), **options)
        self.assertEqual(sum(line.points for line in earning.lines), earning.points)
        self.assertEqual(earning.points % step, 0)
        for cap in (order_cap, month):
            if cap is not None:
                self.assertLessEqual(earning.points, cap)
        for line in earning.lines:
            self.assertGreaterEqual(line.points, 0)
            self.assertEqual(sum(t.points for t in line.terms), line.raw)
        shuffled = data.draw(st.permutations(purchase(values, boosted)))
        again = earn(shuffled, **options)
        self.assertEqual(
            {line.id: line.points for line in again.lines},
            {line.id: line.points for line in earning.lines},
        )
        # one line worth more never earns less
        place = data.draw(st.integers(0, len(values) - 1))
        values[place] += data.draw(money)
        more = earn(purchase(values, boosted), **options)
        self.assertGreaterEqual(more.points, earning.points)

    @given(money, steps, modes)
    @settings(max_examples=200, deadline=None)
    def test_rounding_is_near(self, value, step, mode):
        rounded = round_to(value, step, mode)
        self.assertLess(abs(rounded - value), step)
        self.assertEqual(round_to(rounded, step, mode), rounded)
        self.assertEqual(round_to(value, ONE, "down"), int(value))
