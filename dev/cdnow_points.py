# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Points of a purchase log, counted from the log alone: pure, nothing of Odoo.

What :mod:`dev.load_cdnow_points` has the ledger do, done again the plain way, so that
the two can be compared: a customer's purchases one after the other, the points that
were earned first lapse first.
"""

import calendar
import datetime
from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass

from dev.cdnow import Purchase

#: of life of a point, to the end of the month
MONTHS = 12
DAY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Statement:
    """Points of a customer up to a day; ``earnings`` and ``lapses`` count entries."""

    earned: int = 0
    expired: int = 0
    earnings: int = 0
    lapses: int = 0

    @property
    def outstanding(self) -> int:
        """What is neither spent, which nobody did, nor expired."""
        return self.earned - self.expired

    def __add__(self, other: "Statement") -> "Statement":
        return Statement(
            self.earned + other.earned,
            self.expired + other.expired,
            self.earnings + other.earnings,
            self.lapses + other.lapses,
        )


def last_day(day: datetime.date) -> datetime.date:
    """Return the last day of points that are earned on a day."""
    months = day.month - 1 + MONTHS
    year, month = day.year + months // 12, months % 12 + 1
    return datetime.date(year, month, calendar.monthrange(year, month)[1])


def first_of_next_month(day: datetime.date) -> datetime.date:
    """Return the day on which the points of a month's last day have expired."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1]) + DAY


def months(first: datetime.date, last: datetime.date) -> list[datetime.date]:
    """Return the first day of each month from that of ``first`` to that of ``last``."""
    found = [first.replace(day=1)]
    while (following := first_of_next_month(found[-1])) <= last:
        found.append(following)
    return found


def statements(
    purchases: Iterable[Purchase], as_of: datetime.date
) -> dict[int, Statement]:
    """Return ``{customer: Statement}`` of all that happened up to a day, inclusive.

    One point a whole dollar of a purchase; a purchase below a dollar earns nothing, and
    is no entry. The points of a customer that share a last day lapse as one entry.
    """
    accounts = defaultdict(list)
    for purchase in purchases:
        if purchase.date <= as_of:
            accounts[purchase.customer].append((purchase.date, int(purchase.amount)))
    return {
        customer: _statement(sorted(rows), as_of) for customer, rows in accounts.items()
    }


def _statement(rows, as_of):
    """Walk through one customer's purchases in their order."""
    lots = deque()  # [last day, points], the first to expire in front
    earned = expired = earnings = lapses = 0
    for day, points in [*rows, (as_of, 0)]:
        while lots and lots[0][0] < day:
            expired += lots.popleft()[1]
            lapses += 1
        if not points:
            continue
        earned += points
        earnings += 1
        if lots and lots[-1][0] == last_day(day):
            lots[-1][1] += points
        else:
            lots.append([last_day(day), points])
    return Statement(earned, expired, earnings, lapses)
