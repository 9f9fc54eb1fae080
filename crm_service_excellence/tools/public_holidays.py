# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Public holidays and make-up working days of a country, from the ``holidays`` library.

The library is optional: without it the addon works, and holidays are typed by hand.
"""

import re
from datetime import date
from typing import NamedTuple

try:
    import holidays
except ImportError:
    holidays = None

# "Day off (substituted from 10/10/2026)": which make-up day pays for a day off
SWAP = re.compile(r"(\d{2})/(\d{2})/(\d{4})")
SEVERAL = ";"  # between the names of a day that is more than one holiday
# How far back to look whether a country has make-up days at all.
YEARS_BACK = 5
ESTIMATED = re.compile(r"estimat", re.IGNORECASE)  # dates that await a sighted moon


class PublicDay(NamedTuple):
    """A day off (``weekday`` None), or a make-up day that works like ``weekday``.

    ``swapped`` is the other day of a swap: the make-up day that pays for a day off,
    which is no holiday itself, and the day off that a make-up day pays for.
    """

    day: date
    name: str
    weekday: int | None = None
    swapped: date | None = None


class PublicYear(NamedTuple):
    """What is known of a country's year; predicted until it has been announced."""

    days: list
    is_predicted: bool


def is_available():
    """Whether the library is installed."""
    return holidays is not None


def countries():
    """Codes of the countries the library knows."""
    return set(holidays.list_supported_countries()) if holidays else set()


def public_year(country, year, language=None):
    """Days off and make-up days of a country's year, in order.

    A year is predicted where the library only estimates a date, and where a country
    that has make-up days every year has none yet: they are announced some weeks
    before the year begins, and until then days off are computed, not decreed.

    :param country: ISO code the library knows
    :param language: such as ``zh_CN``; the country's own where it has no translation,
        English by default
    :raise LookupError: the library does not know the country
    """
    if country not in countries():
        raise LookupError(country)
    # in English to read estimates and swaps, which each language words differently
    english = _calendar(country, year, "en_US")
    named = _calendar(country, year, language) if language else english
    swaps = _swaps(english)
    makeups = _makeups(english, year, swaps)
    days = [
        PublicDay(
            day,
            named.get(day, name),
            swapped=None if SEVERAL in name else swaps.get(day),
        )
        for day, name in english.items()
    ]
    days += makeups
    is_predicted = any(ESTIMATED.search(name) for name in english.values()) or (
        not makeups and _has_makeups_lately(country, year)
    )
    return PublicYear(sorted(days, key=lambda item: item.day), is_predicted)


def _calendar(country, year, language):
    supported = holidays.country_holidays(country).supported_languages
    return holidays.country_holidays(
        country, years=year, language=language if language in supported else None
    )


def _swaps(calendar):
    """Days off by a swap, each with the make-up day that pays for it."""
    swaps = {}
    for day, name in calendar.items():
        swap = SWAP.search(name)
        if swap:
            month, number, year_of_it = map(int, swap.groups())
            paid = date(year_of_it, month, number)
            # some countries so move a holiday that fell on a weekend: nobody works then
            if paid in calendar.weekend_workdays:
                swaps[day] = paid
    return swaps


def _makeups(calendar, year, swaps):
    """Make-up days of a year; each works like the day it pays for, or like a Monday."""
    replaced = {makeup: day for day, makeup in swaps.items()}
    return [
        PublicDay(
            day,
            "",
            replaced[day].weekday() if day in replaced else 0,
            replaced.get(day),
        )
        for day in calendar.weekend_workdays
        if day.year == year
    ]


def _has_makeups_lately(country, year):
    return any(
        day.year == past
        for past in range(year - YEARS_BACK, year)
        for day in holidays.country_holidays(country, years=past).weekend_workdays
    )
