# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Points of a cart are held while it is paid: H1, H2."""

from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from .refund_common import DAY, RefundCase

NOON = datetime(2026, 6, 1, 12, 0)


@tagged("standard", "post_install", "-at_install")
@freeze_time(NOON)
class TestPaymentHold(RefundCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.method = cls.env.ref("payment.payment_method_unknown")
        cls.provider = cls.env["payment.provider"].create(
            {
                "name": "Test provider",
                "code": "none",
                "state": "test",
                "company_id": cls.company.id,
                "payment_method_ids": [Command.set(cls.method.ids)],
            }
        )
        cls.method.active = True

    def cart(self, card, cost=100):
        """A quotation of 100 with a reward."""
        reward = self.program.reward_ids
        return self.env["sale.order"].create(
            {
                "partner_id": self.partner.id,
                "company_id": self.company.id,
                "order_line": [
                    Command.create({"product_id": self.pump.id, "price_unit": 100.0}),
                    Command.create(
                        {
                            "product_id": reward.discount_line_product_id.id,
                            "name": "5 off",
                            "price_unit": -5.0,
                            "reward_id": reward.id,
                            "coupon_id": card.id,
                            "points_cost": cost,
                            "reward_identifier_code": "abc",
                        }
                    ),
                ],
            }
        )

    def member(self, points=150):
        card = self.card()
        self.earn(card, points, "before", None, DAY)
        return card

    def pay(self, order, **values):
        """Begin to pay, as the portal and the website do."""
        return order.env["payment.transaction"].create(
            {
                "provider_id": self.provider.id,
                "payment_method_id": self.method.id,
                "reference": f"{order.name}-{len(order.transaction_ids)}",
                "amount": order.amount_total,
                "currency_id": order.currency_id.id,
                "partner_id": self.partner.id,
                "operation": "online_direct",
                "sale_order_ids": [Command.set(order.ids)],
                **values,
            }
        )

    def held(self, card):
        card.invalidate_recordset()
        return card.held_points

    def test_others_cannot_spend_what_is_held(self):
        card = self.member()
        order, other = self.cart(card), self.cart(card)
        self.pay(order)
        self.assertEqual((self.held(card), card.available_points), (100, 50))
        self.assertEqual(card.points, 150)
        hold = card.hold_ids
        self.assertEqual(hold.key, f"so:{order.id}")
        self.assertEqual(hold.expires_at, NOON + timedelta(minutes=30))
        with self.assertRaisesRegex(UserError, "50 can be spent, 100 are asked"):
            self.pay(other)
        with self.assertRaises(UserError):
            self.post(card, "redeem", 51, "r", DAY)
        self.post(card, "redeem", 100, "own", DAY, hold=f"so:{order.id}")
        self.assertEqual((self.held(card), hold.state), (0, "used"))

    def test_paying_again_holds_once(self):
        card = self.member()
        order = self.cart(card)
        self.pay(order)
        with freeze_time(NOON + timedelta(minutes=20)):
            self.pay(order)
            self.assertEqual(self.held(card), 100)
        with freeze_time(NOON + timedelta(minutes=49)):
            self.assertEqual(self.held(card), 100)

    def test_time_frees(self):
        card = self.member()
        self.pay(self.cart(card))
        hold = card.hold_ids
        later = NOON + timedelta(minutes=31)
        with freeze_time(later):
            self.assertEqual(self.held(card), 0)
            self.pay(self.cart(card))
            self.env["crm.loyalty.hold"]._gc_holds()
            self.assertEqual(hold.state, "void")
            self.assertEqual(self.held(card), 100)

    def test_cancelled_and_failed(self):
        card = self.member()
        for end in ("_set_canceled", "_set_error"):
            with self.subTest(end):
                payment = self.pay(self.cart(card))
                self.assertEqual(self.held(card), 100)
                getattr(payment, end)("No")
                self.assertEqual(self.held(card), 0)

    def test_another_payment_goes_on(self):
        card = self.member()
        order = self.cart(card)
        first = self.pay(order)
        self.pay(order)
        first._set_error("No")
        self.assertEqual(self.held(card), 100)

    def test_paid_keeps_the_points(self):
        card = self.member()
        self.pay(self.cart(card))._set_done()
        with freeze_time(NOON + timedelta(hours=5)):
            self.assertEqual(self.held(card), 100)

    def test_paid_after_the_points_are_gone(self):
        """The payment is recorded, and the order says what is missing."""
        card = self.member()
        order = self.cart(card)
        payment = self.pay(order)
        payment._set_error("No")
        self.post(card, "redeem", 150, "r", DAY)
        payment._set_done()
        self.assertEqual(payment.state, "done")
        self.assertTrue(
            order.message_ids.filtered(
                lambda message: "points of its rewards are gone" in message.body
            )
        )
        self.assertEqual(self.held(card), 0)

    def test_a_reward_taken_off_is_let_go(self):
        card = self.member()
        order = self.cart(card)
        self.pay(order)
        order.order_line[1].unlink()
        self.pay(order)
        self.assertEqual(self.held(card), 0)

    def test_no_reward_no_hold(self):
        card = self.member()
        order = self.cart(card)
        order.order_line[1].unlink()
        self.pay(order)
        self.assertEqual(self.held(card), 0)

    def test_a_customer_pays(self):
        """Without any right on cards; what is missing is said before paying."""
        card = self.member()
        customer = new_test_user(
            self.env, login="hold_portal", groups="base.group_portal"
        )
        order, other = self.cart(card), self.cart(card)
        # sudo: as the controllers of the portal and the website create it
        self.pay(order.with_user(customer).sudo())
        self.assertEqual(self.held(card), 100)
        with self.assertRaisesRegex(UserError, "Insufficient points"):
            self.pay(other.with_user(customer).sudo())

    def test_a_cancelled_quotation_lets_go(self):
        card = self.member()
        order = self.cart(card)
        self.pay(order)
        order._action_cancel()
        self.assertEqual(self.held(card), 0)

    def test_refunds_and_tokens_hold_nothing(self):
        card = self.member()
        for operation in ("refund", "validation"):
            self.pay(self.cart(card), operation=operation)
        self.assertEqual(self.held(card), 0)
