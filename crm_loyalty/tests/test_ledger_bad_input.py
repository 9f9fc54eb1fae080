# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What the ledger refuses: a clear message, and nothing posted (L9 to L12)."""

from datetime import date

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..models.crm_loyalty_terms import MAX_POINTS
from .common import DAY, LoyaltyCase


@tagged("standard", "post_install", "-at_install")
class TestLedgerBadInput(LoyaltyCase):
    """Bad movements change nothing, whatever is wrong with them."""

    def setUp(self):
        super().setUp()
        self.member = self.card()
        self.first = self.earn(self.member, 100, "begin", None)

    def refuse(self, words, kind="earn", number=10, key="bad", card=None, **values):
        card = card or self.member
        entries = self.env["crm.loyalty.entry"].search_count([])
        with self.assertRaisesRegex(UserError, words):
            self.post(card, kind, number, key, **values)
        self.assertEqual(self.env["crm.loyalty.entry"].search_count([]), entries)
        self.member.invalidate_recordset()
        self.assertEqual(self.member.points, 100)

    def test_numbers_that_are_none(self):
        for value in ("10", None, True, float("nan"), float("inf"), "9" * 400):
            with self.subTest(value=value):
                self.refuse("are a number", number=value)

    def test_numbers_out_of_bounds(self):
        for value in (0, -1, -0.5):
            with self.subTest(value=value):
                self.refuse("more than 0", number=value)
        for value in (2**31, 1e308, 10**40):
            with self.subTest(value=value):
                self.refuse("At most 2,147,483,647", number=value)
        self.refuse("two decimals", number=0.001)

    def test_a_balance_has_an_end(self):
        """L11: up to the most, and one more is refused."""
        self.earn(self.member, MAX_POINTS - 100, "most", None)
        self.assertEqual(self.member.points, MAX_POINTS)
        with self.assertRaisesRegex(UserError, "at most 2,147,483,647"):
            self.earn(self.member, 1, "more", None)
        self.assertEqual(self.member.points, MAX_POINTS)

    def test_keys(self):
        """L4: the same key for something else, no key, one key twice at once."""
        self.refuse("another movement", key="begin", number=99)
        self.refuse("another movement", key="begin", kind="event", number=100)
        self.refuse("needs a key", key=" ")
        self.refuse("needs a key", key=None)
        twice = [{"kind": "earn", "points": 1, "key": "twice"}] * 2
        with self.assertRaisesRegex(UserError, "same key"):
            self.member._post_points(twice, as_of=DAY)

    def test_a_batch_is_posted_whole_or_not_at_all(self):
        with self.assertRaises(UserError):
            self.member._post_points(
                [
                    {"kind": "earn", "points": 5, "key": "one"},
                    {"kind": "redeem", "points": 106, "key": "two"},
                ],
                as_of=DAY,
            )
        self.member.invalidate_recordset()
        self.assertEqual(self.member.points, 100)
        self.assertFalse(self.env["crm.loyalty.entry"].search([("key", "=", "one")]))

    def test_unknown_kind_and_missing_origin(self):
        self.refuse("no movement of points", kind="steal")
        self.refuse("what it takes back", kind="reverse_earn")
        self.refuse("what it takes back", kind="reverse_redeem", reverses=self.first)
        other = self.card(self.env["res.partner"].create({"name": "Other"}))
        self.refuse(
            "another card", kind="reverse_earn", reverses=self.first, card=other
        )

    def test_a_program_without_ledger(self):
        plain = self.create_program(is_ledger=False)
        self.refuse("keeps no points ledger", card=self.card(program=plain))

    def test_an_archived_card(self):
        self.member.action_archive()
        self.refuse("archived")
        self.refuse("archived", kind="redeem")

    def test_an_archived_program(self):
        self.program.action_archive()
        self.refuse("archived")

    def test_an_ended_program(self):
        """Its last day is the last one; what was earned is still taken back."""
        self.program.date_to = DAY
        self.earn(self.member, 1, "last", None)
        self.program.date_to = date(2026, 1, 4)
        with self.assertRaisesRegex(UserError, "ended on 2026-01-04"):
            self.earn(self.member, 1, "late", None)
        self.post(self.member, "reverse_earn", 100, "cn", DAY, reverses=self.first)
        self.assertEqual(self.member.points, 1)

    def test_points_that_expire_before_they_count(self):
        self.refuse(
            "before they count", effective_date=DAY, expiry_date=date(2026, 1, 4)
        )

    def test_more_than_there_is(self):
        self.refuse("Insufficient points: Ms Member has 100", "redeem", 100.01)
        self.refuse("Insufficient points", "adjust", -101)

    def test_more_back_than_was(self):
        self.refuse("cannot be taken back", "reverse_earn", 100.01, reverses=self.first)
