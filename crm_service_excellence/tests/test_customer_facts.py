# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Facts: what counts, for whom, and when (service.md C1)."""

from datetime import date
from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged
from odoo.tools import SQL

from ..models.crm_customer_facts import FactSource
from .common import CareCommon

AS_OF = date(2026, 3, 31)


@tagged("post_install", "-at_install")
class TestCustomerFacts(CareCommon):
    def _measure(self, partner, as_of=AS_OF):
        self.customers._refresh(partner_ids=partner.ids, as_of=as_of)
        return self._customer_of(partner.commercial_partner_id)

    def test_windows_are_half_open(self):
        """(as_of - 12 months, as_of]: the first day is out, the last one in."""
        partner = self._create_partner()
        for day, amount in (
            (date(2024, 3, 31), 1),  # 24 months before: out of both
            (date(2024, 4, 1), 2),
            (date(2025, 3, 31), 4),  # 12 months before: the previous window
            (date(2025, 4, 1), 8),
            (date(2026, 3, 31), 16),
            (date(2026, 4, 1), 32),  # later than as_of: not yet
        ):
            self._create_invoice(partner, day, amount)
        customer = self._measure(partner)
        self.assertEqual(customer.revenue_12m, 8 + 16)
        self.assertEqual(customer.revenue_previous_12m, 2 + 4)
        self.assertEqual(customer.revenue_total, 1 + 2 + 4 + 8 + 16)
        self.assertEqual(customer.order_count_12m, 2)
        self.assertEqual(customer.order_count, 5)
        self.assertEqual(customer.first_order_date, date(2024, 3, 31))
        self.assertEqual(customer.last_order_date, date(2026, 3, 31))

    def test_180_day_windows(self):
        """as_of - 180 days is 2025-10-02, - 360 days is 2025-04-05."""
        partner = self._create_partner()
        for day, amount in (
            (date(2025, 4, 5), 1),
            (date(2025, 4, 6), 2),
            (date(2025, 10, 2), 4),
            (date(2025, 10, 3), 8),
        ):
            self._create_invoice(partner, day, amount)
        customer = self._measure(partner)
        self.assertEqual(customer.revenue_180d, 8)
        self.assertEqual(customer.revenue_previous_180d, 2 + 4)

    def test_refund_counts_in_its_own_month_and_is_no_order(self):
        partner = self._create_partner()
        self._create_invoice(partner, date(2025, 2, 1), 100)
        self._create_invoice(partner, date(2026, 2, 1), 30, "out_refund")
        customer = self._measure(partner)
        self.assertEqual(customer.revenue_12m, -30)
        self.assertEqual(customer.revenue_total, 70)
        self.assertEqual(customer.order_count, 1)
        self.assertEqual(customer.last_order_date, date(2025, 2, 1))

    def test_an_invoice_of_zero_is_no_order(self):
        partner = self._create_partner()
        self._create_invoice(partner, date(2026, 1, 1), 0)
        self._create_invoice(partner, date(2026, 2, 1), 10)
        self._create_invoice(partner, date(2026, 3, 1), 0)
        customer = self._measure(partner)
        self.assertEqual(customer.order_count, 1)
        self.assertEqual(customer.first_order_date, date(2026, 2, 1))
        self.assertEqual(customer.last_order_date, date(2026, 2, 1))

    def test_draft_and_cancelled_are_ignored(self):
        partner = self._create_partner()
        self._create_invoice(partner, date(2026, 1, 1), 10)
        self._create_invoice(partner, date(2026, 1, 2), 100, post=False)
        cancelled = self._create_invoice(partner, date(2026, 1, 3), 1000)
        cancelled.button_draft()
        cancelled.button_cancel()
        customer = self._measure(partner)
        self.assertEqual(customer.revenue_total, 10)
        self.assertEqual(customer.order_count, 1)

    def test_vendor_bills_are_ignored(self):
        partner = self._create_partner(customer_rank=1)
        partner.company_id = self.company
        self.env["account.journal"].create(
            {"name": "Bills", "code": "BILL", "type": "purchase"}
        )
        # the company's only income account serves as well here
        account = self.env["account.account"].search(
            [("account_type", "=", "income")], limit=1
        )
        self.env["ir.default"].set(
            "res.partner",
            "property_account_payable_id",
            self.env["account.account"]
            .create(
                {
                    "code": "200100",
                    "name": "Payable",
                    "account_type": "liability_payable",
                }
            )
            .id,
            company_id=self.company.id,
        )
        bill = self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "partner_id": partner.id,
                "invoice_date": date(2026, 1, 1),
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": "Bought",
                            "price_unit": 10,
                            "account_id": account.id,
                            "tax_ids": False,
                        }
                    )
                ],
            }
        )
        bill.action_post()
        customer = self._measure(partner)
        self.assertEqual(customer.revenue_total, 0)
        self.assertEqual(customer.order_count, 0)

    def test_contacts_count_for_their_company(self):
        firm = self._create_partner("Firm", is_company=True)
        contact = self._create_partner("Contact", parent_id=firm.id)
        self._create_invoice(contact, date(2026, 1, 1), 10)
        self._create_invoice(firm, date(2026, 1, 2), 5)
        customer = self._measure(contact)
        self.assertEqual(customer.partner_id, firm)
        self.assertEqual(customer.revenue_total, 15)
        self.assertFalse(self._customer_of(contact))

    def test_current_commercial_partner_counts(self):
        """Filed under another firm later, a contact takes its invoices along."""
        contact = self._create_partner("Person")
        self._create_invoice(contact, date(2026, 1, 1), 10)
        own = self._measure(contact)
        self.assertEqual(own.revenue_total, 10)
        firm = self._create_partner("Firm", is_company=True)
        contact.parent_id = firm
        customer = self._measure(contact)
        self.assertEqual(customer.partner_id, firm)
        self.assertEqual(customer.revenue_total, 10)
        self.assertFalse(self._customer_of(contact))

    def test_median_gap_in_days(self):
        """Order days 1, 11, 15, 45 January-February: gaps 10, 4, 30; median 10."""
        partner = self._create_partner()
        for day in ("2026-01-01", "2026-01-11", "2026-01-11", "2026-01-15"):
            self._create_invoice(partner, day, 10)
        self._create_invoice(partner, "2026-02-14", 10)
        customer = self._measure(partner)
        self.assertEqual(customer.median_gap_days, 10)

    def test_facts_are_per_company(self):
        other = self._create_company("Other Company")
        partner = self._create_partner()
        self._create_invoice(partner, date(2026, 1, 1), 10)
        env = self.env(context={**self.env.context, "allowed_company_ids": other.ids})
        move = env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": partner.id,
                "invoice_date": date(2026, 1, 1),
                "company_id": other.id,
                "invoice_line_ids": [
                    Command.create({"name": "Goods", "price_unit": 7, "tax_ids": False})
                ],
            }
        )
        move.action_post()
        self.customers._refresh(partner_ids=partner.ids, as_of=AS_OF)
        self.assertEqual(self._customer_of(partner).revenue_total, 10)
        self.assertEqual(self._customer_of(partner, other).sudo().revenue_total, 7)

    def test_foreign_currency_is_converted_by_the_invoice(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.env["res.currency.rate"].create(
            {
                "currency_id": euro.id,
                "name": date(2026, 1, 1),
                "rate": 0.5,
                "company_id": self.company.id,
            }
        )
        partner = self._create_partner()
        self._create_invoice(partner, date(2026, 1, 2), 10, currency_id=euro.id)
        self.assertEqual(self._measure(partner).revenue_total, 20)

    def test_who_becomes_a_customer(self):
        bought = self._create_partner("Bought")
        self._create_invoice(bought, date(2026, 1, 1), 10)
        marked = self._create_partner(
            "Marked", customer_rank=1, company_id=self.company.id
        )
        prospect = self._create_partner("Prospect")
        self.env["crm.lead"].create(
            {
                "name": "Opportunity",
                "type": "opportunity",
                "partner_id": prospect.id,
                "company_id": self.company.id,
            }
        )
        stranger = self._create_partner("Stranger", company_id=self.company.id)
        everybody = bought | marked | prospect | stranger
        self.customers._refresh(partner_ids=everybody.ids, as_of=AS_OF)
        for partner in bought | marked | prospect:
            self.assertEqual(len(self._customer_of(partner)), 1, partner.name)
        self.assertFalse(self._customer_of(stranger))

    def test_only_what_changed_is_written(self):
        one, two = self._create_partner("One"), self._create_partner("Two")
        for partner in one | two:
            self._create_invoice(partner, date(2026, 1, 1), 10)
        partners = (one | two).ids
        self.assertEqual(self.customers._refresh(partners, AS_OF), 2)
        self.assertEqual(self.customers._refresh(partners, AS_OF), 0)
        self._create_invoice(two, date(2026, 1, 2), 5)
        self.assertEqual(self.customers._refresh(partners, AS_OF), 1)

    def test_going_back_in_time_forgets_what_came_later(self):
        partner = self._create_partner()
        self._create_invoice(partner, date(2026, 1, 1), 10)
        self._create_invoice(partner, date(2026, 3, 1), 20)
        self.assertEqual(self._measure(partner).revenue_total, 30)
        customer = self._measure(partner, date(2026, 2, 1))
        self.assertEqual(customer.revenue_total, 10)
        self.assertEqual(customer.last_order_date, date(2026, 1, 1))

    def test_basis_of_confirmed_orders(self):
        """Dated in the company's zone: 2026-03-31 17:00 UTC is April in Shanghai."""
        self._create_policy(basis="order")
        partner = self._create_partner()
        for moment, amount, confirm in (
            ("2026-03-31 15:00:00", 10, True),
            ("2026-03-31 17:00:00", 20, True),
            ("2026-03-30 12:00:00", 40, False),
        ):
            order = self.env["sale.order"].create(
                {
                    "partner_id": partner.id,
                    "company_id": self.company.id,
                    "order_line": [
                        Command.create(
                            {
                                "name": "Goods",
                                "product_id": self.env["product.product"]
                                .create({"name": "Goods", "taxes_id": False})
                                .id,
                                "price_unit": amount,
                            }
                        )
                    ],
                }
            )
            if confirm:
                order.action_confirm()
            order.date_order = moment
        customer = self._measure(partner)
        self.assertEqual(customer.revenue_total, 10)
        self.assertEqual(customer.order_count, 1)
        self.assertEqual(customer.last_order_date, date(2026, 3, 31))

    def test_addons_can_add_facts(self):
        """A source of another addon's, for a column that is there already."""
        customers = type(self.customers)
        sources = customers._fact_sources

        def with_more(records, scope=None):
            more = FactSource(
                SQL("SELECT id AS partner_id, 7 AS median_gap_days FROM res_partner"),
                {"median_gap_days": None},
                per_company=False,
            )
            return {**sources(records, scope), "more": more}

        partner = self._create_partner()
        self._create_invoice(partner, date(2026, 1, 1), 10)
        with patch.object(customers, "_fact_sources", with_more):
            self.assertEqual(self._measure(partner).median_gap_days, 7)

    def test_completeness(self):
        """8 things to know; phone, e-mail, city, country are 4: 50 %."""
        partner = self._create_partner(
            phone="+1 555", email="a@example.com", city="Xi'an"
        )
        partner.country_id = self.env.ref("base.cn")
        customer = self._create_customer_of(partner)
        self.assertEqual(customer.completeness, 50)
        self.assertEqual(partner.crm_completeness, 50)
        self.assertIn("Street", customer.missing_profile)
        self.assertNotIn("City", customer.missing_profile)

    def _create_customer_of(self, partner):
        return self.customers._follow(partner)

    def test_account_manager_follows_the_partner(self):
        partner = self._create_partner(user_id=self.care_own.id)
        self._create_invoice(partner, date(2026, 1, 1), 10)
        customer = self._measure(partner)
        self.assertEqual(customer.user_id, self.care_own)
        partner.user_id = self.care_all
        self.assertEqual(customer.user_id, self.care_all)
        partner.user_id = False
        self.assertFalse(customer.user_id)

    def test_lifetime_value(self):
        """12 000 in 12 months, retention .95, 10 % a year: 1 000 x 18.419.

        20 months; monthly rate 1.1^(1/12) - 1 = .00797414; (1 - 1.1^(-20/12)) / that
        = (1 - .853124) / .00797414 = 18.4190.
        """
        self.gold.retention_rate = 0.95
        self._create_policy([("spend", 1, "bands", [(0, 75)])])
        customer = self._create_customer(orders=[("2026-01-01", 12_000)])
        self.policies._run(as_of=AS_OF)
        self.assertEqual(customer.grade_id, self.gold)
        self.assertAlmostEqual(customer.clv, 18_419, delta=1)
        self.company.crm_discount_rate = 0
        self.company.crm_margin_rate = 0.5
        self.customers._refresh(customer.partner_id.ids, AS_OF)
        self.assertAlmostEqual(customer.clv, 10_000, delta=0.01)
