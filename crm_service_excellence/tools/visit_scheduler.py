# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Which visit on which day: service.md C6, deterministic and without loss.

A *demand* is one visit that is due; it may be made within its tolerance before or
after that date. Demands are served best grade first, each on the emptiest day it may
have, nearest to its due date. That is what spreads the visits that all fall due over a
holiday week, instead of rolling them on to the first day after it.

A plan of a large team is hundreds of thousands of demands: the days that a due date,
tolerance and closed weekdays admit are worked out once, in order of preference, so that
a demand costs one look at the loads of its days.
"""

from datetime import date
from typing import Any, NamedTuple

# Why a demand has no day: nothing is worked within its window; the customer receives
# nobody on the days that are; every one of them is full.
REASONS = ("no_working_day", "customer_closed", "capacity")
FULL = float("inf")  # load of a day that takes no more visits: never the emptiest


class Demand(NamedTuple):
    """A visit that is due.

    ``key`` (sortable, such as a partner's id) breaks ties, and is unique for a due
    date; ``rank`` is 0 for the best grade; ``tolerance`` is in days, either way;
    ``closed`` are the weekdays (0 is Monday) on which the customer receives nobody.
    """

    key: Any
    rank: int
    due: date
    tolerance: int
    closed: frozenset = frozenset()


class Day(NamedTuple):
    """A working day of the salesperson: ``load`` of ``capacity`` visits are booked."""

    date: date
    capacity: int
    load: int = 0


class Unplaced(NamedTuple):
    """A demand without a day, and which of :data:`REASONS` it was."""

    demand: Demand
    reason: str


def schedule(demands, days):
    """Give each demand a day (service.md C6), whatever the order they come in.

    Demands by (rank, end of window, due, key); of the days within the window on which
    the customer receives and that are not full, the one with the least
    (load, distance from due, date).

    :param demands: iterable of :class:`Demand`
    :param days: iterable of :class:`Day`; one that is not in it is not worked
    :return: ``([(demand, date)], [Unplaced])`` in the order they were served; together
        as many as there are demands
    """
    days = sorted(days)
    dates = [day.date for day in days]
    ordinals = [day.date.toordinal() for day in days]
    capacities = [day.capacity for day in days]
    loads = [day.load if day.load < day.capacity else FULL for day in days]
    load_of = loads.__getitem__
    choices, placed, unplaced = {}, [], []
    for demand in sorted(demands, key=_order):
        _key, _rank, due, tolerance, closed = demand
        window = due, tolerance, closed
        choice = choices.get(window)
        if choice is None:
            choice = choices[window] = _choice(ordinals, window)
        if isinstance(choice, str):
            unplaced.append(Unplaced(demand, choice))
            continue
        # the first of the emptiest, as the choice is in order of preference
        best = min(choice, key=load_of)
        load = loads[best]
        if load == FULL:
            unplaced.append(Unplaced(demand, "capacity"))
            continue
        load += 1
        loads[best] = load if load < capacities[best] else FULL
        placed.append((demand, dates[best]))
    return placed, unplaced


def _order(demand):
    key, rank, due, tolerance, _closed = demand
    return rank, due.toordinal() + tolerance, due, key


def _choice(ordinals, window):
    """Numbers of the days a window admits, preferred first, or why there are none."""
    due, tolerance, closed = window
    due = due.toordinal()
    within = [
        (abs(day - due), number)
        for number, day in enumerate(ordinals)
        if abs(day - due) <= tolerance
    ]
    if not within:
        return "no_working_day"
    # ordinal 1 was a Monday
    choice = [
        number
        for _distance, number in sorted(within)
        if (ordinals[number] - 1) % 7 not in closed
    ]
    return choice or "customer_closed"
