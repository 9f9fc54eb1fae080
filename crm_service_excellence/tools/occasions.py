# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""On which days an occasion falls, and the key under which each is planned once.

Intervals are closed. Dates are the contact's own: no time of day, no time zone. The
rules and their examples are C9 and C12 of the project's reference on service.
"""

from calendar import isleap, monthrange
from datetime import date, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from .lunar import leap_month, lunar_day, solar_term_day

SOLAR, LUNAR = "solar", "lunar"
REGULAR, LEAP = "regular", "leap"
LUNAR_KEY = "L"  # before the year of a lunar occasion
PREVIOUS, NEXT = "prev", "next"
LONGEST_LUNAR_MONTH = 30
# From a birthday to the next: thirteen months of the moon, and a 30th that moves.
LONGEST_WAIT = 13 * LONGEST_LUNAR_MONTH
A_LEAP_YEAR = 2000  # any: to ask how long a month may be
ONE_DAY = timedelta(days=1)


class Occurrence(NamedTuple):
    """A day on which an occasion falls, and the key of this one time."""

    day: date
    key: str


class Celebrated(NamedTuple):
    """A birthday as stored that is celebrated on some day.

    ``leap_policy`` is "regular" for everybody who was not born in a leap month.
    """

    calendar: str
    month: int
    day: int
    leap: bool
    leap_policy: str
    key: str


# BIRTHDAYS


def birthday_dates(
    month,
    day,
    start,
    end,
    lunar=False,
    leap=False,
    leap_policy=REGULAR,
    feb29=PREVIOUS,
):
    """The dates on which a birthday is celebrated between ``start`` and ``end``.

    Solar 29 February is celebrated on 28 February of other years, or on 1 March
    (``feb29``). The lunar 30th of a month that has 29 days is celebrated on the 29th. A
    birthday in a leap month is celebrated in the regular month; with ``leap_policy``
    "leap" in the leap month, in years that have it. Never both.

    :param month: 1 to 12
    :param day: 1 to 31, lunar 1 to 30
    :param start: first date, included
    :param end: last date, included
    :param lunar: whether month and day are of the lunar calendar
    :param leap: whether the lunar month is a leap month
    :param leap_policy: "regular" or "leap"
    :param feb29: "prev" or "next"
    :return: list of dates in order
    :raise ValueError: there is no such day in any year, or no such policy
    :raise LunarLibraryMissing: lunar, and the library is not installed
    """
    found = birthday_occurrences(
        month, day, start, end, lunar, leap, leap_policy, feb29
    )
    return [occurrence.day for occurrence in found]


def birthday_occurrences(
    month,
    day,
    start,
    end,
    lunar=False,
    leap=False,
    leap_policy=REGULAR,
    feb29=PREVIOUS,
):
    """As :func:`birthday_dates`, with keys: the solar year, or the lunar one."""
    check_birthday(month, day, lunar, leap, leap_policy, feb29)
    wanted = Celebrated(
        LUNAR if lunar else SOLAR,
        month,
        day,
        bool(leap),
        leap_policy if leap else REGULAR,
        "",
    )
    return [
        Occurrence(today, one.key)
        for today in _days(start, end)
        for one in celebrated_on(today, feb29, calendars=(wanted.calendar,))
        if one[:-1] == wanted[:-1]
    ]


def check_birthday(
    month, day, lunar=False, leap=False, leap_policy=REGULAR, feb29=PREVIOUS
):
    """:raise ValueError: no year has such a birthday, or there is no such policy"""
    if leap_policy not in (REGULAR, LEAP):
        raise ValueError(f"unknown policy for leap months: {leap_policy}")
    if feb29 not in (PREVIOUS, NEXT):
        raise ValueError(f"unknown policy for 29 February: {feb29}")
    if not 1 <= month <= 12:
        raise ValueError(f"no such month: {month}")
    longest = LONGEST_LUNAR_MONTH if lunar else monthrange(A_LEAP_YEAR, month)[1]
    if not 1 <= day <= longest:
        raise ValueError(f"no such day in month {month}: {day}")
    if leap and not lunar:
        raise ValueError("only the lunar calendar has leap months")


def celebrated_on(today, feb29=PREVIOUS, calendars=(SOLAR, LUNAR)):
    """Which birthdays, as they are stored, are celebrated today: the inverse question.

    :param today: date
    :param feb29: "prev" or "next"
    :param calendars: of which calendars birthdays are asked for
    :return: list of :class:`Celebrated`
    """
    found = []
    if SOLAR in calendars:
        found += _solar_celebrated(today, feb29)
    if LUNAR in calendars:
        found += _lunar_celebrated(today)
    return found


@lru_cache(maxsize=64)
def next_celebrations(start, feb29=PREVIOUS, calendars=(SOLAR, LUNAR)):
    """When each possible birthday comes next: the inverse question, for a year ahead.

    :param start: the first date that counts
    :param feb29: "prev" or "next"
    :param calendars: tuple of the calendars whose birthdays are asked for
    :return: read-only ``{(calendar, month, day, leap, leap_policy): date}``
    """
    found = {}
    for today in _days(start, start + timedelta(days=LONGEST_WAIT)):
        for one in celebrated_on(today, feb29, calendars):
            found.setdefault(one[:-1], today)
    return MappingProxyType(found)


def _solar_celebrated(today, feb29):
    days = [(today.month, today.day)]
    instead = (2, 28) if feb29 == PREVIOUS else (3, 1)
    if not isleap(today.year) and days[0] == instead:
        days.append((2, 29))
    key = str(today.year)
    return [Celebrated(SOLAR, month, day, False, REGULAR, key) for month, day in days]


def _lunar_celebrated(today):
    now = lunar_day(today)
    if now.leap:
        whose = [(True, LEAP)]
    elif leap_month(now.year) == now.month:
        whose = [(False, REGULAR), (True, REGULAR)]
    else:
        whose = [(False, REGULAR), (True, REGULAR), (True, LEAP)]
    days = [now.day]
    if now.day == now.length < LONGEST_LUNAR_MONTH:
        days.append(LONGEST_LUNAR_MONTH)
    return [
        Celebrated(LUNAR, now.month, day, leap, policy, f"{LUNAR_KEY}{now.year}")
        for day in days
        for leap, policy in whose
    ]


# FESTIVALS


def solar_occurrences(month, day, start, end, feb29=PREVIOUS):
    """A fixed date of each year; 29 February as for birthdays."""
    return birthday_occurrences(month, day, start, end, feb29=feb29)


def lunar_occurrences(month, day, start, end):
    """A fixed date of each lunar year, in the regular month; 30 is the last day."""
    return birthday_occurrences(month, day, start, end, lunar=True)


def solar_term_occurrences(term, start, end):
    """A solar term such as 清明: once in each year of the sun.

    :raise KeyError: there is no such term
    """
    return [
        Occurrence(day, str(year))
        for year in range(start.year, end.year + 1)
        if start <= (day := solar_term_day(term, year)) <= end
    ]


def monthly_occurrences(day, start, end):
    """A day of each month; the last day of months that are shorter.

    :raise ValueError: no month has such a day
    """
    if not 1 <= day <= 31:
        raise ValueError(f"no such day of a month: {day}")
    return [
        Occurrence(today, f"{today:%Y-%m}")
        for today in _days(start, end)
        if today.day == min(day, monthrange(today.year, today.month)[1])
    ]


def _days(start, end):
    """Each date of a closed interval."""
    return (start + ONE_DAY * n for n in range((end - start).days + 1))
