# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The deadline clock without a database: the dated examples of the reference."""

from datetime import datetime

import pytest

from odoo.addons.crm_complaints.tests.sla_clock_case import (
    ALWAYS,
    CN,
    OFFICE,
    OFFICE_CN,
    STEPS,
    Clock,
    calendar,
    utc,
)
from odoo.addons.crm_complaints.tools import sla_clock
from odoo.addons.crm_complaints.tools.sla_clock import Event


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        ("2026-03-06 16:00", 4, "2026-03-09 11:00"),  # T01
        ("2026-03-07 10:00", 4, "2026-03-09 12:00"),  # T02, not 13:00
        ("2026-03-06 16:00", 1, "2026-03-06 17:00"),  # T03, S5
        ("2026-03-06 17:00", 1, "2026-03-09 09:00"),
        ("2026-03-05 11:30", 1, "2026-03-05 13:30"),  # T04
        ("2026-03-05 12:15", 0.5, "2026-03-05 13:30"),
        ("2026-03-02 07:00", 2, "2026-03-02 10:00"),  # T05
        ("2026-01-30 16:30", 1, "2026-02-02 08:30"),  # T36, in these hours
    ],
)
def test_t01_to_t05_and_t36_start(start, hours, due):
    assert Clock(start, hours).deadline == utc(due)


def test_t06_and_t30_closure_added_later():
    closed = calendar(closures=[(utc("2026-04-04 00:00"), utc("2026-04-07 00:00"))])
    assert Clock("2026-04-03 15:00", 8, closed).deadline == utc("2026-04-07 15:00")
    clock = Clock("2026-04-03 15:00", 8)
    assert clock.deadline == utc("2026-04-06 15:00")
    clock.worktime = closed
    clock.tell("replan", "2026-04-03 16:00")
    assert clock.deadline == utc("2026-04-07 15:00")
    assert clock.log == [("replan", utc("2026-04-03 16:00"))]
    done = Clock("2026-04-03 15:00", 8).tell("reach", "2026-04-03 16:00")
    before, done.worktime = done.state, closed
    assert done.tell("replan", "2026-04-03 16:30").state == before


def test_t07_make_up_day():
    worktime = calendar(makeups={datetime(2026, 5, 9).date(): 0})
    assert Clock("2026-05-08 15:00", 8, worktime).deadline == utc("2026-05-09 15:00")
    assert Clock("2026-05-08 15:00", 8).deadline == utc("2026-05-11 15:00")


def test_t08_half_day_closure():
    worktime = calendar(closures=[(utc("Tue 13:00"), utc("Tue 17:00"))])
    assert Clock("Mon 15:00", 8, worktime).deadline == utc("Wed 10:00")


def test_t09_pause_over_a_night():
    clock = Clock("Mon 09:00", 16)
    assert clock.deadline == utc("Wed 09:00")
    clock.tell("pause", "Mon 11:00")
    assert (clock.state.status, clock.deadline, clock.hours) == ("paused", None, 2)
    assert clock.state.next_event_at is None
    clock.tell("resume", "Tue 14:00")
    assert clock.deadline == utc("Thu 11:00")
    assert clock.state.paused == 10 * 60


def test_t10_pause_outside_of_working_hours_changes_nothing():
    clock = Clock("Mon 09:00", 16).tells("pause Mon 18:00, resume Tue 07:00")
    assert (clock.deadline, clock.state.paused) == (utc("Wed 09:00"), 0)


def test_t11_pause_over_a_holiday():
    closed = calendar(closures=[(utc("2026-04-04 00:00"), utc("2026-04-07 00:00"))])
    clock = Clock("2026-04-03 09:00", 8, closed)
    assert clock.deadline == utc("2026-04-07 09:00")
    clock.tells("pause 2026-04-03 11:00, resume 2026-04-07 10:00")
    assert clock.deadline == utc("2026-04-07 17:00")


def test_t12_overlapping_pauses_count_once():
    clock = Clock("Mon 09:00", 16)
    clock.tells("pause Mon 10:00, pause Mon 11:00, resume Mon 14:00")
    assert clock.state.status == "paused"
    clock.tell("resume", "Mon 15:00")
    assert clock.state.paused == 4 * 60  # 10-12 and 13-15, not 6 h
    assert clock.deadline == utc("Wed 14:00")  # Wed 09:00 and 4 h


def test_t13_two_runs():
    clock = Clock("Mon 09:00", 8)
    clock.tells("pause Mon 10:30, resume Mon 14:00, pause Mon 16:00, resume Tue 08:00")
    assert clock.hours == 3.5
    assert clock.deadline == utc("Tue 13:30")


@pytest.mark.parametrize(
    ("mode", "due", "status"),
    [
        ("retain", "Tue 09:00", "breached"),
        ("restart", "Wed 10:00", "running"),
        ("retain_with_grace", "Tue 12:00", "running"),
    ],
)
def test_t14_more_serious(mode, due, status):
    clock = Clock("Mon 09:00", 24)
    assert clock.deadline == utc("Thu 09:00")
    clock.tell("retarget", "Tue 10:00", target=480, mode=mode, grace_percent=25)
    assert (clock.deadline, clock.state.status) == (utc(due), status)
    assert clock.state.breached_at == (utc(due) if status == "breached" else None)
    assert clock.log[0] == ("retarget", utc("Tue 10:00"))


def test_t14_a_retained_deadline_is_found_in_the_runs():
    """Runs Mon 9-11 and 14-17; 4 h were used up on Mon at 16:00."""
    clock = Clock("Mon 09:00", 24).tells("pause Mon 11:00, resume Mon 14:00")
    clock.tells("pause Mon 17:00, resume Tue 09:00")
    clock.tell("retarget", "Tue 10:00", target=240)
    assert clock.state.breached_at == clock.deadline == utc("Mon 16:00")
    clock.tell("reach", "Tue 11:00")
    assert clock.state.overdue == 3 * 60  # 1 h on Monday, 2 on Tuesday; no pause


def test_t14_retained_while_paused():
    clock = Clock("Mon 09:00", 24).tell("pause", "Mon 17:00")
    clock.tell("retarget", "Tue 10:00", target=240)
    assert clock.state.status == "breached"
    assert clock.state.breached_at == utc("Mon 14:00")
    assert (clock.state.pauses, clock.state.running_since) == (1, None)


@pytest.mark.parametrize("mode", ["retain", "retain_with_grace"])
def test_t15_more_serious_while_paused(mode):
    clock = Clock("Mon 09:00", 24).tell("pause", "Mon 11:00")
    clock.tell("retarget", "Mon 16:00", target=480, mode=mode, grace_percent=25)
    assert (clock.state.status, clock.deadline) == ("paused", None)
    assert clock.tell("resume", "Tue 14:00").deadline == utc("Wed 11:00")


def test_t16_better_grade():
    clock = Clock("Mon 09:00", 16)
    clock.tell(
        "retarget", "Mon 15:00", target=480, mode="retain_with_grace", grace_percent=25
    )
    assert clock.deadline == utc("Tue 09:00")


def test_t17_lesser_grade():
    """The warnings that were not given are due by the new time: 90 % at 21.6 h."""
    clock = Clock("Mon 09:00", 8, steps=STEPS).tell("tick", "Mon 17:00")
    assert clock.due == ["50", "75"]
    change = {"target": 24 * 60, "mode": "retain_with_grace", "grace_percent": 25}
    clock.tell("retarget", "Mon 17:00", **change)
    assert (clock.deadline, clock.state.level) == (utc("Thu 09:00"), 2)
    assert not clock.state.is_warned
    assert clock.state.next_event_at == clock.state.warn_at == utc("Wed 11:00")  # 75 %
    assert clock.tell("tick", "Wed 15:35").due == []
    assert clock.tell("tick", "Wed 15:36").due == ["90"]


def test_s12_a_lesser_severity_may_not_lengthen():
    clock = Clock("Mon 09:00", 8)
    before = clock.state
    change = {"target": 24 * 60, "may_lengthen": False}
    assert clock.tell("retarget", "Mon 11:00", **change).state == before
    assert clock.log == []


def test_s12_grace_never_lengthens_a_stricter_promise():
    clock = Clock("Mon 09:00", 24).tell(
        "retarget", "Wed 16:00", target=480, mode="retain_with_grace", grace_percent=25
    )
    assert clock.deadline == utc("Thu 09:00")  # 23 h used; not 25


def test_s12_what_is_broken_stays_broken():
    clock = Clock("Mon 09:00", 2).tell("tick", "Mon 16:00")
    clock.tell("retarget", "Mon 16:00", target=24 * 60)
    assert clock.state.breached_at == clock.deadline == utc("Mon 11:00")


def test_t18_reopened():
    first = Clock("Mon 09:00", 24).tell("reach", "Tue 11:00")
    assert (first.state.status, first.hours) == ("met", 9 + 1)
    event = Event(
        "start", utc("2026-03-09 15:00"), target=24 * 60, carried=first.state.consumed
    )
    second = sla_clock.begin(event, CN)
    assert second.deadline == utc("2026-03-11 12:00")
    assert first.state.status == "met"


def test_s14_what_was_overdrawn_is_late_however_soon_it_is_reached():
    reopened = utc("2026-03-09 15:00")
    event = Event("start", reopened, target=24 * 60, carried=25 * 60)
    second = sla_clock.begin(event, CN)
    reached = sla_clock.advance(second, Event("reach", reopened), CN).state
    assert (reached.status, reached.breached_at) == ("breached", reopened)
    assert reached.overdue == 60


def test_s13_replanned_with_what_was_carried_over():
    start = Event("start", utc("Mon 09:00"), target=24 * 60, carried=600.0)
    state = sla_clock.begin(start, CN)
    closed = calendar(closures=[(utc("Tue 00:00"), utc("Wed 00:00"))])
    edit = Event("replan", utc("Mon 10:00"))
    state = sla_clock.advance(state, edit, closed).state
    # 14 h are left: 7 on Monday, none on Tuesday
    assert (state.consumed, state.deadline) == (600.0, utc("Wed 16:00"))


def test_t19_resolved_while_paused():
    clock = Clock("Mon 09:00", 16).tells("pause Mon 11:00, reach Wed 10:00")
    assert (clock.state.status, clock.hours) == ("met", 2)
    assert clock.state.paused == (1 + 4 + 8 + 2) * 60
    assert (clock.state.pauses, clock.state.paused_since) == (0, None)


def test_t21_other_calendar():
    always = calendar(hours=ALWAYS, days=7)
    clock = Clock("Mon 09:00", 16).tell("recalendar", "Tue 10:00", worktime=always)
    assert (clock.hours, clock.deadline) == (9, utc("Tue 17:00"))


@pytest.mark.parametrize(
    ("zone", "hours", "start", "need", "due"),
    [
        # T22
        ("America/New_York", OFFICE, "2026-03-06 21:30", 2, "2026-03-09 14:30"),
        ("Asia/Shanghai", OFFICE_CN, "2026-03-06 21:30", 2, "2026-03-09 02:00"),
        # T23: 20:00 EST to 07:00 EDT, the night has an hour less
        ("America/New_York", ALWAYS, "2026-03-08 01:00", 10, "2026-03-08 11:00"),
        ("Europe/London", OFFICE, "2026-03-27 16:30", 2, "2026-03-30 09:30"),  # T24
        ("UTC", OFFICE, "2026-03-06 16:30", 1, "2026-03-09 09:30"),  # T35
        ("UTC", OFFICE, "2026-01-30 16:30", 1, "2026-02-02 09:30"),  # T36
    ],
)
def test_t22_to_t24_zones(zone, hours, start, need, due):
    worktime = calendar(zone, hours, days=7 if hours is ALWAYS else 5)
    clock = Clock(start, need, worktime, zone="UTC")
    assert clock.deadline == utc(due, "UTC")
