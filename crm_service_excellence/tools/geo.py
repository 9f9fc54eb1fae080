# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Places on Earth: distances, garbage, map shifts, and whether a visit was on site.

A *place* is ``(latitude, longitude)`` in degrees, WGS-84 as browsers and satellites
give it. Map services of mainland China give GCJ-02, which is off by some hundreds of
metres: convert it first (service.md C8).
"""

import math
import sys

EARTH_M = 6_371_008.8  # mean radius
ON_SITE_M = 300  # default radius around a customer's place
VAGUE_M = 1000  # a position less accurate than this says nothing about being on site

# GCJ-02: Krasovsky 1940 ellipsoid, and the rectangle within which maps are shifted
AXIS_M = 6_378_245.0
ECCENTRICITY_2 = 0.006_693_421_622_965_943
CHINA_LATITUDES = (0.8293, 55.8271)
CHINA_LONGITUDES = (72.004, 137.8347)
SHIFT_PRECISION = 1e-9  # degrees, a tenth of a millimetre
SHIFT_ROUNDS = 30  # about five are needed


def haversine_m(here, there):
    """Metres between two places, along the surface of a sphere."""
    (lat1, lon1), (lat2, lon2) = here, there
    lat1, lat2 = math.radians(lat1), math.radians(lat2)
    half_lat = math.sin((lat2 - lat1) / 2)
    half_lon = math.sin(math.radians(lon2 - lon1) / 2)
    chord = half_lat * half_lat + math.cos(lat1) * math.cos(lat2) * half_lon * half_lon
    return 2 * EARTH_M * math.asin(min(1.0, math.sqrt(chord)))


def as_place(latitude, longitude):
    """A stored place, or None if it is none: (0, 0) is what an empty one reads as.

    Never raises: nothing, garbage and what is out of range are no place either.
    """
    if not _is_within(latitude, 90) or not _is_within(longitude, 180):
        return None
    if not latitude and not longitude:
        return None
    return float(latitude), float(longitude)


def check_position(latitude, longitude, accuracy=None):
    """Refuse what no device measures.

    :param latitude: degrees, number of -90 to 90
    :param longitude: degrees, number of -180 to 180
    :param accuracy: radius in metres, zero or more; None if the device did not say
    :return: ``(latitude, longitude, accuracy)`` as floats; unknown accuracy is 0
    :raise ValueError: not a number, not finite or out of range; for developers, as
        browsers do not send such things
    """
    if not _is_within(latitude, 90):
        raise ValueError(f"Latitude must be a number of -90 to 90, not {latitude!r}.")
    if not _is_within(longitude, 180):
        raise ValueError(
            f"Longitude must be a number of -180 to 180, not {longitude!r}."
        )
    if accuracy is None:
        accuracy = 0
    if not _is_within(accuracy, sys.float_info.max) or accuracy < 0:
        raise ValueError(
            f"Accuracy must be a number of metres, zero or more, not {accuracy!r}."
        )
    return float(latitude), float(longitude), float(accuracy)


def locate(position, accuracy, place, radius=ON_SITE_M):
    """Whether somebody at ``position`` is at ``place`` (service.md C8).

    On site if the distance less the accuracy is within the radius. Unknown is not off
    site: nobody is blamed for a customer without coordinates or for a vague position.

    :param position: ``(latitude, longitude)`` of the device, or None
    :param accuracy: its radius in metres; 0 or None where it is not known
    :param place: ``(latitude, longitude)`` of the customer, or None
    :param radius: metres
    :return: ``(state, metres)``: ``on_site``, ``off_site`` or ``unknown``, and the
        distance (None if one of the two places is not known)
    """
    position = position and as_place(*position)
    place = place and as_place(*place)
    if not position or not place:
        return "unknown", None
    metres = haversine_m(position, place)
    accuracy = accuracy or 0
    if accuracy > VAGUE_M:
        return "unknown", metres
    return ("on_site" if metres - accuracy <= radius else "off_site"), metres


def gcj02_to_wgs84(place):
    """A place read off a mainland Chinese map, as a satellite gives it.

    Those services shift what is within a rectangle around China; outside of it a place
    is returned as it is. The shift has no closed inverse; it changes so slowly that
    taking it at the last guess closes in on the place within a few rounds.
    """
    if not _is_around_china(place):
        return place
    guess = place
    for _round in range(SHIFT_ROUNDS):
        shift = _shift(guess)
        better = place[0] - shift[0], place[1] - shift[1]
        moved = max(abs(better[0] - guess[0]), abs(better[1] - guess[1]))
        guess = better
        if moved < SHIFT_PRECISION:
            break
    return guess


def _is_within(value, limit):
    """Whether it is a number of ``-limit`` to ``limit``, which NaN is not."""
    return (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and -limit <= value <= limit
    )


def _is_around_china(place):
    latitude, longitude = place
    return (
        CHINA_LATITUDES[0] <= latitude <= CHINA_LATITUDES[1]
        and CHINA_LONGITUDES[0] <= longitude <= CHINA_LONGITUDES[1]
    )


def _shift(place):
    """Degrees of latitude and longitude that GCJ-02 adds at a WGS-84 place."""
    latitude, longitude = place
    x, y = longitude - 105.0, latitude - 35.0
    root, common = math.sqrt(abs(x)), _waves(6 * x, 20) + _waves(2 * x, 20)
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north += (common + _waves(y, 20) + _waves(y / 3, 40)) * 2 / 3
    north += (_waves(y / 12, 160) + _waves(y / 30, 320)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east += (common + _waves(x, 20) + _waves(x / 3, 40)) * 2 / 3
    east += (_waves(x / 12, 150) + _waves(x / 30, 300)) * 2 / 3
    radians = math.radians(latitude)
    squeeze = 1 - ECCENTRICITY_2 * math.sin(radians) ** 2
    meridian = AXIS_M * (1 - ECCENTRICITY_2) / squeeze**1.5
    parallel = AXIS_M / math.sqrt(squeeze) * math.cos(radians)
    return math.degrees(north / meridian), math.degrees(east / parallel)


def _waves(half_turns, height):
    return height * math.sin(half_turns * math.pi)
