# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Confirmed orders are edited (T5, pain 10)."""

from datetime import date
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .sale_common import NOW, SaleLoyaltyCase


@freeze_time(NOW)
@tagged("standard", "post_install", "-at_install")
class TestSaleEdit(SaleLoyaltyCase):
    def test_reward_line_of_a_confirmed_order_goes(self):
        order, card = self.quotation()
        order.action_confirm()
        lines = order.order_line.filtered("reward_id")
        with self.assertRaises(UserError):
            lines.unlink()  # Odoo keeps the lines of confirmed orders
        self.assertEqual(card.points, 195)
        with patch.object(
            type(lines), "_check_line_unlink", lambda lines: lines.browse()
        ):
            lines.unlink()  # where a module of others allows it
        self.assertEqual(self.entries(order)[2:], [("reverse_redeem", 100)])
        self.assertEqual(card.points, 295)
        order.action_cancel()
        self.assertEqual(card.points, 200)
        self.assert_whole()

    def test_reward_claimed_after_confirmation(self):
        """T5, pain 10: the button stays; points go once, the base shrinks by 5."""
        card = self.member(200)
        order = self.confirmed(self.plain)
        self.assertEqual(card.points, 300)
        order.action_open_reward_wizard()
        self.assertEqual(self.entries(order), [("earn", 100), ("redeem", -100)])
        order._update_programs_and_rewards()
        self.assertEqual(self.entries(order)[2:], [("reverse_earn", -5)])
        self.assertEqual((card.points, order.coupon_point_ids.points), (195, 95))
        order._update_programs_and_rewards()
        self.assertEqual(card.points, 195)
        order.action_cancel()
        self.assertEqual(card.points, 200)
        self.assert_whole()

    def test_lines_edited_then_counted_anew(self):
        """Quantities by themselves leave the points; counting posts the difference."""
        order = self.confirmed(self.plain, self.hose)
        card = self.card_of(order).sudo()
        self.assertEqual(card.points, 150)
        order.order_line[0].product_uom_qty = 3
        self.assertEqual(card.points, 150)
        order._update_programs_and_rewards()
        self.assertEqual(self.entries(order), [("earn", 150), ("earn", 200)])
        self.assertEqual(order.coupon_point_ids.points, 350)
        order.order_line[1].product_uom_qty = 0
        order.order_line[0].product_uom_qty = 1
        order._update_programs_and_rewards()
        self.assertEqual(card.points, 100)
        lines = card.entry_ids.filtered(lambda entry: entry.kind == "earn")
        self.assertEqual(
            {
                key: (part["amount"], part["points"])
                for key, part in lines._lines_in_force().items()
                if part["points"]
            },
            {order.order_line[0].id: (100, 100)},
        )
        order._update_programs_and_rewards()
        self.assertEqual(card.points, 100)
        self.assertIn("Valve +200", card.entry_ids.sorted("seq")[1]._arithmetic())
        order.action_cancel()
        self.assertEqual(card.points, 0)
        self.assert_whole()

    def test_terms_of_today_do_not_rate_what_was_posted(self):
        """R4: the rule gives 9 now; lines keep 1 a unit, a new line earns 9."""
        order = self.confirmed(self.plain, self.hose)
        card = self.card_of(order).sudo()
        self.program.rule_ids.reward_point_amount = 9
        order.order_line[1].product_uom_qty = 2
        order._update_programs_and_rewards()
        self.assertEqual(self.entries(order), [("earn", 150), ("earn", 50)])
        order.order_line = [
            Command.create({"product_id": self.plain.id, "product_uom_qty": 1})
        ]
        order._update_programs_and_rewards()
        self.assertEqual(self.entries(order)[2:], [("earn", 900)])
        order.order_line[0].product_uom_qty = 0
        order._update_programs_and_rewards()
        self.assertEqual(self.entries(order)[3:], [("reverse_earn", -100)])
        order.action_cancel()
        self.assertEqual(card.points, 0)
        self.assert_whole()

    def test_grade_of_today_does_not_take_a_campaign(self):
        """Double points for gold; who is gold no longer keeps them on the order."""
        self.make_gold(1)
        self.campaign(grade_ids=[Command.set(self.gold.ids)])
        order = self.confirmed(self.plain)
        self.assertEqual(self.earned(order), 200)
        self.env.cr.execute("UPDATE crm_customer SET grade_id = NULL")
        self.env.invalidate_all()
        order.order_line.product_uom_qty = 2
        order._update_programs_and_rewards()
        self.assertEqual(self.earned(order), 400)
        self.assert_whole()

    def test_product_replaced_after_confirmation(self):
        """The new line has its own points, so that its refund finds them."""
        order = self.confirmed(self.plain)
        card = self.card_of(order).sudo()
        first = order.order_line
        other = self.product("Tank", 100)
        order.order_line = [
            Command.create({"product_id": other.id, "product_uom_qty": 1})
        ]
        first.product_uom_qty = 0
        order._update_programs_and_rewards()
        self.assertEqual(card.points, 100)
        parts = card.entry_ids.filtered(
            lambda entry: entry.kind == "earn"
        )._lines_in_force()
        self.assertEqual(
            {key: part["points"] for key, part in parts.items()},
            {first.id: 0, (order.order_line - first).id: 100},
        )
        self.assert_whole()

    def test_refunded_line_is_not_taken_back_again(self):
        """A credit note took 50 of the hose; then its quantity goes to 0."""
        order = self.confirmed(self.plain, self.hose)
        card = self.card_of(order).sudo()
        hose = order.order_line[1]
        self.post(
            card,
            "reverse_earn",
            50,
            "cn:1:1",
            day=date(2026, 5, 11),
            reverses=card.entry_ids,
            source=self.partner,
            snapshot={
                "lines": [{"line_id": hose.id, "amount": "-50.05", "points": "-50"}]
            },
        )
        order.order_line[0].product_uom_qty = 2
        order._update_programs_and_rewards()
        self.assertEqual(card.points, 200, "what was refunded is not earned again")
        hose.product_uom_qty = 0
        order._update_programs_and_rewards()
        self.assertEqual(card.points, 200)
        order.action_cancel()
        self.assertEqual(card.points, 0)
        self.assert_whole()

    def test_cost_typed_on_a_line(self):
        """A salesperson cannot make points of a reward line; a manager neither."""
        order, card = self.quotation()
        order.action_confirm()
        line = order.order_line.filtered("reward_id")
        for cost in (0, -1000):
            with self.assertRaises(AccessError):
                line.points_cost = cost
            line.invalidate_recordset()
        self.assertEqual(card.points, 195)
        line.with_user(self.manager).points_cost = -1000
        self.assertEqual(self.entries(order)[2:], [("reverse_redeem", 100)])
        line.with_user(self.manager).points_cost = 100
        self.assertEqual(card.points, 195)
        self.assert_whole()

    def test_program_ends_after_confirmation(self):
        """T17: what was earned stays, also when programs are counted anew."""
        order = self.confirmed(self.plain)
        card = self.card_of(order).sudo()
        self.program.date_to = date(2026, 5, 12)
        with freeze_time("2026-07-01 09:00:00"):
            order._update_programs_and_rewards()
            self.assertEqual(card.points, 100)
            order.action_cancel()
        self.assertEqual(card.points, 0)
        self.assert_whole()

    def test_rewards_stay_when_counted_anew(self):
        """Two rewards took all 200 points: there are none left, and none are needed."""
        self.program.rule_ids.minimum_amount = 1000
        gift = self.env["loyalty.reward"].create(
            {
                "program_id": self.program.id,
                "reward_type": "product",
                "reward_product_id": self.clip.id,
                "required_points": 100,
            }
        )
        order, card = self.quotation(200)
        self.assertEqual(self.claim(order, gift), {})
        order.action_confirm()
        spent = [("redeem", -100), ("redeem", -100)]
        self.assertEqual((self.entries(order), card.points), (spent, 0))
        order._update_programs_and_rewards()
        self.assertEqual((self.entries(order), card.points), (spent, 0))
        self.assertEqual(len(order.order_line.filtered("reward_id")), 2)
        self.assert_whole()
