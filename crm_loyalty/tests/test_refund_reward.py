# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rewards that are refunded give back what they cost; nothing is charged twice."""

from datetime import date

from freezegun import freeze_time

from odoo.tests import tagged

from .refund_common import DAY, RefundCase


@tagged("standard", "post_install", "-at_install")
class TestRefundReward(RefundCase):
    def redeemed(self, expiry=None, **reward):
        """100 of 150 points spent on 5 off an order of 100 that earned 95."""
        card = self.card()
        self.earn(card, 150, "before", expiry, DAY)
        order = self.order((100.0, 1))
        self.earned(card, order, [95])
        line, spent = self.reward(order, card, 100, **reward)
        self.assertEqual(card.points, 145)
        return card, order, line, spent

    def test_all_of_it(self):
        card, order, line, spent = self.redeemed()
        invoice = self.invoice(order)
        note = self.credit(invoice)
        self.assertEqual(self.points(card), (150, 0, 0))
        self.assertEqual(self.entries(card, "reverse_redeem"), [100])
        self.assertEqual(self.entries(card, "redeem"), [-100])
        back = card.entry_ids.filtered(lambda entry: entry.kind == "reverse_redeem")
        self.assertEqual(back.reverses_id, spent)
        self.assertEqual(back.snapshot["line_id"], line.id)
        note.button_draft()
        self.assertEqual(self.points(card), (145, 0, 0))
        note.action_post()
        self.assertEqual(self.points(card), (150, 0, 0))
        self.credit(invoice)
        self.assertEqual(self.points(card), (150, 0, 0))
        self.assert_whole()

    def test_in_proportion(self):
        """2 of the 5 off are refunded: 40 of the 100 points."""
        card, order, line, _spent = self.redeemed()
        self.credit(self.invoice(order), of=line.product_id, price_unit=-2)
        self.assertEqual(self.entries(card, "reverse_redeem"), [40])

    def test_without_the_reward(self):
        """A credit note of the goods alone gives no points back."""
        card, order, _line, _spent = self.redeemed()
        self.credit(self.invoice(order), only=self.pump)
        self.assertEqual(self.entries(card, "reverse_redeem"), [])
        self.assertEqual(self.points(card), (50, 0, 0))

    def test_a_free_product(self):
        """One of two free seals comes back: half of the points."""
        card, order, _line, _spent = self.redeemed(
            price=10.0, discount=100, product_uom_qty=2, product_id=self.seal.id
        )
        self.credit(self.invoice(order), only=self.seal, quantity=1)
        self.assertEqual(self.entries(card, "reverse_redeem"), [50])

    def test_points_given_back_cover_what_is_taken(self):
        """Points come back first: nothing is owed that is there a moment later."""
        card, order, _line, _spent = self.redeemed()
        self.post(card, "redeem", 145, "elsewhere", DAY)
        invoice = self.invoice(order)
        self.program.refund_policy = "withhold"
        note = self.credit(invoice)
        self.assertEqual(self.points(card), (5, 0, 0))
        self.assertEqual(note.amount_total, 95)

    @freeze_time("2026-07-10")
    def test_strict(self):
        """Points that have expired since come back expired."""
        card, order, _line, _spent = self.redeemed(expiry=date(2026, 6, 30))
        self.credit(self.invoice(order))
        self.assertEqual(self.available(card, date(2026, 7, 10)), 0)
        self.assert_whole()

    @freeze_time("2026-07-10")
    def test_grace(self):
        """With 30 days of grace they live to 08-09."""
        self.program.write({"restore_policy": "grace", "restore_grace_days": 30})
        card, order, _line, _spent = self.redeemed(expiry=date(2026, 6, 30))
        self.credit(self.invoice(order))
        self.assertEqual(self.lots(card)[date(2026, 8, 9)], 100)
        self.assertEqual(self.available(card, date(2026, 7, 10)), 100)
        self.assert_whole()
