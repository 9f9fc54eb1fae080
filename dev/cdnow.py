# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Read the CDNOW purchase log: pure, nothing of Odoo, nothing of the disk.

Both published forms are read, told apart by their lines: the sample
(``customer sample_id date cds dollars``, no header) and the master file
(``customer date cds dollars`` below a header).
"""

import datetime
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

#: number of columns -> positions of customer, date, number of CDs, dollars
LAYOUTS = {4: (0, 1, 2, 3), 5: (0, 2, 3, 4)}
#: Odoo numbers invoices by the year and knows these
YEARS = range(1900, 2200)
_DIGITS = re.compile(r"[0-9]{1,9}")
_DATE = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
#: at most what an Odoo amount holds exactly
_AMOUNT = re.compile(r"[0-9]{1,10}(\.[0-9]{1,2})?")
_HEADER = re.compile(r"\s*customer_?id\b", re.IGNORECASE)


@dataclass(frozen=True)
class Purchase:
    """One purchase; ``nth`` counts the customer's purchases of that day."""

    line: int
    customer: int
    date: datetime.date
    units: int
    amount: Decimal
    nth: int = 1

    @property
    def key(self) -> str:
        """Name the purchase alike in every file that has it, sample or master."""
        return f"{customer_key(self.customer)}-{self.date:%Y%m%d}-{self.nth}"


@dataclass(frozen=True)
class BadLine:
    """A line that is no purchase, and why."""

    line: int
    reason: str
    text: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}: {self.text!r}"


def customer_key(customer: int) -> str:
    """Return the reference of a customer."""
    return f"CDNOW-{customer:05d}"


def parse(lines: Iterable[str]) -> Iterator[Purchase | BadLine]:
    """Yield a purchase or a bad line for every line but blank ones and a header.

    The first line that can be read fixes the layout of the file.
    """
    columns = None
    nth: Counter[tuple[int, datetime.date]] = Counter()
    first = True
    for number, text in enumerate(lines, start=1):
        text = text.strip().lstrip("\ufeff").strip()
        if not text:
            continue
        if first and _HEADER.match(text):
            columns = len(text.split())
            first = False
            continue
        first = False
        words = text.split()
        try:
            customer, date, units, amount = read(words, columns)
        except ValueError as error:
            yield BadLine(number, str(error), text[:80])
            continue
        columns = len(words)
        nth[customer, date] += 1
        yield Purchase(number, customer, date, units, amount, nth[customer, date])


def read(
    words: list[str], columns: int | None = None
) -> tuple[int, datetime.date, int, Decimal]:
    """Read the columns of one line.

    :raise ValueError: saying what is wrong with it
    """
    if len(words) not in LAYOUTS or (columns or len(words)) != len(words):
        wanted = str(columns) if columns in LAYOUTS else "4 or 5"
        raise ValueError(f"{len(words)} columns instead of {wanted}")
    customer, date, units, amount = (words[i] for i in LAYOUTS[len(words)])
    if not _DIGITS.fullmatch(customer):
        raise ValueError(f"{customer!r} is no customer number")
    if not _DIGITS.fullmatch(units):
        raise ValueError(f"{units!r} is no number of CDs")
    if not _AMOUNT.fullmatch(amount):
        raise ValueError(f"{amount!r} is no amount of 0.00 or more")
    return int(customer), read_date(date), int(units), Decimal(amount)


def read_date(text: str) -> datetime.date:
    """Read ``yyyymmdd``.

    :raise ValueError: where there is no such day
    """
    match = _DATE.fullmatch(text)
    try:
        date = datetime.date(*map(int, match.groups())) if match else None
    except ValueError:
        date = None
    if not date or date.year not in YEARS:
        raise ValueError(f"{text!r} is no date (yyyymmdd)")
    return date


def split(
    entries: Iterable[Purchase | BadLine],
) -> tuple[list[Purchase], list[BadLine]]:
    """Part the purchases from the bad lines."""
    purchases: list[Purchase] = []
    bad: list[BadLine] = []
    for entry in entries:
        if isinstance(entry, Purchase):
            purchases.append(entry)
        else:
            bad.append(entry)
    return purchases, bad
