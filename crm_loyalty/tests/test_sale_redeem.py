# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Orders spend points, and who may have them do so (S1-S3, T7, T8, T12)."""

from datetime import date

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged

from ..models.loyalty_source import CONTEXT_KEY
from .sale_common import NOW, SaleLoyaltyCase


@freeze_time(NOW)
@tagged("standard", "post_install", "-at_install")
class TestSaleRedeem(SaleLoyaltyCase):
    # REDEEM

    def test_redeems_and_earns(self):
        order, card = self.quotation()
        self.assertEqual(card.points, 200, "a quotation moves nothing")
        order.action_confirm()
        code = order.order_line.filtered("reward_id").reward_identifier_code
        self.assertEqual(self.entries(order), [("redeem", -100), ("earn", 95)])
        self.assertEqual(card.points, 195)
        spent = card.entry_ids.filtered(lambda entry: entry.kind == "redeem")
        self.assertEqual(spent.key, f"so:{order.id}:redeem:{card.id}:{code}")
        self.assertEqual(spent.reason, f"{order.name}: $ 5 on your order")
        self.assertEqual(order.loyalty_data["cost"], 100)
        self.assert_whole()

    def test_confirming_twice_posts_once(self):
        order, card = self.quotation()
        order.action_confirm()
        with self.assertRaises(UserError):
            order.action_confirm()
        order._loyalty_post_confirm()
        order._action_confirm()
        self.assertEqual(card.points, 195)
        self.assert_whole()

    def test_two_quotations_one_balance(self):
        """C1 in one transaction: 100 points pay for one of two quotations."""
        first, card = self.quotation(100)
        second, _card = self.quotation()
        first.action_confirm()
        with self.assertRaises(ValidationError):
            second.action_confirm()
        self.assertEqual(second.state, "draft")
        self.assertEqual(card.points, 95)
        # it goes again without the reward
        second.order_line.filtered("reward_id").unlink()
        second.action_confirm()
        self.assertEqual(card.points, 195)
        self.assert_whole()

    def test_expired_points_are_not_spent(self):
        """E2b on an order: the job has not run; the points are gone all the same."""
        card = self.card()
        self.earn(card, 100, "old", date(2026, 5, 10))
        order = self.order(self.plain)
        order._update_programs_and_rewards()
        self.assertEqual(order._get_real_points_for_coupon(card), 0)
        self.assertNotIn(card, order._get_claimable_rewards())
        self.assertIn("error", self.claim(order))

    def test_points_of_other_carts_are_not_spent(self):
        """H2: what this order holds is its own, what others hold is not."""
        card = self.member(150)
        order = self.order(self.plain)
        order._update_programs_and_rewards()
        card._hold_points(100, "so:0")
        self.assertEqual(order._get_real_points_for_coupon(card), 50)
        card._void_hold("so:0")
        hold = card._hold_points(100, f"so:{order.id}")
        self.assertEqual(order._get_real_points_for_coupon(card), 150)
        self.claim(order)
        order.action_confirm()
        self.assertEqual(hold.state, "used")
        # a cart that gives its reward up lets go
        other = self.order(self.plain)
        hold = card._hold_points(10, f"so:{other.id}")
        other.action_confirm()
        self.assertEqual(hold.state, "void")
        self.assert_whole()

    def test_who_owes_can_buy(self):
        """A debt blocks no order; the next points pay for it (E4)."""
        card = self.member(40)
        self.post(card, "adjust", -75, "taken", allow_debt=True)
        order = self.order(self.plain)
        order._update_programs_and_rewards()
        self.assertEqual(order._get_real_points_for_coupon(card), 0)
        order.action_confirm()
        self.assertEqual((card.points, card.debt_points), (65, 0))
        self.assert_whole()

    def test_own_points_of_the_order(self):
        """T7: an order spends what it earns only where that is sure at confirmation."""
        for applies_on, delay, spendable in (
            ("both", 0, 100),
            ("both", 3, 0),
            ("future", 0, 0),
        ):
            self.program.write({"applies_on": applies_on, "earn_delay_days": delay})
            order = self.order(self.plain, partner_id=self.partner.copy().id)
            order._update_programs_and_rewards()
            card = order.coupon_point_ids.coupon_id
            self.assertEqual(order._get_real_points_for_coupon(card), spendable)

    def test_earns_before_it_spends(self):
        """An order of 150 earns 145 and spends 100 of them."""
        self.program.applies_on = "both"
        order = self.order((self.plain, 1), (self.hose, 1))
        order._update_programs_and_rewards()
        self.assertEqual(self.claim(order, card=order.coupon_point_ids.coupon_id), {})
        order.action_confirm()
        self.assertEqual(self.entries(order), [("earn", 145), ("redeem", -100)])
        order._action_cancel()
        self.assertEqual(
            self.entries(order)[2:], [("reverse_redeem", 100), ("reverse_earn", -145)]
        )
        self.assertEqual(self.card_of(order).points, 0)
        self.assert_whole()

    def test_money_for_points(self):
        """0.05 a point on an order of 5.03: 100.6 points, so 101 (T3)."""
        reward = self.program.reward_ids
        reward.write(
            {"discount_mode": "per_point", "discount": 0.05, "required_points": 1}
        )
        order, card = self.quotation(1000, self.product("Bolt", 5.03))
        self.assertEqual(order.amount_total, 0)
        order.action_confirm()
        self.assertEqual(self.entries(order), [("redeem", -101)])
        self.assertEqual(card.points, 899)

    # WHO MAY

    def test_points_of_another_member(self):
        """The customer of a quotation changes: the points of the first one stay."""
        order, card = self.quotation()
        order.partner_id = self.partner.copy().id
        order.action_confirm()
        self.assertEqual(card.points, 200)
        self.assertEqual(order.amount_total, 100)
        self.assertEqual(self.entries(order), [("earn", 100)])
        self.assertEqual(self.card_of(order).points, 100)
        self.assert_whole()

    def test_salesperson_writes_no_balance(self):
        """T12: by RPC, with whatever context."""
        card = self.member(100).with_user(self.salesman)
        for context in (
            {},
            {CONTEXT_KEY: True},
            {CONTEXT_KEY: {"costs": {}}},
            {CONTEXT_KEY: ["earn", "redeem", "key", None, None]},
        ):
            with self.subTest(context=context), self.assertRaises(AccessError):
                card.with_context(**context).write({"points": 1000})
        self.assertEqual(card.points, 100)

    def test_server_code_that_writes_points(self):
        """A point of sale writes with sudo: the difference is posted."""
        card = self.member(100)
        card.with_user(self.salesman).sudo().points += 25
        self.assertEqual(self.entries(card=card), [("earn", 100), ("adjust", 25)])
        self.assert_whole()

    # CARDS AND PROGRAMS

    def test_surplus_card_is_kept(self):
        """T8: two cards of one program on an order; Odoo deletes one of them."""
        card = self.member(100)
        other = self.card(self.partner.copy())
        self.earn(other, 10, "other", None)
        order = self.order(self.plain)
        order._update_programs_and_rewards()
        order.sudo().coupon_point_ids = [
            Command.create({"coupon_id": other.id, "points": 5})
        ]
        order._update_programs_and_rewards()
        self.assertEqual(order.coupon_point_ids.coupon_id, card)
        self.assertTrue(other.exists())

    def test_split_rules_fill_one_card(self):
        """A rule that is split by unit would make a card for each (T8)."""
        self.program.rule_ids = [
            Command.clear(),
            Command.create(
                {
                    "reward_point_mode": "unit",
                    "reward_point_amount": 2,
                    "reward_point_split": True,
                }
            ),
        ]
        order = self.confirmed((self.plain, 3))
        self.assertEqual(self.entries(order), [("earn", 6)])
        self.assertEqual(len(self.card_of(order)), 1)

    def test_other_programs_work_as_before(self):
        """A next-order coupon is given and deleted again with its order."""
        coupons = self.env["loyalty.program"].create(
            {
                "name": "Next time",
                "program_type": "next_order_coupons",
                "trigger": "auto",
                "applies_on": "future",
                "rule_ids": [Command.create({"minimum_qty": 1})],
                "reward_ids": [Command.create({"discount": 10})],
            }
        )
        order = self.order(self.plain, user=self.manager)
        order.action_confirm()
        card = coupons.coupon_ids
        self.assertEqual((len(card), card.points), (1, 1))
        self.assertFalse(card.entry_ids)
        order.action_cancel()
        self.assertFalse(card.exists())

    def test_reward_for_a_grade(self):
        """Offered and given to gold only; and gone from quotations of others."""
        reward = self.program.reward_ids
        reward.grade_ids = self.gold
        card = self.member(200)
        order = self.order(self.plain)
        order._update_programs_and_rewards()
        self.assertNotIn(card, order._get_claimable_rewards())
        error = self.claim(order)["error"]
        self.assertEqual(
            error, "$ 5 on your order is reserved for customers of the grade Gold."
        )
        self.make_gold()
        self.assertIn(reward, order._get_claimable_rewards()[card])
        self.assertEqual(self.claim(order), {})
        self.env.cr.execute("UPDATE crm_customer SET grade_id = NULL")
        self.env.invalidate_all()
        order._update_programs_and_rewards()
        self.assertFalse(order.order_line.filtered("reward_id"))

    def test_member_is_told_of_the_card_once(self):
        """T7: Odoo would send the mail on every confirmation."""
        self.confirmed(self.plain)
        order = self.order(self.plain)
        order.action_confirm()
        self.assertFalse(order._get_reward_coupons())

    def test_queries_of_confirming(self):
        """What confirming an order that redeems and earns costs, whatever its lines.

        Counted: 104 with a ledger, 74 without one: the posting itself is one statement,
        the others read the account, the grade, and what the order earns. The bound
        leaves some room; a query for each line would break it.
        """
        self.make_gold()
        self.campaign()
        self.quotation(1000)[0].action_confirm()  # what is read once is read
        parts = [
            # no delivery to prepare, where Odoo keeps stock
            self.product(f"Part {number}", 10, type="service")
            for number in range(20)
        ]
        order, _card = self.quotation(0, *parts)
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(115):
            order.action_confirm()
            self.env.flush_all()
