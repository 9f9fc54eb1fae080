# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Points of the CDNOW purchase log, counted from the log alone."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dev.cdnow import Purchase
from dev.cdnow_points import (
    Statement,
    first_of_next_month,
    last_day,
    months,
    statements,
)

#: what customer 4 of the sample bought
BOUGHT = [
    (date(1997, 1, 1), "29.33"),
    (date(1997, 1, 18), "29.73"),
    (date(1997, 8, 2), "14.96"),
    (date(1997, 12, 12), "26.48"),
]


def log(rows, customer=4):
    return [
        Purchase(number, customer, day, 1, Decimal(amount))
        for number, (day, amount) in enumerate(rows, start=1)
    ]


@pytest.mark.parametrize(
    "day, last",
    [
        (date(1997, 1, 1), date(1998, 1, 31)),
        (date(1997, 2, 28), date(1998, 2, 28)),
        (date(1999, 2, 1), date(2000, 2, 29)),  # a leap year's
        (date(1997, 12, 31), date(1998, 12, 31)),
    ],
)
def test_points_live_twelve_months_to_the_end_of_the_month(day, last):
    assert last_day(day) == last


@pytest.mark.parametrize(
    "as_of, expected",
    [
        # 29 + 29 of January, which share a last day, 14 of August, 26 of December
        (date(1996, 12, 31), None),
        (date(1997, 1, 1), Statement(29, 0, 1, 0)),
        (date(1997, 12, 31), Statement(98, 0, 4, 0)),
        (date(1998, 1, 31), Statement(98, 0, 4, 0)),
        (date(1998, 2, 1), Statement(98, 58, 4, 1)),
        (date(1998, 9, 1), Statement(98, 72, 4, 2)),
        (date(1999, 1, 1), Statement(98, 98, 4, 3)),
    ],
)
def test_a_customer_by_hand(as_of, expected):
    found = statements(log(BOUGHT), as_of)
    assert found == ({4: expected} if expected else {})
    if expected:
        assert found[4].outstanding == expected.earned - expected.expired


def test_cents_earn_nothing_and_each_purchase_is_rounded_by_itself():
    rows = [(date(1997, 1, 1), "0.99"), (date(1997, 1, 1), "0.00")]
    rows += [(date(1997, 1, 2), "1.99"), (date(1997, 1, 2), "1.99")]
    assert statements(log(rows), date(1997, 2, 1)) == {4: Statement(2, 0, 2, 0)}


def test_customers_are_apart_and_add_up():
    both = statements(log(BOUGHT) + log(BOUGHT[2:], customer=5), date(1998, 9, 1))
    assert both == {4: Statement(98, 72, 4, 2), 5: Statement(40, 14, 2, 1)}
    assert sum(both.values(), Statement()) == Statement(138, 86, 6, 3)


def test_months_from_the_first_purchase_to_the_last():
    assert months(date(1997, 11, 30), date(1998, 2, 1)) == [
        date(1997, 11, 1),
        date(1997, 12, 1),
        date(1998, 1, 1),
        date(1998, 2, 1),
    ]
    assert months(date(1997, 11, 30), date(1997, 11, 30)) == [date(1997, 11, 1)]
    assert first_of_next_month(date(1997, 12, 5)) == date(1998, 1, 1)


days = st.dates(date(1996, 1, 1), date(2001, 12, 31))


@given(
    rows=st.lists(st.tuples(days, st.decimals(0, 300, places=2)), max_size=30),
    as_of=days,
)
def test_what_is_left_are_the_purchases_of_the_last_thirteen_months(rows, as_of):
    """Nothing is spent, so that a point is there exactly until its last day."""
    total = sum(statements(log(rows), as_of).values(), Statement())
    earned = [(day, int(Decimal(amount))) for day, amount in rows if day <= as_of]
    alive = sum(points for day, points in earned if last_day(day) >= as_of)
    assert total.earned == sum(points for _day, points in earned)
    assert total.outstanding == alive
    tomorrow = statements(log(rows), as_of + timedelta(days=1))
    assert sum(tomorrow.values(), Statement()).expired >= total.expired
