# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A program with members begins to keep a ledger."""

from markupsafe import Markup

from odoo import models
from odoo.tools import SQL

from ..tools.ledger import to_points


class LoyaltyProgram(models.Model):
    _inherit = "loyalty.program"

    def _open_ledger(self):
        """Write one opening entry for each card; what was below zero is owed."""
        for program in self:
            # sudo: cards of every company, also those that the manager does not see
            cards_sudo = self.env["loyalty.card"].sudo()
            self.env.flush_all()
            cards_sudo._post_credits(
                SQL(
                    """SELECT id AS card_id, ROUND(points::numeric, 2) AS points,
                              'opening:' || id AS key
                         FROM loyalty_card
                        WHERE program_id = %s AND ROUND(points::numeric, 2) > 0""",
                    program.id,
                ),
                kind="opening",
                reason=program.env._("Balance when the ledger began"),
                from_zero=True,
            )
            owing = cards_sudo.with_context(active_test=False).search(
                [("program_id", "=", program.id), ("points", "<", 0)]
            )
            for card in owing:
                card._open_in_debt()

    def _merge_duplicate_cards(self):
        """One card a member: points of the others move to the oldest one.

        The others are archived, and what was applied of them to open orders is applied
        of the one that stays. What was done stands in the log of that card.
        """
        # sudo: a member is one, whatever company looks
        cards_sudo = self.env["loyalty.card"].sudo()
        groups = cards_sudo._read_group(
            [("program_id", "in", self.ids), ("partner_id", "!=", False)],
            ["program_id", "partner_id"],
            ["id:recordset"],
            having=[("__count", ">", 1)],
        )
        for _program, _partner, cards in groups:
            kept, *_rest = cards.sorted("id")
            kept._absorb_duplicates(cards - kept)


class LoyaltyCard(models.Model):
    _inherit = "loyalty.card"

    def _open_in_debt(self):
        """The opening of a card whose balance was below zero."""
        self.ensure_one()
        owed = -to_points(round(self.points, 2))
        self.env.cr.execute(
            SQL("UPDATE loyalty_card SET points = 0 WHERE id = %s", self.id)
        )
        self.invalidate_recordset(["points"])
        self._post_points(
            [
                {
                    "kind": "adjust",
                    "points": -owed,
                    "key": f"opening:{self.id}",
                    "reason": self.env._("Balance when the ledger began"),
                    "allow_debt": True,
                }
            ]
        )

    def _absorb_duplicates(self, others):
        """Take over cards of the same member, before the program keeps a ledger."""
        self.ensure_one()
        total = self.points + sum(others.mapped("points"))
        report = Markup("<p>%s</p><ul>%s</ul>") % (
            self.env._("Cards of the same member were merged into this one:"),
            Markup("").join(
                Markup("<li>%s: %s</li>") % (card.code, card.points_display)
                for card in others
            ),
        )
        quiet = self.with_context(loyalty_no_mail=True)
        others._repoint_open_orders(self)
        others.with_context(loyalty_no_mail=True).write({"points": 0, "active": False})
        quiet.write({"points": total})
        self._message_log(body=report)
