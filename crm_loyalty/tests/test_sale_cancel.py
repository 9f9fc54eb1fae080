# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Orders are cancelled and confirmed again (E3, T5, T6, T8, L12)."""

from datetime import date

from odoo.tests import freeze_time, tagged

from .sale_common import NOW, SaleLoyaltyCase


@freeze_time(NOW)
@tagged("standard", "post_install", "-at_install")
class TestSaleCancel(SaleLoyaltyCase):
    def test_cancel_and_confirm_again(self):
        order, card = self.quotation()
        order.action_confirm()
        order.action_cancel()
        self.assertEqual(
            self.entries(order)[2:], [("reverse_redeem", 100), ("reverse_earn", -95)]
        )
        self.assertEqual(card.points, 200)
        keys = card.entry_ids.mapped("key")
        self.assertIn(f"so:{order.id}:earn:{card.id}:cancel", keys)
        self.assertTrue(card.exists().active, "T8: no card is deleted")
        order.action_draft()
        order.action_confirm()
        self.assertEqual(card.points, 300)
        self.assertIn(f"so:{order.id}:earn:{card.id}:2", card.entry_ids.mapped("key"))
        order.action_cancel()
        self.assertEqual(card.points, 200)
        self.assert_whole()

    def test_cancel_reverses_what_was_posted(self):
        """T5: not what would be posted now, whatever was changed meanwhile."""
        order, card = self.quotation()
        order.action_confirm()
        self.program.rule_ids.reward_point_amount = 9
        order.order_line[0].product_uom_qty = 7
        order.coupon_point_ids.sudo().points = 4321
        order.action_cancel()
        self.assertEqual(card.points, 200)
        self.assert_whole()

    def cancelled_after_spending(self, policy):
        """L12: 100 earned, 80 of them spent elsewhere, then the order is cancelled."""
        self.program.refund_policy = policy
        partner = self.partner.copy()
        order = self.confirmed(self.plain, partner_id=partner.id)
        card = self.card_of(order).sudo()
        self.post(card, "redeem", 80, f"elsewhere:{policy}", day=date(2026, 5, 11))
        order.action_cancel()
        return card

    def test_cancel_after_spending(self):
        """What was spent is owed; there is no refund to withhold it from."""
        for policy, points, owed in (
            ("debt", -80, 80),
            ("withhold", -80, 80),
            ("write_off", 0, 0),
        ):
            with self.subTest(policy=policy):
                card = self.cancelled_after_spending(policy)
                self.assertEqual((card.points, card.debt_points), (points, owed))
        self.assertEqual(
            [entry.kind for entry in card.entry_ids.sorted("seq")],
            ["earn", "redeem", "reverse_earn", "adjust"],
        )
        self.assert_whole()

    def test_restored_points_keep_their_day_or_live_on(self):
        """E3: points of 31 May come back on 10 June: lapsed, or alive for 30 days."""
        for policy, available in (("strict", 0), ("grace", 100)):
            with self.subTest(policy=policy):
                self.partner = self.partner.copy()
                self.program.write({"restore_policy": policy, "restore_grace_days": 30})
                self.program.rule_ids.minimum_amount = 1000
                card = self.card(self.partner)
                self.earn(card, 100, f"may:{policy}", date(2026, 5, 31))
                order = self.order(self.plain, partner_id=self.partner.id)
                order._update_programs_and_rewards()
                self.claim(order)
                order.action_confirm()
                with freeze_time("2026-06-10 08:00:00"):
                    order.action_cancel()
                    self.assertEqual(self.available(card, date(2026, 6, 10)), available)
                    self.assertEqual(self.available(card, date(2026, 7, 11)), 0)
        self.assert_whole()

    def test_cancel_voids_promises(self):
        self.program.earn_on = "payment"
        order = self.confirmed(self.plain)
        card = self.card_of(order)
        order.action_cancel()
        self.assertEqual(
            self.entries(order), [("pending", 100), ("void_pending", -100)]
        )
        self.assertEqual(card.pending_points, 0)
        order.action_draft()
        order.action_confirm()
        self.assertEqual(card.pending_points, 100)
        card.pending_ids.sudo()._release(date(2026, 5, 12))
        self.assertEqual(card.points, 100)
        order.action_cancel()
        self.assertEqual((card.points, card.pending_points), (0, 0))
        self.assert_whole()

    def test_cancel_of_an_order_older_than_the_ledger(self):
        """What Odoo gave before the ledger began is taken back, and given back."""
        program = self.create_program(name="Old", is_ledger=False)
        card = self.env["loyalty.card"].create(
            {"program_id": program.id, "partner_id": self.partner.id, "points": 150}
        )
        self.program.action_archive()
        order = self.order((self.plain, 2))
        order._update_programs_and_rewards()
        self.claim(order, program.reward_ids, card)
        order.action_confirm()
        points = card.points
        given = order.coupon_point_ids.points
        program.is_ledger = True
        self.assertEqual(card.points, points)
        order._update_programs_and_rewards()
        self.assertEqual(card.points, points, "its points are not posted again")
        order.action_cancel()
        self.assertEqual((points, given, card.points), (250, 200, 150))
        self.assertEqual(self.entries(order), [("adjust", -100)])
        self.assert_whole()
