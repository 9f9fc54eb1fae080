# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The order of a day's stops without a database."""

import itertools
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from odoo.addons.crm_service_excellence.tools.geo import haversine_m
from odoo.addons.crm_service_excellence.tools.route import length_km, order_stops

KM = 1 / 111.195  # degrees of latitude


def stop(key, north=None, city="", east=0.0):
    place = None if north is None else (30 + north * KM, 120 + east * KM)
    return key, place, city


def keys(stops):
    return [stop[0] for stop in stops]


def places(stops, start=None):
    return [start, *(stop[1] for stop in stops)]


def test_four_points_on_a_line():
    """From the south: 1, 2, 4, 8 km, whatever order they come in."""
    line = [stop("a", 4), stop("b", 1), stop("c", 8), stop("d", 2)]
    ordered = order_stops(line, (30.0, 120.0))
    assert keys(ordered) == ["b", "d", "a", "c"]
    assert length_km(places(ordered, (30.0, 120.0))) == pytest.approx(8, abs=0.001)


def test_two_opt_mends_what_nearest_neighbour_spoils():
    """From 0 to 1, -1.5, 5.5 km would be 1 + 2.5 + 7; the other way round 1.5 + 7."""
    line = [stop("a", 1), stop("b", -1.5), stop("c", 5.5)]
    ordered = order_stops(line, (30.0, 120.0))
    assert keys(ordered) == ["b", "a", "c"]
    assert length_km(places(ordered, (30.0, 120.0))) == pytest.approx(8.5, abs=0.001)


def test_without_a_start_point_the_way_starts_at_an_end():
    line = [stop("a", 4), stop("b", 1), stop("c", 8), stop("d", 2)]
    ordered = order_stops(line)
    assert keys(ordered) in (["b", "d", "a", "c"], ["c", "a", "d", "b"])
    assert length_km(places(ordered)) == pytest.approx(7, abs=0.001)


def test_without_coordinates_last_by_city_then_key():
    stops = [
        stop(5, city="Wuxi"),
        stop(4, city="Hangzhou"),
        stop(3, 2, city="Zibo"),
        stop(2, city="Wuxi"),
        stop(1, city=False),
        stop(6, 1, city="Anqing"),
    ]
    assert keys(order_stops(stops, (30.0, 120.0))) == [6, 3, 1, 4, 2, 5]


def test_nothing_and_next_to_nothing():
    assert order_stops([]) == []
    assert order_stops([], (30.0, 120.0)) == []
    assert keys(order_stops([stop("a", 1)])) == ["a"]
    assert keys(order_stops([stop("b", 1), stop("a", 1)])) == ["a", "b"]
    assert length_km([]) == length_km([(30.0, 120.0)]) == length_km([None]) == 0


def test_length_passes_over_nothing():
    assert length_km([(30, 120), None, (30 + KM, 120)]) == pytest.approx(1, abs=0.001)


stop_lists = st.lists(
    st.builds(
        stop,
        st.integers(0, 999),
        st.none() | st.floats(-50, 50),
        st.sampled_from(["", None, "Hangzhou", "Wuxi"]),
        st.floats(-50, 50),
    ),
    max_size=15,
    unique_by=lambda stop: stop[0],
)
starts = st.none() | st.just((30.0, 120.0))


def nearest_neighbour(stops, start):
    """The rule as it is written, from a given place."""
    left, way, here = sorted(stops, key=lambda stop: stop[0]), [], start
    while left:
        found = min(left, key=lambda stop: haversine_m(here, stop[1]))
        left.remove(found)
        way.append(found)
        here = found[1]
    return way


@given(stop_lists, starts)
def test_every_stop_once(stops, start):
    ordered = order_stops(stops, start)
    assert sorted(keys(ordered)) == sorted(keys(stops))
    assert {*ordered} == {*stops}
    located = [stop[1] is not None for stop in ordered]
    assert located == sorted(located, reverse=True)


@given(stop_lists, starts, st.randoms())
def test_the_order_of_the_input_does_not_matter(stops, start, random):
    expected = order_stops(stops, start)
    random.shuffle(stops)
    assert order_stops(iter(stops), start) == expected


# the first stop matters: from a worse one, 2-opt ends up longer
TRAP = [
    (30.08, 120.01),
    (30.01, 120.09),
    (30.01, 120),
    (30.01, 120.07),
    (30.04, 120.08),
]


@given(stop_lists, starts)
@example([(number, place, "") for number, place in enumerate(TRAP)], None)
def test_never_longer_than_nearest_neighbour(stops, start):
    located = [stop for stop in stops if stop[1]]
    if not located:
        return
    found = length_km(places(order_stops(located, start), start))
    for begin in [start] if start else [stop[1] for stop in located]:
        alone = length_km(places(nearest_neighbour(located, begin), start))
        assert found <= alone + 1e-6


@given(stop_lists, starts)
@settings(max_examples=50)
def test_near_the_shortest(stops, start):
    """Up to six stops, of which every order can be tried."""
    located = [stop for stop in stops if stop[1]][:6]
    shortest = min(
        length_km(places(way, start)) for way in itertools.permutations(located)
    )
    found = length_km(places(order_stops(located, start), start))
    assert shortest - 1e-6 <= found <= shortest * 1.5 + 1e-6


def test_many_stops_are_ordered_in_bounded_time():
    many = [
        stop(n, n * 7919 % 1000 / 10, east=n * 104729 % 997 / 10) for n in range(300)
    ]
    before = time.process_time()
    ordered = order_stops(many, (30.0, 120.0))
    assert time.process_time() - before < 10  # some tenths of a second
    assert sorted(keys(ordered)) == list(range(300))
    assert length_km(places(ordered)) < length_km(places(many)) / 4
