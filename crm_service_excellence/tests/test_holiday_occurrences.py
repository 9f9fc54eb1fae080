# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""On which days public holidays fall, as occasions: pure functions."""

from datetime import date
from unittest.mock import patch

import pytest

from odoo.addons.crm_service_excellence.tools import occasions, public_holidays


def days(found):
    return [str(one.day) for one in found]


def holidays_of(country, name, first, last=None):
    interval = (date(first, 1, 1), date(last or first, 12, 31))
    return public_holidays.holiday_occurrences(country, name, *interval)


def test_a_holiday_of_several_days_is_its_first():
    spring = "Chinese New Year (Spring Festival)"
    assert days(holidays_of("CN", spring, 2026, 2028)) == [
        "2026-02-17",
        "2027-02-06",
        "2028-01-26",
    ]
    found = holidays_of("CN", " national day ", 2026)
    assert found == [occasions.Occurrence(date(2026, 10, 1), "2026")]
    # the interval has its second day only
    late = (date(2026, 10, 2), date(2026, 10, 7))
    assert public_holidays.holiday_occurrences("CN", "National Day", *late) == []


def test_a_holiday_is_its_day_and_not_when_it_is_observed():
    assert days(holidays_of("US", "Independence Day", 2026)) == ["2026-07-04"]
    assert days(holidays_of("US", "Thanksgiving Day", 2026)) == ["2026-11-26"]


def test_a_holiday_over_new_year_begins_once():
    """Such as a festival of the moon: 31 December 2025 to 2 January 2026."""
    feast = {
        2024: {},
        2025: {"Feast": [date(2025, 12, 31)]},
        2026: {"Feast": [date(2026, 1, 1), date(2026, 1, 2), date(2026, 12, 20)]},
    }
    with patch.object(public_holidays, "_names", lambda country, year: feast[year]):
        found = holidays_of("XX", "Feast", 2025, 2026)
    assert days(found) == ["2025-12-31", "2026-12-20"]


def test_what_the_library_does_not_know():
    assert holidays_of("CN", "Christmas", 2026) == []
    assert holidays_of("CN", "National Day", 1940) == []  # before there was one
    assert holidays_of("HK", "Christmas Day", 2110) == []  # beyond its tables
    with pytest.raises(LookupError):
        holidays_of("XX", "Christmas", 2026)
    with patch.object(public_holidays, "holidays", None):
        with pytest.raises(public_holidays.HolidayLibraryMissing):
            holidays_of("CN", "National Day", 2026)
        with pytest.raises(public_holidays.HolidayLibraryMissing):
            public_holidays.holiday_names("CN", 2026)


def test_names_of_holidays():
    names = public_holidays.holiday_names("CN", 2026)
    assert names[0] == "New Year's Day"
    assert "National Day" in names
    assert not [name for name in names if "substituted" in name]
    assert not [
        name
        for name in public_holidays.holiday_names("MY", 2027)
        if "estimated" in name
    ]
