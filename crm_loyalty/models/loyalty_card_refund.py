# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What refunds ask of a card and its program."""

from datetime import timedelta

from odoo import api, fields, models

from ..tools.ledger import ZERO, to_points
from .crm_loyalty_move import Move


class LoyaltyCard(models.Model):
    _inherit = "loyalty.card"

    @api.model
    def _foresee_debt(self, moves, as_of=None):
        """What would be owed if movements were posted; nothing is.

        :param moves: see ``_post_points``
        :return: ``{card: points, as Decimal}`` that had been spent already, of cards
            that would owe any. A card that was merged into another owes what that one
            cannot pay.
        """
        moves = [Move.from_values(self, values) for values in moves]
        # sudo: balances, for whoever posts the document that the movements follow from
        cards_sudo = self.sudo().browse(sorted({move.card.id for move in moves}))
        self.env.flush_all()
        self._decide(moves, cards_sudo._lock_accounts(), fields.Date.to_date(as_of))
        owed = {}
        for move in moves:
            if move.kind == "reverse_earn" and move.effect.debt > 0:
                owed[move.card] = owed.get(move.card, ZERO) + move.effect.debt
        for card in owed:
            if (heir := card._member_card()) != card:
                paid = to_points(round(max(heir.available_points, 0), 2))
                owed[card] = max(owed[card] - paid, ZERO)
        return {card: points for card, points in owed.items() if points}

    def _member_card(self):
        """The card that a member has now: itself, unless it was merged and archived.

        :return: ``loyalty.card``, as superuser
        """
        self.ensure_one()
        # sudo: the card of a member is one, whatever company looks
        card_sudo = self.sudo()
        if card_sudo.active or not card_sudo.partner_id:
            return card_sudo
        return (
            card_sudo.search(
                [
                    ("program_id", "=", card_sudo.program_id.id),
                    ("partner_id", "=", card_sudo.partner_id.id),
                ],
                limit=1,
            )
            or card_sudo
        )


class LoyaltyProgram(models.Model):
    _inherit = "loyalty.program"

    def _restore_grace(self):
        """Day up to which points that are given back live at least; None: their own."""
        self.ensure_one()
        if self.restore_policy != "grace":
            return None
        return self._crm_today() + timedelta(days=self.restore_grace_days)
