# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Odoo's own wizards that change balances end as adjustments."""

from datetime import date

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged

from .gifts_common import BAD_POINTS, GiftsCase


@tagged("standard", "post_install", "-at_install")
class TestNativeWizards(GiftsCase):
    def set_balance(self, card, balance, user=None):
        wizard = (
            self.env["loyalty.card.update.balance"]
            .with_user(user or self.clerk)
            .create(
                {
                    "card_id": card.id,
                    "new_balance": balance,
                    "description": "Counted again",
                }
            )
        )
        return wizard.action_update_card_point()

    def generate(self, user=None, **values):
        return (
            self.env["loyalty.generate.wizard"]
            .with_user(user or self.manager)
            .create(
                {
                    "program_id": self.program.id,
                    "mode": "selected",
                    "points_granted": 30,
                    "customer_ids": self.partner.ids,
                    "description": "Ten years of us",
                    **values,
                }
            )
            .generate_coupons()
        )

    def adjustments(self, card):
        return self.env["crm.loyalty.adjustment"].search([("card_id", "=", card.id)])

    # UPDATE BALANCE

    def test_a_new_balance_within_the_limit(self):
        card = self.card()
        self.set_balance(card, 40)
        self.assertEqual(card.points, 40)
        adjustment = self.adjustments(card)
        self.assertEqual((adjustment.points, adjustment.note), (40, "Counted again"))
        self.assertEqual(adjustment.requested_by_id, self.clerk)
        self.set_balance(card, 35)
        self.assertEqual(card.points, 35)
        self.assertFalse(card.history_ids)
        self.assert_whole()

    def test_a_new_balance_above_the_limit_waits(self):
        card = self.card()
        action = self.set_balance(card, 400)
        self.assertEqual(card.points, 0)
        self.assertEqual(self.adjustments(card).state, "requested")
        self.assertEqual(action["res_id"], self.adjustments(card).id)

    def test_bad_balances(self):
        card = self.card()
        for balance in (0, -1, 2**31, 1e308, float("nan"), float("inf"), True, 1.005):
            if balance is True:
                continue  # the field of Odoo's wizard reads it as 1, a balance
            with self.subTest(balance=balance), self.assertRaises(ValidationError):
                self.set_balance(card, balance)
        self.assertFalse(card.entry_ids)

    def test_cards_without_a_ledger_as_ever(self):
        plain = self.card(program=self.create_program(is_ledger=False))
        self.set_balance(plain, 400)
        self.assertEqual(plain.points, 400)
        self.assertTrue(plain.history_ids)

    # GENERATE

    def test_credits_the_card_there_is(self):
        card = self.card()
        other = self.env["res.partner"].create({"name": "New"})
        with freeze_time("2026-03-02 10:00:00"):
            cards = self.generate(
                customer_ids=(self.partner | other).ids, valid_until="2026-05-31"
            )
        self.assertEqual(len(cards), 2)
        self.assertIn(card, cards)
        self.assertEqual(cards.mapped("points"), [30, 30])
        self.assertEqual(card.entry_ids.kind, "adjust")
        self.assertEqual(card.entry_ids.expiry_date, date(2026, 5, 31))
        self.assertEqual(self.adjustments(card).note, "Ten years of us")
        self.assert_whole()

    def test_above_the_limit_each_waits(self):
        cards = self.generate(points_granted=501)
        self.assertEqual(cards.points, 0)
        self.assertEqual(self.adjustments(cards).state, "requested")
        self.adjustments(cards).with_user(self.second).action_approve()
        self.assertEqual(cards.points, 501)

    def test_refused(self):
        with self.assertRaises(UserError):
            self.generate(mode="anonymous", coupon_qty=3)
        with self.assertRaises(UserError):
            self.generate(customer_ids=False)
        with self.assertRaises(AccessError):
            self.generate(self.clerk)
        for points in BAD_POINTS:
            if points in ("10", None, True):
                continue  # numbers to Odoo's own wizard, or refused by it
            with self.subTest(points=points), self.assertRaises(UserError):
                self.generate(points_granted=points)
        self.assertFalse(self.entries())

    def test_programs_without_a_ledger_as_ever(self):
        plain = self.create_program(is_ledger=False)
        cards = self.generate(program_id=plain.id, mode="anonymous", coupon_qty=2)
        self.assertEqual(cards.mapped("points"), [30, 30])
