# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The public way to spend points, for counters and integrations."""

from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .gifts_common import BAD_POINTS, GiftsCase


@tagged("standard", "post_install", "-at_install")
class TestRedeemPoints(GiftsCase):
    def setUp(self):
        super().setUp()
        self.member = self.card()
        self.post(self.member, "earn", 100, "so", None)
        self.counter = self.member.with_user(self.second)

    def test_spends_once_under_a_key(self):
        result = self.counter.redeem_points(30, "till-7/1", "Coffee")
        entry = self.env["crm.loyalty.entry"].browse(result["entry_id"])
        self.assertEqual(
            (entry.kind, entry.points, entry.key, entry.reason),
            ("redeem", -30, "counter:till-7/1", "Coffee"),
        )
        self.assertEqual(
            result,
            {"entry_id": entry.id, "points": 30, "balance": 70, "available": 70},
        )
        self.assertEqual(self.counter.redeem_points(30, "till-7/1"), result)
        with self.assertRaises(UserError):
            self.counter.redeem_points(31, "till-7/1")
        self.assertEqual(self.member.points, 70)
        self.assert_whole()

    def test_not_more_than_there_is(self):
        with self.assertRaises(UserError):
            self.counter.redeem_points(101, "a")
        self.assertEqual(self.counter.redeem_points(100, "a")["balance"], 0)

    def test_managers_only(self):
        for user in (self.clerk, self.create_user("u", "group_loyalty_user")):
            with self.assertRaises(AccessError):
                self.member.with_user(user).redeem_points(1, "a")
        other = self.env["res.company"].create({"name": "Other"})
        far = self.card(program=self.create_program(company_id=other.id))
        with self.assertRaises(AccessError):
            far.with_user(self.second).redeem_points(1, "a")
        self.assertEqual(self.member.points, 100)

    def test_bad_input(self):
        for points in (*BAD_POINTS, [], {}, "x"):
            with self.subTest(points=points), self.assertRaises(UserError):
                self.counter.redeem_points(points, "a")
        for key in (None, "", "  ", 7, True, "x" * 101):
            with self.subTest(key=key), self.assertRaises(UserError):
                self.counter.redeem_points(1, key)
        with self.assertRaises(UserError):
            self.counter.redeem_points(1, "a", 7)
        for cards in (
            self.counter.browse(),
            self.counter | self.card(self.clerk.partner_id),
        ):
            with self.assertRaises(UserError):
                cards.redeem_points(1, "a")
        self.assertEqual(self.member.points, 100)

    def test_a_transaction_that_did_something_is_not_given_up(self):
        """This one did: the conflict is Odoo's, who runs all of it again."""
        self.assertFalse(self.counter._is_transaction_fresh())
        with (
            patch.object(
                type(self.member), "_post_moves", side_effect=SerializationFailure
            ),
            patch.object(type(self.member), "_queue_for_card") as queue,
            self.assertRaises(SerializationFailure),
        ):
            self.counter.redeem_points(1, "a")
        queue.assert_not_called()

    def test_a_fresh_one_queues_and_goes_on(self):
        post = type(self.member)._post_moves
        tries = []

        def conflict_first(cards, moves, as_of=None):
            tries.append(moves)
            if len(tries) == 1:
                raise SerializationFailure
            return post(cards, moves, as_of)

        cards = type(self.member)
        with (
            patch.object(cards, "_post_moves", conflict_first),
            patch.object(cards, "_is_transaction_fresh", lambda card: True),
            patch.object(cards, "_queue_for_card") as queue,
        ):
            self.assertEqual(self.counter.redeem_points(1, "a")["balance"], 99)
        queue.assert_called_once()
        self.assertEqual(len(tries), 2)
