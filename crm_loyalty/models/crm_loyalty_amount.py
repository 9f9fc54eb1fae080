# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""How numbers of points read."""


def format_points(points):
    """A number of points as people write it: no decimals where there are none."""
    return f"{points:,.2f}".removesuffix(".00")
