# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError

from .common import LoyaltyCase

#: points of each side
POINTS = {"referrer": 200, "referred": 50}


class FakeEvents:
    """Events that give members of the only program their points."""

    active = True

    def action_archive(self):
        self.active = False

    def action_unarchive(self):
        self.active = True

    @property
    def reward(self):
        events = self

        def _reward_side(self, side, today=None):
            entries = self.env["crm.loyalty.entry"]
            if not events.active:
                return entries
            partner = self[f"{side}_id"]
            if not partner.active:
                raise UserError("archived")
            cards = self.env["loyalty.card"]
            vals = {"program_id": self.program_id.id, "partner_id": partner.id}
            card = cards.search([(k, "=", v) for k, v in vals.items()]) or cards.create(
                vals
            )
            return card._post_points(
                [
                    {
                        "kind": "event",
                        "points": POINTS[side],
                        "key": f"referral:{self.id}:{side}",
                        "source": self,
                    }
                ],
                as_of=today,
            )

        return _reward_side


class ReferralCase(LoyaltyCase):
    """A program that rewards referrals after 14 days: 200 points, and 50."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program.write({"referral_enabled": True, "referral_delay_days": 14})
        cls.referrals = cls.env["crm.referral"]
        cls.friend = cls.env["res.partner"].create({"name": "Mr Friend"})
        cls.product = cls.env["product.product"].create(
            {
                "name": "Pump",
                "type": "service",
                "lst_price": 100,
                "invoice_policy": "order",
                "taxes_id": [Command.clear()],
            }
        )

        cls.events = FakeEvents()
        cls.startClassPatcher(
            patch.object(
                type(cls.referrals), "_reward_side", cls.events.reward, create=True
            )
        )

    def refer(self, referrer=None, referred=None, **values):
        """Write down a recommendation."""
        return self.referrals._refer(
            referrer or self.partner, referred or self.friend, **values
        )

    def order(self, day, partner=None, pay=True):
        """A confirmed order of a day (naive UTC), invoiced, and paid."""
        order = self.env["sale.order"].create(
            {
                "partner_id": (partner or self.friend).id,
                "order_line": [Command.create({"product_id": self.product.id})],
            }
        )
        order.action_confirm()
        order.date_order = f"{day} 10:00:00"
        if pay:
            self.pay(order)
        return order

    def pay(self, order):
        invoice = order._create_invoices()
        invoice.action_post()
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({})._create_payments()
        return invoice

    def refund(self, invoice, quantity=None):
        """A posted credit note for an invoice, or for part of it."""
        refund = invoice._reverse_moves()
        if quantity is not None:
            refund.invoice_line_ids.quantity = quantity
        refund.action_post()
        return refund

    def run_job(self, as_of):
        self.referrals._cron_qualify(as_of=as_of)

    def points_of(self, partner):
        self.env.flush_all()
        cards = self.env["loyalty.card"].search(
            [("partner_id", "=", partner.id), ("program_id", "=", self.program.id)]
        )
        rewards = cards.entry_ids.filtered(
            lambda entry: entry.key.startswith("referral:")
        )
        return sum(rewards.mapped("points"))
