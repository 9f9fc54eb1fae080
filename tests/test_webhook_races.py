# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""One complaint however often it is delivered at once: on real connections."""

from pathlib import Path

from . import racing

SCRIPT = Path(__file__).with_name("webhook_races.py")


def test_deliveries_at_once():
    with racing.copy_of_addons("webhook") as name:
        racing.finish(racing.start(name, SCRIPT))
