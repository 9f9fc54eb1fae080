# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Points are spent once, whoever asks at the same time and whatever dies meanwhile."""

from pathlib import Path

import pytest

from . import racing

SCRIPT = Path(__file__).with_name("loyalty_races.py")


@pytest.mark.parametrize("step", ["race", "kill"])
def test_points_on_real_connections(step):
    with racing.copy_of_addons("loyalty_races") as name:
        racing.finish(racing.start(name, SCRIPT, step))
