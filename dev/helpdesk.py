# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Read a help desk's ticket log: pure, nothing of Odoo, nothing of the disk.

``CaseID,ActivityID,CompleteTimestamp`` under a header, times as the clock on the wall
of Italy showed them. What the activities mean for a complaint is in :data:`MEANING`.
"""

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Rome")
UTC = ZoneInfo("UTC")
RECEIVED, TAKEN, WAITING, WORK, CLOSED = (
    "received",
    "taken",
    "waiting",
    "work",
    "closed",
)
MEANING = {
    "1": RECEIVED,
    "3": RECEIVED,
    "8": TAKEN,
    "9": WAITING,
    "6": CLOSED,
    "2": WORK,
    "4": WORK,
    "5": WORK,
    "7": WORK,
}
HEADER = "caseid"
YEARS = range(1970, 2200)


@dataclass(frozen=True)
class Event:
    """One line of the log; ``local`` as it is written, ``moment`` in naive UTC."""

    line: int
    case: str
    activity: str
    local: datetime.datetime
    moment: datetime.datetime

    @property
    def meaning(self) -> str:
        """Say what the activity means for a complaint."""
        return MEANING[self.activity]


@dataclass(frozen=True)
class BadLine:
    """A line that is no event, and why."""

    line: int
    reason: str
    text: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}: {self.text!r}"


def parse(lines: Iterable[str]) -> Iterator[Event | BadLine]:
    """Yield an event or a bad line for every line but blank ones and a header."""
    first = True
    for number, text in enumerate(lines, start=1):
        text = text.strip().lstrip("\ufeff").strip()
        if not text:
            continue
        if first and text.lower().startswith(HEADER):
            first = False
            continue
        first = False
        try:
            case, activity, local = read(text.split(","))
        except ValueError as error:
            yield BadLine(number, str(error), text[:80])
            continue
        yield Event(number, case, activity, local, to_utc(local))


def read(columns: list[str]) -> tuple[str, str, datetime.datetime]:
    """Read the columns of one line.

    :raise ValueError: saying what is wrong with it
    """
    if len(columns) != 3:
        raise ValueError(f"{len(columns)} columns instead of 3")
    case, activity, text = (column.strip() for column in columns)
    if not case:
        raise ValueError("no case")
    if activity not in MEANING:
        raise ValueError(f"{activity!r} is no activity of 1 to 9")
    try:
        local = datetime.datetime.strptime(text, "%Y-%m-%d %H:%M:%S")
    except ValueError:
        local = None
    if not local or local.year not in YEARS:
        raise ValueError(f"{text!r} is no time (yyyy-mm-dd hh:mm:ss)")
    return case, activity, local


def to_utc(local: datetime.datetime) -> datetime.datetime:
    """Return the naive UTC moment at which Italian clocks showed ``local``.

    The first of two where they were put back, an hour that was skipped goes on as if
    they had not been put forward yet.
    """
    return local.replace(tzinfo=ZONE).astimezone(UTC).replace(tzinfo=None)


def split(entries: Iterable[Event | BadLine]) -> tuple[list[Event], list[BadLine]]:
    """Part the events from the bad lines."""
    events: list[Event] = []
    bad: list[BadLine] = []
    for entry in entries:
        if isinstance(entry, Event):
            events.append(entry)
        else:
            bad.append(entry)
    return events, bad


def in_order(events: Iterable[Event]) -> list[Event]:
    """Return the events as they happened; those of one second as in the file."""
    return sorted(events, key=lambda event: (event.moment, event.line))
