# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from ..models.crm_loyalty_input import read_points
from ..tools.ledger import to_points


class LoyaltyCardUpdateBalance(models.TransientModel):
    """A new balance on a card with a ledger is an adjustment by the difference."""

    _inherit = "loyalty.card.update.balance"

    def action_update_card_point(self):
        """Ask for the difference; posted at once within the user's limit."""
        if not self.card_id.is_ledger:
            return super().action_update_card_point()
        self.ensure_one()
        balance = read_points(self.env, self.new_balance, zero=True)
        change = balance - to_points(round(self.card_id.points, 2))
        adjustment = self.env["crm.loyalty.adjustment"].create(
            {
                "card_id": self.card_id.id,
                "points": float(change),
                "reason_id": self.env["crm.loyalty.adjustment.reason"]
                ._by_code("balance")
                .id,
                "note": self.description,
            }
        )
        adjustment._submit()
        if adjustment.state == "posted":
            return None
        return adjustment._get_records_action(target="current", context={})
