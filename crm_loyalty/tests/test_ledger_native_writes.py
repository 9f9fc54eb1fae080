# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Whoever changes points in Odoo's own ways: it ends in the ledger, or is refused."""

from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.loyalty_source import CONTEXT_KEY
from .common import LoyaltyCase


@tagged("standard", "post_install", "-at_install")
class TestLedgerNativeWrites(LoyaltyCase):
    """``points`` is what the ledger says, at every moment."""

    def setUp(self):
        super().setUp()
        self.member = self.card()
        self.earn(self.member, 100, "begin", None)

    def test_a_salesperson_cannot_type_points(self):
        """T12: also with what a client could put into the context."""
        mine = self.member.with_user(self.clerk)
        for forged in (None, True, {"kind": "earn"}, ["earn", "redeem", "key"]):
            with self.subTest(forged=forged), self.assertRaises(AccessError):
                mine.with_context(**{CONTEXT_KEY: forged}).write({"points": 1000})
        self.assertEqual(self.member.points, 100)
        with self.assertRaises(AccessError):
            self.env["crm.loyalty.entry"].with_user(self.clerk).create(
                {"card_id": self.member.id, "points": 5}
            )

    def test_nobody_writes_entries(self):
        for user in (self.clerk, self.manager):
            entry = self.member.entry_ids.with_user(user)
            self.assertEqual(entry.points, 100)
            for operation in ("write", "create", "unlink"):
                self.assertFalse(entry.has_access(operation))

    def test_a_manager_sets_a_balance_within_the_limit(self):
        self.program.adjust_limit_manager = 50
        mine = self.member.with_user(self.manager)
        mine.write({"points": 130})
        entry = self.member.entry_ids[0]
        self.assertEqual((entry.kind, entry.points), ("adjust", 30))
        self.assertEqual(entry.create_uid, self.manager)
        # both ways count, and what was set within the day
        for balance in (151, 109):
            with self.assertRaisesRegex(UserError, "second person"):
                mine.write({"points": balance})
        mine.write({"points": 110})
        with self.assertRaisesRegex(UserError, "below 0"):
            mine.write({"points": -1})
        self.assertEqual(self.member.points, 110)
        self.assert_whole()

    def test_server_code_of_others_is_recorded(self):
        """A point of sale writes as the superuser; so do other addons' jobs."""
        self.member.sudo().points += 25.5
        self.assertEqual(self.member.points, 125.5)
        self.member.sudo().points -= 125.5
        self.assertEqual(self.member.points, 0)
        with self.assertRaises(UserError):
            self.member.sudo().points -= 1
        self.assertEqual(
            self.member.entry_ids.sorted("seq").mapped("points"), [100, 25.5, -125.5]
        )
        self.assert_whole()

    def test_values_that_are_no_number(self):
        for value in (float("nan"), float("inf"), "many", None):
            with self.subTest(value=value), self.assertRaises(UserError):
                self.member.with_user(self.manager).write({"points": value})
        self.assertEqual(self.member.points, 100)

    def test_other_values_are_written_as_ever(self):
        self.member.with_user(self.clerk).write({"code": "0441"})
        self.assertEqual(self.member.code, "0441")

    def test_new_cards_begin_with_an_entry(self):
        partner = self.env["res.partner"].create({"name": "New"})
        values = {"program_id": self.program.id, "partner_id": partner.id}
        with self.assertRaises(AccessError):
            self.env["loyalty.card"].with_user(self.clerk).create(
                {**values, "points": 10}
            )
        card = (
            self.env["loyalty.card"]
            .with_user(self.manager)
            .create({**values, "points": 10})
        )
        self.assertEqual((card.points, card.entry_ids.kind), (10, "adjust"))
        self.assert_whole()

    def test_one_card_a_member(self):
        with (
            self.assertRaises(UniqueViolation),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self.card()

    def test_cards_with_entries_stay(self):
        with self.assertRaisesRegex(UserError, "Archive it"):
            self.member.unlink()
        empty = self.card(self.env["res.partner"].create({"name": "Empty"}))
        empty.unlink()

    def test_programs_without_ledger_are_as_ever(self):
        plain = self.create_program(name="Plain", is_ledger=False)
        card = self.card(program=plain)
        card.with_user(self.clerk).write({"points": 12.345})
        self.assertEqual(card.points, 12.345)
        self.assertFalse(card.entry_ids)
        (card + self.member).sudo().write({"points": 7})
        self.assertEqual((card.points, self.member.points), (7, 7))
        self.assert_whole()
