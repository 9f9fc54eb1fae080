# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a ticket log's deadlines must come to, computed from its text alone.

Nothing of the addons, nothing of Odoo, nothing of our reader: another hand's answer to
the same question, in whole seconds of local time. Working time is Monday to Friday from
9 to 18 o'clock, hours in which no clock is ever put forward or back.

Received is a case's first event. Its first response is its first 8, or its first 6
where no 8 came before. It waits from a 9 to its next event that is not a 9, and waiting
does not count for the resolution. A 6 closes it, any event after a 6 opens it again:
the next cycle goes on with the time that the former ones used up; closed time never
counts.
"""

import csv
import datetime
from dataclasses import dataclass

OPENS, CLOSES = 9 * 3600, 18 * 3600
DAY = 86_400
FIRST_RESPONSE = 4 * 3600
RESOLUTION = 27 * 3600
MET, LATE, OPEN = "met", "late", "open"
EPOCH = datetime.datetime(1970, 1, 5)  # a Monday


@dataclass(frozen=True)
class Outcome:
    """What became of one promise of one case; overdue in working seconds."""

    case: str
    metric: str
    cycle: int
    state: str
    overdue: int = 0


def outcomes(text: str) -> list[Outcome]:
    """Return the outcome of every promise in a log, in the order of its cases."""
    cases: dict[str, list[tuple[int, str]]] = {}
    for row in csv.reader(text.lstrip("\ufeff").splitlines()):
        try:
            case, activity, when = (column.strip() for column in row)
            moment = datetime.datetime.strptime(when, "%Y-%m-%d %H:%M:%S")
        except ValueError:
            continue
        if case and activity in set("123456789") and moment.year in range(1970, 2200):
            seconds = int((moment - EPOCH).total_seconds())
            cases.setdefault(case, []).append((seconds, activity))
    found = []
    for case, events in cases.items():
        events.sort(key=lambda event: event[0])  # stable: those of a second as written
        found.append(_first_response(case, events))
        found += _resolutions(case, events)
    return found


def _first_response(case: str, events: list[tuple[int, str]]) -> Outcome:
    start = events[0][0]
    answers = [moment for moment, activity in events if activity in "86"]
    if not answers:
        return Outcome(case, "first_response", 1, OPEN)
    late, used = _stretch(start, answers[0], 0, FIRST_RESPONSE)
    return _outcome(case, "first_response", 1, late, used - FIRST_RESPONSE)


def _resolutions(case: str, events: list[tuple[int, str]]) -> list[Outcome]:
    found = []
    cycle, used, late = 1, 0, False
    since = events[0][0]  # None while it waits or is closed
    closed = False
    for moment, activity in events:
        if closed:
            cycle, closed, late, since = cycle + 1, False, used > RESOLUTION, moment
        if activity == "9":
            if since is not None:
                now_late, used = _stretch(since, moment, used, RESOLUTION)
                late, since = late or now_late, None
        elif since is None:
            since = moment
        if activity == "6":
            now_late, used = _stretch(since, moment, used, RESOLUTION)
            late, since, closed = late or now_late, None, True
            found.append(
                _outcome(case, "resolution", cycle, late, used - RESOLUTION),
            )
    if not closed:
        found.append(Outcome(case, "resolution", cycle, OPEN))
    return found


def _outcome(case: str, metric: str, cycle: int, late: bool, over: int) -> Outcome:
    return Outcome(case, metric, cycle, LATE if late else MET, max(0, over))


def _stretch(start: int, end: int, used: int, allowed: int) -> tuple[bool, int]:
    """Let the clock run from ``start`` to ``end``.

    Exactly at the deadline is in time; after it is late, even in the night, when no
    working second has passed since.

    :return: whether that went past the deadline, and the time used up afterwards
    """
    late = used > allowed or end > due(start, allowed - used)
    return late, used + worked(end) - worked(start)


def worked(moment: int) -> int:
    """Return the working seconds since the Monday at :data:`EPOCH`."""
    days, clock = divmod(moment, DAY)
    weeks, weekday = divmod(days, 7)
    done = (weeks * 5 + min(weekday, 5)) * (CLOSES - OPENS)
    if weekday < 5:
        done += min(max(clock - OPENS, 0), CLOSES - OPENS)
    return done


def due(start: int, seconds: int) -> int:
    """Return when so many working seconds have passed since ``start``, day by day."""
    day = start // DAY
    while True:
        if day % 7 < 5:
            opens = max(start, day * DAY + OPENS)
            room = day * DAY + CLOSES - opens
            # nothing left to wait for at closing time means: at the next opening
            if 0 < room >= seconds:
                return opens + seconds
            seconds -= max(0, room)
        day += 1
