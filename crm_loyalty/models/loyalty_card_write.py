# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Odoo's own ways to change a balance end in the ledger, or are refused.

Everything in Odoo that moves points, and whoever calls over RPC or imports, ends in
``create`` or ``write`` of ``points``. On a card with a ledger the difference is posted.
"""

from odoo import api, models
from odoo.exceptions import AccessError, UserError

from ..tools.ledger import to_points
from .loyalty_source import PostingSource, deferred_of, source_of

MANAGER_GROUP = "crm_loyalty.group_loyalty_manager"
#: key of what somebody typed
TYPED = "write"
#: how a card with a ledger begins
EMPTY = {"points": 0, "pending_points": 0, "debt_points": 0, "ledger_seq": 0}


class LoyaltyCard(models.Model):
    _inherit = "loyalty.card"

    @api.model_create_multi
    def create(self, vals_list):
        """A new card begins at 0, whatever defaults say; what it holds is posted."""
        default_id = None
        if not all(vals.get("program_id") for vals in vals_list):
            default_id = self.default_get(["program_id"]).get("program_id")
        program_ids = [vals.get("program_id") or default_id for vals in vals_list]
        programs = self.env["loyalty.program"].browse(set(program_ids) - {None, False})
        # sudo: whether the program keeps a ledger, for whoever creates
        ledgers = set(programs.sudo().exists().filtered("is_ledger").ids)
        is_ledger = [program_id in ledgers for program_id in program_ids]
        cards = super().create(
            [
                {**vals, **EMPTY} if keeps else vals
                for vals, keeps in zip(vals_list, is_ledger, strict=True)
            ]
        )
        begins = [
            vals.get("points") if keeps else None
            for vals, keeps in zip(vals_list, is_ledger, strict=True)
        ]
        for card, points in zip(cards, begins, strict=True):
            if points:
                card._post_balance(points)
        return cards

    def write(self, vals):
        ledger = self.filtered("is_ledger") if "points" in vals else self.browse()
        if not ledger:
            return super().write(vals)
        others = self - ledger
        if others:
            super(LoyaltyCard, others).write(vals)
        rest = {name: value for name, value in vals.items() if name != "points"}
        if rest:
            super(LoyaltyCard, ledger).write(rest)
        if not deferred_of(self.env):
            for card in ledger:
                card._post_balance(vals["points"])
        return True

    @api.ondelete(at_uninstall=False)
    def _unlink_except_ledger(self):
        """What was posted stays: a card with entries is archived, not deleted."""
        if self.filtered("ledger_seq"):
            raise UserError(
                self.env._(
                    "A card with movements of points cannot be deleted. Archive it."
                )
            )

    def _post_balance(self, balance):
        """Post what makes the card hold ``balance`` points.

        :raise AccessError: who asks may not change points
        :raise UserError: the balance is no number, or too much for who asks
        """
        self.ensure_one()
        balance = to_points(round(balance, 2)) if _is_number(balance) else balance
        source = source_of(self.env)
        if not _is_number(balance):
            raise UserError(
                self.env._("Points are a number, not %(value)s.", value=str(balance))
            )
        change = balance - to_points(round(self.points, 2))
        if not change:
            return
        if not source:
            self._check_may_set(balance, change)
            source = PostingSource(
                "adjust", "adjust", TYPED, reason=self.env._("Balance set")
            )
        credit = change > 0
        kind = source.credit if credit else source.debit
        # the number of the next entry: a change of a balance has no other name
        self._post_points(
            [
                {
                    "kind": kind,
                    "points": change if kind == "adjust" else abs(change),
                    "key": f"{source.key}:{self.id}:{self.ledger_seq + 1}",
                    "source": source.record,
                    "reason": source.reason,
                }
            ]
        )

    def _check_may_set(self, balance, change):
        """Server code of others (points of sale, imports by jobs) may, and managers.

        ``env.su`` cannot be had over RPC.
        """
        if self.env.su:
            return
        if not self.env.user.has_group(MANAGER_GROUP):
            raise AccessError(
                self.env._("Points are not typed: ask for an adjustment, and say why.")
            )
        if self._is_of(self.env.user):
            raise AccessError(self.env._("Nobody decides on points of one's own."))
        limit = self.program_id.adjust_limit_manager
        if balance < 0:
            raise UserError(self.env._("A balance is not set below 0 by hand."))
        if abs(change) + to_points(round(self._moved_alone(self.env.user), 2)) > limit:
            raise UserError(
                self.env._(
                    "More than %(limit)s points are adjusted with a second person: ask "
                    "for an adjustment.",
                    limit=limit,
                )
            )


def _is_number(value):
    """Whether a value is a finite number that ``round`` takes."""
    return (
        not isinstance(value, bool)
        and hasattr(value, "__round__")
        and value == value
        and abs(value) != float("inf")
    )
