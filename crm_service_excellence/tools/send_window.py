# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""When a contact may hear from us: hours of a day, in the contact's own time zone.

Moments are naive UTC, dates are the contact's own. A day whose hours daylight saving
skips altogether is a day without hours. Rules and examples: C11 of the project's
reference on service.
"""

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

UTC = ZoneInfo("UTC")
ONE_DAY = timedelta(days=1)
SATURDAY = 5
# How far ahead an opening is sought where no last day is given.
HORIZON_DAYS = 400


class SendHours(NamedTuple):
    """What a company allows.

    :param start: hour of the day, such as 9.5 for half past nine
    :param end: a later hour of the day, at most 24
    :param weekends: whether Saturdays and Sundays are allowed
    :param holidays: whether the dates in ``closed`` are allowed
    :param closed: dates of public holidays and closures
    :param worked: dates of make-up working days, allowed like any working day
    """

    start: float
    end: float
    weekends: bool = True
    holidays: bool = True
    closed: frozenset = frozenset()
    worked: frozenset = frozenset()

    def allows(self, day):
        """Whether anything may be sent on a date."""
        if not self.holidays and day in self.closed:
            return False
        return self.weekends or day.weekday() < SATURDAY or day in self.worked


class Window(NamedTuple):
    """From the first to the last moment at which something may be sent; naive UTC."""

    not_before: datetime
    not_after: datetime


@lru_cache(maxsize=1024)
def zone_of(name):
    """The time zone of that name.

    :raise ValueError: there is none
    """
    try:
        return ZoneInfo(name)
    # zoneinfo looks for a file: a folder or a strange name is another error each
    except (KeyError, ValueError, TypeError, OSError) as error:
        raise ValueError(f"unknown time zone: {name}") from error


def is_zone(name):
    """Whether there is a time zone of that name."""
    try:
        zone_of(name)
    except ValueError:
        return False
    return True


def opening(day, zone, hours):
    """The hours of one date, whether it is allowed or not.

    :param day: date in the zone
    :param zone: name of the time zone
    :param hours: :class:`SendHours`
    :return: :class:`Window`, or None where daylight saving skips the hours
    :raise ValueError: no such time zone
    """
    start, end = (_utc(day, hour, zone) for hour in (hours.start, hours.end))
    return Window(start, end) if start < end else None


def window(day, zone, hours, validity=0):
    """From the first allowed hours on or after ``day`` to the last within validity.

    :param day: date in the zone
    :param zone: name of the time zone
    :param hours: :class:`SendHours`
    :param validity: how many days after ``day`` are good enough
    :return: :class:`Window`, or None where no date is allowed
    :raise ValueError: no such time zone
    """
    first = _first(day, zone, hours, range(validity + 1))
    if first is None:
        return None
    last = _first(day, zone, hours, range(validity, -1, -1))
    return Window(first.not_before, last.not_after)


def windows(days, zones, hours, validity=0):
    """:func:`window` of each day in each zone: ``{(day, zone): Window or None}``."""
    return {
        (day, zone): window(day, zone, hours, validity)
        for zone in zones
        for day in days
    }


def next_opening(moment, zone, hours, last=None):
    """``moment`` if it is within allowed hours, else the start of the next ones.

    Never a later time of day: who missed the hours of today goes out at their start
    on the next allowed date.

    :param moment: naive UTC
    :param zone: name of the time zone
    :param hours: :class:`SendHours`
    :param last: last date, in the zone, that is good enough
    :return: naive UTC, or None where there is no such moment
    :raise ValueError: no such time zone
    """
    today = local_date(moment, zone)
    if hours.allows(today):
        open_today = opening(today, zone, hours)
        if open_today and open_today.not_before <= moment < open_today.not_after:
            return None if last and today > last else moment
        if open_today and moment < open_today.not_before:
            return None if last and today > last else open_today.not_before
    ahead = (last - today).days if last else HORIZON_DAYS
    found = _first(today, zone, hours, range(1, ahead + 1))
    return found and found.not_before


def local_start(day, zone, hours):
    """The moment at which the hours of a date start or would; naive UTC.

    :raise ValueError: no such time zone
    """
    return _utc(day, hours.start, zone)


def local_date(moment, zone):
    """The date it is in a zone.

    :param moment: naive UTC
    :raise ValueError: no such time zone
    """
    return moment.replace(tzinfo=UTC).astimezone(zone_of(zone)).date()


def _first(day, zone, hours, offsets):
    """Hours of the first allowed date among ``day`` plus offsets."""
    for offset in offsets:
        candidate = day + ONE_DAY * offset
        if hours.allows(candidate):
            found = opening(candidate, zone, hours)
            if found:
                return found
    return None


def _utc(day: date, hour, zone):
    """Wall-clock time as naive UTC, to the second.

    The first of two moments where clocks are put back; where they are put forward over
    it, the moment at which they are.
    """
    zone = zone_of(zone)
    local = datetime.combine(day, time()) + timedelta(seconds=round(hour * 3600))
    early, late = sorted(
        local - local.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1)
    )
    if early == late or _local(early, zone) == local:
        return early
    while late - early > timedelta(seconds=1):
        middle = early + (late - early) // 2
        middle = middle.replace(microsecond=0)
        if _local(middle, zone) < local:
            early = middle
        else:
            late = middle
    return late


def _local(moment, zone):
    return moment.replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None)
