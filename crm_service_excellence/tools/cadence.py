# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What contact frequencies ask for, and how they would fit the time there is."""

from fractions import Fraction
from math import ceil

DAYS_PER_MONTH = Fraction(365, 12)


def per_month(interval):
    """Contacts a month, on average, with one every ``interval`` days."""
    return float(DAYS_PER_MONTH / interval)


def fitting_interval(interval, demand, capacity):
    """The shortest interval with which what is asked for fits the capacity.

    :param demand: contacts asked for with ``interval``
    :param capacity: contacts there is time for
    :return: days, at least ``interval``; None without any capacity
    """
    if capacity <= 0:
        return None
    return max(interval, ceil(Fraction(interval) * demand / capacity))
