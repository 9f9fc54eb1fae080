# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The order of a day's stops (service.md C6): a short way, without a solver.

Nearest neighbour, then 2-opt: while turning a stretch of the way around makes it
shorter, turn it around. The way is open: it starts at the start point, if there is one,
and ends at the last stop.
"""

from .geo import haversine_m

GAIN_M = 0.001  # less is rounding, and would turn stretches around for ever
# Pairs of legs compared in 2-opt: as many rounds as they need up to some 50 stops a
# day, fewer and fewer beyond.
COMPARISONS = 250_000
# Up to here every stop is tried as the first where no start point is given.
FIRST_STOPS = 50


def order_stops(stops, start=None):
    """The stops of a day in the order to make them, whatever order they come in.

    Those without coordinates follow those with, by city, then by key.

    :param stops: iterable of ``(key, place, city)``: ``key`` unique and sortable,
        ``place`` as ``(latitude, longitude)`` or None, ``city`` a name or nothing
    :param start: the place the day starts from, or None
    :return: list of the same stops
    """
    stops = sorted(stops, key=lambda stop: stop[0])
    located = [stop for stop in stops if stop[1]]
    lost = [stop for stop in stops if not stop[1]]
    lost.sort(key=lambda stop: stop[2] or "")
    way = _shorten(*_nearest_neighbour([stop[1] for stop in located], start))
    return [located[number] for number in way] + lost


def length_km(places):
    """Kilometres from the first place through all others; None is passed over."""
    known = [place for place in places if place]
    return sum(map(haversine_m, known, known[1:])) / 1000


def _nearest_neighbour(places, start):
    """The way that always goes to the nearest stop left, and the table of distances.

    Without a start point, the shortest of those from each stop. The last row and column
    of the table are the start point (nowhere, at no distance, if there is none), so
    that ``-1`` is its number.

    :return: ``(way, table)``, the way as numbers of places
    """
    table = [[haversine_m(here, there) for there in places] for here in places]
    begin = [haversine_m(start, place) if start else 0.0 for place in places]
    for row, metres in zip(table, begin, strict=True):
        row.append(metres)
    table.append([*begin, 0.0])
    if start or not places:
        return _go_on([], range(len(places)), table), table
    first_stops = range(len(places) if len(places) <= FIRST_STOPS else 1)
    ways = [
        _go_on([first], (n for n in range(len(places)) if n != first), table)
        for first in first_stops
    ]
    return min(ways, key=lambda way: _length(way, table)), table


def _go_on(way, left, table):
    left = list(left)  # in order: of two at one distance, the first
    here = way[-1] if way else -1
    while left:
        here = min(left, key=table[here].__getitem__)
        left.remove(here)
        way.append(here)
    return way


def _length(way, table):
    return sum(table[here][there] for here, there in zip([-1, *way], way, strict=False))


def _shorten(way, table):
    """2-opt on an open way; the end, unlike the start, may become another stop."""
    count = len(way)
    rounds = max(1, COMPARISONS // max(1, count * count))
    shorter = True
    while shorter and rounds:
        shorter, rounds = False, rounds - 1
        for first in range(count - 1):
            for last in range(first + 1, count):
                before, begin, end = (
                    way[first - 1] if first else -1,
                    way[first],
                    way[last],
                )
                gain = table[before][begin] - table[before][end]
                if last + 1 < count:
                    gain += table[end][way[last + 1]] - table[begin][way[last + 1]]
                if gain > GAIN_M:
                    way[first : last + 1] = way[first : last + 1][::-1]
                    shorter = True
    return way
