# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What people and clients give as a number of points, before the ORM makes it fit."""

from odoo.exceptions import ValidationError

from ..tools.ledger import LedgerError, to_points
from .crm_loyalty_terms import MAX_POINTS


def read_points(env, value, signed=False, zero=False):
    """Read a number of points that somebody typed or a client sent.

    :param value: int, float or Decimal of at most two decimals
    :param signed: whether it may be less than 0
    :param zero: whether it may be 0
    :return: Decimal
    :raise ValidationError: text, NaN, infinity, True, None, 0, too many, too exact
    """
    try:
        points = to_points(value)
    except LedgerError as error:
        if error.code == "large":
            raise ValidationError(_too_many(env)) from None
        if error.code == "places":
            raise ValidationError(
                env._("Points have at most two decimals: %(value)s.", value=value)
            ) from None
        raise ValidationError(
            env._("Points are a number, not %(value)s.", value=repr(value)[:40])
        ) from None
    if abs(points) > MAX_POINTS:
        raise ValidationError(_too_many(env))
    if points < 0 and not signed:
        raise ValidationError(env._("Points cannot be less than 0 here."))
    if not points and not zero:
        raise ValidationError(env._("A number of points other than 0 is needed."))
    return points


def check_points_vals(env, vals, names, **options):
    """Check what is written to fields of points; see :func:`read_points`.

    A client sends False for a number that was emptied: 0.
    """
    for name in names:
        if name in vals:
            value = 0 if vals[name] is False else vals[name]
            read_points(env, value, **options)


def _too_many(env):
    return env._("At most %(limit)s points move at once.", limit=f"{MAX_POINTS:,}")
