# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""How many points a refund takes back, without a database.

What is reversed follows what was refunded of an order line *so far*, so that refunds in
any number of steps end at exactly the points that the line earned (``loyalty.md`` F3).
All numbers are :class:`decimal.Decimal`; a line of a negative amount, such as a
discount, is refunded by negative amounts.
"""

from decimal import Decimal
from fractions import Fraction
from math import floor

ZERO = Decimal(0)
ONE = Decimal(1)


def refund_step(rounding_step):
    """Points are taken back in whole ones, unless a program rounds to less than one."""
    return rounding_step if ZERO < rounding_step < ONE else ONE


def refunded_share(points, refunded, amount, step=ONE):
    """Points that belong to what has been refunded of a line so far.

    :param points: points that the line moved; of 0 and less nothing is taken back
    :param refunded: what has been refunded of it, of the sign of ``amount``
    :param amount: what the line was worth, or its quantity where it was free
    :param step: rounded half up to a multiple of it; all of it is exactly ``points``
    :return: between 0 and ``points``
    """
    if amount < 0:
        amount, refunded = -amount, -refunded
    if points <= 0 or refunded <= 0:
        return ZERO
    if refunded >= amount:
        return points
    # a fraction: at an exact half a rounded quotient could fall to either side
    steps = Fraction(points) * Fraction(refunded) / Fraction(amount) / Fraction(step)
    return min(points, floor(steps + Fraction(1, 2)) * step)


def points_to_move(share, moved, left):
    """What is to be moved now.

    :param share: see :func:`refunded_share`
    :param moved: points of the line that are reversed already
    :param left: points that can be reversed at all
    :return: positive: so many more are reversed; negative: so many too many were, as
        the line has been invoiced again
    """
    return min(share - moved, max(left, ZERO))


def net_refunded(amount, quantity, documents):
    """How much of a line has been refunded, by its invoices and credit notes.

    An invoice that follows a credit note takes the refund back (*reverse and create
    invoice*). Where a line is invoiced in full for less than the order said, its
    refund is complete when that is refunded.

    :param amount: what the line was worth on the order, when it moved points
    :param quantity: its quantity then
    :param documents: ``[(amount, quantity)]``, invoices positive, credit notes negative
        (for a line of a positive amount)
    :return: ``(refunded, amount that is all of it)``, both of the sign of ``amount``
    """
    sign = -1 if amount < 0 else 1
    whole = amount * sign
    invoiced = refunded = invoiced_quantity = ZERO
    for money, number in documents:
        if money * sign > 0:
            invoiced += money * sign
            invoiced_quantity += abs(number)
        else:
            refunded -= money * sign
    if ZERO < invoiced < whole and quantity and invoiced_quantity >= abs(quantity):
        whole = invoiced
    refunded -= max(invoiced - whole, ZERO)
    return min(max(refunded, ZERO), whole) * sign, whole * sign
