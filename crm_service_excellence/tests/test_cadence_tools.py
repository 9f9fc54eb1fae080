# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What contact frequencies ask for: pure arithmetic."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.crm_service_excellence.tools.cadence import (
    due_count,
    fitting_interval,
    per_month,
)
from odoo.addons.crm_service_excellence.tools.visit_scheduler import occurrences

START, END = date(2026, 10, 1), date(2026, 10, 31)


def test_due_count_of_october():
    assert due_count(date(2026, 10, 5), 14, START, END) == 2  # 5th and 19th
    assert due_count(date(2026, 10, 31), 14, START, END) == 1
    assert due_count(date(2026, 11, 1), 14, START, END) == 0
    assert due_count(date(2026, 7, 1), 30, START, END) == 2  # overdue: 1st and 31st


@given(
    st.integers(-400, 60).map(lambda days: START + timedelta(days=days)),
    st.integers(1, 400),
)
def test_due_count_is_what_the_planner_plans(due, interval):
    assert due_count(due, interval, START, END) == len(
        occurrences(due, interval, START, END)
    )


def test_per_month():
    assert round(per_month(30), 3) == 1.014  # 365 / 12 / 30
    assert round(per_month(365), 3) == 0.083


def test_the_interval_that_fits():
    """E7: 312 visits asked for, 270 possible: 30 days become 35."""
    assert fitting_interval(30, 312, 270) == 35  # 34.67, rounded up
    assert fitting_interval(30, 100, 270) == 30
    assert fitting_interval(30, 10, 0) is None
