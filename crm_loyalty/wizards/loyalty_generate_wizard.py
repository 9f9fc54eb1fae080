# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models
from odoo.exceptions import AccessError, UserError

from ..models.crm_loyalty_input import read_points
from ..models.loyalty_card_write import MANAGER_GROUP


class LoyaltyGenerateWizard(models.TransientModel):
    """Points for many members: on the cards they have, as adjustments."""

    _inherit = "loyalty.generate.wizard"

    def generate_coupons(self):
        """Credit each chosen member; programs without a ledger as ever.

        What is above the limit of who asks waits for a second person.

        :return: ``loyalty.card`` of the members
        :raise UserError: members without a name, or no number of points
        :raise AccessError: the user is no manager
        """
        ledgers = self.filtered("program_id.is_ledger")
        others = self - ledgers
        cards = self.env["loyalty.card"]
        if others:
            cards |= super(LoyaltyGenerateWizard, others).generate_coupons()
        for wizard in ledgers:
            cards |= wizard._credit_members()
        return cards

    def _credit_members(self):
        """Adjust the points of each chosen customer by the same number."""
        self.ensure_one()
        if self.mode != "selected":
            raise UserError(
                self.env._(
                    "Points of %(program)s belong to members: choose the customers.",
                    program=self.program_id.name,
                )
            )
        if not (self.env.su or self.env.user.has_group(MANAGER_GROUP)):
            raise AccessError(
                self.env._("Managers of loyalty give points to many members.")
            )
        points = read_points(self.env, self.points_granted)
        # Odoo takes all contacts where nobody is chosen
        chosen = self.customer_ids or self.customer_tag_ids
        partners = chosen and self._get_partners()
        if not partners:
            raise UserError(self.env._("Choose the customers who get points."))
        program = self.program_id
        cards = self.env["loyalty.card"]
        for partner in partners:
            cards |= program._member_card(partner).with_env(self.env)
        reason = self.env["crm.loyalty.adjustment.reason"]._by_code("gift")
        adjustments = self.env["crm.loyalty.adjustment"].create(
            [
                {
                    "card_id": card.id,
                    "points": float(points),
                    "reason_id": reason.id,
                    "note": self.description or self.env._("Gift for customer"),
                    "expiry_date": self.valid_until,
                }
                for card in cards
            ]
        )
        adjustments._submit()
        return cards
