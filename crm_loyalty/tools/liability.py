# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What outstanding points are worth, and how much of a sale they defer.

All numbers are :class:`decimal.Decimal`, or what it reads exactly; money is rounded
half up. Examples: E10 of ``loyalty.md`` (c), IFRS 15.74 to 15.85 for the deferral.
"""

from decimal import ROUND_HALF_UP, Decimal

ZERO = Decimal(0)
ONE = Decimal(1)


def _exact(value):
    """Read a number by its shortest decimals: the float 0.1 is a tenth."""
    return Decimal(repr(value)) if isinstance(value, float) else Decimal(value)


def _money(value, places):
    return value.quantize(ONE.scaleb(-places), rounding=ROUND_HALF_UP)


def stand_alone_value(points, point_value, breakage):
    """Return what points would cost by themselves, unrounded.

    :param points: number of points
    :param point_value: money that a redeemed point costs
    :param breakage: share of points that are never redeemed, 0 to 1
    """
    return _exact(points) * _exact(point_value) * (ONE - _exact(breakage))


def liability(points, point_value, breakage, places=2):
    """Return what outstanding points are expected to cost.

    :param places: decimals of the currency
    """
    return _money(stand_alone_value(points, point_value, breakage), places)


def deferred_revenue(consideration, points, point_value, breakage, places=2):
    """Return the part of a price that is revenue only when its points are redeemed.

    The price is split by relative stand-alone prices: what was sold at its own price,
    the points at ``stand_alone_value``.

    :param consideration: price of what was sold, without tax
    :param points: points that the sale earned
    """
    price = _exact(consideration)
    value = stand_alone_value(points, point_value, breakage)
    if not price or not value:
        return _money(ZERO, places)
    return _money(price * value / (price + value), places)


def breakage_rate(expired, issued):
    """Return the share of points that lapsed, of points that can live no longer.

    :return: Decimal of 0 to 1; None where nothing was issued
    """
    issued = _exact(issued)
    return _exact(expired) / issued if issued else None
