# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The examples of ``loyalty.md`` (c) that need no order, on the real ledger."""

from datetime import date

import psycopg2

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import DAY, LoyaltyCase


@tagged("standard", "post_install", "-at_install")
class TestLedgerPost(LoyaltyCase):
    """One writer, exact numbers, nothing twice."""

    def redeem_across_lots(self):
        """E2: lots A 100 (to 03-31), B 50 (to 06-30), C 30 (for ever); 120 spent."""
        card = self.card()
        self.earn(card, 100, "o1", date(2026, 3, 31))
        self.earn(card, 50, "o2", date(2026, 6, 30))
        self.earn(card, 30, "o3", None)
        spent = self.post(card, "redeem", 120, "r1", date(2026, 3, 15))
        return card, spent

    def test_redeems_what_expires_first(self):
        card, spent = self.redeem_across_lots()
        self.assertEqual(card.points, 60)
        self.assertEqual(self.lots(card), {date(2026, 6, 30): 30, None: 30})
        self.assertEqual(
            [
                (part.lot_id.expiry_date or None, part.points)
                for part in spent.allocation_ids
            ],
            [(date(2026, 3, 31), -100), (date(2026, 6, 30), -20)],
        )
        self.assertEqual(spent.balance_after, 60)
        self.assert_whole()

    def test_the_same_key_is_posted_once(self):
        card, spent = self.redeem_across_lots()
        again = self.post(card, "redeem", 120, "r1", date(2026, 3, 16))
        self.assertEqual(again, spent)
        self.assertEqual(card.points, 60)
        with self.assertRaises(UserError):
            self.post(card, "redeem", 119, "r1", date(2026, 3, 16))
        self.assertEqual(card.points, 60)

    def test_expiry_runs(self):
        """E2: 04-01 nothing is left of A, 07-01 the 30 of B lapse, C stays."""
        card, _spent = self.redeem_across_lots()
        cards = self.env["loyalty.card"]
        self.assertEqual(cards._cron_expire_points(as_of="2026-04-01"), 0)
        self.assertEqual(card.points, 60)
        self.assertEqual(cards._cron_expire_points(as_of="2026-07-01"), 1)
        card.invalidate_recordset()
        self.assertEqual(card.points, 30)
        self.assertEqual(cards._cron_expire_points(as_of="2026-07-01"), 0)
        lapse = card.entry_ids.filtered(lambda entry: entry.kind == "expire")
        self.assertEqual(lapse.effective_date, date(2026, 7, 1))
        self.assert_whole()

    def test_expired_points_cannot_be_spent_if_no_job_ran(self):
        """E2b: to 01-31, so on 02-01 there is nothing, and a run later posts -10."""
        card = self.card()
        self.earn(card, 10, "a", date(2026, 1, 31))
        self.assertEqual(self.available(card, date(2026, 1, 31)), 10)
        self.assertEqual(self.available(card, date(2026, 2, 1)), 0)
        with self.assertRaises(UserError):
            self.post(card, "redeem", 1, "r", date(2026, 2, 1))
        self.env["loyalty.card"]._cron_expire_points(as_of="2026-02-09")
        card.invalidate_recordset()
        self.assertEqual(card.points, 0)
        self.assertEqual(card.entry_ids[0].effective_date, date(2026, 2, 1))

    def test_cancelled_redemption_strict(self):
        """E3: 20 back to B, A's 100 back and lapsed at once: 80."""
        card, spent = self.redeem_across_lots()
        day = date(2026, 4, 10)
        self.post(card, "reverse_redeem", 120, "r1:void", day, reverses=spent)
        self.assertEqual(self.available(card, day), 80)
        self.env["loyalty.card"]._cron_expire_points(as_of=day)
        card.invalidate_recordset()
        self.assertEqual(card.points, 80)
        self.assert_whole()

    def test_cancelled_redemption_with_grace(self):
        """E3: with 30 days the 100 live until 05-10: 180."""
        card, spent = self.redeem_across_lots()
        day = date(2026, 4, 10)
        self.post(
            card,
            "reverse_redeem",
            120,
            "r1:void",
            day,
            reverses=spent,
            grace=date(2026, 5, 10),
        )
        self.env["loyalty.card"]._cron_expire_points(as_of=day)
        self.assertEqual(
            self.lots(card),
            {date(2026, 5, 10): 100, date(2026, 6, 30): 50, None: 30},
        )
        self.assertEqual(card.points, 180)
        self.assert_whole()

    def test_refund_of_spent_points_is_owed(self):
        """E4: 575 earned, 535 spent, 75 taken back: 40 there, 35 owed; 100 pay it."""
        card = self.card()
        earned = self.earn(card, 575, "so:1", date(2027, 5, 31))
        self.post(card, "redeem", 535, "r", DAY)
        self.assertEqual(card.points, 40)
        back = self.post(card, "reverse_earn", 75, "cn:1", DAY, reverses=earned)
        self.assertEqual((card.points, card.debt_points, back.debt), (-35, 35, 35))
        self.assertEqual(self.available(card, DAY), -35)
        self.earn(card, 100, "so:2", date(2027, 6, 30), date(2026, 6, 1))
        self.assertEqual((card.points, card.debt_points), (65, 0))
        self.assertEqual(self.lots(card), {date(2027, 6, 30): 65})
        self.assert_whole()

    def test_credit_note_taken_back_after_the_debt_was_paid(self):
        """The inverse of E4's refund gives 75 back, though 35 of it were paid since."""
        card = self.card()
        earned = self.earn(card, 575, "so:1", date(2027, 5, 31))
        self.post(card, "redeem", 535, "r", DAY)
        back = self.post(card, "reverse_earn", 75, "cn:1", DAY, reverses=earned)
        self.earn(card, 100, "so:2", date(2027, 6, 30))
        self.post(card, "earn", 75, "cn:1:undo", DAY, reverses=back)
        self.assertEqual(card.points, 140)
        self.assertEqual(
            self.lots(card), {date(2027, 5, 31): 75, date(2027, 6, 30): 65}
        )
        self.assert_whole()
        with self.assertRaises(UserError):
            self.post(card, "earn", 1, "cn:1:undo2", DAY, reverses=back)

    def test_never_more_is_reversed_than_was_earned(self):
        card = self.card()
        earned = self.earn(card, 50, "so:1", None)
        self.post(card, "reverse_earn", 30, "cn:1", DAY, reverses=earned)
        with self.assertRaises(UserError):
            self.post(card, "reverse_earn", 21, "cn:2", DAY, reverses=earned)
        self.post(card, "reverse_earn", 20, "cn:2", DAY, reverses=earned)
        self.assertEqual(card.points, 0)

    def test_a_refund_takes_expired_points_before_good_ones(self):
        """The last day of the refunded points has passed, and no job ran: they go."""
        card = self.card()
        earned = self.earn(card, 60, "so:1", date(2026, 1, 31))
        self.earn(card, 40, "so:2", date(2026, 12, 31))
        day = date(2026, 2, 1)
        self.post(card, "reverse_earn", 50, "cn", day, reverses=earned)
        self.assertEqual(
            self.lots(card), {date(2026, 1, 31): 10, date(2026, 12, 31): 40}
        )
        self.assertEqual(card.debt_points, 0)
        self.assert_whole()

    def test_pending_points(self):
        """E8: 100 promised, half voided by a refund, 50 released."""
        card = self.card()
        promise = self.post(card, "pending", 100, "p", DAY)
        self.assertEqual((card.points, card.pending_points), (0, 100))
        with self.assertRaises(UserError):
            self.post(card, "redeem", 1, "r", DAY)
        self.post(card, "void_pending", 50, "v", DAY, reverses=promise)
        freed = self.post(card, "release", 50, "f", date(2026, 1, 19), reverses=promise)
        self.assertEqual((card.points, card.pending_points), (50, 0))
        self.assertEqual(freed.expiry_date, date(2027, 1, 31))
        with self.assertRaises(UserError):
            self.post(card, "release", 1, "g", DAY, reverses=promise)
        self.post(card, "reverse_earn", 50, "cn", DAY, reverses=freed)
        self.assertEqual(card.points, 0)
        self.assert_whole()

    def test_the_database_itself_refuses_changes(self):
        """L9: by SQL, by the ORM, by the superuser."""
        card = self.card()
        entry = self.earn(card, 10, "a", None)
        self.env.flush_all()
        for statement in (
            "UPDATE crm_loyalty_entry SET points = 99",
            "DELETE FROM crm_loyalty_entry",
            "TRUNCATE crm_loyalty_entry CASCADE",
        ):
            with (
                self.subTest(statement),
                self.assertRaises(psycopg2.Error),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                self.env.cr.execute(statement)
        with (
            self.assertRaises(psycopg2.Error),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            entry.write({"reason": "another"})
            entry.flush_recordset()
