# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Which day of the Chinese lunar calendar is it? Answered by ``lunar_python``.

The library is optional: without it the addon works, and only what needs the lunar
calendar says that it is missing. Its month tables are asked for once a year of the
calendar, since converting a single day takes it milliseconds.
"""

from bisect import bisect_right
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

try:
    from lunar_python import LunarYear, Solar
except ImportError:
    LunarYear = Solar = None

# Julian day number of the day before 0001-01-01, the origin of ``date.toordinal``.
JULIAN_ORIGIN = 1721425
# In the order of the year, from early January on.
SOLAR_TERMS = (
    "小寒",
    "大寒",
    "立春",
    "雨水",
    "惊蛰",
    "春分",
    "清明",
    "谷雨",
    "立夏",
    "小满",
    "芒种",
    "夏至",
    "小暑",
    "大暑",
    "立秋",
    "处暑",
    "白露",
    "秋分",
    "寒露",
    "霜降",
    "立冬",
    "小雪",
    "大雪",
    "冬至",
)
# Codes that are stored, by which a term is found whatever it is called.
TERM_OF_CODE = dict(
    zip(
        (
            "xiaohan",
            "dahan",
            "lichun",
            "yushui",
            "jingzhe",
            "chunfen",
            "qingming",
            "guyu",
            "lixia",
            "xiaoman",
            "mangzhong",
            "xiazhi",
            "xiaoshu",
            "dashu",
            "liqiu",
            "chushu",
            "bailu",
            "qiufen",
            "hanlu",
            "shuangjiang",
            "lidong",
            "xiaoxue",
            "daxue",
            "dongzhi",
        ),
        SOLAR_TERMS,
        strict=True,
    )
)
# The winter solstice that ends a year goes by this name in the library's table, which
# begins with that of the year before.
LAST_TERM = "DONG_ZHI"
MONTH_NAMES = "正二三四五六七八九十冬腊"
TENS = "初十廿"
DIGITS = "一二三四五六七八九十"
# Months which calendars begin on different days, since the new moon was within minutes
# of midnight: what a family celebrates then depends on the almanac it had at home.
DISPUTED = (
    (date(1933, 7, 22), date(1933, 8, 20)),
    (date(1954, 11, 25), date(1954, 12, 24)),
    (date(1978, 9, 2), date(1978, 10, 1)),
)


class LunarLibraryMissing(LookupError):
    """The ``lunar_python`` library is not installed."""


class LunarDay(NamedTuple):
    """A day of the lunar calendar; ``length`` is how many days its month has."""

    year: int
    month: int
    day: int
    leap: bool
    length: int


class _Month(NamedTuple):
    first: date
    year: int
    month: int
    leap: bool
    length: int


def is_available():
    """Whether the library is installed."""
    return LunarYear is not None


def lunar_day(day):
    """The day of the lunar calendar that ``day`` is, in China.

    :param day: ``datetime.date``
    :return: :class:`LunarDay`
    :raise LunarLibraryMissing: the library is not installed
    """
    for year in (day.year, day.year - 1):
        months = _months(year)
        number = bisect_right([month.first for month in months], day) - 1
        if number >= 0:
            month = months[number]
            return LunarDay(
                month.year,
                month.month,
                (day - month.first).days + 1,
                month.leap,
                month.length,
            )
    raise ValueError(day)


def solar_day(year, month, day, leap=False):
    """The date of a day of the lunar calendar, in China; None if there is no such day.

    :param year: of the lunar calendar
    :param leap: whether the month is the leap month
    :raise LunarLibraryMissing: the library is not installed
    """
    for one in _months(year):
        if (one.month, one.leap) == (month, bool(leap)) and 1 <= day <= one.length:
            return one.first + timedelta(days=day - 1)
    return None


def chinese_name(month, day, leap=False):
    """A day of the lunar calendar as people say it: 八月初二, 闰四月廿一.

    :param month: 1 to 12
    :param day: 1 to 30
    """
    tens, digit = divmod(day - 1, 10)
    name = TENS[tens] + DIGITS[digit]
    # the tens themselves are irregular: 二十, 三十
    name = {20: "二十", 30: "三十"}.get(day, name)
    return f"{'闰' if leap else ''}{MONTH_NAMES[month - 1]}月{name}"


def is_disputed(day):
    """Whether calendars differ by a day on which lunar day a date is."""
    return any(first <= day <= last for first, last in DISPUTED)


def leap_month(year):
    """Which month of the lunar year comes twice; None if none does."""
    return next((month.month for month in _months(year) if month.leap), None)


def solar_term_day(term, year):
    """The day of a solar term in a solar year, in China.

    :param term: one of :data:`SOLAR_TERMS`
    :raise LunarLibraryMissing: the library is not installed
    """
    return _solar_terms(year)[term]


@lru_cache(maxsize=512)
def _months(year):
    """The months of a lunar year in order."""
    if not is_available():
        raise LunarLibraryMissing("lunar_python")
    months = []
    for month in LunarYear.fromYear(year).getMonths():
        if month.getYear() == year:
            ordinal = int(month.getFirstJulianDay()) - JULIAN_ORIGIN
            months.append(
                _Month(
                    date.fromordinal(ordinal),
                    year,
                    abs(month.getMonth()),
                    month.getMonth() < 0,
                    month.getDayCount(),
                )
            )
    return tuple(months)


@lru_cache(maxsize=512)
def _solar_terms(year):
    """The days of all solar terms of a solar year: ``{term: date}``."""
    if not is_available():
        raise LunarLibraryMissing("lunar_python")
    # the table of a day is that of its lunar year: midsummer is always of this one
    table = Solar.fromYmd(year, 6, 20).getLunar().getJieQiTable()
    days = {}
    for name, moment in table.items():
        term = SOLAR_TERMS[-1] if name == LAST_TERM else name
        day = date(moment.getYear(), moment.getMonth(), moment.getDay())
        if term in SOLAR_TERMS and day.year == year:
            days[term] = day
    return days
