# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Spent points never block a refund; who pays for them is the program's policy (E4)."""

from odoo.tests import tagged

from .refund_common import DAY, RefundCase


@tagged("standard", "post_install", "-at_install")
class TestRefundPolicy(RefundCase):
    def spent(self, policy, **values):
        """E4: 575 earned, 535 of them spent, and the invoice of the order."""
        self.program.write({"refund_policy": policy, **values})
        card = self.card()
        order = self.order((199.90, 1), (50.05, 1))
        self.earned(card, order, [500, 75])
        invoice = self.invoice(order)
        self.post(card, "redeem", 535, "r", DAY)
        return card, invoice

    def test_debt(self):
        """40 are there, 35 are owed; the next 100 leave 65."""
        card, invoice = self.spent("debt")
        self.credit(invoice, only=self.hose)
        self.assertEqual(self.points(card), (-35, 0, 35))
        self.earn(card, 100, "so:next", None, DAY)
        self.assertEqual(self.points(card), (65, 0, 0))
        self.assert_whole()

    def test_written_off(self):
        card, invoice = self.spent("write_off")
        note = self.credit(invoice, only=self.hose)
        self.assertEqual(self.points(card), (0, 0, 0))
        forgiven = card.entry_ids[0]
        self.assertEqual((forgiven.kind, forgiven.points), ("adjust", 35))
        self.assertTrue(forgiven.reason)
        self.assertEqual(forgiven.qualifying_points, 0)
        self.assertEqual(note.amount_total, 50.05)
        note.button_draft()
        self.assertEqual(self.points(card), (40, 0, 0))
        note._undo_loyalty_points()
        self.assertEqual(self.points(card), (40, 0, 0))
        self.assert_whole()

    def test_withheld(self):
        """35 x 0.05 = 1.75 off a refund of 50.05: 48.30."""
        card, invoice = self.spent("withhold")
        note = self.credit(invoice, only=self.hose)
        line = note.invoice_line_ids.filtered("loyalty_withheld_points")
        self.assertEqual((line.price_subtotal, line.price_total), (-1.75, -1.75))
        self.assertEqual(line.loyalty_withheld_points, 35)
        self.assertIn("35 points", line.name)
        self.assertEqual(note.amount_total, 48.30)
        self.assertEqual(note.state, "posted")
        self.assertEqual(self.points(card), (0, 0, 0))
        self.assertEqual(self.entries(card, "reverse_earn", "adjust"), [-75, 35])
        self.assert_whole()

    def test_withheld_line_of_a_draft(self):
        """A draft withholds nothing; posted again it withholds what is spent then."""
        card, invoice = self.spent("withhold")
        note = self.credit(invoice, only=self.hose)
        note.button_draft()
        self.assertEqual(note.amount_total, 50.05)
        self.assertFalse(note.invoice_line_ids.filtered("loyalty_withheld_points"))
        self.assertEqual(self.points(card), (40, 0, 0))
        self.earn(card, 15, "so:next", None, DAY)
        note.action_post()
        self.assertEqual(note.amount_total, 49.05)
        self.assertEqual(self.points(card), (0, 0, 0))
        self.assert_whole()

    def test_never_more_than_the_refund(self):
        """35 x 2 = 70 on a refund of 50.05: 25.02 points are paid, 9.98 are owed."""
        card, invoice = self.spent("withhold", point_value=2)
        note = self.credit(invoice, only=self.hose)
        self.assertEqual(note.amount_total, 0)
        self.assertEqual(self.points(card), (-9.98, 0, 9.98))

    def test_withheld_in_the_currency_of_the_refund(self):
        """1.75 USD at 0.8 is 1.40 EUR."""
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.env["res.currency.rate"].create(
            {
                "currency_id": euro.id,
                "company_id": self.company.id,
                "name": "2026-01-01",
                "rate": 0.8,
            }
        )
        card, invoice = self.spent("withhold")
        note = self.credit(invoice, post=False, only=self.hose)
        note.currency_id = euro
        note.invoice_line_ids.price_unit = 40.04
        note.action_post()
        line = note.invoice_line_ids.filtered("loyalty_withheld_points")
        self.assertEqual(line.price_subtotal, -1.40)
        self.assertEqual(self.points(card), (0, 0, 0))

    def test_nothing_is_withheld_where_nothing_was_spent(self):
        card, invoice = self.spent("withhold")
        self.earn(card, 35, "so:next", None, DAY)
        note = self.credit(invoice, only=self.hose)
        self.assertEqual(note.amount_total, 50.05)
        self.assertEqual(self.points(card), (0, 0, 0))

    def test_nothing_is_withheld_of_a_corrected_invoice(self):
        card, invoice = self.spent("withhold")
        wizard = (
            self.env["account.move.reversal"]
            .with_user(self.biller)
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": invoice.journal_id.id, "date": DAY})
        )
        again = self.env["account.move"].browse(wizard.modify_moves()["res_id"])
        self.assertEqual(invoice.amount_residual, 0)
        again.with_user(self.biller).action_post()
        self.assertEqual(self.points(card), (40, 0, 0))
