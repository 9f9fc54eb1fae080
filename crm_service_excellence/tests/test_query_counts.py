# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a screen costs does not grow with its rows."""

from lxml import etree

from odoo import Command
from odoo.tests import tagged

from .visit_common import VisitCommon

SCREENS = [
    ("crm.visit", "list"),
    ("crm.visit", "kanban"),
    ("crm.visit", "calendar"),
    ("crm.touchpoint", "list"),
    ("crm.customer", "list"),
    ("crm.customer", "kanban"),
    ("crm.visit.plan", "list"),
    ("crm.visit.plan.unplaced", "list"),
]
FEW, MANY = 10, 80


@tagged("post_install", "-at_install")
class TestQueryCounts(VisitCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        seller = cls.care_own.id
        partners = cls.env["res.partner"].create(
            [
                {
                    "name": f"Customer {number}",
                    "phone": "+86 21 5555 0100",
                    "user_id": seller,
                    "child_ids": [Command.create({"name": f"Contact {number}"})],
                }
                for number in range(MANY)
            ]
        )
        for partner in partners:
            cls.customers._follow(partner)
        cls.visits.create(
            [
                {
                    "partner_id": partner.id,
                    "contact_id": partner.child_ids.id,
                    "user_id": seller,
                    "date": f"2026-10-{number % 28 + 1:02}",
                    "type_id": cls.routine.id,
                }
                for number, partner in enumerate(partners)
            ]
        )
        cls.env["crm.touchpoint"].create(
            [{"partner_id": partner.id, "user_id": seller} for partner in partners]
        )
        plans = cls.env["crm.visit.plan"].create(
            [{"user_id": seller, "date_from": "2026-10-01"} for _ in partners]
        )
        cls.env["crm.visit.plan.unplaced"].create(
            [
                {
                    "plan_id": plans[0].id,
                    "partner_id": partner.id,
                    "target_date": "2026-10-08",
                    "reason": "capacity",
                }
                for partner in partners
            ]
        )

    def _shown(self, records, kind):
        """What the client asks for: ``specification`` of the fields of a view."""
        view = records.get_views([(False, kind)])
        arch = etree.fromstring(view["views"][kind]["arch"])
        names = {node.get("name") for node in arch.iter("field")}
        links = ("many2one", "many2many", "one2many")
        fields = view["models"][records._name]["fields"]
        return {
            name: {"fields": {"display_name": {}}}
            if fields[name]["type"] in links
            else {}
            for name in names.intersection(fields)
        }

    def _count_queries(self, model, shown, rows):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        records = self.env[model].with_user(self.care_all)
        found = records.web_search_read([], shown, limit=rows)
        self.assertEqual(len(found["records"]), rows)
        return self.cr.sql_log_count - before

    def test_screens_do_not_ask_row_by_row(self):
        for model, kind in SCREENS:
            with self.subTest(model=model, kind=kind):
                shown = self._shown(self.env[model].with_user(self.care_all), kind)
                self._count_queries(model, shown, FEW)  # fills what is cached
                few = self._count_queries(model, shown, FEW)
                self.assertEqual(self._count_queries(model, shown, MANY), few)

    def test_installing_rewrites_no_table_of_odoo(self):
        """A default, or a value that must be computed, would write every row."""
        for model in ("res.partner", "calendar.event", "mail.activity", "sale.order"):
            for field in self.env[model]._fields.values():
                if field._module == "crm_service_excellence" and field.column_type:
                    written = field.required or field.default or field.compute
                    self.assertFalse(field.store and written, field)
