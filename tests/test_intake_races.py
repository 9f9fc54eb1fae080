# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Limits, confirmations, forms and answers of strangers: on real connections."""

from pathlib import Path

from . import racing

SCRIPT = Path(__file__).with_name("intake_races.py")


def test_strangers_at_once():
    with racing.copy_of_addons("intake_races") as name:
        racing.finish(racing.start(name, SCRIPT))
