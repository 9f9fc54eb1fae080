# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What of an order earns points at all: taxes, discounts, payments, top-ups (T4)."""

from unittest.mock import patch

from odoo import Command
from odoo.tests import freeze_time, tagged

from .sale_common import NOW, SaleLoyaltyCase


@freeze_time(NOW)
@tagged("standard", "post_install", "-at_install")
class TestSaleBase(SaleLoyaltyCase):
    def tax(self, rate=20, **values):
        return self.env["account.tax"].create(
            {
                "name": f"VAT {rate} {values}",
                "amount": rate,
                "type_tax_use": "sale",
                **values,
            }
        )

    def test_tax(self):
        """100 and 20 % tax: 100 without, 120 with; 100 included in the price: 83."""
        tax, included = self.tax(), self.tax(price_include_override="tax_included")
        for values, mode, points in (
            (tax, "excluded", 100),
            (tax, "included", 120),
            (included, "excluded", 83),  # 83.33
            (included, "included", 100),
        ):
            with self.subTest(mode=mode, tax=values):
                self.program.earn_tax = mode
                self.plain.taxes_id = values
                self.assertEqual(self.earned(self.confirmed(self.plain)), points)

    def test_promotion_reduces_the_base(self):
        """10 % off 300: 270, and each line its share, also for a rule on one product"""
        self.env["loyalty.program"].create(
            {
                "name": "Ten percent",
                "program_type": "promotion",
                "trigger": "auto",
                "applies_on": "current",
                "rule_ids": [Command.create({"minimum_qty": 1})],
                "reward_ids": [
                    Command.create({"discount": 10, "discount_mode": "percent"})
                ],
            }
        )
        order = self.order((self.plain, 2), self.product("Tank", 100))
        order._update_programs_and_rewards()
        (promotion,) = order.coupon_point_ids.coupon_id.filtered(
            lambda card: not card.is_ledger
        )
        self.claim(order, promotion.program_id.reward_ids, promotion)
        self.assertEqual(order.amount_total, 270)
        order.action_confirm()
        self.assertEqual(self.earned(order), 270)
        self.program.rule_ids.product_ids = self.plain
        again = self.order((self.plain, 2), self.product("Tank", 100))
        again._update_programs_and_rewards()
        (promotion,) = again.coupon_point_ids.coupon_id.filtered(
            lambda card: not card.is_ledger
        )
        self.claim(again, promotion.program_id.reward_ids, promotion)
        again.action_confirm()
        self.assertEqual(self.earned(again), 180)

    def test_discount_bought_with_points_earns_none(self):
        """T4: of the same program, and of another one that members redeem."""
        self.member(200)
        order = self.order(self.plain)
        order._update_programs_and_rewards()
        self.claim(order)
        self.assertEqual(order.amount_total, 95)
        order.action_confirm()
        self.assertEqual(self.entries(order), [("redeem", -100), ("earn", 95)])
        self.assert_whole()

    def test_free_product_earns_none(self):
        gift = self.product("Gift", 40)
        reward = self.env["loyalty.reward"].create(
            {
                "program_id": self.program.id,
                "reward_type": "product",
                "reward_product_id": gift.id,
                "required_points": 50,
            }
        )
        self.member(60)
        order = self.order(self.plain)
        order._update_programs_and_rewards()
        self.claim(order, reward)
        order.action_confirm()
        self.assertEqual(self.entries(order), [("redeem", -50), ("earn", 100)])

    def wallet(self, balance):
        """An eWallet of the customer, and the product that loads it."""
        top_up = self.product("Top-up", 50, type="service")
        program = self.env["loyalty.program"].create(
            {
                "name": "Wallet",
                "program_type": "ewallet",
                "trigger": "auto",
                "applies_on": "future",
                "rule_ids": [
                    Command.create(
                        {
                            "reward_point_mode": "money",
                            "product_ids": [Command.set(top_up.ids)],
                        }
                    )
                ],
                "reward_ids": [
                    Command.create(
                        {
                            "reward_type": "discount",
                            "discount_mode": "per_point",
                            "discount": 1,
                            "required_points": 1,
                        }
                    )
                ],
            }
        )
        wallet = self.env["loyalty.card"].create(
            {
                "program_id": program.id,
                "partner_id": self.partner.id,
                "points": balance,
            }
        )
        return top_up, wallet

    def test_stored_value_earns_once_at_most(self):
        """A top-up earns nothing; what it pays does where the program says so."""
        top_up, wallet = self.wallet(30)
        order = self.confirmed(self.plain, top_up)
        self.assertEqual(self.earned(order), 100)
        self.assertEqual(wallet.points, 80)  # Odoo's own eWallet works as before
        for earns, points in ((False, 20), (True, 100)):
            self.program.earn_on_stored_value = earns
            wallet.points = 80
            order = self.order(self.plain)
            order._update_programs_and_rewards()
            self.claim(order, wallet.program_id.reward_ids, wallet)
            self.assertEqual(order.amount_total, 20)
            order.action_confirm()
            self.assertEqual(self.earned(order), points)
            self.assertEqual(wallet.points, 0)

    def test_wallet_pays_its_share_of_the_tax(self):
        """100 and 20 % tax, 60 of 120 paid by eWallet: half of 100 earns."""
        _top_up, wallet = self.wallet(60)
        self.plain.taxes_id = self.tax()
        order = self.order(self.plain)
        order._update_programs_and_rewards()
        self.claim(order, wallet.program_id.reward_ids, wallet)
        self.assertEqual(order.amount_total, 60)
        order.action_confirm()
        self.assertEqual(self.earned(order), 50)

    def test_shipping(self):
        """Delivery charges earn where the program says so."""
        freight = self.product("Freight", 12, type="service")
        lines = type(self.env["sale.order.line"])
        with patch.object(
            lines,
            "_loyalty_is_shipping",
            lambda line: line.product_id == freight,
        ):
            self.assertEqual(self.earned(self.confirmed(self.plain, freight)), 100)
            self.program.earn_on_shipping = True
            self.assertEqual(self.earned(self.confirmed(self.plain, freight)), 112)

    def test_negative_line_is_a_discount(self):
        """A discount typed as a line is taken off all lines, as is a return."""
        order = self.order(self.plain, self.hose)
        order.order_line = [
            Command.create(
                {"product_id": self.clip.id, "product_uom_qty": 1, "price_unit": -30.05}
            )
        ]
        order.action_confirm()
        self.assertEqual(self.earned(order), 120)  # 150.05 - 30.05
        self.assertEqual(
            [line["base"] for line in self.card_of(order).entry_ids.snapshot["lines"]],
            ["79.97", "40.03"],
        )
