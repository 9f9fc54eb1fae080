# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The grade by points: E9 of ``loyalty.md``."""

from datetime import date

from odoo import Command
from odoo.tests import tagged

from .gifts_common import GiftsCase


@tagged("standard", "post_install", "-at_install")
class TestQualifyingPoints(GiftsCase):
    def measure(self, as_of, partner=None, company=None):
        partner = (partner or self.partner).commercial_partner_id
        self.env["crm.customer"]._follow(partner)
        self.env["crm.customer"]._refresh(partner_ids=partner.ids, as_of=as_of)
        return (
            self.env["crm.customer"]
            .search(
                [
                    ("partner_id", "=", partner.id),
                    ("company_id", "=", (company or self.company).id),
                ]
            )
            .qualifying_points_12m
        )

    def bought(self, card=None):
        """E9: +400, +300, +500, -100 refunded, 200 as a gift."""
        card = card or self.card()
        for day, points, key in (
            (date(2025, 7, 10), 400, "a"),
            (date(2025, 9, 1), 300, "b"),
            (date(2026, 1, 15), 500, "c"),
        ):
            last = self.earn(card, points, f"{card.id}:{key}", None, day)
        self.post(
            card, "reverse_earn", 100, f"{card.id}:r", date(2026, 2, 1), reverses=last
        )
        self.post(card, "goodwill", 200, f"{card.id}:g", date(2026, 3, 1))
        return card

    def test_e9(self):
        card = self.bought()
        self.assertEqual(card.points, 1300)
        self.assertEqual(self.measure(date(2026, 6, 30)), 1100)
        self.assertEqual(self.measure(date(2026, 7, 9)), 1100)
        self.assertEqual(self.measure(date(2026, 7, 10)), 700)
        self.assertEqual(self.measure(date(2026, 1, 15)), 1200)  # nothing later

    def test_cards_of_contacts_are_their_company_s(self):
        boss = self.env["res.partner"].create({"name": "Hengda", "is_company": True})
        contact = self.env["res.partner"].create({"name": "Li"})
        self.bought(self.card(contact))
        self.earn(self.card(boss), 10, "boss", None, date(2026, 3, 1))
        self.assertEqual(self.measure(date(2026, 6, 30), boss), 10)
        contact.parent_id = boss  # where it belongs now
        self.assertEqual(self.measure(date(2026, 6, 30), boss), 1110)

    def test_the_company_of_the_document(self):
        other = self.env["res.company"].create({"name": "Other"})
        card = self.card(
            program=self.create_program(
                company_id=False, currency_id=self.company.currency_id.id
            )
        )
        self.earn(card, 10, "a", None, date(2026, 3, 1), company=self.company)
        self.earn(card, 30, "b", None, date(2026, 3, 1), company=other)
        self.assertEqual(self.measure(date(2026, 6, 30)), 10)

    def test_never_below_zero(self):
        """Refunded within the window, earned before it."""
        card = self.card()
        earned = self.earn(card, 400, "a", None, date(2025, 1, 10))
        self.post(card, "reverse_earn", 100, "r", date(2026, 2, 1), reverses=earned)
        self.assertEqual(self.measure(date(2026, 6, 30)), 0)

    def test_a_metric_of_grading(self):
        """1100 of the 1000 that 100 points take; 700 earn 50."""
        self.bought()
        policies = self.env["crm.grade.policy"]
        policy = policies.create(
            {
                "name": "By points",
                "company_id": self.company.id,
                "criterion_ids": [
                    Command.create(
                        {
                            "metric": "points",
                            "band_ids": [
                                Command.create({"lower": lower, "points": points})
                                for lower, points in ((0, 0), (500, 50), (1000, 100))
                            ],
                        }
                    )
                ],
            }
        )
        policy.action_activate()
        self.measure(date(2026, 6, 30))
        customer = self.env["crm.customer"].search(
            [
                ("partner_id", "=", self.partner.id),
                ("company_id", "=", self.company.id),
            ]
        )
        for as_of, raw, score in (
            (date(2026, 6, 30), 1100, 100),
            (date(2026, 7, 10), 700, 50),
        ):
            policy._run(as_of=as_of)
            customer.invalidate_recordset()
            self.assertEqual(customer.score, score)
            self.assertEqual(customer.score_detail[0]["raw"], raw)
        self.assertIn("300", customer._format_step("points", 300, 1000))
        labels = policy.criterion_ids._metric_labels()
        self.assertEqual(labels["points"], "Qualifying points in 12 months")
