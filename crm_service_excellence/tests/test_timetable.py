# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The timetable of a day without a database."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.crm_service_excellence.tools.timetable import lay_out

DAY = datetime(2026, 10, 8)
NONE, HALF = timedelta(), timedelta(minutes=30)


def at(hours):
    """Hours after midnight as a moment: 9.5 is 09:30."""
    return DAY + timedelta(hours=hours)


def span(start, end):
    return at(start), at(end)


def hours_of(starts):
    """Start times as hours after midnight."""
    return {
        key: start and (start - DAY) / timedelta(hours=1)
        for key, start in starts.items()
    }


OFFICE = [span(9, 12), span(13, 17)]


@pytest.mark.parametrize(
    ("stops", "travel", "expected"),
    [
        # one after the other, travel in between
        (
            [("a", 60, []), ("b", 60, [])],
            HALF,
            {"a": 9, "b": 10.5},
        ),
        # never across lunch; the shorter one uses the gap before it
        (
            [("a", 60, []), ("b", 120, []), ("c", 60, [])],
            HALF,
            {"a": 9, "b": 13, "c": 10.5},
        ),
        # exactly up to lunch
        (
            [("a", 90, []), ("b", 60, []), ("c", 30, [])],
            HALF,
            {"a": 9, "b": 11, "c": 13},
        ),
        # a customer who receives in the afternoon waits, and others use the morning
        (
            [("a", 60, [span(15, 17)]), ("b", 60, []), ("c", 60, [])],
            HALF,
            {"a": 15, "b": 9, "c": 10.5},
        ),
        # a window that would be missed goes before, and as few move as possible
        (
            [("a", 60, []), ("b", 60, []), ("c", 60, [span(10, 11.5)])],
            HALF,
            {"a": 9, "c": 10.5, "b": 13},
        ),
        (
            [("a", 60, []), ("b", 60, []), ("c", 60, [span(9, 10)])],
            HALF,
            {"c": 9, "a": 10.5, "b": 13},
        ),
        # a window that spans lunch does not open it
        ([("a", 120, [span(11, 16)])], HALF, {"a": 13}),
        # several windows in any order
        ([("a", 60, [span(15, 17), span(13.5, 15)])], HALF, {"a": 13.5}),
        # on a day on which the customer does not receive
        ([("a", 60, [span(33, 36)]), ("b", 60, [])], HALF, {"a": None, "b": 9}),
        # longer than any interval
        ([("a", 300, []), ("b", 60, [])], HALF, {"a": None, "b": 9}),
        # it fits without travel only
        (
            [("a", 180, []), ("b", 120, []), ("c", 120, [])],
            HALF,
            {"a": 9, "b": 13, "c": 15},
        ),
        # no travel does not help: it is kept
        (
            [("a", 120, []), ("b", 30, []), ("c", 200, []), ("d", 999, [])],
            HALF,
            {"a": 9, "b": 11.5, "c": 13, "d": None},
        ),
        ([], HALF, {}),
    ],
)
def test_by_hand(stops, travel, expected):
    starts = lay_out(stops, OFFICE, travel)
    expected = {key: hour and float(hour) for key, hour in expected.items()}
    assert hours_of(starts) == expected
    assert list(starts) == [stop[0] for stop in stops]


def test_no_working_time():
    assert lay_out([("a", 60, [])], [], HALF) == {"a": None}


def test_a_window_does_not_throw_others_out():
    """Who comes first in the route stays, if there is room for one only."""
    stops = [("a", 60, [span(9, 10)]), ("b", 60, [span(9, 10)])]
    assert hours_of(lay_out(stops, OFFICE, HALF)) == {"a": 9, "b": None}


windows = st.tuples(st.integers(0, 47), st.integers(1, 12)).map(
    lambda it: span(it[0] / 2, (it[0] + it[1]) / 2)
)
stop_lists = st.lists(
    st.tuples(st.sampled_from([0, 15, 30, 60, 90]), st.lists(windows, max_size=2)),
    max_size=9,
).map(lambda stops: [(key, *stop) for key, stop in enumerate(stops)])
working_days = st.lists(st.integers(0, 48), max_size=6, unique=True).map(
    lambda bounds: [
        span(start / 2, end / 2)
        for start, end in zip(sorted(bounds)[::2], sorted(bounds)[1::2], strict=False)
    ]
)
travels = st.sampled_from([NONE, timedelta(minutes=15), HALF])


@given(stop_lists, working_days, travels)
def test_hours_are_kept_and_visits_do_not_overlap(stops, intervals, travel):
    starts = lay_out(stops, intervals, travel)
    assert list(starts) == [stop[0] for stop in stops]
    visits = []
    for key, minutes, received in stops:
        start = starts[key]
        if start is None:
            continue
        end = start + timedelta(minutes=minutes)
        visits.append((start, end))
        for hours in [intervals, received] if received else [intervals]:
            assert any(
                opening <= start and end <= closing for opening, closing in hours
            )
    visits.sort()
    gaps = [
        following[0] - visit[1]
        for visit, following in zip(visits, visits[1:], strict=False)
    ]
    assert all(gap >= NONE for gap in gaps)
    alone = lay_out(stops, intervals, NONE)
    if any(gap < travel for gap in gaps):
        # travel was given up, as more visits fit without
        assert starts == alone
    assert sum(start is not None for start in starts.values()) >= min(
        1, sum(start is not None for start in alone.values())
    )


@given(stop_lists, working_days, travels)
def test_the_route_order_is_kept_where_nobody_has_hours(stops, intervals, travel):
    """Visits of one length, any time: in the order of the route, the last ones out."""
    stops = [(key, 30, []) for key, *_stop in stops]
    starts = [start for start in lay_out(stops, intervals, travel).values()]
    placed = [start for start in starts if start is not None]
    assert placed == sorted(placed)
    assert starts[: len(placed)] == placed


@given(stop_lists, working_days, travels)
def test_what_is_left_out_fits_nowhere(stops, intervals, travel):
    """A visit without a time could not be added to the day that was laid out."""
    starts = lay_out(stops, intervals, travel)
    busy = [
        (starts[key], starts[key] + timedelta(minutes=minutes))
        for key, minutes, _windows in stops
        if starts[key] is not None
    ]
    for key, minutes, received in stops:
        if starts[key] is not None or not minutes:
            continue
        for quarter in range(24 * 4):
            start = at(quarter / 4)
            end = start + timedelta(minutes=minutes)
            free = all(
                end + travel <= begun or ended + travel <= start
                for begun, ended in busy
            )
            inside = all(
                any(opening <= start and end <= closing for opening, closing in hours)
                for hours in ([intervals, received] if received else [intervals])
            )
            assert not (free and inside)
