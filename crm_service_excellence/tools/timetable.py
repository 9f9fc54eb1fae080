# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""When each visit of a day starts: working hours, customers' hours, travel.

Stops are laid into the day in the order of the route, each as early as it fits into
what is free. One whose customer receives only while somebody else is being visited goes
before that one. That is not the best timetable there could be, but one that people
understand and can mend.
"""

from datetime import timedelta

NO_TRAVEL = timedelta()


def lay_out(stops, intervals, travel):
    """Start times of a day's visits (service.md C6, in the order of the day's route).

    A visit lies within one working interval (lunch does not interrupt it) and one of
    its customer's windows, and no two overlap. If that is not possible for all of them
    with the time to travel in between, as many as possible are laid out without it.

    :param stops: list of ``(key, minutes, windows)`` in order of the route; ``windows``
        are the ``(start, end)`` in which the customer receives, any time if empty
    :param intervals: the salesperson's working intervals of the day, as
        ``[(start, end)]`` sorted and disjoint
    :param travel: timedelta between two visits
    :return: ``{key: start}``, None for a visit that does not fit; all moments naive UTC
    """
    stops = [
        (key, timedelta(minutes=minutes), _spans(intervals, windows), bool(windows))
        for key, minutes, windows in stops
    ]
    starts = _lay_out(stops, travel)
    if len(starts) < len(stops) and travel:
        # they are visited with no time to travel only if that is of use
        starts = max(starts, _lay_out(stops, NO_TRAVEL), key=len)
    return {stop[0]: starts.get(stop[0]) for stop in stops}


def _lay_out(stops, travel):
    """``{key: start}`` of those that fit, with the time to travel between any two."""
    order, days = [], [()]  # stops in order of precedence; the day before each of them
    for stop in stops:
        day = _add(days[-1], stop, travel)
        if day is not None:
            order.append(stop)
            days.append(day)
        elif stop[3]:
            order, days = _squeeze_in(order, days, stop, travel)
    return {key: start for start, _end, key in days[-1]}


def _squeeze_in(order, days, stop, travel):
    """Let a stop go before others, as few as possible, if all of them still fit."""
    for number in range(len(order) - 1, -1, -1):
        day = _add(days[number], stop, travel)
        if day is None:
            continue
        trial = [*days[: number + 1], day]
        for other in order[number:]:
            day = _add(day, other, travel)
            if day is None:
                break
            trial.append(day)
        else:
            return [*order[:number], stop, *order[number:]], trial
    return order, days


def _add(day, stop, travel):
    """The sorted visits of a day and one more, as early as it fits; None if nowhere."""
    key, length, spans, _has_windows = stop
    best = None
    for opening, closing in spans:
        start = opening
        for begun, ended, _key in day:
            if start + length + travel <= begun:
                break
            start = max(start, ended + travel)
        if start + length <= closing and (best is None or start < best):
            best = start
    if best is None:
        return None
    return tuple(sorted([*day, (best, best + length, key)]))


def _spans(intervals, windows):
    """Where a visit may lie: parts of working intervals within a customer's windows."""
    if not windows:
        return list(intervals)
    return [
        (max(opening, start), min(closing, end))
        for opening, closing in intervals
        for start, end in windows
        if max(opening, start) <= min(closing, end)
    ]
