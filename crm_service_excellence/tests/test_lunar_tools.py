# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The lunar calendar, and that it agrees with other calendars.

Each day of 123 years is compared with ``-m slow``: half a minute.
"""

from datetime import date, datetime, timedelta
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.crm_service_excellence.tools import lunar
from odoo.addons.crm_service_excellence.tools.lunar import lunar_day
from odoo.addons.crm_service_excellence.tools.occasions import (
    birthday_dates,
    monthly_occurrences,
    next_celebrations,
    solar_term_occurrences,
)

# What all calendars agree on, but for one that has the disputed months otherwise.
FIRST, LAST = date(1934, 1, 1), date(2056, 12, 31)
DAYS = st.dates(FIRST, LAST)
YEAR = (date(2026, 1, 1), date(2026, 12, 31))
ONE_DAY = timedelta(days=1)


def test_without_the_library():
    lunar._months.cache_clear()
    lunar._solar_terms.cache_clear()
    with patch.object(lunar, "LunarYear", None):
        assert not lunar.is_available()
        with pytest.raises(lunar.LunarLibraryMissing):
            birthday_dates(1, 1, *YEAR, lunar=True)
        with pytest.raises(lunar.LunarLibraryMissing):
            solar_term_occurrences("清明", *YEAR)
        # the solar calendar does not need it
        assert birthday_dates(7, 1, *YEAR) == [date(2026, 7, 1)]
        assert monthly_occurrences(1, *YEAR)
        assert next_celebrations(date(2026, 1, 1), calendars=("solar",))


def test_disputed_months():
    """Historical facts: new moons within minutes of midnight in Beijing."""
    for first, last in (("1978-09-02", "1978-10-01"), ("1954-11-25", "1954-12-24")):
        first, last = date.fromisoformat(first), date.fromisoformat(last)
        assert lunar.is_disputed(first)
        assert lunar.is_disputed(last)
        assert not lunar.is_disputed(first - ONE_DAY)
        assert not lunar.is_disputed(last + ONE_DAY)
    assert lunar_day(date(1978, 9, 3))[:3] == (1978, 8, 1)
    assert lunar_day(date(1954, 11, 25))[:3] == (1954, 11, 1)


@pytest.mark.parametrize(
    ("month", "day", "leap", "name"),
    [
        (8, 2, False, "八月初二"),
        (1, 1, False, "正月初一"),
        (10, 10, False, "十月初十"),
        (11, 11, False, "冬月十一"),
        (12, 20, False, "腊月二十"),
        (4, 21, True, "闰四月廿一"),
        (6, 29, True, "闰六月廿九"),
        (12, 30, False, "腊月三十"),
    ],
)
def test_chinese_names(month, day, leap, name):
    assert lunar.chinese_name(month, day, leap) == name


def test_solar_day_of_a_lunar_one():
    assert lunar.solar_day(2020, 4, 8, leap=True) == date(2020, 5, 30)
    assert lunar.solar_day(2021, 4, 8, leap=True) is None  # the year lacks it
    assert lunar.solar_day(2025, 12, 30) is None  # the month is short
    assert lunar.solar_day(2025, 12, 18) == date(2026, 2, 5)


@given(DAYS)
def test_solar_day_is_the_inverse(day):
    now = lunar_day(day)
    assert lunar.solar_day(now.year, now.month, now.day, now.leap) == day


# AGAINST OTHER CALENDARS


def agrees_with_cnlunar(day):
    from cnlunar import Lunar  # of the development environment only

    other = Lunar(datetime(day.year, day.month, day.day, 12))
    ours = lunar_day(day)
    theirs = (
        other.lunarYear,
        other.lunarMonth,
        other.lunarDay,
        bool(other.isLunarLeapMonth),
    )
    assert ours[:4] == theirs, day


def agrees_with_conversion(day):
    from lunar_python import Solar

    other = Solar.fromYmd(day.year, day.month, day.day).getLunar()
    month = other.getMonth()
    theirs = (other.getYear(), abs(month), other.getDay(), month < 0)
    assert lunar_day(day)[:4] == theirs, day


def sampled(step):
    return (FIRST + ONE_DAY * n for n in range(0, (LAST - FIRST).days + 1, step))


def test_sampled_days_agree_with_other_calendars():
    """And all first and last days of years, where the lunar year is the one before."""
    for day in sampled(211):
        agrees_with_cnlunar(day)
        agrees_with_conversion(day)
    for number in range(FIRST.year, LAST.year + 1):
        agrees_with_cnlunar(date(number, 1, 1))
        agrees_with_cnlunar(date(number, 12, 31))


@pytest.mark.slow
def test_each_day_of_1934_to_2056_agrees_with_cnlunar():
    """44,926 days: year, month, day, and whether the month is a leap month."""
    for day in sampled(1):
        agrees_with_cnlunar(day)


@pytest.mark.slow
def test_every_seventh_day_agrees_with_the_conversion_of_a_day():
    """The library itself, asked day by day instead of by its tables of months."""
    for day in sampled(7):
        agrees_with_conversion(day)
