# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Pending points wait for an invoice, a payment, a delivery: P1, P2, E8."""

from datetime import date, timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.tests import tagged

from .refund_common import RefundCase

DAY0 = date(2026, 6, 1)
DAY10 = DAY0 + timedelta(days=10)
DAY14 = DAY0 + timedelta(days=14)


@tagged("standard", "post_install", "-at_install")
class TestPromise(RefundCase):
    def promised(self, earn_on, *lines, delay=14, points=(100,)):
        """A card with the pending points of an order, and the order."""
        self.program.write({"earn_on": earn_on, "earn_delay_days": delay})
        card = self.card()
        order = self.order(*(lines or [(100.0, 2)]))
        self.earned(card, order, points, "pending", DAY0)
        return card, order

    def pay(self, invoice, day, amount=None):
        """A payment of an invoice by an entry on the bank's account."""
        receivable = invoice.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
        amount = amount or invoice.amount_total
        accounts = self.env["account.account"]
        cash = accounts.search([("code", "=", "100200")], limit=1) or accounts.create(
            {"code": "100200", "name": "Cash", "account_type": "asset_current"}
        )
        journals = self.env["account.journal"]
        journal = journals.search(
            [("type", "=", "general"), ("company_id", "=", self.company.id)], limit=1
        ) or journals.create({"name": "Misc", "code": "MISC", "type": "general"})
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "date": day,
                "journal_id": journal.id,
                "line_ids": [
                    Command.create({"account_id": cash.id, "debit": amount}),
                    Command.create(
                        {
                            "account_id": receivable.account_id.id,
                            "partner_id": self.partner.id,
                            "credit": amount,
                        }
                    ),
                ],
            }
        )
        entry.action_post()
        (receivable | entry.line_ids[1]).reconcile()
        return entry

    def release_day(self, card):
        card.invalidate_recordset()
        self.env["crm.loyalty.pending"].invalidate_model()
        return card.pending_ids.release_date or None

    def run_job(self, day):
        with freeze_time(day):
            self.env["loyalty.card"]._cron_release_points(as_of=day)

    @freeze_time(DAY0)
    def test_refund_before_release(self):
        """E8: day 0 100 points, N = 14, half refunded on day 10: 50 on day 14."""
        card, order = self.promised("invoice")
        invoice = self.invoice(order, DAY0)
        self.assertEqual(self.release_day(card), DAY14)
        with freeze_time(DAY10):
            self.credit(invoice, DAY10, quantity=1)
        self.assertEqual(self.points(card), (0, 50, 0))
        self.assertEqual(self.entries(card, "void_pending"), [-50])
        self.run_job(DAY14 - timedelta(days=1))
        self.assertEqual(self.points(card), (0, 50, 0))
        self.run_job(DAY14)
        self.assertEqual(self.points(card), (50, 0, 0))
        self.assertEqual(card.entry_ids[0].effective_date, DAY14)
        self.assert_whole()
        # refunded after the release: the rest is taken from what was released
        with freeze_time(DAY14):
            self.credit(invoice, DAY14, quantity=1)
        self.assertEqual(self.points(card), (0, 0, 0))
        self.assertEqual(self.entries(card, "reverse_earn"), [-50])
        self.assert_whole()

    @freeze_time(DAY0)
    def test_refund_taken_back_before_release(self):
        """Voided points are promised again, from the day they were promised for."""
        card, order = self.promised("invoice")
        invoice = self.invoice(order, DAY0)
        note = self.credit(invoice, DAY0, quantity=1)
        self.assertEqual(self.points(card), (0, 50, 0))
        note.button_draft()
        self.assertEqual(self.points(card), (0, 100, 0))
        self.assertEqual(card.pending_ids.mapped("release_date"), [DAY14, DAY14])
        note._undo_loyalty_points()
        self.assertEqual(self.points(card), (0, 100, 0))
        note.action_post()
        self.assertEqual(self.points(card), (0, 50, 0))
        note.button_draft()
        self.run_job(DAY14)
        self.assertEqual(self.points(card), (100, 0, 0))
        note.action_post()
        self.assertEqual(self.points(card), (50, 0, 0))
        self.credit(invoice)
        self.assertEqual(self.points(card), (0, 0, 0))
        self.assert_whole()

    @freeze_time(DAY0)
    def test_pending_points_go_first(self):
        """F5: of what an order earned and what it is promised, the promise goes."""
        card, order = self.promised("confirm")
        more = {"amount": "0", "quantity": "0", "points": "100"}
        self.post(
            card,
            "earn",
            100,
            f"so:{order.id}:earn:{card.id}:edit2",
            DAY0,
            source=order,
            snapshot={"lines": [{"line_id": order.order_line.id, **more}]},
        )
        self.credit(self.invoice(order, DAY0), quantity=1)
        self.assertEqual(self.points(card), (100, 0, 0))
        self.assertEqual(self.entries(card, "void_pending"), [-100])

    @freeze_time(DAY0)
    def test_day_of_a_promise_that_waits_for_nothing(self):
        """Voided and promised again, it keeps its day, which nothing else tells."""
        card, order = self.promised("confirm")
        card.pending_ids._set_release_date(DAY14)
        note = self.credit(self.invoice(order, DAY0), DAY0)
        self.assertEqual(self.points(card), (0, 0, 0))
        note.button_draft()
        self.assertEqual(self.points(card), (0, 100, 0))
        self.assertEqual(self.release_day(card), DAY14)

    @freeze_time(DAY0)
    def test_return_set_off_on_an_invoice_keeps_the_day(self):
        card, order = self.promised("invoice")
        self.invoice(order, DAY0)
        bill = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.partner.id,
                "invoice_date": DAY0,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": self.pump.id,
                            "quantity": -1,
                            "price_unit": 100,
                            "tax_ids": False,
                            "sale_line_ids": [Command.link(order.order_line.id)],
                        }
                    ),
                    Command.create(
                        {
                            "product_id": self.seal.id,
                            "price_unit": 500,
                            "tax_ids": False,
                        }
                    ),
                ],
            }
        )
        bill.with_user(self.biller).action_post()
        self.assertEqual(self.points(card), (0, 50, 0))
        self.assertEqual(self.release_day(card), DAY14)

    @freeze_time(DAY0)
    def test_released_with_the_invoice(self):
        """Without a delay points are there when the invoice is posted."""
        card, order = self.promised("invoice", delay=0)
        invoice = self.invoice(order, DAY0, post=False)
        self.run_job(DAY0)
        self.assertEqual(self.points(card), (0, 100, 0))
        invoice.with_user(self.biller).action_post()
        self.assertEqual(self.points(card), (100, 0, 0))

    @freeze_time(DAY0)
    def test_invoiced_in_parts(self):
        """The last part counts."""
        card, order = self.promised("invoice")
        invoice = self.invoice(order, DAY0, post=False)
        invoice.invoice_line_ids.quantity = 1
        invoice.with_user(self.biller).action_post()
        self.assertIsNone(self.release_day(card))
        rest = self.invoice(order, DAY10)
        self.assertEqual(self.release_day(card), DAY10 + timedelta(days=14))
        rest.with_user(self.biller).button_draft()
        self.assertIsNone(self.release_day(card))

    @freeze_time(DAY0)
    def test_paid(self):
        """From the day of the last payment of all invoices."""
        card, order = self.promised("payment")
        invoice = self.invoice(order, DAY0)
        self.assertIsNone(self.release_day(card))
        self.pay(invoice, DAY0, 80)
        self.assertIsNone(self.release_day(card))
        entry = self.pay(invoice, DAY10, 120)
        self.assertEqual(invoice.payment_state, "paid")
        self.assertEqual(self.release_day(card), DAY10 + timedelta(days=14))
        # the bank takes the payment back
        entry.line_ids.remove_move_reconcile()
        self.run_job(DAY10 + timedelta(days=14))
        self.assertEqual(self.points(card), (0, 100, 0))
        self.assertIsNone(self.release_day(card))

    @freeze_time(DAY0)
    def test_refund_of_a_paid_order_keeps_the_day(self):
        card, order = self.promised("payment")
        invoice = self.invoice(order, DAY0)
        self.pay(invoice, DAY0)
        with freeze_time(DAY10):
            self.credit(invoice, DAY10, quantity=1)
        self.run_job(DAY14)
        self.assertEqual(self.points(card), (50, 0, 0))

    @freeze_time(DAY0)
    def test_payment_is_released_at_once(self):
        card, order = self.promised("payment", delay=0)
        self.pay(self.invoice(order, DAY0), DAY0)
        self.assertEqual(self.points(card), (100, 0, 0))

    @freeze_time(DAY0)
    def test_delivered(self):
        """The day it became known; services that are ordered are not delivered."""
        card, order = self.promised("delivery")
        service = self.env["product.product"].create(
            {"name": "Advice", "type": "service", "invoice_policy": "order"}
        )
        order.write({"order_line": [Command.create({"product_id": service.id})]})
        line = order.order_line[0]
        line.qty_delivered = 1
        self.run_job(DAY0)
        self.assertIsNone(self.release_day(card))
        line.qty_delivered = 2
        self.run_job(DAY10)
        due = DAY10 + timedelta(days=14)
        self.assertEqual(self.release_day(card), due)
        # a return of a part does not call the delivery into question, of all does
        line.qty_delivered = 1
        self.run_job(DAY10 + timedelta(days=1))
        self.assertEqual(self.release_day(card), due)
        line.qty_delivered = 0
        self.run_job(DAY10 + timedelta(days=2))
        self.assertIsNone(self.release_day(card))
        line.qty_delivered = 2
        self.run_job(DAY10 + timedelta(days=3))
        self.run_job(DAY10 + timedelta(days=17))
        self.assertEqual(self.points(card), (100, 0, 0))
        self.assert_whole()

    @freeze_time(DAY0)
    def test_promises_of_confirmed_orders_are_left_alone(self):
        """Their day is set when they are promised."""
        card, _order = self.promised("confirm")
        card.pending_ids._set_release_date(DAY14)
        self.run_job(DAY10)
        self.assertEqual(self.release_day(card), DAY14)

    @freeze_time(DAY0)
    def test_one_query_for_many(self):
        self.program.write({"earn_on": "invoice", "earn_delay_days": 14})
        card = self.card()
        for _number in range(5):
            order = self.order((10.0, 1))
            self.earned(card, order, [10], "pending", DAY0)
            self.invoice(order, DAY0, post=False)
        pending = self.env["crm.loyalty.pending"]
        pending._date_order_promises()
        with self.assertQueryCount(3):
            pending._date_order_promises()
