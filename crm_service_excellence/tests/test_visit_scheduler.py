# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The scheduler without a database: the dated example, and a plain oracle."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.crm_service_excellence.tools.visit_scheduler import (
    REASONS,
    Day,
    Demand,
    Unplaced,
    schedule,
)

START, END = date(2026, 10, 1), date(2026, 10, 31)
# service.md C6: the 10th is a make-up Saturday
OCTOBER = [8, 9, 10, *range(12, 17), *range(19, 24), *range(26, 31)]


def october(day):
    return date(2026, 10, day)


def one(tolerance=3, due=12, **values):
    return Demand("it", 0, october(due), tolerance, **values)


def test_c6_october_2026_to_the_day():
    """Everything falls due in the Golden Week, and is spread by grade."""
    customers = [
        ("diamond", [5, 19], 3),
        ("gold", [5], 6),
        ("silver", [2], 12),
        ("regular", [4], 18),
    ]
    demands = [
        Demand(name, rank, october(day), tolerance)
        for rank, (name, days, tolerance) in enumerate(customers)
        for day in days
    ]
    placed, unplaced = schedule(demands, [Day(october(day), 1) for day in OCTOBER])
    assert [(demand.key, day) for demand, day in placed] == [
        ("diamond", october(8)),
        ("diamond", october(19)),
        ("gold", october(9)),
        ("silver", october(10)),
        ("regular", october(12)),
    ]
    assert unplaced == []


def test_without_the_makeup_day_silver_moves_on():
    days = [Day(october(day), 1) for day in OCTOBER if day != 10]
    demands = [Demand(rank, rank, october(8), 12) for rank in range(3)]
    assert [day.day for _demand, day in schedule(demands, days)[0]] == [8, 9, 12]


def test_the_emptiest_then_the_nearest_then_the_earliest_day():
    days = [Day(october(9), 3, 1), Day(october(12), 3, 1), Day(october(13), 3)]
    assert schedule([one()], days)[0] == [(one(), october(13))]
    days[2] = Day(october(13), 3, 1)
    assert schedule([one()], days)[0] == [(one(), october(12))]
    days[1] = Day(october(15), 3, 1)
    assert schedule([one()], days)[0] == [(one(), october(13))]
    days[2] = Day(october(15), 3, 1)
    assert schedule([one()], days)[0] == [(one(), october(9))]


@pytest.mark.parametrize(
    ("days", "closed", "reason"),
    [
        ([], [], "no_working_day"),
        ([Day(october(8), 9), Day(october(16), 9)], [], "no_working_day"),
        # 12 October 2026 is a Monday
        ([Day(october(12), 9)], [0], "customer_closed"),
        ([Day(october(12), 9), Day(october(13), 9)], [0, 1, 2], "customer_closed"),
        ([Day(october(12), 9), Day(october(13), 2, 2)], [0], "capacity"),
        ([Day(october(12), 0)], [], "capacity"),
        ([Day(october(12), 2, 5)], [], "capacity"),
    ],
)
def test_reasons(days, closed, reason):
    demand = one(closed=frozenset(closed))
    assert schedule([demand], days) == ([], [Unplaced(demand, reason)])
    assert reason in REASONS


def test_a_closed_weekday_is_avoided():
    days = [Day(october(12), 9), Day(october(14), 9)]
    assert schedule([one(closed=frozenset([0]))], days)[0][0][1] == october(14)


def test_no_tolerance_is_the_day_itself():
    assert schedule([one(0)], [Day(october(12), 1)])[0][0][1] == october(12)
    assert schedule([one(0)], [Day(october(13), 1)])[0] == []


def test_windows_beyond_the_calendar():
    """A tolerance that no date can hold is a wide window, not a crash."""
    demand = Demand(1, 0, date.max, 10**9)
    assert schedule([demand], [Day(date.min, 1)])[0] == [(demand, date.min)]


dates = st.dates(START, END)
demand_lists = st.lists(
    st.builds(
        Demand,
        key=st.integers(0, 20),
        rank=st.integers(0, 3),
        due=dates,
        tolerance=st.integers(0, 18),
        closed=st.frozensets(st.integers(0, 6), max_size=3),
    ),
    max_size=15,
    unique_by=lambda demand: (demand.key, demand.due),
)
day_lists = st.lists(
    st.builds(Day, dates, st.integers(0, 3), st.integers(0, 2)),
    max_size=12,
    unique_by=lambda day: day.date,
)


def plainly(demands, days):
    """C6 as it is written."""
    load = {day.date: day.load for day in days}
    capacity = {day.date: day.capacity for day in days}
    placed, unplaced = [], []
    for demand in sorted(
        demands,
        key=lambda it: (it.rank, it.due + timedelta(days=it.tolerance), it.due, it.key),
    ):
        tolerance = timedelta(days=demand.tolerance)
        within = [
            day
            for day in load
            if demand.due - tolerance <= day <= demand.due + tolerance
        ]
        open_days = [day for day in within if day.weekday() not in demand.closed]
        free = [day for day in open_days if load[day] < capacity[day]]
        if free:
            best = min(free, key=lambda day: (load[day], abs(day - demand.due), day))
            load[best] += 1
            placed.append((demand, best))
        elif not within:
            unplaced.append(Unplaced(demand, "no_working_day"))
        else:
            reason = "capacity" if open_days else "customer_closed"
            unplaced.append(Unplaced(demand, reason))
    return placed, unplaced


@given(demand_lists, day_lists)
def test_equals_the_plain_rule(demands, days):
    assert schedule(demands, days) == plainly(demands, days)


@given(demand_lists, day_lists)
def test_nothing_is_lost_nor_overfull_nor_outside_its_window(demands, days):
    placed, unplaced = schedule(demands, days)
    served = [demand for demand, _day in placed]
    served += [item.demand for item in unplaced]
    assert sorted(served) == sorted(demands)
    for demand, day in placed:
        assert abs((day - demand.due).days) <= demand.tolerance
        assert day.weekday() not in demand.closed
    for day in days:
        booked = sum(chosen == day.date for _demand, chosen in placed)
        assert not booked or day.load + booked <= day.capacity
    assert {day for _demand, day in placed} <= {day.date for day in days}


@given(demand_lists, day_lists, st.randoms())
def test_the_order_of_the_input_does_not_matter(demands, days, random):
    expected = schedule(demands, days)
    random.shuffle(demands)
    random.shuffle(days)
    assert schedule(iter(demands), iter(days)) == expected


@given(demand_lists, day_lists, st.integers(0, 19), st.integers(1, 3))
def test_more_capacity_never_costs_the_best_customer_its_visit(
    demands, days, number, more
):
    placed, _unplaced = schedule(demands, days)
    if not days or not placed:
        return
    first = min(
        demands,
        key=lambda it: (it.rank, it.due + timedelta(days=it.tolerance), it.due, it.key),
    )
    number %= len(days)
    days[number] = days[number]._replace(capacity=days[number].capacity + more)
    if first in [demand for demand, _day in placed]:
        assert first in [demand for demand, _day in schedule(demands, days)[0]]
