# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Screens cost the same number of queries for ten complaints and for eighty."""

from odoo.tests import tagged

from .complaint_common import ComplaintCommon

FEW, MANY = 10, 80


@tagged("post_install", "-at_install")
class TestComplaintScreenCosts(ComplaintCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_sla({"ack": 30, "first_response": 240, "resolution": 1440})
        customers = cls.env["res.partner"].create(
            [{"name": f"Customer {i}"} for i in range(MANY)]
        )
        categories = cls.env["crm.complaint.category"].create(
            [{"name": f"Category {i}"} for i in range(MANY)]
        )
        cls.complaints = cls.env["crm.complaint"].create(
            [
                {
                    "name": f"Complaint {i}",
                    "partner_id": customers[i].id,
                    "category_id": categories[i].id,
                    "severity": "general",
                    "team_id": cls.team.id,
                    "user_id": (cls.agent.id, cls.colleague.id, False)[i % 3],
                }
                for i in range(MANY)
            ]
        )

    def _specification(self, view_type):
        """What the web client asks for: the fields of the view."""
        view = self.env["crm.complaint"].get_view(view_type=view_type)
        fields = view["models"]["crm.complaint"]
        complaints = self.env["crm.complaint"]
        return {
            name: {"fields": {"display_name": {}}}
            if complaints._fields[name].relational
            else {}
            for name in fields
            if name in complaints._fields
        }

    def _count(self, call):
        """Queries of a call whose caches are warm."""
        call()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        call()
        return self.env.cr.sql_log_count - before

    def _costs(self, view_type):
        complaints = self.env["crm.complaint"].with_user(self.all_complaints)
        specification = self._specification(view_type)
        return [
            self._count(
                lambda limit=limit: complaints.web_search_read(
                    [("id", "in", self.complaints.ids)], specification, limit=limit
                )
            )
            for limit in (FEW, MANY)
        ]

    def test_list(self):
        few, many = self._costs("list")
        self.assertEqual(few, many)

    def test_board_cards(self):
        few, many = self._costs("kanban")
        self.assertEqual(few, many)

    def test_board_columns(self):
        complaints = self.env["crm.complaint"].with_user(self.all_complaints)
        specification = self._specification("kanban")
        few, many = (
            self._count(
                lambda chosen=chosen: complaints.web_read_group(
                    [("id", "in", chosen.ids)],
                    ["state"],
                    ["__count"],
                    auto_unfold=True,
                    unfold_read_specification=specification,
                )
            )
            for chosen in (self.complaints[:FEW], self.complaints)
        )
        self.assertEqual(few, many)

    def test_dashboard(self):
        team = self.team.with_user(self.all_complaints)
        names = [*team._dashboard_domains(), "category_chart"]
        many = self._count(lambda: team.read(names))
        self.complaints[FEW:].active = False
        few = self._count(lambda: team.read(names))
        self.assertEqual(few, many)
