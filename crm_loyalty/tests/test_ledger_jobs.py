# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Bulk credits, release, holds and the reconciliation."""

from datetime import date, datetime

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import SQL

from .common import DAY, LoyaltyCase


@tagged("standard", "post_install", "-at_install")
@freeze_time("2026-01-05 12:00:00")
class TestLedgerJobs(LoyaltyCase):
    """What runs over all members says what the one writer says."""

    def members(self, count):
        partners = self.env["res.partner"].create(
            [{"name": f"M{number}"} for number in range(count)]
        )
        return self.env["loyalty.card"].union(*(self.card(one) for one in partners))

    def credit(self, cards, points=10, key="gift", **values):
        query = SQL(
            """SELECT id AS card_id, %s AS points, %s || id AS key FROM loyalty_card
                WHERE id = ANY(%s)""",
            points,
            key,
            cards.ids,
        )
        return self.env["loyalty.card"]._post_credits(query, "event", **values)

    def test_bulk_credits_are_posted_once(self):
        cards = self.members(3)
        self.earn(cards[0], 5, "before", date(2026, 2, 28))
        self.assertEqual(self.credit(cards, reason="Gift"), 3)
        self.assertEqual(self.credit(cards), 0)
        self.assertEqual(cards.mapped("points"), [15, 10, 10])
        entry = cards[0].entry_ids[0]
        self.assertEqual(
            (entry.seq, entry.kind, entry.balance_after, entry.reason),
            (2, "event", 15, "Gift"),
        )
        # 12 months from 2026-01-05, to the end of the month
        self.assertEqual(entry.expiry_date, date(2027, 1, 31))
        self.assertEqual(entry.qualifying_points, 0)
        self.assertEqual(
            self.lots(cards[0]), {date(2026, 2, 28): 5, date(2027, 1, 31): 10}
        )
        self.assert_whole()

    def test_bulk_credits_settle_debts(self):
        cards = self.members(2)
        earned = self.earn(cards[0], 20, "e", None)
        self.post(cards[0], "redeem", 20, "r")
        self.post(cards[0], "reverse_earn", 15, "c", reverses=earned)
        self.assertEqual(self.credit(cards), 2)
        self.assertEqual(cards.mapped("points"), [-5, 10])
        self.assertEqual(cards[0].debt_points, 5)
        self.assertEqual(self.credit(cards), 0)
        self.assert_whole()

    def test_bulk_credits_leave_out_who_takes_none(self):
        cards = self.members(3)
        cards[0].action_archive()
        self.assertEqual(self.credit(cards, days=60), 2)
        self.assertEqual(cards[1].entry_ids.expiry_date, date(2026, 3, 6))
        self.program.date_to = date(2026, 1, 4)
        self.assertEqual(self.credit(cards, key="late"), 0)
        self.assert_whole()

    def test_release(self):
        """P1, P4: spendable on the day, and their life begins then."""
        card = self.card()
        self.post(card, "pending", 100, "p", release_date=date(2026, 1, 19))
        self.post(card, "pending", 7, "q")
        cards = self.env["loyalty.card"]
        cards._cron_release_points(as_of=date(2026, 1, 18))
        card.invalidate_recordset()
        self.assertEqual((card.points, card.pending_points), (0, 107))
        for _run in range(2):
            cards._cron_release_points(as_of=date(2026, 1, 19))
        card.invalidate_recordset()
        self.assertEqual((card.points, card.pending_points), (100, 7))
        self.assertEqual(self.lots(card), {date(2027, 1, 31): 100})
        self.assert_whole()

    def test_holds(self):
        """H1, H2: others see less, the cart itself sees its own; it ends by time."""
        card = self.card()
        self.earn(card, 100, "e", None)
        card._hold_points(80, "so:1")
        self.assertEqual((card.points, card.held_points), (100, 80))
        self.assertEqual(card.available_points, 20)
        with self.assertRaises(UserError):
            card._hold_points(21, "so:2")
        with self.assertRaises(UserError):
            self.post(card, "redeem", 21, "r")
        card._hold_points(90, "so:1")  # the same cart, once more
        self.assertEqual(card.available_points, 10)
        self.post(card, "redeem", 90, "r", hold="so:1")
        self.assertEqual((card.points, card.available_points), (10, 10))
        self.assertEqual(card.with_context(active_test=False).hold_ids.ids, [])
        card._hold_points(5, "so:3")
        card._void_hold("so:3")
        self.assertEqual(card.available_points, 10)
        card._hold_points(5, "so:4")
        with freeze_time(datetime(2026, 1, 5, 12, 31)):
            card.invalidate_recordset()
            self.assertEqual(card.available_points, 10)
            self.post(card, "redeem", 10, "s")

    def test_reconciliation_finds_what_differs(self):
        """L16: each kind of damage is found, and every manager is told."""
        card = self.card()
        self.earn(card, 100, "e", None)
        damages = {
            "UPDATE loyalty_card SET points = 99 WHERE id = %s": {"balance", "lots"},
            "UPDATE crm_loyalty_lot SET remaining = 99 WHERE card_id = %s": {
                "lot",
                "lots",
            },
            "UPDATE loyalty_card SET ledger_seq = 2 WHERE id = %s": {"sequence"},
            "UPDATE loyalty_card SET pending_points = 1 WHERE id = %s": {"pending"},
            "UPDATE loyalty_card SET debt_points = 1 WHERE id = %s": {"debt", "lots"},
        }
        checks = self.env["crm.loyalty.check"]
        for damage, rules in damages.items():
            with self.subTest(damage):
                savepoint = self.env.cr.savepoint()
                self.env.cr.execute(damage, [card.id])
                self.env.invalidate_all()
                found = self.env["loyalty.card"]._ledger_differences()
                self.assertEqual({row[1] for row in found}, rules)
                self.assertEqual({row[0] for row in found}, {card.id})
                checks._cron_check()
                check = checks.search([], limit=1)
                self.assertEqual(check.difference_count, len(rules))
                self.assertIn(self.manager, check.activity_ids.user_id)
                self.assertNotIn(self.clerk, check.activity_ids.user_id)
                savepoint.close(rollback=True)
                self.env.invalidate_all()
        checks._cron_check()
        check = checks.search([], limit=1)
        self.assertEqual((check.difference_count, len(check.activity_ids)), (0, 0))

    def test_each_program_has_its_own_midnight(self):
        """Ten at night in UTC is tomorrow in Shanghai: points lapse there already."""
        abroad = self.env["res.company"].create({"name": "Shanghai"})
        abroad.resource_calendar_id.tz = "Asia/Shanghai"
        program = self.create_program(company_id=abroad.id)
        here = self.card()
        there = self.card(self.env["res.partner"].create({"name": "T"}), program)
        for card in (here, there):
            self.earn(card, 10, f"z{card.id}", DAY)
        with freeze_time("2026-01-05 22:00:00"):
            self.assertEqual((here + there).mapped("available_points"), [10, 0])
            self.env["loyalty.card"]._cron_expire_points()
            self.env.invalidate_all()
            self.assertEqual((here + there).mapped("points"), [10, 0])
