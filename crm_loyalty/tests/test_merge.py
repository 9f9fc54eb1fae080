# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Merged contacts keep every point with its last day (``loyalty.md`` M1, M2, M4)."""

from datetime import date, timedelta

from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import DAY, LoyaltyCase

MARCH = date(2026, 3, 31)
JUNE = date(2026, 6, 30)


@tagged("standard", "post_install", "-at_install")
@freeze_time("2026-01-05 12:00:00")
class TestMerge(LoyaltyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["res.partner"].create({"name": "Ms Member (double)"})
        cls.third = cls.env["res.partner"].create({"name": "Ms Member (third)"})

    def merge(self, *sources, into):
        """Merge contacts as Odoo's wizard does."""
        self.env.flush_all()
        partners = self.env["res.partner"].union(into, *sources)
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge(partners.ids, into, extra_checks=False)
        self.env.invalidate_all()

    def total(self, program=None):
        """All points of a program."""
        self.env.flush_all()
        cards = self.env["loyalty.card"].with_context(active_test=False)
        found = cards.search([("program_id", "=", (program or self.program).id)])
        return sum(found.mapped("points"))

    def order(self, partner=None, **values):
        product = self.env["product.product"].create(
            {"name": "Pump", "lst_price": 100, "taxes_id": [Command.clear()]}
        )
        return self.env["sale.order"].create(
            {
                "partner_id": (partner or self.partner).id,
                "order_line": [Command.create({"product_id": product.id})],
                **values,
            }
        )

    # POINTS

    def test_points_move_with_their_last_day(self):
        """A 100 (60 to 03-31, 40 for ever) into B 200 (to 03-31): 300, 260 and 40."""
        kept, gone = self.card(), self.card(self.other)
        self.earn(kept, 200, "k", MARCH)
        self.earn(gone, 60, "g1", MARCH)
        self.earn(gone, 40, "g2", None)
        self.merge(self.other, into=self.partner)
        self.assertFalse(self.other.exists())
        self.assertEqual(kept.points, 300)
        self.assertEqual(self.lots(kept), {MARCH: 260, None: 40})
        self.assertEqual((gone.points, gone.active), (0, False))
        self.assertEqual(gone.merged_into_id, kept)
        self.assertEqual(gone.partner_id, self.partner)
        self.assertEqual(self.total(), 300)
        # entries stay where they were posted: who wants can tell the two apart again
        self.assertEqual(
            sorted(gone.entry_ids.mapped("kind")),
            ["earn", "earn", "transfer_out", "transfer_out"],
        )
        self.assertIn(gone.code, kept.entry_ids[0].reason)
        self.assert_whole()

    def test_points_that_expired_unsettled_lapse_on_the_kept_card(self):
        """50 to 03-31 move in April: nobody can spend them, then they lapse."""
        kept, gone = self.card(), self.card(self.other)
        self.earn(gone, 50, "g", date(2025, 3, 31), day=date(2025, 1, 5))
        self.post(kept, "adjust", -20, "owed", allow_debt=True)
        self.merge(self.other, into=self.partner)
        self.assertEqual((kept.points, kept.debt_points), (30, 20))
        self.assertEqual(self.lots(kept), {date(2025, 3, 31): 50})
        self.assertEqual(self.available(kept, DAY), -20)
        self.env["loyalty.card"]._cron_expire_points(as_of=DAY)
        kept.invalidate_recordset()
        self.assertEqual((kept.points, kept.debt_points), (-20, 20))
        self.assert_whole()

    def test_a_debt_is_taken_over(self):
        """35 owed, 100 there: 65; the soonest to expire pay."""
        kept, gone = self.card(), self.card(self.other)
        self.earn(kept, 40, "k1", None)
        self.earn(kept, 60, "k2", fields.Date.today() + timedelta(days=30))
        self.post(gone, "adjust", -35, "owed", allow_debt=True)
        self.merge(self.other, into=self.partner)
        self.assertEqual((gone.points, gone.debt_points), (0, 0))
        self.assertEqual((kept.points, kept.debt_points), (65, 0))
        self.assertEqual(self.lots(kept)[None], 40)
        self.assert_whole()

    def test_points_that_come_pay_what_is_owed(self):
        kept, gone = self.card(), self.card(self.other)
        self.post(kept, "adjust", -35, "owed", allow_debt=True)
        self.earn(gone, 100, "g", None)
        self.merge(self.other, into=self.partner)
        self.assertEqual((kept.points, kept.debt_points), (65, 0))
        self.assert_whole()

    def test_three_contacts_at_once(self):
        kept, gone, third = self.card(), self.card(self.other), self.card(self.third)
        for number, card in enumerate((kept, gone, third), start=1):
            self.earn(card, 10**number, f"e{number}", JUNE)
        self.merge(self.other, self.third, into=self.partner)
        self.assertEqual(self.lots(kept), {JUNE: 1110})
        self.assertEqual((gone | third).mapped("active"), [False, False])
        self.assert_whole()

    def test_the_one_that_stays_has_no_card(self):
        """The oldest card becomes its card, entries and code as they were."""
        gone, third = self.card(self.other), self.card(self.third)
        self.earn(gone, 10, "g", JUNE)
        self.earn(third, 5, "t", JUNE)
        self.merge(self.other, self.third, into=self.partner)
        self.assertEqual((gone.partner_id, gone.active), (self.partner, True))
        self.assertEqual(self.lots(gone), {JUNE: 15})
        self.assertEqual(third._successor(), gone)
        self.assert_whole()

    def test_merging_again_later(self):
        """The merge is run twice, and once more with another double."""
        kept, gone = self.card(), self.card(self.other)
        self.earn(gone, 10, "g", JUNE)
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge_loyalty_cards(self.other, self.partner)
        wizard._merge_loyalty_cards(self.other, self.partner)
        self.assertEqual(self.lots(kept), {JUNE: 10})
        self.merge(self.other, into=self.partner)
        third = self.card(self.third)
        self.merge(self.partner, into=self.third)
        self.assertEqual(self.lots(third), {JUNE: 10})
        self.assertEqual((gone | kept)._successor(), third)
        self.assertEqual((gone | kept).partner_id, self.third)
        self.assert_whole()

    def test_programs_of_several_companies_stay_apart(self):
        company = self.env["res.company"].create({"name": "Sister"})
        theirs = self.create_program(name="Theirs", company_id=company.id)
        shared = self.create_program(
            name="Shared", company_id=False, currency_id=self.company.currency_id.id
        )
        for number, program in enumerate((self.program, theirs, shared), start=1):
            self.earn(self.card(program=program), number, f"a{number}", JUNE)
            self.earn(self.card(self.other, program), number * 10, f"b{number}", JUNE)
        self.merge(self.other, into=self.partner)
        self.assertEqual(
            [self.total(program) for program in (self.program, theirs, shared)],
            [11, 22, 33],
        )
        cards = self.env["loyalty.card"].search([("partner_id", "=", self.partner.id)])
        self.assertEqual(sorted(cards.mapped("points")), [11, 22, 33])
        self.assert_whole()

    def test_programs_without_ledger_as_odoo_does(self):
        plain = self.create_program(name="Plain", is_ledger=False)
        kept, gone = self.card(program=plain), self.card(self.other, plain)
        kept.points, gone.points = 7, 5
        self.merge(self.other, into=self.partner)
        self.assertEqual((kept.points, gone.points, gone.active), (12, 0, False))
        self.assertFalse(kept.entry_ids)
        self.assertFalse(gone.merged_into_id)

    def test_a_program_that_ended_does_not_stop_the_merge(self):
        kept, gone = self.card(), self.card(self.other)
        self.post(gone, "pending", 30, "p", release_date=JUNE)
        self.earn(gone, 5, "g", None)
        self.program.date_to = date(2026, 1, 31)
        self.merge(self.other, into=self.partner)
        self.assertEqual((kept.points, kept.pending_points), (5, 30))
        self.assert_whole()

    def test_qualifying_points_count_for_the_one_that_stays(self):
        """What a grade is earned by is read by the cards of the member."""
        gone = self.card(self.other)
        self.card()
        self.earn(gone, 100, "g", JUNE)
        self.merge(self.other, into=self.partner)
        entries = self.env["crm.loyalty.entry"].search(
            [("card_id.partner_id", "=", self.partner.id)]
        )
        entries |= gone.entry_ids
        self.assertEqual(sum(entries.mapped("qualifying_points")), 100)

    def test_a_contact_filed_under_a_company_keeps_its_card(self):
        card = self.card()
        self.earn(card, 10, "e", JUNE)
        self.partner.parent_id = self.env["res.partner"].create(
            {"name": "Firm", "is_company": True}
        )
        self.env["crm.customer"]._refresh()
        self.assertEqual((card.partner_id, card.points), (self.partner, 10))
        self.assertTrue(card.active)

    # PROMISES, HOLDS, ORDERS

    def test_promises_stay_promised_for_their_document(self):
        kept, gone = self.card(), self.card(self.other)
        order = self.order(self.other)
        first = self.post(
            gone,
            "pending",
            80,
            "so:pending",
            source=order,
            release_date=JUNE,
            snapshot={"points": "80"},
        )
        self.post(gone, "void_pending", 30, "cn", reverses=first)
        self.merge(self.other, into=self.partner)
        self.assertEqual((gone.pending_points, kept.pending_points), (0, 50))
        promise = kept.pending_ids
        self.assertEqual((promise.remaining, promise.release_date), (50, JUNE))
        self.assertEqual((promise.res_model, promise.res_id), ("sale.order", order.id))
        self.assertFalse(promise.entry_id.snapshot)
        # the thread back to what was promised first
        self.assertEqual(promise.entry_id.reverses_id.reverses_id, first)
        self.env["loyalty.card"]._cron_release_points(as_of=JUNE)
        kept.invalidate_recordset()
        self.assertEqual((kept.points, kept.pending_points), (50, 0))
        self.assert_whole()

    def test_points_that_are_held_stay_held(self):
        kept, gone = self.card(), self.card(self.other)
        self.earn(kept, 10, "k", None)
        self.earn(gone, 100, "g", None)
        gone._hold_points(60, "so:1")
        self.merge(self.other, into=self.partner)
        self.assertEqual((kept.held_points, kept.available_points), (60, 50))
        with self.assertRaises(UserError):
            self.post(kept, "redeem", 60, "r")
        self.post(kept, "redeem", 60, "so:1:redeem", hold="so:1")
        self.assertEqual((kept.points, kept.held_points), (50, 0))
        self.assert_whole()

    def test_the_same_cart_holds_on_both(self):
        kept, gone = self.card(), self.card(self.other)
        self.earn(kept, 10, "k", None)
        self.earn(gone, 100, "g", None)
        kept._hold_points(5, "so:1")
        gone._hold_points(60, "so:1")
        self.merge(self.other, into=self.partner)
        self.assertEqual(kept.held_points, 65)

    def test_open_orders_use_the_card_that_stays(self):
        kept, gone = self.card(), self.card(self.other)
        order = self.order(self.other)
        order.coupon_point_ids = [Command.create({"coupon_id": gone.id, "points": 100})]
        order.applied_coupon_ids = gone
        order.order_line.coupon_id = gone
        self.merge(self.other, into=self.partner)
        self.assertEqual(order.partner_id, self.partner)
        self.assertEqual(order.coupon_point_ids.coupon_id, kept)
        self.assertEqual(order.applied_coupon_ids, kept)
        self.assertEqual(order.order_line.coupon_id, kept)

    # AFTERWARDS

    def test_an_order_is_edited_after_the_merge(self):
        """Ordered 1, then 3: 300 are promised, once, on the card that stays."""
        self.program.earn_delay_days = 10
        order = self.order(self.other)
        order._update_programs_and_rewards()
        order.action_confirm()
        gone, kept = order.coupon_point_ids.coupon_id, self.card()
        self.merge(self.other, into=self.partner)
        order.order_line[0].product_uom_qty = 3
        order._update_programs_and_rewards()
        self.env.invalidate_all()
        self.assertEqual((gone.pending_points, kept.pending_points), (0, 300))
        self.assert_whole()

    def test_an_order_is_cancelled_after_the_merge(self):
        """What it had promised the double is promised to nobody any more."""
        self.program.earn_delay_days = 10
        order = self.order(self.other)
        order._update_programs_and_rewards()
        order.action_confirm()
        gone = order.coupon_point_ids.coupon_id
        kept = self.card()
        self.assertEqual((gone.partner_id, gone.pending_points), (self.other, 100))
        self.merge(self.other, into=self.partner)
        self.assertEqual((gone.pending_points, kept.pending_points), (0, 100))
        order._action_cancel()
        self.env.invalidate_all()
        self.assertEqual((gone.pending_points, kept.pending_points), (0, 0))
        self.assert_whole()

    def test_a_refund_of_an_old_order_follows(self):
        """100 earned on the double; 30 are taken back from where they are now."""
        kept, gone = self.card(), self.card(self.other)
        self.earn(kept, 50, "k", MARCH)
        earned = self.earn(gone, 100, "g", JUNE)
        self.merge(self.other, into=self.partner)
        back = self.post(gone, "reverse_earn", 30, "cn:1", reverses=earned)
        self.assertEqual((back.points, back.debt), (-30, 0))
        self.assertEqual((gone.points, gone.debt_points), (0, 0))
        self.assertEqual(self.lots(kept), {MARCH: 50, JUNE: 70})
        self.post(kept, "redeem", 110, "r")
        back = self.post(gone, "reverse_earn", 70, "cn:2", reverses=earned)
        # 10 were left, what was spent is owed: refund policies go by this figure
        self.assertEqual((back.points, back.debt), (-70, 60))
        kept.invalidate_recordset()
        self.assertEqual((kept.points, kept.debt_points), (-60, 60))
        self.assertEqual((gone.points, gone.debt_points), (0, 0))
        with self.assertRaises(UserError):
            self.post(gone, "reverse_earn", 1, "cn:3", reverses=earned)
        # posted again, nothing moves
        self.post(gone, "reverse_earn", 70, "cn:2", reverses=earned)
        self.assertEqual(kept.debt_points, 60)
        # and taken back again
        undone = gone.entry_ids.filtered(lambda entry: entry.key == "cn:2")
        self.post(gone, "earn", 70, "cn:2:cancel", reverses=undone)
        kept.invalidate_recordset()
        self.assertEqual((kept.points, kept.debt_points), (10, 0))
        self.assert_whole()

    def test_what_is_written_off_is_forgiven_where_it_is_owed(self):
        kept, gone = self.card(), self.card(self.other)
        earned = self.earn(gone, 100, "g", JUNE)
        self.merge(self.other, into=self.partner)
        self.post(kept, "redeem", 80, "r")
        back = self.post(gone, "reverse_earn", 100, "cn", reverses=earned)
        self.assertEqual((back.debt, kept.debt_points), (80, 80))
        self.post(gone, "adjust", back.debt, "cn:write_off")
        kept.invalidate_recordset()
        self.assertEqual((kept.points, kept.debt_points, gone.points), (0, 0, 0))
        self.assert_whole()

    def test_points_that_expired_since_are_taken_back_first(self):
        """Of the lot that they came with, though nobody can spend it any more."""
        kept, gone = self.card(), self.card(self.other)
        earned = self.earn(gone, 100, "g", MARCH)
        self.earn(kept, 50, "k", JUNE)
        self.merge(self.other, into=self.partner)
        day = date(2026, 4, 2)
        self.post(gone, "reverse_earn", 70, "cn", day, reverses=earned)
        self.assertEqual(self.lots(kept), {MARCH: 30, JUNE: 50})
        self.assert_whole()

    def test_a_cancelled_redemption_follows(self):
        """Spent of the double, given back with its last day to the one that stays."""
        kept, gone = self.card(), self.card(self.other)
        self.earn(gone, 100, "g", JUNE)
        spent = self.post(gone, "redeem", 40, "r")
        self.merge(self.other, into=self.partner)
        self.assertEqual(self.lots(kept), {JUNE: 60})
        self.post(gone, "reverse_redeem", 40, "r:void", reverses=spent)
        self.assertEqual(self.lots(kept), {JUNE: 100})
        self.assertEqual(gone.points, 0)
        self.assert_whole()

    def test_a_refund_follows_twice(self):
        """Merged, and merged again: what comes back goes all the way."""
        gone, kept, last = self.card(), self.card(self.other), self.card(self.third)
        earned = self.earn(gone, 100, "g", JUNE)
        self.merge(self.partner, into=self.other)
        self.merge(self.other, into=self.third)
        self.post(gone, "reverse_earn", 100, "cn", reverses=earned)
        self.assertEqual((gone | kept | last).mapped("points"), [0, 0, 0])
        self.assertEqual(last.debt_points, 0)
        self.assert_whole()

    def test_new_business_of_a_merged_card_is_refused(self):
        gone = self.card(self.other)
        self.card()
        self.earn(gone, 10, "g", JUNE)
        self.merge(self.other, into=self.partner)
        for kind in ("earn", "redeem", "event", "goodwill", "pending"):
            with self.subTest(kind), self.assertRaisesRegex(UserError, "merged"):
                self.post(gone, kind, 5, f"late:{kind}")
        self.assert_whole()

    # ONE LOT

    def test_a_transfer_leaves_the_lot_it_names(self):
        card, other = self.card(), self.card(self.other)
        self.earn(card, 10, "a", MARCH)
        self.earn(card, 20, "b", JUNE)
        self.post(card, "transfer_out", 15, "t:out", lot_expiry=JUNE)
        self.post(other, "transfer_in", 15, "t:in", expiry_date=JUNE)
        self.assertEqual(self.lots(card), {MARCH: 10, JUNE: 5})
        for points, lot in ((6, JUNE), (1, None)):
            with self.assertRaisesRegex(UserError, "Insufficient"):
                self.post(card, "transfer_out", points, "t2", lot_expiry=lot)
        self.assert_whole()
