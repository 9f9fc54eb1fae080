# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Customer lifetime value by the classic retention formula."""

MAX_MONTHS = 60  # a forecast beyond five years is a wish


def expected_months(retention):
    """Months a customer is expected to stay: 1 / (1 - monthly retention), 60 at most.

    :param retention: share of customers kept from one month to the next, 0..1
    """
    if retention >= 1:
        return float(MAX_MONTHS)
    return min(float(MAX_MONTHS), 1.0 / (1.0 - max(0.0, retention)))


def lifetime_factor(retention, discount):
    """Months of margin that the lifetime is worth today.

    :param retention: monthly retention, 0..1
    :param discount: yearly discount rate (0.10 for 10 %); 0 gives the plain months
    """
    months = expected_months(retention)
    if not discount:
        return months
    monthly = (1.0 + discount) ** (1.0 / 12.0) - 1.0
    return (1.0 - (1.0 + monthly) ** -months) / monthly
