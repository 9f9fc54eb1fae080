# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.tests import tagged

from .complaint_common import ComplaintCommon

NOW = datetime(2026, 3, 4, 2, 0)  # Wednesday 10:00 in Shanghai


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestComplaintScreens(ComplaintCommon):
    def _create_due(self, deadline, sla_state="running", state="received", **values):
        """A complaint whose soonest deadline is this; nobody's if not said."""
        complaint = self._create_complaint(**values)
        complaint.write(
            {
                "state": state,
                "sla_state": sla_state,
                "sla_deadline": deadline,
                "sla_metric": "resolution",
            }
        )
        return complaint

    # DASHBOARD

    def test_dashboard_counts_are_those_of_the_filters(self):
        """Late at 09:59, due today at 10:01 and 23:59 in Shanghai, not tomorrow."""
        self.colleague.tz = self.all_complaints.tz = "Asia/Shanghai"
        owner = {"user_id": self.agent.id}
        # the job has not noticed yet: late all the same
        self._create_due(NOW - timedelta(minutes=1), **owner)
        self._create_due(NOW - timedelta(days=3), sla_state="breached", **owner)
        self._create_due(NOW + timedelta(minutes=1), sla_state="warned", **owner)
        self._create_due(datetime(2026, 3, 4, 15, 59), **owner)
        self._create_due(datetime(2026, 3, 4, 16, 0), **owner)  # 00:00 on Thursday
        self._create_due(False, sla_state="paused", **owner)
        self._create_due(False, sla_state="done", state="resolved", user_id=False)
        self._create_due(False, sla_state="done", state="closed", **owner)
        team = self.team.with_user(self.all_complaints)
        self.assertEqual(team.late_count, 2)
        self.assertEqual(team.due_today_count, 2)
        self.assertEqual(team.paused_count, 1)
        self.assertEqual(team.unowned_count, 1)
        self.assertEqual(team.unfinished_count, 7)
        # a colleague sees, and counts, what nobody owns
        team = self.team.with_user(self.colleague)
        self.assertEqual(team.unfinished_count, 1)
        self.assertEqual(team.late_count, 0)

    def test_dashboard_costs_the_same_for_ten_teams(self):
        """Six counts and the categories: seven queries, however many teams."""
        teams = self.team | self.env["crm.complaint.team"].create(
            [{"name": f"Team {i}", "company_id": self.company.id} for i in range(9)]
        )
        for team in teams:
            self._create_due(NOW, team_id=team.id)
        teams = teams.with_user(self.all_complaints)
        names = [*teams._dashboard_domains(), "category_chart"]
        teams[:1].read(names)  # warm caches
        self.env.invalidate_all()
        with self.assertQueryCount(
            10
        ):  # the seven; the teams, and what names categories
            teams.read(names)

    def test_dashboard_categories(self):
        """The most frequent first, as shares of the most; then what is not sorted."""
        quality, delivery = self.env["crm.complaint.category"].create(
            [{"name": "Quality test"}, {"name": "Delivery test"}]
        )
        for category in (quality, quality, delivery):
            self._create_due(NOW, category_id=category.id)
        self._create_due(NOW, state="closed", category_id=delivery.id)
        chart = self.team.with_user(self.all_complaints).category_chart
        self.assertEqual(
            [(bar["name"], bar["count"], bar["share"]) for bar in chart],
            [("Quality test", 2, 100), ("Delivery test", 1, 50)],
        )

    # BOARD

    def test_board_shows_stages_of_work_and_what_is_found(self):
        """Empty columns of work stay; how a complaint ended shows only if one did."""
        self._create_due(NOW, state="assessed")
        groups = self._read_board()
        self.assertEqual(
            [(group["state"], group["__count"]) for group in groups],
            [
                ("received", 0),
                ("acknowledged", 0),
                ("assessed", 1),
                ("investigating", 0),
                ("resolved", 0),
            ],
        )
        self._create_due(NOW, state="rejected")
        groups = self._read_board()
        self.assertEqual(groups[-1]["state"], "rejected")

    def _read_board(self):
        complaints = self.env["crm.complaint"].with_context(read_group_expand=True)
        return complaints.formatted_read_group(
            [("company_id", "=", self.company.id)], ["state"], ["__count"]
        )

    # NEXT STEP

    def test_next_step_of_each_stage(self):
        complaint = self._create_complaint(severity=False)
        steps = {
            "received": "confirm",
            "acknowledged": "assess",
            "assessed": "investigate",
            "investigating": "resolve",
            "resolved": "tell",
            "closed": False,
            "rejected": False,
            "withdrawn": False,
            "duplicate": False,
        }
        for state, step in steps.items():
            complaint.state = state
            self.assertEqual(complaint.next_step, step)
        complaint.write({"state": "resolved", "decision_sent_date": NOW})
        self.assertEqual(complaint.next_step, "close")

    def test_next_step_says_what_is_missing(self):
        complaint = self._create_complaint(severity=False)
        complaint.state = "acknowledged"
        as_agent = complaint.with_user(self.all_complaints)
        self.assertEqual(len(as_agent.next_missing.splitlines()), 2)
        self.assertIn("severity", as_agent.next_missing)
        complaint.category_id = self.env["crm.complaint.category"].create(
            {"name": "Any"}
        )
        complaint.severity = "general"
        self.assertFalse(as_agent.next_missing)

    # THE CUSTOMER

    def test_customer_card_counts_all_and_lists_own(self):
        """Whoever handles one of three sees the number of the others, not them."""
        mine = self._create_complaint(user_id=self.agent.id)
        other = self._create_complaint(user_id=self.colleague.id)
        done = self._create_complaint(user_id=self.agent.id)
        done.state = "closed"
        card = mine.with_user(self.agent).customer_card
        self.assertEqual((card["open_count"], card["count"]), (1, 3))
        self.assertEqual(card["complaints"], [])
        card = mine.with_user(self.all_complaints).customer_card
        self.assertEqual([item["id"] for item in card["complaints"]], other.ids)
        # whose complaint is not readable, of that one nothing is told either
        self.assertIs(other.with_user(self.agent).customer_card, False)

    def test_customer_card_shows_orders_without_a_link_to_who_may_not_read_them(self):
        product = self.env["product.product"].create({"name": "Pump"})
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "order_line": [
                    Command.create({"product_id": product.id, "price_unit": 10.0})
                ],
            }
        )
        order.state = "sale"
        complaint = self._create_complaint(user_id=self.agent.id)
        (shown,) = complaint.with_user(self.agent).customer_card["orders"]
        self.assertEqual(shown["name"], order.name)
        self.assertFalse(shown["id"])
        (shown,) = complaint.customer_card["orders"]
        self.assertEqual(shown["id"], order.id)

    def test_customer_card_is_of_one_company(self):
        """What another company knows of the customer stays there."""
        other = self.env["res.company"].create({"name": "Other"})
        team = (
            self.env["crm.complaint.team"]
            .with_context(allowed_company_ids=[self.company.id, other.id])
            .create({"name": "Other team", "company_id": other.id})
        )
        mine = self._create_complaint(user_id=self.agent.id)
        self.env["crm.complaint"].with_context(
            allowed_company_ids=[self.company.id, other.id]
        ).create(
            {
                "name": "Elsewhere",
                "company_id": other.id,
                "partner_id": self.customer.id,
                "team_id": team.id,
            }
        )
        card = mine.with_user(self.agent).customer_card
        self.assertEqual((card["open_count"], card["count"]), (0, 1))
        unknown = self._create_complaint(user_id=self.agent.id, partner_id=False)
        self.assertIs(unknown.with_user(self.agent).customer_card, False)
