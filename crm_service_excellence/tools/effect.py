# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What care changed: those who got it against those who were held out."""

from math import sqrt
from typing import NamedTuple

# Below that, one answer more or less would move the result by points.
FEWEST = 30
# Standard errors either side that hold the truth 95 times of 100
CONFIDENCE = 1.96


class Lift(NamedTuple):
    """A difference of rates in percentage points, give or take ``margin``."""

    points: float
    margin: float

    @property
    def is_clear(self):
        """Whether chance alone would hardly (5 %) make such a difference."""
        return abs(self.points) > self.margin


def lift(treated, rate, held_out, held_out_rate):
    """How much more often the treated respond than those held out.

    The margin is that of two independent shares, at 95 %.

    :param treated: how many were treated
    :param rate: the share of them that responded, 0 to 1
    :param held_out: how many were held out
    :param held_out_rate: the share of them that did the same anyway, 0 to 1
    :return: a :class:`Lift`, or None with fewer than 30 in either group
    :raise ValueError: a share is not between 0 and 1
    """
    if not (0 <= rate <= 1 and 0 <= held_out_rate <= 1):
        raise ValueError("a share lies between 0 and 1")
    if treated < FEWEST or held_out < FEWEST:
        return None
    variance = rate * (1 - rate) / treated
    variance += held_out_rate * (1 - held_out_rate) / held_out
    return Lift(100 * (rate - held_out_rate), 100 * CONFIDENCE * sqrt(variance))
