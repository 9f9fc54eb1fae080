# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Screens cost the same number of queries for ten members and for eighty."""

from functools import partial

from lxml import etree

from odoo.tests import tagged

from .common import LoyaltyCase

FEW, MANY = 10, 80
SCREENS = [
    ("loyalty.card", "list", "crm_loyalty.loyalty_card_view_list_member"),
    ("loyalty.card", "kanban", "crm_loyalty.loyalty_card_view_kanban_member"),
    ("crm.loyalty.entry", "list", "crm_loyalty.crm_loyalty_entry_view_list"),
    ("crm.loyalty.lot", "list", "crm_loyalty.crm_loyalty_lot_view_list"),
    ("crm.loyalty.report", "list", "crm_loyalty.crm_loyalty_report_view_list"),
    ("crm.loyalty.liability", "list", "crm_loyalty.crm_loyalty_liability_view_list"),
    ("crm.loyalty.deferral", "list", "crm_loyalty.crm_loyalty_deferral_view_list"),
]


@tagged("standard", "post_install", "-at_install")
class TestLoyaltyScreenCosts(LoyaltyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        partners = cls.env["res.partner"].create(
            [{"name": f"Member {number}"} for number in range(MANY)]
        )
        grade = cls.env["crm.grade"].search([], limit=1)
        cls.env["crm.customer"].create(
            [
                {
                    "partner_id": partner.id,
                    "company_id": cls.company.id,
                    "grade_id": grade.id,
                }
                for partner in partners
            ]
        )
        cls.cards = cls.env["loyalty.card"].create(
            [
                {"program_id": cls.program.id, "partner_id": partner.id}
                for partner in partners
            ]
        )
        orders = cls.env["sale.order"].create(
            [
                {"partner_id": partner.id, "user_id": cls.manager.id}
                for partner in partners
            ]
        )
        cls.env["loyalty.card"]._post_points(
            [
                {
                    "card": card,
                    "kind": "earn",
                    "points": 100,
                    "key": f"{order.id}",
                    "source": order,
                    "snapshot": {"lines": [{"base": "100", "terms": []}]},
                }
                for card, order in zip(cls.cards, orders, strict=True)
            ]
        )

    def _specification(self, model, kind, xmlid):
        """What the web client asks for: the fields of the view."""
        arch = etree.fromstring(
            self.env[model].get_view(self.env.ref(xmlid).id, kind)["arch"]
        )
        names = {node.get("name") for node in arch.iter("field")}
        return {
            name: {"fields": {"display_name": {}}}
            if self.env[model]._fields[name].relational
            else {}
            for name in names
        }

    def _count(self, call):
        """Queries of a call whose caches are warm."""
        call()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        call()
        return self.env.cr.sql_log_count - before

    def _read_screen(self, records, specification, limit):
        found = records.web_search_read(
            [("program_id", "=", self.program.id)], specification, limit=limit
        )
        self.assertEqual(len(found["records"]), limit)

    def test_screens_do_not_ask_row_by_row(self):
        for model, kind, xmlid in SCREENS:
            records = self.env[model].with_user(self.manager)
            specification = self._specification(model, kind, xmlid)
            few, many = (
                self._count(partial(self._read_screen, records, specification, limit))
                for limit in (FEW, MANY)
            )
            with self.subTest(model=model, kind=kind):
                self.assertLessEqual(many, few)

    def test_badges(self):
        names = ["crm_loyalty_points", "crm_loyalty_card_count"]
        partners = self.env["res.partner"].with_user(self.manager)
        partners = partners.browse(self.cards.partner_id.ids)
        few, many = (
            self._count(lambda rows=rows: rows.read(names))
            for rows in (partners[:FEW], partners)
        )
        self.assertLessEqual(many, few)

    def test_columns_of_the_board(self):
        cards = self.env["loyalty.card"].with_user(self.manager)
        specification = self._specification(*SCREENS[1])
        few, many = (
            self._count(
                lambda chosen=chosen: cards.web_read_group(
                    [("id", "in", chosen.ids)],
                    ["grade_id"],
                    ["__count"],
                    auto_unfold=True,
                    unfold_read_specification=specification,
                )
            )
            for chosen in (self.cards[:FEW], self.cards)
        )
        self.assertLessEqual(many, few)
