# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""An order from confirming it to its refund: what it really earned is taken back."""

from freezegun import freeze_time

from odoo import Command
from odoo.tests import tagged

from .refund_common import DAY, RefundCase


@tagged("standard", "post_install", "-at_install")
@freeze_time(DAY)
class TestRefundOrder(RefundCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program.rule_ids.minimum_amount = 0

    def test_earned_and_refunded(self):
        """100.30 and 50.50 are 150 points, rounded down once: all of them go."""
        order = self.order((100.30, 1), (50.50, 1))
        card = order.coupon_point_ids.coupon_id
        self.assertEqual(self.points(card), (150, 0, 0))
        invoice = self.invoice(order)
        note = self.credit(invoice, only=self.hose)
        back = self.entries(card, "reverse_earn")
        self.assertIn(back, ([-50], [-51]))
        note.button_draft()
        self.assertEqual(self.points(card), (150, 0, 0))
        note.action_post()
        self.credit(invoice, only=self.pump)
        self.assertEqual(self.points(card), (0, 0, 0))
        self.assert_whole()

    def test_refunded_in_part_and_cancelled(self):
        """Cancelling takes back what the refund left, and nothing after it does."""
        order = self.order((100.0, 2))
        card = order.coupon_point_ids.coupon_id
        invoice = self.invoice(order)
        self.credit(invoice, quantity=1)
        self.assertEqual(self.points(card), (100, 0, 0))
        order._action_cancel()
        self.assertEqual(self.points(card), (0, 0, 0))
        self.credit(invoice, quantity=1)
        self.assertEqual(self.points(card), (0, 0, 0))
        self.assert_whole()

    def test_promised_again_and_cancelled(self):
        """What a credit note promised again is voided with the order."""
        self.program.write({"earn_on": "invoice", "earn_delay_days": 14})
        order = self.order((100.0, 2))
        card = order.coupon_point_ids.coupon_id
        self.assertEqual(self.points(card), (0, 200, 0))
        note = self.credit(self.invoice(order), quantity=1)
        self.assertEqual(self.points(card), (0, 100, 0))
        note.button_draft()
        self.assertEqual(self.points(card), (0, 200, 0))
        order._action_cancel()
        self.assertEqual(self.points(card), (0, 0, 0))
        self.assert_whole()

    def test_reward_of_a_real_order(self):
        """100 of 300 points for 5 off 100: 95 earned; a full refund undoes both."""
        card = self.card()
        self.earn(card, 300, "before", None, DAY)
        order = self.env["sale.order"].create(
            {
                "partner_id": self.partner.id,
                "company_id": self.company.id,
                "order_line": [
                    Command.create({"product_id": self.pump.id, "price_unit": 100.0})
                ],
            }
        )
        order._update_programs_and_rewards()
        order._apply_program_reward(self.program.reward_ids, card)
        order.action_confirm()
        spent = sum(self.entries(card, "redeem"))
        earned = sum(self.entries(card, "earn")) - 300
        self.assertEqual((spent, card.points), (-100, 300 + earned - 100))
        self.credit(self.invoice(order))
        self.assertEqual(self.points(card), (300, 0, 0))
        self.assert_whole()

    def test_refund_after_the_member_was_merged(self):
        """The card that holds the points now pays, and owes only what it lacks."""
        order = self.order((100.0, 1))
        card = order.coupon_point_ids.coupon_id
        invoice = self.invoice(order)
        other = self.env["res.partner"].create({"name": "Ms Member again"})
        heir = self.card(other)
        self.program.write({"refund_policy": "write_off"})
        heir._absorb(card)
        card.partner_id = other
        self.post(heir, "redeem", 70, "r", DAY)
        self.assertEqual((self.points(card)[0], self.points(heir)[0]), (0, 30))
        note = self.credit(invoice)
        self.assertEqual(self.points(heir), (0, 0, 0))
        self.assertEqual(self.points(card), (0, 0, 0))
        note.button_draft()
        self.assertEqual(self.points(heir), (30, 0, 0))
        self.program.refund_policy = "withhold"
        note.action_post()
        self.assertEqual(note.amount_total, 96.50)  # 70 x 0.05
        self.assertEqual(self.points(heir), (0, 0, 0))
        self.assert_whole()

    def test_note_of_a_cancelled_order_is_a_draft_again(self):
        """An order that was cancelled has no points, whatever becomes of its notes."""
        for quantity in (1, 2):  # a refund in part, and in full
            with self.subTest(quantity=quantity):
                order = self.order((100.0, 2))
                card = order.coupon_point_ids.coupon_id
                note = self.credit(self.invoice(order), quantity=quantity)
                order._action_cancel()
                note.sudo().button_draft()
                self.assertEqual(self.points(card), (0, 0, 0))
                note.action_post()
                self.assertEqual(self.points(card), (0, 0, 0))
                order.action_draft()
                order.action_confirm()
                self.assertEqual(self.points(card), (200, 0, 0))
                note.sudo().button_draft()
                self.assertEqual(self.points(card), (200, 0, 0), "of the first time")
                order._action_cancel()
        self.assert_whole()

    def test_fewer_are_sold_than_were_ordered(self):
        """2 of 100 earn 200; 1 is sold, and refunded: nobody keeps points for it."""
        order = self.order((100.0, 2))
        card = order.coupon_point_ids.coupon_id
        order.order_line.write({"product_uom_qty": 1, "price_unit": 100.0})
        invoice = self.invoice(order)
        self.assertEqual(invoice.amount_total, 100)
        self.credit(invoice, quantity=0.5)
        self.assertEqual(self.points(card), (100, 0, 0))
        self.credit(invoice, quantity=0.5)
        self.assertEqual(self.points(card), (0, 0, 0))
        self.assert_whole()

    def test_returned_then_taken_off_the_order(self):
        """1 of 2 is refunded, and the order says so: the points of the other one stay,
        and go with its own refund."""
        order = self.order((100.0, 2))
        card = order.coupon_point_ids.coupon_id
        invoice = self.invoice(order)
        self.credit(invoice, quantity=1)
        order.order_line.write({"product_uom_qty": 1, "price_unit": 100.0})
        order._update_programs_and_rewards()
        self.assertEqual(self.points(card), (100, 0, 0))
        order._update_programs_and_rewards()
        self.assertEqual(self.points(card), (100, 0, 0))
        self.credit(invoice, quantity=1)
        self.assertEqual(self.points(card), (0, 0, 0))
        self.assert_whole()

    def test_forgiven_points_of_a_cancelled_order(self):
        """What was written off stays so: its points are not given back either."""
        self.program.refund_policy = "write_off"
        order = self.order((100.0, 1))
        card = order.coupon_point_ids.coupon_id
        self.post(card, "redeem", 90, "spent", DAY)
        note = self.credit(self.invoice(order))
        self.assertEqual(self.points(card), (0, 0, 0))
        order._action_cancel()
        note.sudo().button_draft()
        self.assertEqual(self.points(card), (0, 0, 0))
        self.assert_whole()

    def test_refund_of_many_lines_reads_them_together(self):
        """The statements of a draft again do not grow with every line."""
        lines = [Command.create({"product_id": self.pump.id, "price_unit": 10})] * 60
        order = self.order(order_line=lines)
        card = order.coupon_point_ids.coupon_id
        note = self.invoice(order)._reverse_moves([{"invoice_date": DAY}])
        note.action_post()
        self.assertEqual(self.points(card), (0, 0, 0))
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        note.sudo().button_draft()
        self.assertLess(self.env.cr.sql_log_count - before, 60)
        self.assertEqual(self.points(card), (600, 0, 0))
        self.assert_whole()
