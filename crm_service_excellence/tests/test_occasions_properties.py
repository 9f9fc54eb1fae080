# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What must hold for any birthday and any interval."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.crm_service_excellence.tools import lunar
from odoo.addons.crm_service_excellence.tools.occasions import (
    Celebrated,
    birthday_dates,
    birthday_occurrences,
    celebrated_on,
    next_celebrations,
)

DAYS = st.dates(date(1934, 1, 1), date(2056, 12, 31))
ONE_DAY = timedelta(days=1)
LUNAR = st.fixed_dictionaries(
    {
        "month": st.integers(1, 12),
        "day": st.integers(1, 30),
        "lunar": st.just(True),
        "leap": st.booleans(),
        "leap_policy": st.sampled_from(["regular", "leap"]),
    }
)
SOLAR = st.builds(
    lambda day, feb29: {"month": day.month, "day": day.day, "feb29": feb29},
    st.dates(date(2000, 1, 1), date(2000, 12, 31)),
    st.sampled_from(["prev", "next"]),
)
BIRTHDAYS = st.one_of(LUNAR, SOLAR)
LENGTHS = st.integers(0, 1500)


@given(BIRTHDAYS, DAYS, LENGTHS)
def test_in_order_within_the_interval_and_once_a_key(birthday, start, length):
    end = start + timedelta(days=length)
    found = birthday_occurrences(start=start, end=end, **birthday)
    dates = [one.day for one in found]
    assert dates == sorted(set(dates))
    assert all(start <= day <= end for day in dates)
    keys = [one.key for one in found]
    assert len(keys) == len(set(keys))


@given(LUNAR, st.integers(1934, 2052), st.integers(0, 3))
def test_exactly_once_in_each_lunar_year(birthday, first, more):
    """In each that lies wholly inside of the interval."""
    start = lunar.solar_day(first, 1, 1)
    end = lunar.solar_day(first + more + 1, 1, 1) - ONE_DAY
    found = birthday_occurrences(start=start, end=end, **birthday)
    years = range(first, first + more + 1)
    assert [one.key for one in found] == [f"L{number}" for number in years]


@given(SOLAR, st.integers(1934, 2052), st.integers(0, 3))
def test_exactly_once_in_each_solar_year(birthday, first, more):
    start, end = date(first, 1, 1), date(first + more, 12, 31)
    found = birthday_occurrences(start=start, end=end, **birthday)
    years = range(first, first + more + 1)
    assert [one.key for one in found] == [str(number) for number in years]


@given(BIRTHDAYS, DAYS, LENGTHS, LENGTHS)
def test_adjacent_intervals_are_the_whole(birthday, start, first, second):
    middle = start + timedelta(days=first)
    end = middle + timedelta(days=second)
    whole = birthday_occurrences(start=start, end=end, **birthday)
    assert whole == [
        *birthday_occurrences(start=start, end=middle, **birthday),
        *birthday_occurrences(start=middle + ONE_DAY, end=end, **birthday),
    ]


@given(BIRTHDAYS, DAYS)
def test_celebrated_on_is_the_inverse(birthday, today):
    feb29 = birthday.get("feb29", "prev")
    leap = birthday.get("leap", False)
    key = (
        "lunar" if birthday.get("lunar") else "solar",
        birthday["month"],
        birthday["day"],
        leap,
        birthday.get("leap_policy", "regular") if leap else "regular",
    )
    found = [one for one in celebrated_on(today, feb29) if one[:-1] == key]
    occurrences = birthday_occurrences(start=today, end=today, **birthday)
    assert [one.key for one in occurrences] == [one.key for one in found]


def test_celebrated_on_by_hand():
    """2026-02-16: the 29th and last of the 12th lunar month, a day in no leap month."""
    rows = celebrated_on(date(2026, 2, 16))
    assert Celebrated("solar", 2, 16, False, "regular", "2026") in rows
    lunar_rows = {one[1:] for one in rows if one.calendar == "lunar"}
    assert lunar_rows == {
        (12, day, leap, policy, "L2025")
        for day in (29, 30)
        for leap, policy in ((False, "regular"), (True, "regular"), (True, "leap"))
    }


@given(BIRTHDAYS, DAYS)
def test_next_celebrations_agree(birthday, today):
    feb29 = birthday.get("feb29", "prev")
    leap = birthday.get("leap", False)
    key = (
        "lunar" if birthday.get("lunar") else "solar",
        birthday["month"],
        birthday["day"],
        leap,
        birthday.get("leap_policy", "regular") if leap else "regular",
    )
    later = birthday_dates(start=today, end=today + 400 * ONE_DAY, **birthday)
    assert next_celebrations(today, feb29)[key] == later[0]
