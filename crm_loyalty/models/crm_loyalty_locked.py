# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a posting knows of a card and of the entries it takes back, once locked."""

from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from ..tools.ledger import Account, LedgerError, to_points


def to_points_text(text):
    """Read an exact number of PostgreSQL's, which psycopg2 would make a float of."""
    return to_points(Decimal(text))


class LockedAccount:
    """A card as it was locked: its pure account, and what is around it."""

    def __init__(
        self,
        card_id,
        active,
        program_id,
        company_id,
        seq,
        pending,
        debt,
        points,
        ledger,
        merged_into,
        program_active,
        date_to,
        zone,
    ):
        self.card_id = card_id
        self.active = active
        self.program_id = program_id
        self.company_id = company_id
        self.seq = seq or 0
        self.points = to_points_text(points)
        self.is_ledger = ledger
        self.merged_into = merged_into
        self.program_active = program_active
        self.date_to = date_to
        self.zone = zone
        self.holds = {}
        self.account = Account(
            debt=to_points_text(debt), pending=to_points_text(pending)
        )

    def today(self):
        """The date it is now for the members of the program."""
        return datetime.now(ZoneInfo(self.zone)).date()


class Origin:
    """An entry that is taken back: how much of it is left, and where it went."""

    def __init__(self, kind, lot_id, left):
        self.kind = kind
        self.lot_id = lot_id
        self.left = left
        self.out = {}  # lot id: points that are still out of it

    def use(self, points):
        """:raise LedgerError: ``reversed`` if more is taken back than is left"""
        if points > self.left:
            raise LedgerError("reversed", points=points, left=self.left)
        self.left -= points

    def lot(self, account):
        """The lot that the entry filled."""
        return next((lot for lot in account.lots if lot.id == self.lot_id), None)

    def taken(self, account):
        """``[(Lot, points still out)]`` of a debit."""
        return [
            (lot, self.out[lot.id])
            for lot in account.lots
            if self.out.get(lot.id, 0) > 0
        ]
