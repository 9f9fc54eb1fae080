# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Places, positions and the Chinese map shift, without a database (service.md C8)."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.crm_service_excellence.tools.geo import (
    _shift,
    as_place,
    check_position,
    gcj02_to_wgs84,
    haversine_m,
    locate,
)

SHANGHAI = (31.2304, 121.4737)
BEIJING = (39.9042, 116.4074)
PARIS = (48.8566, 2.3522)
DEGREE_M = 6_371_008.8 * math.pi / 180  # 111,195 m along a meridian
GARBAGE = [91, -90.001, math.nan, math.inf, -math.inf, "31.2", "", True, False, 10**400]

latitudes = st.floats(-90, 90)
longitudes = st.floats(-180, 180)
places = st.tuples(latitudes, longitudes)
anything = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.binary()
)


def north_of(place, metres):
    return place[0] + metres / DEGREE_M, place[1]


def test_haversine():
    assert haversine_m((0, 0), (1, 0)) == pytest.approx(DEGREE_M)
    assert haversine_m((60, 0), (60, 1)) == pytest.approx(DEGREE_M / 2, rel=1e-4)
    assert haversine_m((0, 179.5), (0, -179.5)) == pytest.approx(DEGREE_M)
    assert haversine_m((90, 0), (-90, 77)) == pytest.approx(180 * DEGREE_M)
    assert haversine_m(SHANGHAI, BEIJING) == pytest.approx(1_067_000, rel=0.002)


@given(places, places)
def test_haversine_is_a_distance(here, there):
    metres = haversine_m(here, there)
    assert 0 <= metres <= 180 * DEGREE_M + 1
    assert metres == pytest.approx(haversine_m(there, here), abs=0.001)
    assert haversine_m(here, here) == 0


def test_as_place():
    assert as_place(31.2304, 121.4737) == SHANGHAI
    assert as_place(0, 100) == (0.0, 100.0)  # on the equator
    for empty in ((0, 0), (0.0, -0.0), (None, None), (False, False), (31, None)):
        assert as_place(*empty) is None
    for garbage in GARBAGE:
        assert as_place(garbage, 100) is None
    assert as_place(31, 180.001) is None


def test_check_position():
    assert check_position(31, 121.4737, 25) == (31.0, 121.4737, 25.0)
    assert check_position(-90, 180, None) == (-90.0, 180.0, 0.0)
    assert check_position(0, 0) == (0.0, 0.0, 0.0)


@pytest.mark.parametrize("garbage", [*GARBAGE, None, b"1", [31], {}])
def test_garbage_is_refused(garbage):
    with pytest.raises(ValueError, match="Latitude"):
        check_position(garbage, 121, 5)
    if garbage not in (91, -90.001):
        with pytest.raises(ValueError, match="Longitude"):
            check_position(31, garbage, 5)


@pytest.mark.parametrize(
    "garbage", [-1, -0.001, math.nan, math.inf, "5", True, False, 10**400]
)
def test_garbage_accuracy_is_refused(garbage):
    with pytest.raises(ValueError, match="Accuracy"):
        check_position(31, 121, garbage)


@given(anything, anything, anything)
def test_whatever_is_sent_is_a_position_or_a_value_error(latitude, longitude, accuracy):
    try:
        position = check_position(latitude, longitude, accuracy)
    except ValueError:
        return
    assert all(math.isfinite(number) for number in position)
    assert locate(position[:2], position[2], SHANGHAI)[0]


@pytest.mark.parametrize(
    ("metres", "accuracy", "state"),
    [
        (0, 0, "on_site"),
        (299, 0, "on_site"),
        (301, 0, "off_site"),
        (301, None, "off_site"),
        (349, 50, "on_site"),  # the position may be 50 m nearer
        (351, 50, "off_site"),
        (1299, 1000, "on_site"),
        (1301, 1000, "off_site"),
        (0, 1001, "unknown"),
        (5000, 1001, "unknown"),
    ],
)
def test_c8_on_site(metres, accuracy, state):
    found, distance = locate(north_of(SHANGHAI, metres), accuracy, SHANGHAI)
    assert found == state
    assert distance == pytest.approx(metres, abs=0.01)


def test_c8_radius():
    """Exactly on the radius is on site; it may be another one than 300 m."""
    position = north_of(SHANGHAI, 500)
    distance = locate(position, 0, SHANGHAI)[1]
    assert locate(position, 0, SHANGHAI, distance)[0] == "on_site"
    assert locate(position, 0, SHANGHAI, distance - 0.01)[0] == "off_site"


@pytest.mark.parametrize("nowhere", [None, (0, 0), (0.0, 0.0), (None, None), (91, 0)])
def test_c8_unknown_is_not_off_site(nowhere):
    assert locate(SHANGHAI, 5, nowhere) == ("unknown", None)
    assert locate(nowhere, 5, SHANGHAI) == ("unknown", None)


@pytest.mark.parametrize(
    ("place", "shown"),
    [  # published pairs of the transformation
        ((31.1774276, 121.5272106), (31.17530398364597, 121.531541859215)),
        ((22.543847, 113.912316), (22.540796131694766, 113.9171764808363)),
        ((39.911954, 116.377817), (39.91334545536069, 116.38404722455657)),
    ],
)
def test_gcj02_of_known_places(place, shown):
    """service.md C8: 470 to 500 m were reported; it would make a visit off site."""
    assert gcj02_to_wgs84(shown) == pytest.approx(place, abs=1e-7)
    assert 400 < haversine_m(place, shown) < 700
    assert locate(place, 10, shown)[0] == "off_site"
    assert locate(place, 10, gcj02_to_wgs84(shown))[0] == "on_site"


@given(st.tuples(st.floats(0.85, 55.8), st.floats(72.03, 137.8)))
def test_gcj02_and_back(shown):
    """The shift of the place that was found leads to what the map shows."""
    place = gcj02_to_wgs84(shown)
    north, east = _shift(place)
    assert haversine_m((place[0] + north, place[1] + east), shown) < 1


@given(places)
def test_outside_of_china_nothing_is_shifted(place):
    if 0.8293 <= place[0] <= 55.8271 and 72.004 <= place[1] <= 137.8347:
        return
    assert gcj02_to_wgs84(place) == place
    assert gcj02_to_wgs84(PARIS) == PARIS
