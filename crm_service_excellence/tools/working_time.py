# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Exact working time: deadlines and durations by bisection.

A :class:`WorkingTime` knows the opening hours of a week (or of two alternating ones),
dated closures and dated make-up working days. Years are laid out on first use as sorted
disjoint intervals with running totals, after which adding working minutes to a moment,
or counting them between two, is a bisection however long the span.

Moments are naive UTC; days, hours and daylight saving are those of the calendar's zone.
"""

from bisect import bisect_left, bisect_right
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 naive UTC throughout
MICROSECOND = timedelta(microseconds=1)
MINUTE = 60_000_000  # in microseconds: integers, as sums of floats drift
UTC = ZoneInfo("UTC")
# How far ahead a deadline is sought: longer than any promise, and a bound for a
# calendar that never opens (complaints.md S24).
HORIZON_DAYS = 1400


class HorizonError(ValueError):
    """No working time within :data:`HORIZON_DAYS` of ``start``."""

    def __init__(self, start):
        super().__init__(f"No working time within {HORIZON_DAYS} days of {start}.")
        self.start = start


class _Year(NamedTuple):
    """Working intervals of a local year: parallel lists, in microseconds UTC."""

    begin: int  # midnight of 1 January, local
    starts: list
    ends: list
    before: list  # working time of the year before each interval
    total: int


class WorkingTime:
    """Working hours of one calendar, as one company keeps them.

    :param zone: name of the time zone
    :param weeks: two lists (first and second week of Odoo's alternation; the same twice
        for an ordinary calendar) of seven lists, Monday first, of ``(from, to)`` in
        minutes after local midnight
    :param closures: iterable of ``(start, end)`` in naive UTC, in any order,
        overlapping or not
    :param makeups: ``{date: weekday}``: on that date the hours of that weekday (0 is
        Monday) are worked, whatever day it is; closures apply to it as to any day
    """

    def __init__(self, zone, weeks, closures=(), makeups=None):
        self.zone = ZoneInfo(zone)
        self._weeks = [[_merge(hours) for hours in week] for week in weeks]
        self._closures = _merge(
            [(_ticks(start), _ticks(end)) for start, end in closures]
        )
        self._closure_ends = [end for _start, end in self._closures]
        self._makeups = dict(makeups or {})
        self._years = {}

    # MOMENTS

    def add(self, start, minutes):
        """The moment when ``minutes`` of working time have passed since ``start``.

        Exactly at closing time counts as that day. With 0 minutes: ``start``, or the
        next opening if ``start`` is outside of working hours.

        :param start: naive UTC
        :param minutes: zero or more, may be fractional
        :return: naive UTC
        :raise HorizonError: the calendar does not open long enough in time
        """
        if minutes < 0:
            raise ValueError("Working time is added forwards only.")
        need, moment = round(minutes * MINUTE), _ticks(start)
        limit = moment + _ticks(EPOCH + timedelta(days=HORIZON_DAYS))
        number, year = self._year_of(start)
        index = bisect_right(year.ends, moment)
        if index < len(year.starts):
            # as if the need had begun with the year
            need += year.before[index] + max(0, moment - year.starts[index])
        else:
            need += year.total
        # strictly less: at the end of an interval one is still in it, unless it is
        # where we stand
        while need > year.total or index >= len(year.starts):
            need -= year.total
            number += 1
            index = 0
            year = self._year(number)
            if year.begin > limit:
                raise HorizonError(start)
        index = max(index, bisect_left(year.before, need) - 1)
        found = year.starts[index] + need - year.before[index]
        if found > limit:
            raise HorizonError(start)
        return EPOCH + found * MICROSECOND

    def between(self, start, end):
        """Working minutes from ``start`` to ``end``; 0 if ``end`` is not later.

        :param start: naive UTC
        :param end: naive UTC
        """
        if end <= start:
            return 0.0
        (first, year), (last, _end_year) = self._year_of(start), self._year_of(end)
        worked = self._worked(self._year(last), _ticks(end))
        worked -= self._worked(year, _ticks(start))
        worked += sum(self._year(number).total for number in range(first, last))
        return worked / MINUTE

    # DAYS

    def is_working_day(self, day):
        """Whether any time is worked on a local date."""
        return bool(self.intervals(day))

    def next_working_day(self, day):
        """The first working day after a local date.

        :raise HorizonError: there is none in time
        """
        for ahead in range(1, HORIZON_DAYS + 1):
            candidate = day + timedelta(days=ahead)
            if self.is_working_day(candidate):
                return candidate
        raise HorizonError(day)

    def local_date(self, moment):
        """The date it is in the calendar's zone at a moment in naive UTC."""
        return moment.replace(tzinfo=UTC).astimezone(self.zone).date()

    def same_time_next_working_day(self, moment):
        """The same wall-clock time on the next working day, in naive UTC."""
        local = moment.replace(tzinfo=UTC).astimezone(self.zone)
        day = self.next_working_day(local.date())
        return (
            EPOCH + self._local(day, 0, local.replace(tzinfo=None).time()) * MICROSECOND
        )

    def intervals(self, day):
        """Working intervals of a local date, as ``[(start, end)]`` in naive UTC."""
        return [
            (EPOCH + start * MICROSECOND, EPOCH + end * MICROSECOND)
            for start, end in self._day(day)
        ]

    # LAYOUT

    def _year_of(self, moment):
        """Number and layout of the local year that a moment lies in."""
        ticks, number = _ticks(moment), moment.year
        if ticks < self._year(number).begin:
            number -= 1
        elif ticks >= self._year(number + 1).begin:
            number += 1
        return number, self._year(number)

    def _year(self, number):
        year = self._years.get(number)
        if year is None:
            year = self._years[number] = self._lay_out(number)
        return year

    def _lay_out(self, number):
        starts, ends, before, total = [], [], [], 0
        day = date(number, 1, 1)
        while day.year == number:
            for start, end in self._day(day):
                starts.append(start)
                ends.append(end)
                before.append(total)
                total += end - start
            day += timedelta(days=1)
        return _Year(self._local(date(number, 1, 1), 0), starts, ends, before, total)

    def _day(self, day):
        """Working intervals of a local date in microseconds, closures taken out."""
        week = self._weeks[(day.toordinal() - 1) // 7 % 2]  # Odoo's alternation
        hours = week[self._makeups.get(day, day.weekday())]
        result = []
        for opening, closing in hours:
            start, end = self._local(day, opening), self._local(day, closing)
            if start < end:  # an hour that daylight saving skips is not worked
                result += self._without_closures(start, end)
        return result

    def _without_closures(self, start, end):
        index = bisect_right(self._closure_ends, start)
        while index < len(self._closures) and self._closures[index][0] < end:
            closed, reopened = self._closures[index]
            if start < closed:
                yield start, closed
            start = max(start, reopened)
            index += 1
        if start < end:
            yield start, end

    def _local(self, day, minutes, time=None):
        """A local wall-clock time as microseconds UTC.

        Standard time where daylight saving makes it ambiguous or skips it, as Odoo.
        """
        naive = (
            datetime.combine(day, time) if time else EPOCH.combine(day, EPOCH.time())
        )
        naive += timedelta(minutes=minutes)
        offsets = (
            naive.replace(tzinfo=self.zone, fold=fold).utcoffset() for fold in (0, 1)
        )
        return _ticks(naive - min(offsets))

    def _worked(self, year, moment):
        """Working time of a year up to a moment in it."""
        index = bisect_right(year.ends, moment)
        if index == len(year.starts):
            return year.total
        return year.before[index] + max(0, moment - year.starts[index])


def _ticks(moment):
    """Microseconds since 1970 of a naive UTC moment."""
    return (moment - EPOCH) // MICROSECOND


def _merge(intervals):
    """Sorted disjoint intervals covering the same points; empty ones are dropped."""
    merged = []
    for start, end in sorted(intervals):
        if end <= start:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
