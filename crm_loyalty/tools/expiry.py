# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""On which day points expire."""

import calendar
from datetime import date

from dateutil.relativedelta import relativedelta

#: how the last day of points is rounded up, so that many share one
ROUNDINGS = ("none", "month", "year")


def expiry_date(earned, months=0, days=0, rounding="month"):
    """Return the last day on which points earned on a day can be spent.

    :param earned: the day they become spendable, in the zone of the program
    :param months: months of life; a day that the month lacks is its last day
    :param days: days of life instead, for gifts of a short one
    :param rounding: up to the end of the ``month`` or ``year``; ``none``: exact
    :return: a date; None where they stay for ever (neither months nor days)
    """
    if not months and not days:
        return None
    day = earned + relativedelta(months=months, days=days)
    if rounding == "year":
        return date(day.year, 12, 31)
    if rounding == "month":
        return day.replace(day=calendar.monthrange(day.year, day.month)[1])
    return day
