# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Public holidays and make-up working days of a country, from the ``holidays`` library.

The library is optional: without it the addon works, and holidays are typed by hand.
"""

import re
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

try:
    import holidays
except ImportError:
    holidays = None

from .occasions import Occurrence

# "Day off (substituted from 10/10/2026)": which make-up day pays for a day off
SWAP = re.compile(r"(\d{2})/(\d{2})/(\d{4})")
SEVERAL = ";"  # between the names of a day that is more than one holiday
# How far back to look whether a country has make-up days at all.
YEARS_BACK = 5
ESTIMATED = re.compile(r"estimat", re.IGNORECASE)  # dates that await a sighted moon
ESTIMATE = re.compile(r"\s*\([^()]*estimat[^()]*\)", re.IGNORECASE)


class HolidayLibraryMissing(LookupError):
    """The ``holidays`` library is not installed."""


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


# OCCASIONS


def holiday_occurrences(country, name, start, end):
    """The days on which a country's public holiday begins, in a closed interval.

    One that lasts several days, or comes twice in a year as those of the Islamic
    calendar may, is its first day; days on which it is merely observed have a name of
    their own. Years that the library does not know have none.

    :param country: ISO code the library knows
    :param name: what :func:`holiday_names` calls it, in any case
    :return: list of :class:`Occurrence`, the key is the year
    :raise HolidayLibraryMissing: the library is not installed
    :raise LookupError: the library does not know the country
    """
    found = []
    for year in range(start.year, end.year + 1):
        days = _days_of(country, name, year)
        lasting = {
            day + timedelta(days=1) for day in (*days, *_days_of(country, name, year - 1))
        }
        begins = [day for day in days if day not in lasting]
        if begins and start <= begins[0] <= end:
            found.append(Occurrence(begins[0], str(year)))
    return found


def holiday_names(country, year):
    """What a country's public holidays of a year are called in English, by date.

    :raise HolidayLibraryMissing: the library is not installed
    :raise LookupError: the library does not know the country
    """
    names = _names(country, year)
    return sorted(names, key=names.get)


def _days_of(country, name, year):
    wanted = name.strip().casefold()
    names = _names(country, year)
    return next((names[one] for one in names if one.casefold() == wanted), [])


def _names(country, year):
    """``{name: [date]}`` of a country's year, without days off by a swap."""
    if not is_available():
        raise HolidayLibraryMissing("holidays")
    if country not in countries():
        raise LookupError(country)
    return _english_names(country, year)


@lru_cache(maxsize=256)
def _english_names(country, year):
    names = {}
    for day, text in sorted(_calendar(country, year, "en_US").items()):
        for name in text.split(SEVERAL):
            if not SWAP.search(name) and day.year == year:
                names.setdefault(ESTIMATE.sub("", name.strip()), []).append(day)
    return names


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
