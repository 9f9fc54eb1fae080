# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What contact frequencies ask for: pure arithmetic."""

from odoo.addons.crm_service_excellence.tools.cadence import (
    fitting_interval,
    per_month,
)


def test_per_month():
    assert round(per_month(30), 3) == 1.014  # 365 / 12 / 30
    assert round(per_month(365), 3) == 0.083


def test_the_interval_that_fits():
    """E7: 312 visits asked for, 270 possible: 30 days become 35."""
    assert fitting_interval(30, 312, 270) == 35  # 34.67, rounded up
    assert fitting_interval(30, 100, 270) == 30
    assert fitting_interval(30, 10, 0) is None
