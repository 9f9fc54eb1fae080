# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""On which days occasions fall: the worked examples of C9, and what must hold.

Plain functions, without a database. What must hold for any birthday is in
``test_occasions_properties.py``, the lunar calendar itself in ``test_lunar_tools.py``.
"""

from datetime import date, timedelta

import pytest

from odoo.addons.crm_service_excellence.tools import lunar
from odoo.addons.crm_service_excellence.tools.lunar import LunarDay, lunar_day
from odoo.addons.crm_service_excellence.tools.occasions import (
    birthday_dates,
    birthday_occurrences,
    lunar_occurrences,
    monthly_occurrences,
    solar_occurrences,
    solar_term_occurrences,
)

YEARS = range(1934, 2057)
ONE_DAY = timedelta(days=1)


def year(first, last=None):
    """The closed interval of solar years."""
    return date(first, 1, 1), date(last or first, 12, 31)


def days(found):
    return [str(one.day) for one in found]


def celebrated(month, day, first, last=None, **how):
    return [str(one) for one in birthday_dates(month, day, *year(first, last), **how)]


# C9: BIRTHDAYS


def test_solar_birthday():
    assert celebrated(7, 1, 2026, 2027) == ["2026-07-01", "2027-07-01"]


def test_29_february():
    before = ["2026-02-28", "2027-02-28", "2028-02-29"]
    assert celebrated(2, 29, 2026, 2028) == before  # the default
    assert celebrated(2, 29, 2026, 2028, feb29="prev") == before
    after = ["2026-03-01", "2027-03-01", "2028-02-29"]
    assert celebrated(2, 29, 2026, 2028, feb29="next") == after
    # neighbours are not moved
    assert celebrated(2, 28, 2026, 2028) == ["2026-02-28", "2027-02-28", "2028-02-28"]
    assert celebrated(3, 1, 2028, feb29="next") == ["2028-03-01"]
    # no century is a leap year unless 400 divides it
    assert celebrated(2, 29, 1900) == ["1900-02-28"]
    assert celebrated(2, 29, 2000) == ["2000-02-29"]


def test_lunar_12_18_belongs_to_the_lunar_year_before():
    found = birthday_occurrences(12, 18, *year(2024, 2028), lunar=True)
    assert days(found) == [
        "2024-01-28",
        "2025-01-17",
        "2026-02-05",
        "2027-01-25",
        "2028-01-14",
    ]
    keys = ["L2023", "L2024", "L2025", "L2026", "L2027"]
    assert [one.key for one in found] == keys


def test_lunar_11_25_comes_twice_in_some_solar_years_and_in_others_not():
    by_year = {
        number: celebrated(11, 25, number, lunar=True) for number in range(2024, 2029)
    }
    assert by_year == {
        2024: ["2024-01-06", "2024-12-25"],
        2025: [],
        2026: ["2026-01-13"],
        2027: ["2027-01-02", "2027-12-22"],
        2028: [],
    }
    found = birthday_occurrences(11, 25, *year(2024, 2028), lunar=True)
    keys = [one.key for one in found]
    assert keys == ["L2023", "L2024", "L2025", "L2026", "L2027"]


def test_lunar_30th_is_the_last_day_of_a_short_month():
    assert celebrated(12, 30, 2024, 2029, lunar=True) == [
        "2024-02-09",  # a real 30th
        "2025-01-28",
        "2026-02-16",
        "2027-02-05",
        "2028-01-25",
        "2029-02-12",
    ]
    assert lunar_day(date(2024, 2, 9)) == LunarDay(2023, 12, 30, False, 30)
    assert lunar_day(date(2026, 2, 16)) == LunarDay(2025, 12, 29, False, 29)
    # who was born on the 29th celebrates on the 29th of long months, too
    assert celebrated(12, 29, 2024, lunar=True) == ["2024-02-08"]


def test_lunar_30th_in_a_short_leap_month():
    """The leap 6th month of 2025 has 29 days: 2025-08-22 is its last."""
    assert lunar_day(date(2025, 8, 22)) == LunarDay(2025, 6, 29, True, 29)
    found = celebrated(6, 30, 2025, lunar=True, leap=True, leap_policy="leap")
    assert found == ["2025-08-22"]
    # the regular one has 30
    assert celebrated(6, 30, 2025, lunar=True, leap=True) == ["2025-07-24"]
    assert lunar_day(date(2025, 7, 24)) == LunarDay(2025, 6, 30, False, 30)


def test_leap_month_that_most_years_lack():
    """Born 2020-05-30, on leap 4/8."""
    assert lunar_day(date(2020, 5, 30)) == LunarDay(2020, 4, 8, True, 29)
    regular = ["2023-05-26", "2024-05-15", "2025-05-05", "2026-05-24", "2027-05-13"]
    how = {"lunar": True, "leap": True}
    assert celebrated(4, 8, 2023, 2027, **how) == regular
    assert celebrated(4, 8, 2023, 2027, leap_policy="regular", **how) == regular
    assert celebrated(4, 8, 2023, 2027, leap_policy="leap", **how) == regular
    # the year that has it: one of the two, never both
    assert celebrated(4, 8, 2020, **how) == ["2020-04-30"]
    assert celebrated(4, 8, 2020, leap_policy="leap", **how) == ["2020-05-30"]


def test_leap_6_of_2025():
    assert celebrated(6, 15, 2025, lunar=True) == ["2025-07-09"]
    how = {"lunar": True, "leap": True}
    assert celebrated(6, 15, 2025, **how) == ["2025-07-09"]
    assert celebrated(6, 15, 2025, leap_policy="leap", **how) == ["2025-08-08"]
    # who was not born in a leap month never celebrates in one
    assert celebrated(6, 15, 2025, lunar=True, leap_policy="leap") == ["2025-07-09"]


def test_2033_has_a_leap_11th_month():
    """Calendars that look for the winter solstice only get this year wrong."""
    assert lunar.leap_month(2033) == 11
    assert lunar_day(date(2033, 12, 22)) == LunarDay(2033, 11, 1, True, 29)
    assert lunar_day(date(2033, 12, 21)).month == 11
    assert not lunar_day(date(2033, 12, 21)).leap
    assert celebrated(12, 1, 2034, lunar=True) == ["2034-01-20"]
    assert days(lunar_occurrences(1, 1, *year(2034))) == ["2034-02-19"]
    assert celebrated(11, 1, 2033, lunar=True) == ["2033-11-22"]
    how = {"lunar": True, "leap": True, "leap_policy": "leap"}
    assert celebrated(11, 1, 2033, **how) == ["2033-12-22"]


@pytest.mark.parametrize(
    ("month", "day", "how"),
    [
        (0, 1, {}),
        (13, 1, {}),
        (2, 30, {}),
        (4, 31, {}),
        (1, 0, {}),
        (1, 32, {}),
        (1, 31, {"lunar": True}),
        (13, 1, {"lunar": True}),
        (1, 1, {"leap": True}),  # the solar calendar has none
        (1, 1, {"lunar": True, "leap": True, "leap_policy": "both"}),
        (1, 1, {"feb29": "never"}),
    ],
)
def test_what_is_no_birthday(month, day, how):
    with pytest.raises(ValueError, match=r"\w"):
        birthday_dates(month, day, *year(2026), **how)


def test_intervals_are_closed_and_may_be_empty():
    day = date(2026, 2, 5)
    assert birthday_dates(12, 18, day, day, lunar=True) == [day]
    assert birthday_dates(12, 18, day + ONE_DAY, day + ONE_DAY, lunar=True) == []
    assert birthday_dates(12, 18, day, day - ONE_DAY, lunar=True) == []


# C9: FESTIVALS


def test_spring_festival_until_2030():
    assert days(lunar_occurrences(1, 1, *year(2024, 2030))) == [
        "2024-02-10",
        "2025-01-29",
        "2026-02-17",
        "2027-02-06",
        "2028-01-26",
        "2029-02-13",
        "2030-02-03",
    ]


def test_mid_autumn_until_2030():
    assert days(lunar_occurrences(8, 15, *year(2024, 2030))) == [
        "2024-09-17",
        "2025-10-06",
        "2026-09-25",
        "2027-09-15",
        "2028-10-03",
        "2029-09-22",
        "2030-09-12",
    ]


def test_other_lunar_festivals_of_2026():
    assert days(lunar_occurrences(1, 15, *year(2026))) == ["2026-03-03"]
    assert days(lunar_occurrences(5, 5, *year(2026))) == ["2026-06-19"]
    # New Year's Eve is the last day of the 12th month, whether it has 29 or 30 days
    assert days(lunar_occurrences(12, 30, *year(2026))) == ["2026-02-16"]


def test_qingming():
    found = solar_term_occurrences("清明", *year(2024, 2030))
    assert days(found) == [
        "2024-04-04",
        "2025-04-04",
        "2026-04-05",
        "2027-04-05",
        "2028-04-04",
        "2029-04-04",
        "2030-04-05",
    ]
    assert [one.key for one in found][:3] == ["2024", "2025", "2026"]


def test_every_year_has_every_solar_term():
    """In order, 14 to 17 days apart: the winter solstice too, which is near its end."""
    for number in YEARS:
        terms = [lunar.solar_term_day(term, number) for term in lunar.SOLAR_TERMS]
        gaps = {
            (later - one).days for one, later in zip(terms, terms[1:], strict=False)
        }
        assert gaps <= {14, 15, 16, 17}, number
    assert lunar.solar_term_day("冬至", 2026) == date(2026, 12, 22)
    assert lunar.solar_term_day("小寒", 2026) == date(2026, 1, 5)
    with pytest.raises(KeyError):
        solar_term_occurrences("春节", *year(2026))


def test_codes_of_solar_terms():
    assert len(lunar.TERM_OF_CODE) == 24
    assert lunar.TERM_OF_CODE["qingming"] == "清明"
    assert lunar.TERM_OF_CODE["dongzhi"] == "冬至"
    assert lunar.TERM_OF_CODE["xiaohan"] == "小寒"


def test_solar_festival():
    found = solar_occurrences(10, 1, *year(2026, 2027))
    assert [(str(one.day), one.key) for one in found] == [
        ("2026-10-01", "2026"),
        ("2027-10-01", "2027"),
    ]


def test_monthly():
    found = monthly_occurrences(31, *year(2026))
    assert days(found)[:4] == ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"]
    assert [one.key for one in found][:2] == ["2026-01", "2026-02"]
    assert len(found) == 12
    assert days(monthly_occurrences(30, date(2028, 2, 1), date(2028, 2, 29))) == [
        "2028-02-29"
    ]
    assert days(monthly_occurrences(28, date(2026, 2, 27), date(2026, 3, 27))) == [
        "2026-02-28"
    ]
    for day in (0, 32, -1):
        with pytest.raises(ValueError, match="no such day"):
            monthly_occurrences(day, *year(2026))
