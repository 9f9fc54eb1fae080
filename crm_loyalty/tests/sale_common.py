# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.tests import freeze_time, new_test_user

from .common import LoyaltyCase

NOW = "2026-05-11 10:00:00"


@freeze_time(NOW)
class SaleLoyaltyCase(LoyaltyCase):
    """Orders of a salesperson who has no more rights than that, in May 2026."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.salesman = new_test_user(
            cls.env,
            login="loyalty_salesman",
            groups="base.group_user,sales_team.group_sale_salesman",
        )
        cls.partner.user_id = cls.salesman
        cls.pump = cls.product("Pump", 199.90)
        cls.hose = cls.product("Hose", 50.05)
        cls.clip = cls.product("Clip", 0.30)
        cls.plain = cls.product("Valve", 100)
        cls.gold = cls.env.ref("crm_service_excellence.crm_grade_gold")
        cls.gold.name = "Gold"
        # Odoo orders rewards by their points alone: of two alike either comes first
        cls.five_off = cls.program.reward_ids

    @classmethod
    def product(cls, name, price, **values):
        """A product without taxes."""
        return cls.env["product.product"].create(
            {
                "name": name,
                "list_price": price,
                "taxes_id": [Command.clear()],
                "type": "consu",
                "invoice_policy": "order",
                **values,
            }
        )

    def order(self, *products, user=None, **values):
        """A quotation for products, or pairs of product and quantity."""
        pairs = [item if isinstance(item, tuple) else (item, 1) for item in products]
        orders = self.env["sale.order"].with_user(user or self.salesman)
        return orders.create(
            {
                "partner_id": self.partner.id,
                "order_line": [
                    Command.create({"product_id": item.id, "product_uom_qty": number})
                    for item, number in pairs
                ],
                **values,
            }
        )

    def confirmed(self, *products, **values):
        """A confirmed order for products."""
        order = self.order(*products, **values)
        order.action_confirm()
        return order

    def member(self, points=0, program=None, partner=None):
        """A card with points that live for ever."""
        card = self.card(partner, program)
        if points:
            self.earn(card, points, f"begin:{card.id}", None)
        return card

    def make_gold(self, factor=1.5, program=None, partner=None):
        """The customer is gold, and gold multiplies."""
        customer = self.env["crm.customer"]._follow(partner or self.partner)
        self.env.cr.execute(
            "UPDATE crm_customer SET grade_id = %s WHERE id = %s",
            [self.gold.id, customer.id],
        )
        customer.invalidate_recordset()
        (program or self.program).multiplier_ids = [
            Command.create({"grade_id": self.gold.id, "factor": factor})
        ]

    def campaign(self, program=None, **values):
        """Double points in May."""
        return self.env["crm.loyalty.campaign"].create(
            {
                "name": "Double points in May",
                "program_id": (program or self.program).id,
                "date_from": "2026-05-01",
                "date_to": "2026-05-31",
                **values,
            }
        )

    def claim(self, order, reward=None, card=None, **values):
        """Claim a reward, as the wizard does."""
        reward = reward or self.five_off
        card = card or self.card_of(order)
        result = order._apply_program_reward(reward, card, **values)
        order._update_programs_and_rewards()
        return result

    def card_of(self, order, program=None):
        """The member's card as the user of the order sees it."""
        return order.env["loyalty.card"].search(
            [
                ("partner_id", "=", order.partner_id.id),
                ("program_id", "=", (program or self.program).id),
            ]
        )

    def entries(self, order=None, card=None):
        """``[(kind, points or pending)]`` in the order of posting."""
        domain = [("program_id.is_ledger", "=", True)]
        if order:
            domain += [("res_model", "=", "sale.order"), ("res_id", "=", order.id)]
        if card:
            domain.append(("card_id", "=", card.id))
        found = self.env["crm.loyalty.entry"].search(domain, order="id")
        return [(entry.kind, entry.points or entry.pending) for entry in found]

    def earned(self, order):
        """What the order posted in all."""
        return sum(points for _kind, points in self.entries(order))

    def quotation(self, points=200, *products):
        """A quotation that redeems 100 points for 5 off, and the member's card."""
        card = self.card_of(self.order(self.clip)) or self.member(points)
        order = self.order(*(products or [self.plain]))
        order._update_programs_and_rewards()
        self.assertEqual(self.claim(order), {})
        return order, card.sudo()
