# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""One check-in however often it is sent at once: on real connections."""

from pathlib import Path

from . import racing

SCRIPT = Path(__file__).with_name("visit_races.py")


def test_check_ins_at_once():
    with racing.copy_of_addons("visits") as name:
        racing.finish(racing.start(name, SCRIPT))
