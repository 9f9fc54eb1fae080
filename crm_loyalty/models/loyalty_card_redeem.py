# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Points are spent outside of orders: at a counter, by another system."""

import logging

from odoo import models
from odoo.exceptions import AccessError, UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from .crm_loyalty_input import read_points
from .loyalty_card_write import MANAGER_GROUP

_logger = logging.getLogger(__name__)
MAX_TRIES = 3
MAX_KEY = 100


class LoyaltyCard(models.Model):
    _inherit = "loyalty.card"

    def redeem_points(self, points, key, reason=None):
        """Spend points of one card; for counters and integrations, over RPC.

        Safe to repeat: what was spent under a key is spent once, so that a client which
        does not know whether its call arrived calls again with the same key.

        :param points: number of points, more than 0, at most two decimals
        :param key: name of the purchase, unique among all
        :param reason: words for the member's statement
        :return: ``{"entry_id", "points" (of this call), "balance", "available"}``
        :raise AccessError: the user is no manager of loyalty, or may not see the card
        :raise UserError: no number, no key, not so many points; nothing was posted
        """
        if len(self) != 1:
            raise UserError(self.env._("Points move on the card of one member."))
        if not self.env.user.has_group(MANAGER_GROUP):
            raise AccessError(
                self.env._("Managers of loyalty spend points without an order.")
            )
        # sudo: all that the rules ask of a card; else the check reads its every column
        self.sudo().fetch(["company_id"])
        self.check_access("read")
        amount = read_points(self.env, points)
        if not isinstance(key, str) or not 0 < len(key.strip()) <= MAX_KEY:
            raise UserError(
                self.env._(
                    "A movement of points needs a key: a text of at most %(limit)s "
                    "characters.",
                    limit=MAX_KEY,
                )
            )
        if reason is not None and not isinstance(reason, str):
            raise UserError(self.env._("The reason is a text."))
        move = {
            "kind": "redeem",
            "points": amount,
            "key": f"counter:{key.strip()}",
            "reason": reason or self.env._("Redeemed at the counter"),
        }
        for attempt in range(1, MAX_TRIES + 1):
            is_fresh = self._is_transaction_fresh()
            try:
                entry, accounts = self._post_moves([move])
                break
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                if not is_fresh or attempt == MAX_TRIES:
                    raise  # Odoo runs the request again, after a while
                self._queue_for_card()
        # of the account that was locked: its computed fields are six statements more
        locked = accounts[self.id]
        return {
            "entry_id": entry.id,
            "points": float(amount),
            "balance": float(locked.account.points),
            "available": float(locked.account.available(locked.today())),
        }

    def _is_transaction_fresh(self):
        """Whether the transaction has only read so far: giving it up loses nothing.

        PostgreSQL numbers a transaction when it first writes or locks a row.
        """
        self.env.flush_all()
        self.env.cr.execute("SELECT txid_current_if_assigned() IS NULL")
        return self.env.cr.fetchone()[0]

    def _queue_for_card(self):
        """Begin anew, at the end of the queue for this card.

        Under REPEATABLE READ each one in the queue fails when the one before it is
        done, and Odoo's waits of up to 2^n seconds would make a storm of eight clients
        of one member. Under READ COMMITTED a waiter goes on with what the one before
        it left. The lock comes first, so that everything is read after it; whoever
        else changes the card waits, too: what is decided is as exact as ever.
        """
        self.env.cr.rollback()
        self.env.transaction.reset()
        self.env.cr.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
        self.env.cr.execute(
            SQL("SELECT id FROM loyalty_card WHERE id = %s FOR NO KEY UPDATE", self.id)
        )
        _logger.debug("Card %s: queued behind another posting", self.id)
