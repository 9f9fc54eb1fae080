# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""One budget, one grant, whoever decides at the same time: on real connections."""

from pathlib import Path

from . import racing

SCRIPT = Path(__file__).with_name("goodwill_races.py")


def test_decisions_at_once():
    with racing.copy_of_addons("goodwill_races") as name:
        racing.finish(racing.start(name, SCRIPT))
