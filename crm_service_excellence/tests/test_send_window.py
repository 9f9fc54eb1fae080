# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Send windows without a database: C11 of the reference, daylight saving, bad input."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.crm_service_excellence.tools.send_window import (
    SendHours,
    next_opening,
    opening,
    window,
    windows,
)

UTC = ZoneInfo("UTC")
DAY = SendHours(9, 20)
SATURDAY, SUNDAY, MONDAY = date(2026, 10, 24), date(2026, 10, 25), date(2026, 10, 26)


def at(text):
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    "zone, day, start, end",
    [
        # C11, every row
        ("Asia/Shanghai", date(2026, 10, 24), "2026-10-24 01:00", "2026-10-24 12:00"),
        ("Asia/Shanghai", date(2026, 11, 2), "2026-11-02 01:00", "2026-11-02 12:00"),
        ("Europe/Paris", date(2026, 10, 24), "2026-10-24 07:00", "2026-10-24 18:00"),
        ("Europe/Paris", date(2026, 11, 2), "2026-11-02 08:00", "2026-11-02 19:00"),
        (
            "America/New_York",
            date(2026, 10, 24),
            "2026-10-24 13:00",
            "2026-10-25 00:00",
        ),
        ("America/New_York", date(2026, 11, 2), "2026-11-02 14:00", "2026-11-03 01:00"),
        (
            "Pacific/Auckland",
            date(2026, 11, 22),
            "2026-11-21 20:00",
            "2026-11-22 07:00",
        ),
        # C3: the ends of the world are 25 hours apart
        (
            "Pacific/Kiritimati",
            date(2026, 6, 1),
            "2026-05-31 19:00",
            "2026-06-01 06:00",
        ),
        ("Pacific/Pago_Pago", date(2026, 6, 1), "2026-06-01 20:00", "2026-06-02 07:00"),
    ],
)
def test_hours_of_a_day_in_its_zone(zone, day, start, end):
    assert opening(day, zone, DAY) == (at(start), at(end))


def test_weekends_and_make_up_days():
    hours = DAY._replace(weekends=False)
    assert window(SATURDAY, "UTC", hours) is None
    assert window(SATURDAY, "UTC", hours, 1) is None
    assert window(SATURDAY, "UTC", hours, 2) == (
        at("2026-10-26 09:00"),
        at("2026-10-26 20:00"),
    )
    worked = hours._replace(worked=frozenset([SUNDAY]))
    assert window(SATURDAY, "UTC", worked, 1).not_before == at("2026-10-25 09:00")


def test_holidays():
    closed = DAY._replace(closed=frozenset([SATURDAY, SUNDAY]), holidays=False)
    assert window(SATURDAY, "UTC", closed, 1) is None
    assert window(SATURDAY, "UTC", closed, 3) == (
        at("2026-10-26 09:00"),
        at("2026-10-27 20:00"),
    )
    assert window(SATURDAY, "UTC", closed._replace(holidays=True)).not_before == at(
        "2026-10-24 09:00"
    )
    # a closure on a make-up day closes it
    hours = closed._replace(weekends=False, worked=frozenset([SUNDAY]))
    assert window(SUNDAY, "UTC", hours) is None


def test_last_day_of_validity_that_is_allowed():
    hours = DAY._replace(weekends=False)
    friday = date(2026, 10, 23)
    assert window(friday, "UTC", hours, 2) == (
        at("2026-10-23 09:00"),
        at("2026-10-23 20:00"),
    )


def test_missed_window_opens_at_its_start():
    # Mautic #17283 sent at 18:13 of the next day
    missed = at("2026-10-23 18:13")  # 02:13 of Saturday in Shanghai
    assert next_opening(missed, "Asia/Shanghai", DAY) == at("2026-10-24 01:00")
    hours = DAY._replace(weekends=False)
    assert next_opening(missed, "Asia/Shanghai", hours) == at("2026-10-26 01:00")
    assert next_opening(missed, "Asia/Shanghai", hours, last=SUNDAY) is None
    inside = at("2026-10-23 05:00")
    assert next_opening(inside, "Asia/Shanghai", hours) == inside
    assert next_opening(inside, "Asia/Shanghai", hours, last=date(2026, 10, 22)) is None
    # the end itself is outside
    assert next_opening(at("2026-10-23 12:00"), "Asia/Shanghai", hours) == at(
        "2026-10-26 01:00"
    )


def test_hours_that_daylight_saving_skips():
    night = SendHours(2, 3)  # Paris goes from 02:00 to 03:00 on 2026-03-29
    spring = date(2026, 3, 29)
    assert opening(spring, "Europe/Paris", night) is None
    assert window(spring, "Europe/Paris", night) is None
    assert window(spring, "Europe/Paris", night, 1) == (
        at("2026-03-30 00:00"),
        at("2026-03-30 01:00"),
    )
    # 02:30 does not exist: from when the clocks are put forward
    half = SendHours(2.5, 8)
    assert opening(spring, "Europe/Paris", half).not_before == at("2026-03-29 01:00")
    # 02:30 comes twice in autumn: the first
    assert opening(SUNDAY, "Europe/Paris", half).not_before == at("2026-10-25 00:30")


def test_a_date_that_a_zone_skipped():
    assert opening(date(2011, 12, 30), "Pacific/Apia", SendHours(0, 24)) is None


def test_a_window_that_never_opens():
    closed = frozenset(SATURDAY + timedelta(days=n) for n in range(-1, 500))
    never = DAY._replace(holidays=False, closed=closed)
    assert window(SATURDAY, "UTC", never, 366) is None
    assert next_opening(at("2026-10-24 10:00"), "UTC", never) is None


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "America", "../etc/passwd", None])
def test_unknown_zone(zone):
    for ask in (
        lambda: opening(SATURDAY, zone, DAY),
        lambda: window(SATURDAY, zone, DAY),
        lambda: next_opening(at("2026-10-24 10:00"), zone, DAY),
    ):
        with pytest.raises(ValueError, match="unknown time zone"):
            ask()


def test_windows_of_days_and_zones():
    found = windows([SATURDAY, MONDAY], ["UTC", "Asia/Shanghai"], DAY)
    assert len(found) == 4
    assert found[MONDAY, "Asia/Shanghai"].not_before == at("2026-10-26 01:00")


ZONES = st.sampled_from(
    [
        "UTC", "Asia/Shanghai", "Europe/Paris", "America/New_York", "Asia/Kathmandu",
        "Pacific/Auckland", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Beirut",
        "Australia/Lord_Howe", "Africa/Cairo", "America/St_Johns",
    ]
)  # fmt: skip
DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))
HOURS = st.tuples(st.integers(0, 47), st.integers(1, 48)).filter(
    lambda pair: pair[0] < pair[1]
)
ALLOWED = st.builds(
    lambda pair, weekends: SendHours(pair[0] / 2, pair[1] / 2, weekends),
    HOURS,
    st.booleans(),
)


@given(day=DAYS, zone=ZONES, hours=ALLOWED, validity=st.integers(0, 9))
def test_window_lies_on_allowed_days_within_validity(day, zone, hours, validity):
    found = window(day, zone, hours, validity)
    if found is None:
        assert not any(
            hours.allows(one) and opening(one, zone, hours)
            for one in (day + timedelta(days=n) for n in range(validity + 1))
        )
        return
    assert found.not_before < found.not_after
    start = found.not_before.replace(tzinfo=UTC).astimezone(ZoneInfo(zone))
    assert day <= start.date() <= day + timedelta(days=validity)
    assert hours.allows(start.date())
    assert start.hour + start.minute / 60 >= hours.start


@given(
    moment=st.datetimes(datetime(2020, 1, 1), datetime(2035, 12, 31)),
    zone=ZONES,
    hours=ALLOWED,
)
def test_next_opening_is_now_or_a_start(moment, zone, hours):
    found = next_opening(moment, zone, hours)
    assert found >= moment
    day = found.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).date()
    assert hours.allows(day)
    start, end = opening(day, zone, hours)
    assert start <= found < end
    if found > moment:
        assert found == start
        assert next_opening(found, zone, hours) == found
