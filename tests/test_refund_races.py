# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Refunds that are posted, and carts that are paid, at the same time."""

from pathlib import Path

from . import racing

SCRIPT = Path(__file__).with_name("refund_races.py")


def test_refunds_on_real_connections():
    with racing.copy_of_addons("refund_races") as name:
        racing.finish(racing.start(name, SCRIPT))
