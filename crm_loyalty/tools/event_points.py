# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""How many points an event gives: by grade, in steps, within a yearly cap."""

from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Decimal

ROUNDING = {"down": ROUND_DOWN, "half_up": ROUND_HALF_UP, "up": ROUND_UP}


def multiplied(points, factor, step, mode):
    """Points times a grade's factor, rounded once, to a multiple of ``step``.

    :param points: Decimal
    :param factor: Decimal
    :param step: Decimal, more than 0
    :param mode: down, half_up or up
    :return: Decimal
    """
    steps = (points * factor / step).quantize(Decimal(1), rounding=ROUNDING[mode])
    return steps * step


def within_cap(points, got, cap):
    """What is left to give this year: all of it, the rest up to the cap, or 0.

    :param points: Decimal that the event gives
    :param got: Decimal that the member has of it this year
    :param cap: Decimal, 0 for none
    """
    if not cap:
        return points
    return max(min(points, cap - got), Decimal(0))
