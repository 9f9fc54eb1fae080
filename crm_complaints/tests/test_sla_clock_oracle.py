# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The deadline clock against a count of minutes, in random order of events."""

import copy
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.crm_complaints.tests.sla_clock_case import CN, STEPS, Clock
from odoo.addons.crm_complaints.tools import sla_clock
from odoo.addons.crm_complaints.tools.sla_clock import Event
from odoo.addons.crm_service_excellence.tools.working_time import WorkingTime

MINUTE = timedelta(minutes=1)
ROME = "Europe/Rome"  # summer time begins on Sunday 29 March 2026
BEGIN = datetime(2026, 3, 26, 5)  # Thursday
SPAN = 7 * 24 * 60  # minutes in which something happens
HORIZON = 60 * 24 * 60
# two calendars of one zone: an office with lunch, closures and a make-up Sunday; nights
HOURS = {
    "office": [[(480, 720), (780, 1020)] if day < 5 else [] for day in range(7)],
    "nights": [[(0, 360), (1200, 1440)]] * 7,
}
CLOSURES = [
    (datetime(2026, 3, 27, 9, 30), datetime(2026, 3, 27, 11)),
    (datetime(2026, 3, 30, 22), datetime(2026, 3, 31, 22)),
]
MAKEUPS = {date(2026, 3, 29): 0}


@cache
def worktime(name):
    makeups = MAKEUPS if name == "office" else {}
    return WorkingTime(ROME, [HOURS[name]] * 2, CLOSURES, makeups)


@cache
def open_minutes(name):
    """Whether each minute from BEGIN on is worked, asked one by one."""
    makeups = MAKEUPS if name == "office" else {}
    result = bytearray(HORIZON)
    for number in range(HORIZON):
        moment = BEGIN + number * MINUTE
        local = moment.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo(ROME))
        weekday = makeups.get(local.date(), local.weekday())
        minute = local.hour * 60 + local.minute
        result[number] = any(a <= minute < b for a, b in HOURS[name][weekday]) and not (
            any(a <= moment < b for a, b in CLOSURES)
        )
    return result


class Oracle:
    """Counts minutes. Moments are minutes after BEGIN."""

    def __init__(self, start, target):
        self.now = self.run_start = start
        self.target = self.allowance = target
        self.calendar, self.depth = "office", 0
        self.used_up = []  # when each minute was used up
        self.base = 0  # used up when it began to run the last time
        self.paused = 0
        self.breach = self.end = None
        self.overdue = 0

    def due(self):
        """When the allowance is used up, as it is known now; None while it waits."""
        if self.breach is not None:
            return self.breach
        if self.base > self.allowance:
            return self.used_up[self.allowance - 1]
        if self.depth:
            return None
        opened = open_minutes(self.calendar)
        used, minute = self.base, self.run_start
        while True:
            if used == self.allowance and (used > self.base or opened[minute]):
                return minute
            used += opened[minute]
            minute += 1

    def go(self, moment):
        """Let time pass."""
        deadline = self.due()
        if self.breach is None and deadline is not None and deadline < moment:
            self.breach = deadline
        opened = open_minutes(self.calendar)
        for minute in range(self.now, moment):
            if opened[minute]:
                if self.depth:
                    self.paused += 1
                else:
                    self.used_up.append(minute + 1)
        self.now = moment

    def stop(self, moment):
        """Look at what is due at a moment, that moment included."""
        deadline = self.due()
        if not self.end and deadline is not None and deadline <= moment:
            self.breach = deadline

    def run(self):
        self.run_start, self.base = self.now, len(self.used_up)

    def tell(self, kind, moment, value):
        if self.end or (kind == "resume" and not self.depth):
            return
        moment, before = max(moment, self.now), copy.deepcopy(self.__dict__)
        self.go(moment)
        if getattr(self, kind)(value) is False:
            self.__dict__ = before  # nothing happened: not even time was told
            return
        deadline = self.due()
        if self.breach is None and deadline is not None and deadline < moment:
            self.breach = deadline

    def pause(self, _value):
        self.depth += 1
        self.base = len(self.used_up)

    def resume(self, _value):
        if self.depth:
            self.depth -= 1
            if not self.depth:
                self.run()

    def retarget(self, value):
        target, mode, grace, may_lengthen = value
        if self.breach is not None:
            return False
        used = len(self.used_up)
        allowance = {
            "retain": target,
            "restart": used + target,
            "retain_with_grace": max(target, used + target * grace // 100),
        }[mode]
        if target <= self.target:
            allowance = min(allowance, self.allowance)
        elif not may_lengthen:
            return False
        is_change = (target, allowance) != (self.target, self.allowance)
        self.target, self.allowance = target, allowance
        return is_change

    def recalendar(self, value):
        self.calendar = value
        if not self.depth:
            self.run()

    def reach(self, _value):
        self.finish("breached" if self.breach is not None else "met")

    def cancel(self, _value):
        self.finish("cancelled")

    def finish(self, end):
        self.end = end
        late = len(self.used_up) - self.allowance
        self.overdue = max(0, late) if self.breach is not None else 0

    def status(self):
        if self.end:
            return self.end
        if self.breach is not None:
            return "breached"
        return "paused" if self.depth else "running"


targets = st.sampled_from([20, 40, 60, 100, 200, 480, 960, 1500])
retargets = st.tuples(
    targets,
    st.sampled_from(["retain", "restart", "retain_with_grace"]),
    st.sampled_from([0, 25, 50, 100]),
    st.booleans(),
)
happenings = st.one_of(
    st.tuples(st.sampled_from(["pause", "resume", "pause", "resume"]), st.none()),
    st.tuples(st.just("retarget"), retargets),
    st.tuples(st.just("recalendar"), st.sampled_from(sorted(HOURS))),
    st.tuples(st.sampled_from(["reach", "cancel"]), st.none()),
)
stories = st.lists(
    st.tuples(st.integers(0, SPAN), happenings), min_size=1, max_size=14
).flatmap(
    # in order of time mostly; else a clock that goes backwards
    lambda story: st.sampled_from([sorted(story, key=lambda one: one[0]), story])
)


def at(minute):
    return BEGIN + minute * MINUTE


def event(minute, kind, value):
    values = {}
    if kind == "retarget":
        names = ("target", "mode", "grace_percent", "may_lengthen")
        values = dict(zip(names, value, strict=True))
    if kind == "recalendar":
        values = {"worktime": worktime(value)}
    return Event(kind, at(minute), **values)


def play(start, target, story, ticks=()):
    """The state after a story, with a tick after some of its events.

    :param ticks: ``(position in the story, minute)``
    """
    known = worktime("office")
    state = sla_clock.begin(Event("start", at(start), target=target), known, STEPS)
    for number, (minute, (kind, value)) in enumerate(story):
        one = event(minute, kind, value)
        is_open = state.is_open
        state = sla_clock.advance(state, one, known, STEPS).state
        if kind == "recalendar" and is_open:
            known = one.worktime
        for position, tick in ticks:
            if position == number:
                tick = Event("tick", at(tick))
                state = sla_clock.advance(state, tick, known, STEPS).state
    return state, known


@settings(max_examples=400, deadline=None)
@given(start=st.integers(0, 2000), target=targets, story=stories)
def test_random_events(start, target, story):
    story = [(max(minute, start), what) for minute, what in story]
    oracle = Oracle(start, target)
    for minute, (kind, value) in story:
        oracle.tell(kind, minute, value)
    oracle.stop(SPAN + 1)
    state, known = play(start, target, story)
    last = Event("tick", at(SPAN + 1))
    state = sla_clock.advance(state, last, known, STEPS).state
    assert state.status == oracle.status()
    assert state.consumed == (len(oracle.used_up) if oracle.end else oracle.base)
    if oracle.end or not oracle.depth:  # a pause counts when it is over
        assert state.paused == oracle.paused
    assert state.allowance == oracle.allowance
    assert state.overdue == oracle.overdue
    breach = oracle.breach
    assert state.breached_at == (None if breach is None else at(breach))
    if state.is_open:
        due = oracle.due()
        assert state.deadline == (None if due is None else at(due))


@settings(max_examples=300, deadline=None)
@given(
    start=st.integers(0, 2000),
    target=targets,
    story=stories,
    ticks=st.lists(st.tuples(st.integers(0, 14), st.integers(0, SPAN)), max_size=12),
)
def test_ticks_in_between_change_nothing(start, target, story, ticks):
    """Whenever the job runs, even ahead of the news: the end is the same (S20).

    Who was told is not undone: the level of escalation is left out.
    """
    story = [(max(minute, start), what) for minute, what in story]

    def end(ticks):
        state, known = play(start, target, story, sorted(ticks))
        last = Event("tick", at(SPAN + 1))
        state = sla_clock.advance(state, last, known, STEPS).state
        return state._replace(level=0, next_event_at=None, is_warned=False)

    assert end(ticks) == end([])


@settings(max_examples=200, deadline=None)
@given(start=st.integers(0, 2000), target=targets, story=stories)
def test_the_log_proves_the_state(start, target, story):
    """What was logged, replayed, is the state."""
    known = worktime("office")
    first = Event("start", at(start), target=target)
    state, log = sla_clock.begin(first, known), [first]
    for minute, (kind, value) in story:
        one = event(max(minute, start), kind, value)
        outcome = sla_clock.advance(state, one, known)
        state = outcome.state
        for logged, moment in outcome.log:
            line = Event(logged, moment)
            if logged == "retarget":
                line = line._replace(target=state.target, allowance=state.allowance)
            if logged == "recalendar":
                known = one.worktime
                line = line._replace(worktime=known)
            log.append(line)
    assert sla_clock.replay(log, worktime("office"))[0] == state


@settings(max_examples=50, deadline=None)
@given(moments=st.lists(st.integers(0, SPAN), min_size=1, max_size=200), data=st.data())
def test_s3_pauses_in_any_order(moments, data):
    """Used up time never shrinks, and with the pauses it is all the time there was."""
    state = sla_clock.begin(Event("start", BEGIN, target=10**6), worktime("office"))
    used = 0.0
    for moment in moments:
        kind = data.draw(st.sampled_from(["pause", "resume"]))
        state = sla_clock.advance(
            state, Event(kind, at(moment)), worktime("office")
        ).state
        now = sla_clock.used_at(state, worktime("office"), state.last_event_at)
        assert now >= used >= 0
        used = now
    state = sla_clock.advance(state, Event("reach", at(SPAN)), worktime("office")).state
    total = worktime("office").between(BEGIN, at(SPAN))
    assert state.consumed + state.paused == total


def test_s3_a_thousand_pauses():
    clock = Clock("Mon 08:00", 40)
    start = clock.state.started_at
    for number in range(1000):
        for offset, kind in ((0, "pause"), (1, "resume")):
            moment = start + (2 * number + offset) * MINUTE
            one = Event(kind, moment)
            clock.state = sla_clock.advance(clock.state, one, CN).state
    end = start + 2000 * MINUTE
    assert sla_clock.used_at(clock.state, CN, end) + clock.state.paused == CN.between(
        start, end
    )
    assert len(clock.state.history) == 2000
