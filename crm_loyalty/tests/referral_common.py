# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command

from .common import LoyaltyCase

#: points of each side
POINTS = {"referral_won": 200, "referral_welcome": 50}


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

        events = cls.env["crm.loyalty.event"].with_context(active_test=False)
        cls.events = events.browse()
        for code, points in POINTS.items():
            event = events.search([("code", "=", code)], limit=1)
            event.write(
                {
                    "program_id": cls.program.id,
                    "points": points,
                    "frequency": "source",
                    "cap_year": 0,
                    "start_date": "2026-01-01",
                    "active": True,
                }
            )
            cls.events |= event

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

    def rewarded(self):
        referral = self.refer()
        self.order("2026-01-06")
        self.run_job("2026-01-20")
        self.assertEqual(referral.state, "rewarded")
        return referral
