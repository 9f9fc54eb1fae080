# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Planning of what hangs on the end of a warranty: C10 by hand."""

from datetime import date
from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged

from .care_generate_common import CareGenerateCommon


@tagged("post_install", "-at_install")
class TestCareWarranty(CareGenerateCommon):
    def _create_product(self, name, months):
        """With a warranty; of what needs no delivery, where Odoo keeps stock too."""
        return self.env["product.product"].create(
            {
                "name": name,
                "type": "service",
                "crm_warranty_months": months,
                "invoice_policy": "order",
            }
        )

    def _create_warranty(self, moment, months=6, **values):
        product = self._create_product("Pump", months)
        order = self._create_order(self.partner, moment, product=product, **values)
        return order, self.env["crm.warranty"].browse(order.order_line.id)

    def test_warranty_ends_with_the_month(self):
        self.partner.user_id = self.care_own
        order, warranty = self._create_warranty("2025-08-31 04:00:00")
        self.env.flush_all()
        self.assertEqual(warranty.start_date, date(2025, 8, 31))
        self.assertEqual(warranty.end_date, date(2026, 2, 28), "C10")
        mine = self.env["crm.warranty"].with_user(self.care_own)
        self.assertIn(warranty.id, mine.search([]).ids)
        mine = mine.with_context(allowed_company_ids=self.company.ids)
        self.partner.user_id = False
        self.env.flush_all()
        self.assertFalse(mine.search([("order_id", "=", order.id)]))

    def test_warranty_runs_for_calendar_months(self):
        """C10: the same day of a later month, or the last day of a shorter one."""
        for start, months, end in (
            ("2026-08-31", 6, "2027-02-28"),
            ("2027-08-31", 6, "2028-02-29"),
            ("2026-01-31", 1, "2026-02-28"),
            ("2026-01-31", 2, "2026-03-31"),
            ("2024-02-29", 12, "2025-02-28"),
            ("2024-02-29", 48, "2028-02-29"),
            ("2026-12-15", 1, "2027-01-15"),
            ("2026-11-30", 3, "2027-02-28"),
        ):
            with self.subTest(start=start, months=months):
                _order, warranty = self._create_warranty(f"{start} 04:00:00", months)
                self.env.flush_all()
                self.assertEqual(str(warranty.end_date), end)

    def test_thirty_days_before_the_warranty_ends(self):
        order, warranty = self._create_warranty("2026-01-15 04:00:00", months=6)
        self._create_order(self.partner, "2026-01-15 04:00:00")  # without warranty
        rule = self._create_rule("warranty_end", {"days": 30})
        self.assertEqual(self._plan(rule), 1)
        task = self._tasks_of(rule)
        # ends on 15 July
        self.assertEqual(self._planned(rule), [(f"sol:{warranty.id}", "2026-06-15")])
        self.assertEqual(
            (task.res_model, task.res_id), ("sale.order.line", order.order_line.id)
        )
        self.assertEqual(task.priority, "2")
        self.assertFalse(task._care_mismatches())

    def test_what_ends_together_is_one_notice(self):
        """Two products for six months, a third for seven: 15 July and 15 August."""
        order, _warranty = self._create_warranty("2026-01-15 04:00:00")
        for name, months in (("Hose", 6), ("Meter", 7)):
            product = self._create_product(name, months)
            order.order_line = [
                Command.create(
                    {"product_id": product.id, "price_unit": 10, "tax_ids": False}
                )
            ]
        rule = self._create_rule("warranty_end", {"days": 30})
        # as of 1 June, up to 35 days ahead: the one in August is not yet due
        self.assertEqual(self._plan(rule), 1)
        task = self._tasks_of(rule)
        self.assertEqual(str(task.occasion_date), "2026-06-15")
        self.assertEqual(task.source_name, "Pump and Hose")
        self.assertFalse(task._care_mismatches())
        self.assertEqual(self._plan(rule), 0)

    def test_warranties_are_looked_up_once_and_by_themselves(self):
        """Where joins are of sets only, a batch would read the lines of all others."""
        self._create_warranty("2026-01-15 04:00:00")
        rule = self._create_rule("warranty_end", {"days": 30})
        statements, real = [], self.env.cr.execute
        with patch.object(
            type(self.env.cr),
            "execute",
            lambda cr, query, *args, **kwargs: (
                statements.append(getattr(query, "code", str(query))),
                real(query, *args, **kwargs),
            )[1],
        ):
            self.assertEqual(self._plan(rule), 1)
        reading = [code for code in statements if "crm_warranty_months" in code]
        self.assertEqual(len(reading), 1)
        self.assertNotIn("crm_care_task", reading[0], "nested loops are allowed")

    def test_a_return_after_the_notice_tells_nothing_again(self):
        """The other line of the order ends on the same day: one notice all the same."""
        order, _warranty = self._create_warranty("2026-01-15 04:00:00")
        order.order_line = [
            Command.create(
                {
                    "product_id": order.order_line.product_id.id,
                    "price_unit": 10,
                    "tax_ids": False,
                }
            )
        ]
        rule = self._create_rule("warranty_end", {"days": 30})
        self._plan(rule)
        task = self._tasks_of(rule)
        task.state = "done"
        order.order_line[0].product_uom_qty = 0
        self.assertEqual(self._plan(rule), 0)
        # another order that ends on that day is another matter
        self._create_warranty("2026-01-15 04:00:00")
        self.assertEqual(self._plan(rule), 1)

    def test_what_was_credited_has_no_warranty(self):
        order, warranty = self._create_warranty("2026-01-15 04:00:00")
        bill = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.partner.id,
                "invoice_date": "2026-01-16",
                "company_id": self.company.id,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": "Pump",
                            "quantity": 1,
                            "price_unit": 100,
                            "tax_ids": False,
                            "sale_line_ids": [Command.set(order.order_line.ids)],
                        }
                    )
                ],
            }
        )
        bill.action_post()
        self.env.flush_all()
        domain = [("order_id", "=", order.id)]
        self.assertTrue(warranty.search(domain))
        refund = bill._reverse_moves([{"invoice_date": "2026-02-01"}])
        refund.action_post()
        self.env.flush_all()
        self.assertFalse(warranty.search(domain))
