# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Working time without a database: the dated examples, and an oracle by the minute."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.crm_service_excellence.tools.working_time import (
    HorizonError,
    WorkingTime,
)

OFFICE_CN = ((8 * 60, 12 * 60), (13 * 60, 17 * 60))
OFFICE = ((9 * 60, 17 * 60),)
ALWAYS = ((0, 24 * 60),)
UTC = ZoneInfo("UTC")


def week(hours, days=5):
    return [[*hours] if day < days else [] for day in range(7)]


def calendar(zone="Asia/Shanghai", hours=OFFICE_CN, days=5, **options):
    return WorkingTime(zone, [week(hours, days)] * 2, **options)


def utc(text, zone="Asia/Shanghai"):
    """Local wall-clock time as naive UTC."""
    local = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))
    return local.astimezone(UTC).replace(tzinfo=None)


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        ("2026-03-06 16:00", 4, "2026-03-09 11:00"),  # T01
        ("2026-03-07 10:00", 4, "2026-03-09 12:00"),  # T02, not 13:00
        ("2026-03-06 16:00", 1, "2026-03-06 17:00"),  # T03, closing time is that day
        ("2026-03-06 17:00", 1, "2026-03-09 09:00"),
        ("2026-03-05 11:30", 1, "2026-03-05 13:30"),  # T04
        ("2026-03-05 12:15", 0.5, "2026-03-05 13:30"),
        ("2026-03-02 07:00", 2, "2026-03-02 10:00"),  # T05
        ("2026-03-06 17:00", 0, "2026-03-09 08:00"),
        ("2026-03-06 10:00", 0, "2026-03-06 10:00"),
    ],
)
def test_office_in_china(start, hours, due):
    assert calendar().add(utc(start), hours * 60) == utc(due)


def test_t06_closure():
    closed = [(utc("2026-04-04 00:00"), utc("2026-04-07 00:00"))]
    start = utc("2026-04-03 15:00")
    assert calendar(closures=closed).add(start, 480) == utc("2026-04-07 15:00")
    assert calendar().add(start, 480) == utc("2026-04-06 15:00")


def test_t07_makeup_day():
    makeups = {date(2026, 5, 9): 0}
    start = utc("2026-05-08 15:00")
    assert calendar(makeups=makeups).add(start, 480) == utc("2026-05-09 15:00")
    assert calendar().add(start, 480) == utc("2026-05-11 15:00")


def test_t08_half_day_closure():
    closed = [(utc("2026-03-03 13:00"), utc("2026-03-03 17:00"))]
    due = calendar(closures=closed).add(utc("2026-03-02 15:00"), 480)
    assert due == utc("2026-03-04 10:00")


def test_t22_one_instant_in_two_zones():
    instant = datetime(2026, 3, 6, 21, 30)
    new_york = calendar("America/New_York", OFFICE)
    assert new_york.add(instant, 120) == datetime(2026, 3, 9, 14, 30)
    assert calendar().add(instant, 120) == datetime(2026, 3, 9, 2, 0)


def test_t23_around_the_clock_through_a_daylight_saving_night():
    """20:00 standard time and ten hours later: 07:00 daylight time."""
    always = calendar("America/New_York", ALWAYS, 7)
    due = always.add(utc("2026-03-07 20:00", "America/New_York"), 600)
    assert due == utc("2026-03-08 07:00", "America/New_York")


def test_t24_summer_time_begins_over_the_weekend():
    london = calendar("Europe/London", OFFICE)
    assert london.add(datetime(2026, 3, 27, 16, 30), 120) == datetime(
        2026, 3, 30, 9, 30
    )


def test_the_hour_that_comes_twice_counts_twice():
    """2026-10-25 in Paris has 25 hours."""
    paris = calendar("Europe/Paris", ALWAYS, 7)
    day = utc("2026-10-25 00:00", "Europe/Paris")
    assert paris.between(day, utc("2026-10-26 00:00", "Europe/Paris")) == 25 * 60
    assert paris.add(day, 25 * 60) == utc("2026-10-26 00:00", "Europe/Paris")


# The official Chinese calendar of 2026: service.md C6, C7 name these days.
CLOSED_2026 = [("2026-09-25", 3), ("2026-10-01", 7)]
MAKEUPS_2026 = {date(2026, 9, 20): 0, date(2026, 10, 10): 0}


def china_2026():
    closures = [
        (utc(first), utc(first) + timedelta(days=days)) for first, days in CLOSED_2026
    ]
    return calendar(closures=closures, makeups=MAKEUPS_2026)


def test_c6_october_2026_has_18_working_days():
    china = china_2026()
    days = [day for day in range(1, 32) if china.is_working_day(date(2026, 10, day))]
    assert days == [8, 9, 10, *range(12, 17), *range(19, 24), *range(26, 31)]


@pytest.mark.parametrize(
    ("day", "following"),
    [
        ("2026-09-18", "2026-09-20"),  # a make-up Sunday
        ("2026-09-30", "2026-10-08"),
        ("2026-10-09", "2026-10-10"),  # a make-up Saturday
        ("2026-11-20", "2026-11-23"),
    ],
)
def test_c7_next_working_day(day, following):
    china = china_2026()
    assert china.next_working_day(date.fromisoformat(day)).isoformat() == following
    due = china.same_time_next_working_day(utc(f"{day} 17:00"))
    assert due == utc(f"{following} 17:00")


def test_a_closure_on_a_makeup_day_closes_it():
    closed = [(utc("2026-10-10 00:00"), utc("2026-10-11 00:00"))]
    both = calendar(closures=closed, makeups=MAKEUPS_2026)
    assert not both.is_working_day(date(2026, 10, 10))


def test_two_alternating_weeks():
    """2026-03-02, ordinal 739677, is in a first week: 739676 / 7 = 105668, even."""
    first, second = week(OFFICE), week([(10 * 60, 12 * 60)])
    both = WorkingTime("UTC", [first, second])
    monday = datetime(2026, 3, 2)
    assert both.between(monday, monday + timedelta(days=7)) == 5 * 480
    following = monday + timedelta(days=7)
    assert both.between(following, following + timedelta(days=7)) == 5 * 120


def test_a_calendar_that_never_opens():
    never = calendar(hours=[])
    with pytest.raises(HorizonError):
        never.add(datetime(2026, 3, 2), 1)
    with pytest.raises(HorizonError):
        never.next_working_day(date(2026, 3, 2))
    assert never.between(datetime(2026, 3, 2), datetime(2027, 3, 2)) == 0


def test_beyond_the_horizon():
    """1400 days hold 1000 working days of 8 hours."""
    start = utc("2026-03-02 08:00")
    assert calendar().add(start, 999 * 480)
    with pytest.raises(HorizonError):
        calendar().add(start, 1010 * 480)


def test_never_backwards():
    with pytest.raises(ValueError, match="forwards"):
        calendar().add(datetime(2026, 3, 2), -1)
    assert calendar().between(utc("2026-03-03 10:00"), utc("2026-03-02 10:00")) == 0


def test_seconds_are_kept():
    start = utc("2026-03-02 16:59:30")
    assert calendar().add(start, 1) == utc("2026-03-03 08:00:30")


hours = st.integers(0, 23)
moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)).map(
    lambda moment: moment.replace(second=0, microsecond=0)
)
calendars = st.builds(
    lambda zone, opening, length, lunch, days, closures, makeups: calendar(
        zone,
        [(opening * 60, opening * 60 + 90)]
        + ([(opening * 60 + 90 + lunch, min(24 * 60, opening * 60 + 90 + length))]),
        days,
        closures=[(start, start + timedelta(hours=span)) for start, span in closures],
        makeups=dict(makeups),
    ),
    st.sampled_from(["UTC", "Asia/Shanghai", "Europe/Paris", "America/New_York"]),
    st.integers(0, 21),
    st.integers(60, 600),
    st.integers(0, 60),
    st.integers(1, 7),
    st.lists(st.tuples(moments, st.integers(1, 100)), max_size=4),
    st.lists(
        st.tuples(st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.integers(0, 6)),
        max_size=4,
    ),
)


@given(calendars, moments, st.integers(0, 3000))
@settings(deadline=None)
def test_adding_then_counting_gives_back(worktime, start, minutes):
    """``between(start, add(start, m)) == m``, and no earlier moment has m minutes."""
    try:
        end = worktime.add(start, minutes)
    except HorizonError:
        return
    assert worktime.between(start, end) == minutes
    if minutes:
        assert worktime.between(start, end - timedelta(minutes=1)) == minutes - 1


@given(calendars, moments, st.integers(0, 4000))
@settings(deadline=None, max_examples=60)
def test_counting_equals_a_minute_by_minute_oracle(worktime, start, span):
    """Each minute of the span looked up in the intervals of its local day."""
    worked = 0
    for offset in range(span):
        moment = start + timedelta(minutes=offset)
        day = worktime.local_date(moment)
        worked += any(begin <= moment < end for begin, end in worktime.intervals(day))
    assert worktime.between(start, start + timedelta(minutes=span)) == worked
