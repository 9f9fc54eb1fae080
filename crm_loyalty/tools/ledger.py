# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The arithmetic of a points account, without a database.

An account is what is left in its lots, less what the member owes. A credit first
settles the debt; a debit takes the points that expire soonest. All numbers are
:class:`decimal.Decimal` of at most two places, all days are days of the program.
Rules: ``loyalty.md`` (c), examples E2 to E4 and E8.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation

ZERO = Decimal(0)
CENT = Decimal("0.01")


class LedgerError(Exception):
    """What an account refuses; ``code`` says why, ``values`` with which numbers."""

    def __init__(self, code, **values):
        super().__init__(code, values)
        self.code = code
        self.values = values


def to_points(value):
    """Read a number of points: exact, of at most two decimals.

    :param value: int, Decimal, or a float as the ORM reads it from the database
    :return: Decimal
    :raise LedgerError: ``number`` for what is none (text, NaN, infinity, True, None),
        ``places`` for a third decimal
    """
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise LedgerError("number", value=value)
    try:
        # a float is read by its shortest decimals: 0.1 is a tenth
        number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
        if not number.is_finite():
            raise LedgerError("number", value=value)
        exact = number.quantize(CENT)
    except InvalidOperation:
        raise LedgerError("large", value=value) from None
    if exact != number:
        raise LedgerError("places", value=value)
    return exact


@dataclass
class Lot:
    """Points with one last day; ``expiry`` None for those that stay for ever."""

    expiry: date | None
    remaining: Decimal = ZERO
    initial: Decimal = ZERO
    id: int | None = None

    @property
    def rank(self):
        """Key of the order in which lots are spent."""
        return (self.expiry is None, self.expiry or date.max)

    def is_open(self, today):
        """Whether its points can be spent on that day; they can on the last one."""
        return self.expiry is None or self.expiry >= today


@dataclass
class Effect:
    """What one movement did: to the balance, to pending and debt, to the lots."""

    points: Decimal = ZERO
    pending: Decimal = ZERO
    debt: Decimal = ZERO
    lots: list = field(default_factory=list)  # (Lot, signed points)


@dataclass
class Account:
    """A card: its lots, debt, pending points, and what others hold of it."""

    lots: list = field(default_factory=list)
    debt: Decimal = ZERO
    pending: Decimal = ZERO
    held: Decimal = ZERO

    @property
    def points(self):
        """The balance, with points whose day has passed but that are not settled."""
        return sum((lot.remaining for lot in self.lots), ZERO) - self.debt

    def available(self, today):
        """What can be spent on a day: no expired points, nothing owed, nothing held."""
        open_points = sum(
            (lot.remaining for lot in self.lots if lot.is_open(today)), ZERO
        )
        return open_points - self.debt - self.held

    # CREDITS

    def credit(self, points, expiry):
        """Add points to the lot of their last day; a debt is settled first (E4)."""
        settled = min(self.debt, points)
        self.debt -= settled
        effect = Effect(points=points, debt=-settled)
        self._fill(effect, self._lot(expiry), points - settled, grows=True)
        return effect

    def receive(self, points, expiry, today):
        """Take over points of another account, with the last day they had there.

        Points whose day has passed come too, to lapse here; nobody can spend them, so
        they pay no debt.
        """
        lot = self._lot(expiry)
        if lot.is_open(today):
            return self.credit(points, expiry)
        effect = Effect(points=points)
        self._fill(effect, lot, points, grows=True)
        return effect

    def restore(self, points, taken, rest=None, grace=None):
        """Give back points to the lots they were taken from (E3).

        What expires last is given back first, as it serves the member best.

        :param taken: ``[(Lot, points still out)]``
        :param rest: last day of what no lot is out of: it had been owed, and paid since
        :param grace: a day up to which restored points live at least; None: each lot
            keeps its own last day, also one that has passed
        """
        settled = min(self.debt, points)
        self.debt -= settled
        effect = Effect(points=points, debt=-settled)
        left = points - settled
        for lot, out in sorted(taken, key=lambda pair: pair[0].rank, reverse=True):
            part = min(left, out)
            if not part:
                continue
            left -= part
            if grace and lot.expiry and lot.expiry < grace:
                self._fill(effect, self._lot(grace), part, grows=True)
            else:
                self._fill(effect, lot, part)
        self._fill(effect, self._lot(rest), left, grows=True)
        return effect

    # DEBITS

    def redeem(self, points, today):
        """Spend points, those that expire soonest first; all of them or none.

        :raise LedgerError: ``insufficient``
        """
        if self.available(today) < points:
            raise LedgerError(
                "insufficient", points=points, available=self.available(today)
            )
        return self._take(points, today)

    def take_back(self, points, today, first=None):
        """Take back points that were earned; what was spent becomes a debt (E4).

        :param first: the lot they were in: what is left there goes first, even of a
            lot whose day has passed
        """
        return self._take(points, today, first=first, owes=True)

    def expire(self, points, today):
        """Lapse points whose last day has passed, the oldest first.

        :raise LedgerError: ``expired`` if so many have not
        """
        effect = Effect(points=-points)
        left = points
        for lot in sorted(self.lots, key=lambda lot: lot.rank):
            if not lot.is_open(today):
                left -= self._drain(effect, lot, left)
        if left:
            raise LedgerError("expired", points=points)
        return effect

    def take_from(self, points, expiry):
        """Take points of one lot and no other, also of one whose day has passed.

        :raise LedgerError: ``insufficient``
        """
        effect = Effect(points=-points)
        lot = self.lot_of(expiry)
        if lot is None or lot.remaining < points:
            left = lot.remaining if lot else ZERO
            raise LedgerError("insufficient", points=points, available=left)
        self._drain(effect, lot, points)
        return effect

    def _take(self, points, today, first=None, owes=False):
        effect = Effect(points=-points)
        left = points
        if first:
            left -= self._drain(effect, first, left)
        for lot in sorted(self.lots, key=lambda lot: lot.rank):
            if left and lot is not first and lot.is_open(today):
                left -= self._drain(effect, lot, left)
        if left and not owes:
            raise LedgerError("insufficient", points=points, available=points - left)
        self.debt += left
        effect.debt = left
        return effect

    # PENDING

    def promise(self, points):
        """Add pending points; they cannot be spent."""
        self.pending += points
        return Effect(pending=points)

    def release(self, points, expiry):
        """Make pending points spendable."""
        self.pending -= points
        effect = self.credit(points, expiry)
        effect.pending = -points
        return effect

    def void(self, points):
        """Take back pending points."""
        self.pending -= points
        return Effect(pending=-points)

    # LOTS

    def lot_of(self, expiry):
        """The lot of a last day; None where there is none."""
        return next((lot for lot in self.lots if lot.expiry == expiry), None)

    def _lot(self, expiry):
        """The lot of a last day, a new one where there is none."""
        lot = self.lot_of(expiry)
        if lot is None:
            lot = Lot(expiry)
            self.lots.append(lot)
        return lot

    @staticmethod
    def _fill(effect, lot, points, grows=False):
        if points:
            lot.remaining += points
            if grows:
                lot.initial += points
            effect.lots.append((lot, points))

    @staticmethod
    def _drain(effect, lot, wanted):
        part = min(lot.remaining, wanted)
        if part > 0:
            lot.remaining -= part
            effect.lots.append((lot, -part))
            return part
        return ZERO
