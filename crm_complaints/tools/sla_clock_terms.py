# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a deadline clock is made of: its state, its events, the steps of escalation.

Minutes are working minutes, kept as whole seconds; moments are naive UTC. A working
time is anything with ``add(start, minutes)`` and ``between(start, end)``, such as the
``WorkingTime`` of Customer Care.
"""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

SECOND = timedelta(seconds=1)


class Step(NamedTuple):
    """A step of escalation.

    :param key: what the caller knows it by
    :param percent: share of the target that is used up, 1 to 99; None from the deadline
        on
    :param offset_minutes: working minutes after the deadline, if there is no percent
    """

    key: object
    percent: int | None = None
    offset_minutes: int = 0

    @property
    def is_warning(self):
        return bool(self.percent) and self.percent < 100

    def position(self, target, allowance):
        """Minutes used up when this step is due.

        A warning is counted back from the deadline: at 90 % a tenth of the target is
        left, also when grace or a restart made the allowance longer than the target.
        """
        if self.is_warning:
            return exact(allowance - target * (100 - self.percent) / 100)
        return exact(allowance + self.offset_minutes)


class Event(NamedTuple):
    """What happens to a clock.

    ``kind`` is one of start, pause, resume, retarget, recalendar, replan (the calendar
    was edited), backdate (an earlier start is taken over), acknowledge (the escalation
    stops), breach (a breach that was recorded), reach, cancel, tick.
    """

    kind: str
    moment: datetime
    target: int | None = None  # start, retarget: the promise, minutes
    allowance: float | None = None  # as granted then; None: worked out now
    carried: float = 0.0  # start: minutes used up in a former cycle (S14)
    mode: str = "retain"  # retarget: retain, restart or retain_with_grace
    grace_percent: int = 0  # retain_with_grace: so much of the new target is left
    may_lengthen: bool = True  # retarget
    worktime: Any = None  # recalendar: the new one
    start: datetime | None = None  # backdate


class Stretch(NamedTuple):
    """An interval that is over, in which a clock ran or was paused."""

    start: datetime
    end: datetime
    is_run: bool
    worktime: Any

    @property
    def minutes(self):
        return between(self.worktime, self.start, self.end)


class ClockState(NamedTuple):
    """All that a clock knows. Minutes are working minutes, moments naive UTC."""

    status: str  # running, paused, met, breached, cancelled, no_deadline
    target: int
    allowance: float  # minutes until the deadline: the target, or more by grace
    started_at: datetime
    running_since: datetime | None
    consumed: float  # at running_since, or when it stopped
    last_event_at: datetime
    pauses: int = 0  # pauses that are open
    paused_since: datetime | None = None
    paused: float = 0.0  # minutes of the pauses that are over
    deadline: datetime | None = None
    warn_at: datetime | None = None
    is_warned: bool = False
    next_event_at: datetime | None = None  # when a tick has something to do
    level: int = 0  # steps that are behind
    chain_stopped_at: datetime | None = None
    reached_at: datetime | None = None
    breached_at: datetime | None = None
    overdue: float = 0.0
    carried: float = 0.0
    history: tuple | None = None  # of Stretch; None: not known

    @property
    def is_open(self):
        return self.reached_at is None and self.status not in ("met", "cancelled")


class Outcome(NamedTuple):
    """What an event led to.

    ``log`` is a tuple of ``(kind, moment)``, in order; empty if nothing changed.
    ``due`` are the steps that a tick found due, lowest first.
    """

    state: ClockState
    log: tuple = ()
    due: tuple = ()


def used_at(state, worktime, moment):
    """Working minutes used up at a moment that is not before the last event."""
    if state.running_since is None:
        return state.consumed
    return exact(state.consumed + between(worktime, state.running_since, moment))


def between(worktime, start, end):
    return 0.0 if worktime is None else exact(worktime.between(start, end))


def exact(minutes):
    """Minutes as whole seconds, so that sums of them do not drift."""
    return round(minutes * 60) / 60


def whole_second(moment):
    """The first whole second that is not before a moment."""
    cut = moment.replace(microsecond=0)
    return cut if cut == moment else cut + SECOND
