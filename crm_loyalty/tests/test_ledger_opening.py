# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A program that has members begins to keep a ledger."""

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import LoyaltyCase


@tagged("standard", "post_install", "-at_install")
class TestLedgerOpening(LoyaltyCase):
    """One opening entry a card; one card a member."""

    def setUp(self):
        super().setUp()
        self.old = self.create_program(name="Old", is_ledger=False)

    def member(self, points, name="M", **values):
        partner = values.pop("partner", None) or self.env["res.partner"].create(
            {"name": name}
        )
        card = self.card(partner, self.old)
        card.write({"points": points, **values})
        return card

    def test_opening_entries(self):
        rich, exact, empty, owing = (
            self.member(points) for points in (250, 10.456, 0, -35)
        )
        archived = self.member(7, active=False)
        self.old.with_user(self.manager).is_ledger = True
        self.env.invalidate_all()
        self.assertEqual(
            [card.points for card in (rich, exact, empty, owing, archived)],
            [250, 10.46, 0, -35, 7],
        )
        self.assertEqual(rich.entry_ids.kind, "opening")
        self.assertEqual(rich.entry_ids.key, f"opening:{rich.id}")
        self.assertTrue(rich.entry_ids.expiry_date)
        self.assertFalse(empty.entry_ids)
        self.assertEqual((owing.debt_points, owing.entry_ids.points), (35, -35))
        self.assert_whole()

    def test_duplicate_cards_are_merged_first_with_a_report(self):
        partner = self.env["res.partner"].create({"name": "Twice"})
        first = self.member(100, partner=partner)
        second = self.member(30, partner=partner)
        third = self.member(-5, partner=partner)
        self.old.is_ledger = True
        self.env.invalidate_all()
        self.assertEqual(first.points, 125)
        self.assertEqual((second + third).mapped("active"), [False, False])
        self.assertEqual((second + third).mapped("points"), [0, 0])
        self.assertIn(second.code, first.message_ids[0].body)
        self.assertEqual(first.entry_ids.mapped("points"), [125])
        self.assert_whole()

    def test_a_ledger_is_not_given_up(self):
        with self.assertRaisesRegex(UserError, "cannot be given up"):
            self.program.is_ledger = False

    def test_only_loyalty_cards_have_one(self):
        with self.assertRaises(ValidationError):
            self.create_program(program_type="ewallet")
        with self.assertRaises(ValidationError):
            self.create_program(applies_on="current")

    def test_reminders_are_days(self):
        self.program.reminder_days = "7, 30,7"
        self.assertEqual(self.program._reminder_horizons(), [30, 7])
        self.program.reminder_days = False
        self.assertEqual(self.program._reminder_horizons(), [])
        for bad in ("soon", "0", "367", "-1"):
            with self.subTest(bad), self.assertRaises(ValidationError):
                self.program.reminder_days = bad
