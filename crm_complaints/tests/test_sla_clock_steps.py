# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The deadline clock without a database: steps, breaches and what goes wrong."""

import pytest

from odoo.addons.crm_complaints.tests.sla_clock_case import (
    ALWAYS,
    CN,
    STEPS,
    Clock,
    calendar,
    utc,
)
from odoo.addons.crm_complaints.tools import sla_clock
from odoo.addons.crm_complaints.tools.sla_clock import Event, Step
from odoo.addons.crm_complaints.tools.sla_clock_terms import SECOND


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
        before = utc(text) - SECOND
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


def test_whoever_took_it_up_first():
    clock = Clock("Mon 08:00", 4, steps=STEPS)
    clock.tells("acknowledge Mon 09:00, acknowledge Mon 10:00")
    assert clock.state.chain_stopped_at == utc("Mon 09:00")
    assert [kind for kind, _moment in clock.log].count("acknowledge") == 1


def test_warnings_count_back_from_a_deadline_of_grace():
    """A quarter of the new 8 h is left at 75 %, although 9 h were used up."""
    clock = Clock("Mon 09:00", 24)
    clock.tell(
        "retarget", "Tue 10:00", target=480, mode="retain_with_grace", grace_percent=50
    )
    assert clock.deadline == utc("Tue 15:00")  # 4 h are left
    assert clock.state.warn_at == utc("Tue 12:00")


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
