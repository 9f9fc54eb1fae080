# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo import Command
from odoo.tests import HttpCase, new_test_user, tagged

from .common import LoyaltyCase


@tagged("post_install", "-at_install")
class TestTours(LoyaltyCase, HttpCase):
    """What people do with points, on their screens."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = cls.program._crm_today()
        cls.partner.user_id = cls.clerk

    def test_a_quotation_redeems_a_reward(self):
        """1,000 - 300 for 20 off 199.90, of which 179.90 earns 179 points: 879."""
        small = self.program.reward_ids
        small.description = "5 off"
        small.copy({"description": "20 off", "discount": 20, "required_points": 300})
        card = self.card()
        self.earn(card, 1000, "begin", None, day=self.today - timedelta(days=1))
        pump = self.env["product.product"].create(
            {
                "name": "Pump",
                "type": "consu",
                "list_price": 199.90,
                "taxes_id": [Command.clear()],
            }
        )
        order = (
            self.env["sale.order"]
            .with_user(self.clerk)
            .create(
                {
                    "partner_id": self.partner.id,
                    "order_line": [Command.create({"product_id": pump.id})],
                }
            )
        )
        self.start_tour(
            f"/odoo/sale.order/{order.id}",
            "crm_loyalty_redeem",
            login=self.clerk.login,
        )
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.amount_total, 179.90)
        entries = card.entry_ids.sorted("seq")
        self.assertEqual(
            [(entry.kind, entry.points, entry.balance_after) for entry in entries],
            [("earn", 1000, 1000), ("redeem", -300, 700), ("earn", 179, 879)],
        )
        self.assertEqual(entries[1:].mapped("res_id"), [order.id, order.id])
        self.assertEqual(entries[1].create_uid, self.clerk)
        self.assertEqual(card.points, 879)
        self.assert_whole()

    def test_goodwill_points_that_need_approval(self):
        """1,000 points of 0.05 are 50: more than 20, which anybody gives alone."""
        self.program.point_value = 0.05
        self.company.write(
            {"crm_goodwill_own_limit": 20, "crm_goodwill_manager_limit": 100}
        )
        budgets = self.env["crm.goodwill.budget"]
        budgets.search([]).unlink()
        budgets.create({"company_id": self.company.id, "amount": 200})
        # the first type is the one that is offered
        self.env.ref("crm_loyalty.crm_goodwill_type_points").write(
            {"sequence": -1, "program_id": self.program.id}
        )
        boss = new_test_user(
            self.env,
            login="loyalty_boss",
            groups="base.group_user,sales_team.group_sale_manager,"
            "crm_service_excellence.group_care_manager",
        )
        self.start_tour(
            "/odoo/goodwill", "crm_loyalty_goodwill_points_ask", login=self.clerk.login
        )
        of_member = [("partner_id", "=", self.partner.id)]
        goodwill = self.env["crm.goodwill"].search(of_member)
        self.assertRecordValues(
            goodwill,
            [{"state": "requested", "points": 1000, "value": 50}],
        )
        self.assertFalse(self.env["crm.loyalty.entry"].search(of_member))
        self.start_tour(
            "/odoo/goodwill-approval",
            "crm_loyalty_goodwill_points_approve",
            login=boss.login,
        )
        self.assertEqual(goodwill.approved_by_id, boss)
        entry = self.env["crm.loyalty.entry"].search(of_member)
        self.assertRecordValues(
            entry,
            [
                {
                    "kind": "goodwill",
                    "points": 1000,
                    "partner_id": self.partner.id,
                    "res_model": "crm.goodwill",
                    "res_id": goodwill.id,
                }
            ],
        )
        self.start_tour(
            "/odoo/loyalty-members?view_type=list",
            "crm_loyalty_goodwill_points_member",
            login=boss.login,
        )
        self.assert_whole()
