# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Credit notes take back what an order earned, from its snapshot: E4 to E7."""

from datetime import date

from freezegun import freeze_time

from odoo import Command
from odoo.tests import tagged

from .refund_common import DAY, RefundCase


@tagged("standard", "post_install", "-at_install")
class TestRefund(RefundCase):
    def bought(self, points, *lines, **values):
        """A card and an order that earned points, invoiced."""
        card = self.card()
        order = self.order(*lines, **values)
        self.earned(card, order, points)
        return card, order, self.invoice(order)

    def test_units_one_by_one(self):
        """E5: 10 points on 3 units, refunded one by one: 3, 4, 3."""
        card, _order, invoice = self.bought([10], (33.33, 3))
        for _unit in range(3):
            self.credit(invoice, quantity=1)
        self.assertEqual(self.entries(card, "reverse_earn"), [-3, -4, -3])
        self.assertEqual(self.points(card), (0, 0, 0))
        self.assert_whole()

    def test_two_units_and_one(self):
        """E5: two units, then one: 7, 3."""
        card, _order, invoice = self.bought([10], (33.33, 3))
        self.credit(invoice, quantity=2)
        self.credit(invoice, quantity=1)
        self.assertEqual(self.entries(card, "reverse_earn"), [-7, -3])

    def test_part_of_the_price(self):
        """A tenth of the price of a pump is refunded, no unit of it."""
        card, _order, invoice = self.bought([500], (199.90, 1))
        self.credit(invoice, price_unit=19.99)
        self.assertEqual(self.entries(card, "reverse_earn"), [-50])

    def test_one_line_of_three(self):
        """E4: line 2 had 75 of the 575 points; qualifying points go alike (F8)."""
        card, _order, invoice = self.bought(
            [500, 75, 0], (199.90, 1), (50.05, 1), (0.30, 1)
        )
        note = self.credit(invoice, only=self.hose)
        back = card.entry_ids[:1]
        self.assertEqual((back.kind, back.points), ("reverse_earn", -75))
        self.assertEqual((back.res_model, back.res_id), ("account.move", note.id))
        self.assertEqual(back.qualifying_points, -75)
        self.assertEqual(back.effective_date, note.invoice_date)
        self.assertTrue(back.key.startswith(f"cn:{note.invoice_line_ids.id}:1:"))
        self.assertEqual(self.points(card), (500, 0, 0))

    def test_rules_of_today_do_not_matter(self):
        """E6: 50 were earned at 1 a unit; at 2 a unit now, 50 are taken back."""
        card, _order, invoice = self.bought([50], (50.0, 1))
        self.program.rule_ids.reward_point_amount = 2
        self.credit(invoice)
        self.assertEqual(self.entries(card, "reverse_earn"), [-50])

    def test_more_than_was_bought(self):
        """E7: a larger credit note, and a second one, take what was earned, once."""
        card, _order, invoice = self.bought([50], (50.0, 1))
        self.credit(invoice, price_unit=80)
        self.credit(invoice)
        self.assertEqual(self.entries(card, "reverse_earn"), [-50])
        self.assert_whole()

    def test_posted_twice(self):
        """E7: what was posted for a credit note is posted once."""
        card, _order, invoice = self.bought([50], (50.0, 1))
        note = self.credit(invoice)
        note._move_loyalty_points()
        self.assertEqual(self.entries(card, "reverse_earn"), [-50])

    def test_small_refunds_add_up(self):
        """0.4 of a point is none, two of them are one, ten are four."""
        card, _order, invoice = self.bought([4], (100.0, 1))
        for number in range(1, 11):
            self.credit(invoice, price_unit=10)
            self.assertEqual(card.points, 4 - (number * 4 + 5) // 10)
        self.assertEqual(card.points, 0)

    def test_two_credit_notes_posted_at_once(self):
        card, _order, invoice = self.bought([10], (33.33, 3))
        notes = self.credit(invoice, post=False, quantity=1)
        notes |= self.credit(invoice, post=False, quantity=1)
        notes.action_post()
        self.assertEqual(self.entries(card, "reverse_earn"), [-3, -4])
        # each takes back its own
        notes[0].button_draft()
        self.assertEqual(card.points, 6)

    def test_draft_and_posted_again(self):
        """The exact inverse, once; posted again under the next number."""
        card, _order, invoice = self.bought([500, 75], (199.90, 1), (50.05, 1))
        lots = self.lots(card)
        note = self.credit(invoice)
        self.assertEqual(self.points(card), (0, 0, 0))
        note.button_draft()
        self.assertEqual(self.points(card), (575, 0, 0))
        self.assertEqual(self.lots(card), lots)
        self.assertEqual(sum(card.entry_ids.mapped("qualifying_points")), 575)
        note._undo_loyalty_points()
        self.assertEqual(self.points(card), (575, 0, 0))
        note.action_post()
        self.assertEqual(self.points(card), (0, 0, 0))
        self.assertIn(f"cn:{note.invoice_line_ids[0].id}:2:", card.entry_ids[1].key)
        note.button_cancel()
        self.assertEqual(self.points(card), (575, 0, 0))
        self.assert_whole()

    def test_a_draft_credit_note_moves_nothing(self):
        card, _order, invoice = self.bought([50], (50.0, 1))
        note = self.credit(invoice, post=False)
        note.button_cancel()
        self.assertEqual(self.points(card), (50, 0, 0))

    def test_without_an_order(self):
        card, _order, _invoice = self.bought([50], (50.0, 1))
        note = self.env["account.move"].create(
            {
                "move_type": "out_refund",
                "partner_id": self.partner.id,
                "invoice_date": DAY,
                "invoice_line_ids": [
                    Command.create(
                        {"product_id": self.pump.id, "price_unit": 50, "tax_ids": False}
                    )
                ],
            }
        )
        note.with_user(self.biller).action_post()
        self.assertEqual(self.points(card), (50, 0, 0))

    def test_prices_with_tax(self):
        """121 with 21 % tax is 100 on the order; half of it is half of the points."""
        self.company.account_fiscal_country_id = self.env.ref("base.us")
        tax = self.env["account.tax"].create(
            {
                "name": "21 % in",
                "amount": 21,
                "price_include_override": "tax_included",
                "company_id": self.company.id,
                "country_id": self.env.ref("base.us").id,
                "tax_group_id": self.env["account.tax.group"]
                .create(
                    {
                        "name": "VAT",
                        "company_id": self.company.id,
                        "country_id": self.env.ref("base.us").id,
                    }
                )
                .id,
            }
        )
        self.pump.taxes_id = tax
        card, order, invoice = self.bought([100], (121.0, 1))
        self.assertEqual(order.amount_untaxed, 100)
        self.credit(invoice, price_unit=60.5)
        self.assertEqual(self.entries(card, "reverse_earn"), [-50])
        self.credit(invoice, price_unit=60.5)
        self.assertEqual(self.points(card), (0, 0, 0))

    def test_credit_note_in_another_currency(self):
        """An order of 100 USD, refunded with 45 EUR at 0.9: half."""
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.env["res.currency.rate"].create(
            {
                "currency_id": euro.id,
                "company_id": self.company.id,
                "name": "2026-01-01",
                "rate": 0.9,
            }
        )
        card, _order, invoice = self.bought([100], (100.0, 1))
        note = self.credit(invoice, post=False)
        note.currency_id = euro
        note.invoice_line_ids.price_unit = 45
        note.action_post()
        self.assertEqual(self.entries(card, "reverse_earn"), [-50])

    def test_refund_at_the_rate_of_its_invoice(self):
        """90 EUR are all of 100 USD, though they would be 112.50 on the day of the
        refund; and 45 are half."""
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.env["res.currency.rate"].create(
            [
                {
                    "currency_id": euro.id,
                    "company_id": self.company.id,
                    "name": day,
                    "rate": rate,
                }
                for day, rate in (("2026-01-01", 0.9), ("2026-06-20", 0.8))
            ]
        )
        gain = self.env["account.account"].create(
            {"code": "440100", "name": "Exchange", "account_type": "income_other"}
        )
        self.company.write(
            {
                "currency_exchange_journal_id": self.env["account.journal"]
                .create({"name": "Exchange", "code": "EXCH", "type": "general"})
                .id,
                "income_currency_exchange_account_id": gain.id,
                "expense_currency_exchange_account_id": gain.id,
            }
        )
        card = self.card()
        order = self.order((100.0, 1))
        self.earned(card, order, [100])
        invoice = self.invoice(order, post=False)
        invoice.currency_id = euro
        invoice.invoice_line_ids.price_unit = 90
        invoice.with_user(self.biller).action_post()
        with freeze_time("2026-06-25"):
            self.credit(invoice, date(2026, 6, 25), price_unit=45)
            self.assertEqual(self.entries(card, "reverse_earn"), [-50])
            self.credit(invoice, date(2026, 6, 25), price_unit=45)
        self.assertEqual(self.points(card), (0, 0, 0))

    def test_a_part_invoiced_again_and_drafted_twice(self):
        """One of three pumps comes back, goes out again, and its invoice is redone."""
        card, order, invoice = self.bought([30, 20], (10.0, 3), (20.0, 1))
        self.credit(invoice, only=self.pump, quantity=1)
        self.assertEqual(self.points(card), (40, 0, 0))
        again = self.invoice(order)
        self.assertEqual(again.amount_total, 10)
        for _time in range(2):
            self.assertEqual(self.points(card), (50, 0, 0))
            again.with_user(self.biller).button_draft()
            self.assertEqual(self.points(card), (40, 0, 0))
            again.with_user(self.biller).action_post()
        self.assert_whole()

    def test_an_edited_order(self):
        """3 pumps earned 30; one was taken off, -10: of two one is refunded, 10."""
        card = self.card()
        order = self.order((10.0, 3))
        earned = self.earned(card, order, [30])
        order.order_line.product_uom_qty = 2
        line = {"line_id": order.order_line.id, "amount": "-10", "quantity": "-1"}
        self.post(
            card,
            "reverse_earn",
            10,
            f"{earned.key}:edit2",
            source=order,
            reverses=earned,
            snapshot={"edit": True, "lines": [{**line, "points": "-10"}]},
        )
        self.credit(self.invoice(order), quantity=1)
        self.assertEqual(self.points(card), (10, 0, 0))

    def test_reversed_and_invoiced_again(self):
        """A corrected invoice costs no points; drafting it again does."""
        card, _order, invoice = self.bought([50], (50.0, 1))
        wizard = (
            self.env["account.move.reversal"]
            .with_user(self.biller)
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": invoice.journal_id.id, "date": DAY})
        )
        again = self.env["account.move"].browse(wizard.modify_moves()["res_id"])
        self.assertEqual(self.points(card), (0, 0, 0))
        again.with_user(self.biller).action_post()
        self.assertEqual(self.points(card), (50, 0, 0))
        again.with_user(self.biller).button_draft()
        self.assertEqual(self.points(card), (0, 0, 0))
        again.with_user(self.biller).action_post()
        self.assertEqual(self.points(card), (50, 0, 0))
        self.credit(again)
        self.assertEqual(self.points(card), (0, 0, 0))
        self.assert_whole()

    def test_goods_that_came_back_on_the_next_invoice(self):
        """A return that is set off on an invoice is a refund as well."""
        card, order, _invoice = self.bought([30, 20], (10.0, 3), (20.0, 1))
        line = order.order_line[0]
        bill = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.partner.id,
                "invoice_date": DAY,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": self.pump.id,
                            "quantity": -1,
                            "price_unit": 10,
                            "tax_ids": False,
                            "sale_line_ids": [Command.link(line.id)],
                        }
                    ),
                    Command.create(
                        {"product_id": self.seal.id, "price_unit": 99, "tax_ids": False}
                    ),
                ],
            }
        )
        bill.with_user(self.biller).action_post()
        self.assertEqual(self.points(card), (40, 0, 0))

    def test_after_the_order_was_cancelled(self):
        """F6: what the cancelling took back is not taken back again."""
        card, order, invoice = self.bought([50], (50.0, 1))
        earned = card.entry_ids
        self.post(
            card,
            "reverse_earn",
            50,
            f"{earned.key}:cancel",
            DAY,
            source=order,
            reverses=earned,
        )
        self.credit(invoice)
        self.assertEqual(self.points(card), (0, 0, 0))

    def test_two_programs(self):
        """Each card gives back its own."""
        card, order, invoice = self.bought([50], (50.0, 1))
        other = self.card(
            program=self.create_program(company_id=self.company.id, name="Other")
        )
        self.earned(other, order, [7])
        self.credit(invoice, price_unit=25)
        self.assertEqual((self.points(card)[0], self.points(other)[0]), (25, 3))

    def test_an_invoice_moves_nothing(self):
        card, _order, _invoice = self.bought([50], (50.0, 1))
        self.assertEqual(card.ledger_seq, 1)
