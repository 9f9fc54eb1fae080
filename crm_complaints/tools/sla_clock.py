# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The deadline clock: a pure state machine over working time.

A clock is a promise of so many working minutes. :func:`advance` takes its state and one
event and returns the new state, what is to be logged, and the escalation steps that are
due. Working time is banked when a clock stops and never added as wall-clock time, so a
deadline is always ``worktime.add(running_since, allowance - consumed)`` (S3).

What happens by itself (warning, breach) is dated at the moment when it was due,
whatever the time of the tick that notices it: ticks in between change nothing (S20).

Moments are naive UTC, cut to seconds. Minutes are working minutes; they are kept as
whole seconds, so that sums do not drift. S and T numbers are those of the reference.
"""

from .sla_clock_terms import (
    ClockState,
    Event,
    Outcome,
    Step,
    Stretch,
    exact,
    used_at,
    whole_second,
)

__all__ = [
    "ClockState",
    "Event",
    "Outcome",
    "Step",
    "advance",
    "begin",
    "replay",
    "used_at",
]

# A clock is "due soon" from the first warning of at least this share on.
WARN_PERCENT = 75
DERIVED = frozenset({"warn", "escalate", "replan"})  # logged, follow from others
# Events that may put a deadline into the past, where it is found by walking the runs.
NEEDS_HISTORY = frozenset({"retarget", "replan", "backdate"})


def begin(event, worktime, steps=()):
    """The state of a clock that starts.

    :param event: an :class:`Event` of kind start with ``target``, and with ``carried``
        and ``allowance`` if a former cycle is continued
    :param worktime: :class:`WorkingTime`, or None if there is no calendar (S24)
    :param steps: the :class:`Step` of the escalation, in order of time
    :raise ValueError: the target is not positive (S6)
    """
    if not event.target or event.target < 0:
        raise ValueError("A promised time is more than nothing.")
    moment = event.moment.replace(microsecond=0)
    state = ClockState(
        status="running",
        target=event.target,
        allowance=exact(event.target if event.allowance is None else event.allowance),
        started_at=moment,
        running_since=moment,
        consumed=exact(event.carried),
        last_event_at=moment,
        carried=exact(event.carried),
        history=(),
    )
    return _plan(state, worktime, steps, moment)[0]


def advance(state, event, worktime, steps=()):
    """Let one event happen to a clock.

    A moment before ``last_event_at`` is taken as that. What is finished does not change
    any more; what changes nothing is not logged.

    :param state: :class:`ClockState`, with its history for :data:`NEEDS_HISTORY`
    :param event: :class:`Event`
    :param worktime: :class:`WorkingTime` it counts by, or None
    :param steps: the :class:`Step` of the escalation, in order of time
    :return: :class:`Outcome`
    """
    if not state.is_open:
        return Outcome(state)
    moment = event.moment.replace(microsecond=0)
    if event.kind == "tick":
        return _tick(state, moment, worktime, steps)
    if event.kind == "breach":
        if state.breached_at:
            return Outcome(state)
        state = state._replace(breached_at=moment)
        return Outcome(
            _plan(state, worktime, steps, state.last_event_at)[0], (("breach", moment),)
        )
    if event.kind == "replan":
        return _replan(state, moment, worktime, steps)
    moment = max(moment, state.last_event_at)
    settled, log = _settle(state, moment)
    changed = _HANDLERS[event.kind](settled, event, moment, worktime)
    if changed is None:
        return Outcome(state)
    if event.kind == "recalendar":
        worktime = event.worktime
    changed = changed._replace(last_event_at=moment)
    changed, consequences = _plan(changed, worktime, steps, moment)
    return Outcome(changed, (*log, (event.kind, moment), *consequences))


def replay(events, worktime):
    """The state that a clock's events lead to, with its history.

    :param events: its :class:`Event`, the start first; a recorded breach stands
    :return: ``(state, worktime at the end)``
    """
    first, *others = events
    state = begin(first, worktime)
    for event in others:
        if event.kind not in DERIVED:
            state = advance(state, event, worktime).state
            if event.kind == "recalendar":
                worktime = event.worktime
    return state, worktime


# EVENTS


def _pause(state, _event, moment, worktime):
    if not state.pauses:
        state = _bank(state, moment, worktime)._replace(
            running_since=None, paused_since=moment
        )
    return state._replace(pauses=state.pauses + 1)  # overlapping pauses count once


def _resume(state, _event, moment, worktime):
    if not state.pauses:
        return None
    if state.pauses > 1:
        return state._replace(pauses=state.pauses - 1)
    return _end_pause(state, moment, worktime)._replace(running_since=moment)


def _retarget(state, event, moment, worktime):
    """S11, S12: used time stays, a promise that is broken stays broken."""
    if state.breached_at:
        return None
    target, allowance = event.target, event.allowance
    if allowance is None:
        used = used_at(state, worktime, moment)
        if event.mode == "restart":
            allowance = used + target
        elif event.mode == "retain_with_grace":
            allowance = max(target, used + target * event.grace_percent / 100)
        else:
            allowance = target
        if target <= state.target:
            allowance = min(allowance, state.allowance)  # stricter is never later
        elif not event.may_lengthen:
            return None
    allowance = exact(allowance)
    if (target, allowance) == (state.target, state.allowance):
        return None
    return state._replace(target=target, allowance=allowance)


def _recalendar(state, _event, moment, worktime):
    """What is over was counted by the old calendar, a run as well as a pause."""
    if state.pauses:
        ended = _end_pause(state, moment, worktime)
        return ended._replace(pauses=state.pauses, paused_since=moment)
    return _bank(state, moment, worktime)._replace(running_since=moment)


def _replan(state, moment, worktime, steps):
    """The calendar was edited: count anew what is over, as if it always was so (S13).

    A breach that was noted stays; another one the next tick will note.
    """
    runs = sum(stretch.minutes for stretch in state.history if stretch.is_run)
    pauses = sum(stretch.minutes for stretch in state.history if not stretch.is_run)
    counted = state._replace(consumed=exact(state.carried + runs), paused=exact(pauses))
    planned, log = _plan(counted, worktime, steps, state.last_event_at)
    if state.is_warned and planned.warn_at and planned.warn_at <= moment:
        planned = planned._replace(is_warned=True)
        planned = planned._replace(next_event_at=_next_event(planned, worktime, steps))
    return Outcome(planned, (("replan", moment), *log))


def _backdate(state, event, _moment, worktime):
    start = event.start.replace(microsecond=0)
    if start >= state.started_at:
        return None
    if state.running_since == state.started_at:
        return state._replace(started_at=start, running_since=start)
    early = Stretch(start, state.started_at, True, worktime)
    return state._replace(
        started_at=start,
        consumed=exact(state.consumed + early.minutes),
        history=(early, *state.history),
    )


def _acknowledge(state, _event, moment, _worktime):
    return None if state.chain_stopped_at else state._replace(chain_stopped_at=moment)


def _reach(state, _event, moment, worktime):
    status = state.status if state.status == "no_deadline" else "met"
    return _finish(state, moment, worktime)._replace(
        status="breached" if state.breached_at else status, reached_at=moment
    )


def _cancel(state, _event, moment, worktime):
    return _finish(state, moment, worktime)._replace(status="cancelled")


_HANDLERS = {
    "pause": _pause,
    "resume": _resume,
    "retarget": _retarget,
    "recalendar": _recalendar,
    "backdate": _backdate,
    "acknowledge": _acknowledge,
    "reach": _reach,
    "cancel": _cancel,
}


def _finish(state, moment, worktime):
    """Stop for good; a pause ends at the same instant (S10)."""
    if state.pauses:
        state = _end_pause(state, moment, worktime)
    else:
        state = _bank(state, moment, worktime)
    late = max(0.0, state.consumed - state.allowance) if state.breached_at else 0.0
    return state._replace(
        running_since=None, pauses=0, next_event_at=None, overdue=exact(late)
    )


def _bank(state, moment, worktime):
    """Add the present run to what is used up."""
    run = Stretch(state.running_since, moment, True, worktime)
    return state._replace(
        consumed=exact(state.consumed + run.minutes), history=_with(state, run)
    )


def _end_pause(state, moment, worktime):
    pause = Stretch(state.paused_since, moment, False, worktime)
    return state._replace(
        pauses=0,
        paused_since=None,
        paused=exact(state.paused + pause.minutes),
        history=_with(state, pause),
    )


def _with(state, stretch):
    return None if state.history is None else (*state.history, stretch)


# WHAT HAPPENS BY ITSELF


def _settle(state, moment):
    """What happened by itself before an event; a deadline is broken after it (S5).

    A tick may have been ahead of an event that was in time: that was no breach. What
    was overdrawn when it began (S14) is late however soon it is reached.
    """
    log = []
    overdrawn = state.consumed > state.allowance
    if state.breached_at and moment <= state.breached_at and not overdrawn:
        state = state._replace(breached_at=None)
    if state.is_warned and state.warn_at and moment < state.warn_at:
        state = state._replace(is_warned=False)
    if state.running_since and not state.breached_at:
        if state.warn_at and not state.is_warned and state.warn_at <= moment:
            state = state._replace(is_warned=True)
            log.append(("warn", state.warn_at))
        if state.deadline and state.deadline < moment:
            state = state._replace(breached_at=state.deadline)
            log.append(("breach", state.deadline))
    return state, log


def _tick(state, moment, worktime, steps):
    """Note what is due until a moment, that moment included."""
    log = []
    if state.running_since and not state.breached_at:
        if state.warn_at and not state.is_warned and state.warn_at <= moment:
            state = state._replace(is_warned=True)
            log.append(("warn", state.warn_at))
        if state.deadline and state.deadline <= moment:
            state = state._replace(breached_at=state.deadline, status="breached")
            log.append(("breach", state.deadline))
    due = []
    while (at := _step_at(state, worktime, steps)) and at <= moment:
        due.append(steps[state.level])
        log.append(("escalate", at))
        state = state._replace(level=state.level + 1)
    state = state._replace(next_event_at=_next_event(state, worktime, steps))
    return Outcome(state, tuple(log), tuple(due))


def _plan(state, worktime, steps, moment):
    """Work out status, deadline and what is next; return it with the log."""
    log = ()
    if not state.is_open:
        return state, log
    if not state.breached_at:
        if state.consumed > state.allowance:
            state = state._replace(breached_at=_walk(state))
            log = (("breach", state.breached_at),)
        elif state.pauses:
            state = state._replace(status="paused", deadline=None, warn_at=None)
        else:
            state = _aim(state, worktime, steps, moment)
            if state.deadline and state.deadline < moment:
                state = state._replace(breached_at=state.deadline)
                log = (("breach", state.deadline),)
    if state.breached_at:
        state = state._replace(
            status="breached", deadline=state.breached_at, is_warned=True
        )
    return state._replace(next_event_at=_next_event(state, worktime, steps)), log


def _aim(state, worktime, steps, moment):
    """Deadline and warning of a clock that runs."""
    deadline = _when(state, worktime, state.allowance)
    if deadline is None:
        return state._replace(status="no_deadline", deadline=None, warn_at=None)
    shares = [step.percent for step in steps if step.is_warning]
    share = min((share for share in shares if share >= WARN_PERCENT), default=None)
    warning = Step("warn", share or WARN_PERCENT)
    warn_at = _when(state, worktime, warning.position(state.target, state.allowance))
    return state._replace(
        status="running",
        deadline=deadline,
        warn_at=warn_at,
        is_warned=state.is_warned and warn_at <= moment,
    )


def _walk(state):
    """When the allowance was used up, in a stretch that is over."""
    if state.history is None:
        raise ValueError("A deadline in the past is found in the clock's history.")
    need = state.allowance - state.carried
    if need > 0:
        for stretch in state.history:
            if stretch.is_run:
                minutes = stretch.minutes
                if need <= minutes:
                    return whole_second(stretch.worktime.add(stretch.start, need))
                need -= minutes
    return state.started_at


def _next_event(state, worktime, steps):
    """When a tick has something to do: warning, deadline or step."""
    moments = [_step_at(state, worktime, steps)]
    if state.status == "running":
        moments.append(state.deadline)
        if not state.is_warned:
            moments.append(state.warn_at)
    return min(filter(None, moments), default=None)


def _step_at(state, worktime, steps):
    """When the next step is due; None if there is none, or while it stands still."""
    if state.chain_stopped_at or state.level >= len(steps):
        return None
    step = steps[state.level]
    if not step.is_warning and not state.breached_at:
        return None  # the deadline comes first
    return _when(state, worktime, step.position(state.target, state.allowance))


def _when(state, worktime, position):
    """When so many minutes are used up; None if that is not in sight.

    What was used up before the clock began to run, or stopped, is due since then.
    """
    if state.running_since is None:
        return state.last_event_at if position <= state.consumed else None
    if worktime is None:
        return None
    if position < state.consumed:
        return state.running_since
    try:
        moment = worktime.add(state.running_since, position - state.consumed)
    except ValueError:  # not within the horizon
        return None
    return whole_second(moment)
