# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The deadline clock without a database: the dated examples of the reference."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from odoo.addons.crm_complaints.tools import sla_clock
from odoo.addons.crm_complaints.tools.sla_clock import Event, Step
from odoo.addons.crm_service_excellence.tools.working_time import WorkingTime

OFFICE_CN = ((8 * 60, 12 * 60), (13 * 60, 17 * 60))
OFFICE = ((9 * 60, 17 * 60),)
ALWAYS = ((0, 24 * 60),)
UTC = ZoneInfo("UTC")
DAYS = {
    "Mon": "2026-03-02",
    "Tue": "2026-03-03",
    "Wed": "2026-03-04",
    "Thu": "2026-03-05",
    "Fri": "2026-03-06",
}
STEPS = (
    Step("50", 50),
    Step("75", 75),
    Step("90", 90),
    Step("late", None, 0),
    Step("+2", None, 120),
    Step("+8", None, 480),
)


def calendar(zone="Asia/Shanghai", hours=OFFICE_CN, days=5, **options):
    week = [[*hours] if day < days else [] for day in range(7)]
    return WorkingTime(zone, [week] * 2, **options)


CN = calendar()


def utc(text, zone="Asia/Shanghai"):
    """Local wall-clock time as naive UTC; a weekday is of the week of 2 March 2026."""
    day, time = text.split()
    local = datetime.fromisoformat(f"{DAYS.get(day, day)} {time}")
    return local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC).replace(tzinfo=None)


class Clock:
    """A clock in one calendar, told events by name; keeps what was logged."""

    def __init__(self, start, hours, worktime=CN, steps=(), zone="Asia/Shanghai"):
        self.worktime, self.steps, self.zone = worktime, steps, zone
        self.events = [Event("start", self.utc(start), target=round(hours * 60))]
        self.state = sla_clock.begin(self.events[0], worktime, steps)
        self.log, self.due = [], []

    def utc(self, text):
        return utc(text, self.zone)

    def tell(self, kind, text, **values):
        event = Event(kind, self.utc(text), **values)
        outcome = sla_clock.advance(self.state, event, self.worktime, self.steps)
        self.state, self.due = outcome.state, [step.key for step in outcome.due]
        self.log += outcome.log
        if kind != "tick":
            self.events.append(event)
        if kind == "recalendar":
            self.worktime = event.worktime
        return self

    def tells(self, text):
        """Several events: ``pause Mon 11:00, resume Tue 14:00``."""
        for part in text.split(", "):
            kind, moment = part.split(" ", 1)
            self.tell(kind, moment)
        return self

    @property
    def deadline(self):
        return self.state.deadline

    @property
    def hours(self):
        return self.state.consumed / 60


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


def test_t25_steps():
    """Each step at its moment, and not a second before."""
    clock = Clock("2026-03-06 15:00", 8, steps=STEPS)
    for due, text in [
        ("50", "2026-03-09 10:00"),
        ("75", "2026-03-09 12:00"),
        ("90", "2026-03-09 14:12"),
        ("late", "2026-03-09 15:00"),
        ("+2", "2026-03-09 17:00"),
        ("+8", "2026-03-10 15:00"),
    ]:
        assert clock.state.next_event_at == utc(text)
        before = utc(text) - sla_clock.SECOND
        event = Event("tick", before)
        assert sla_clock.advance(clock.state, event, CN, STEPS) == (
            clock.state,
            (),
            (),
        )
        assert clock.tell("tick", text).due == [due]
    assert clock.state.next_event_at is None
    assert clock.state.warn_at == utc("2026-03-09 12:00")


def test_t26_a_late_run_gives_the_same():
    """Due Mon 15:00, the job was down from Mon 11:00 to Tue 09:00."""
    clock = Clock("2026-03-06 15:00", 8, steps=STEPS).tell("tick", "2026-03-09 11:00")
    clock.tell("tick", "2026-03-10 09:00")
    assert clock.due == ["75", "90", "late", "+2"]  # only the highest is notified
    assert clock.state.breached_at == utc("2026-03-09 15:00")
    assert clock.tell("tick", "2026-03-10 09:00").due == []
    on_time = Clock("2026-03-06 15:00", 8, steps=STEPS)
    for text in ("10 08:00", "09 12:00", "09 15:00", "09 15:01", "10 09:00"):
        on_time.tell("tick", f"2026-03-{text}")
    assert on_time.state == clock.state


def test_t27_resolved_in_time_while_the_job_was_down():
    clock = Clock("2026-03-06 15:00", 8, steps=STEPS).tell("reach", "2026-03-09 14:59")
    assert clock.state.status == "met"
    assert clock.tell("tick", "2026-03-10 09:00").due == []
    assert (clock.state.next_event_at, clock.state.breached_at) == (None, None)


def test_s5_reached_at_the_deadline_is_met():
    """Also when a tick of the same second, or one ahead of the news, said otherwise."""
    for ticks in ([], ["2026-03-09 15:00"], ["2026-03-09 15:00", "2026-03-09 16:00"]):
        clock = Clock("2026-03-06 15:00", 8, steps=STEPS)
        for text in ticks:
            clock.tell("tick", text)
            assert clock.state.status == "breached"
        clock.tell("reach", "2026-03-09 15:00")
        assert (clock.state.status, clock.state.breached_at) == ("met", None)
        assert clock.state.overdue == 0


def test_t28_overdue_in_working_time():
    clock = Clock("2026-03-06 16:00", 4).tell("reach", "2026-03-11 10:00")
    assert clock.deadline == clock.state.breached_at == utc("2026-03-09 11:00")
    assert (clock.state.status, clock.state.overdue) == ("breached", 15 * 60)


def test_breached_and_paused():
    """It stays late; while it stands still it does not get later, nor escalate."""
    clock = Clock("Mon 09:00", 2, steps=STEPS).tells("tick Mon 11:00, pause Mon 13:30")
    assert (clock.state.status, clock.deadline) == ("breached", utc("Mon 11:00"))
    assert clock.state.next_event_at is None  # +2 would be at 14:00
    assert clock.tell("tick", "Wed 10:00").due == []
    clock.tell("resume", "Wed 14:00")  # 1.5 h beyond: 11-12, 13-13:30
    assert clock.state.next_event_at == utc("Wed 14:30")
    clock.tell("reach", "Wed 15:00")
    assert (clock.state.status, clock.state.overdue) == ("breached", 2.5 * 60)


def test_t29_no_calendar():
    for worktime in (None, calendar(days=0)):
        clock = Clock("Mon 09:00", 4, worktime, steps=STEPS)
        assert (clock.state.status, clock.deadline) == ("no_deadline", None)
        assert clock.state.next_event_at is None
        clock.tell("pause", "Mon 10:00").tell("resume", "Mon 11:00")
        assert clock.state.status == "no_deadline"
        fixed = Clock("Mon 09:00", 4, worktime)
        fixed.tell("recalendar", "Mon 13:00", worktime=CN)
        assert (fixed.state.status, fixed.deadline) == ("running", utc("Mon 17:00"))
        clock.tell("reach", "Mon 12:00")
        assert clock.state.status == "no_deadline"
        assert clock.state.reached_at == utc("Mon 12:00")
        assert not clock.state.is_open


def test_s6_zero_is_no_promise():
    for minutes in (0, -5, None):
        with pytest.raises(ValueError):
            sla_clock.begin(Event("start", utc("Mon 09:00"), target=minutes), CN)


def test_t32_cancelled():
    clock = Clock("Mon 09:00", 4, steps=STEPS).tell("cancel", "Mon 10:00")
    assert (clock.state.status, clock.state.next_event_at) == ("cancelled", None)
    before = clock.state
    for kind in ("tick", "pause", "resume", "reach", "cancel", "replan"):
        assert clock.tell(kind, "Fri 10:00").state == before
    assert clock.log == [("cancel", utc("Mon 10:00"))]


def test_s16_earlier_start_of_a_duplicate():
    clock = Clock("Tue 09:00", 16).tell("backdate", "Tue 10:00", start=utc("Mon 15:00"))
    assert clock.deadline == utc("Wed 15:00")
    paused = Clock("Tue 09:00", 16).tells("pause Tue 10:00, resume Tue 11:00")
    paused.tell("backdate", "Tue 11:00", start=utc("Mon 15:00"))
    assert paused.hours == 4  # Mon 15-17, Tue 8-10
    assert paused.deadline == utc("Wed 16:00")
    late = Clock("Tue 09:00", 2).tells("pause Tue 10:00, resume Tue 11:00")
    late.tell("backdate", "Tue 11:00", start=utc("Mon 14:00"))
    assert late.deadline == late.state.breached_at == utc("Mon 16:00")
    later = Clock("Tue 09:00", 2)
    before = later.state
    assert later.tell("backdate", "Tue 09:00", start=utc("Wed 09:00")).state == before


def test_escalation_acknowledged():
    clock = Clock("Mon 09:00", 2, steps=STEPS).tell("tick", "Mon 10:30")
    assert clock.due == ["50", "75"]
    clock.tell("acknowledge", "Mon 10:30")
    assert clock.state.next_event_at == utc("Mon 11:00")  # the state does not wait
    assert clock.tell("tick", "Tue 10:00").due == []
    assert clock.state.status == "breached"


def test_a_clock_that_goes_backwards():
    clock = Clock("Mon 09:00", 8).tells("pause Mon 11:00, resume Mon 10:00")
    assert (clock.hours, clock.state.paused) == (2, 0)
    clock.tell("reach", "2025-01-01 00:00")
    assert clock.state.reached_at == utc("Mon 11:00")


def test_resume_before_pause():
    clock = Clock("Mon 09:00", 8)
    before = clock.state
    assert clock.tell("resume", "Mon 10:00").state == before
    assert clock.log == []


def test_fractions_of_minutes_are_whole_seconds():
    """90 % of 33 minutes are 29:42; a third of 50 minutes is not drawn out."""
    clock = Clock("Mon 09:00", 33 / 60, steps=(Step("90", 90),))
    assert clock.state.next_event_at.strftime("%M:%S") == "29:42"
    clock.tell(
        "retarget",
        "Mon 09:10",
        target=50,
        mode="retain_with_grace",
        grace_percent=33,
    )
    assert clock.deadline == utc("Mon 09:50")


def test_replay_gives_the_state_back():
    clock = Clock("Mon 09:00", 24).tells("pause Mon 11:00, resume Mon 14:00")
    clock.tell("recalendar", "Mon 15:00", worktime=calendar(hours=ALWAYS, days=7))
    clock.tells("pause Mon 18:00, resume Tue 09:00")
    state, worktime = sla_clock.replay(clock.events, CN)
    assert state == clock.state
    assert worktime is clock.worktime


def test_history_is_asked_for():
    clock = Clock("Mon 09:00", 24).tells("pause Mon 17:00, resume Tue 09:00")
    clock.state = clock.state._replace(history=None)
    with pytest.raises(ValueError, match="history"):
        clock.tell("retarget", "Tue 10:00", target=60)
