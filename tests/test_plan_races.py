# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Two planners at once, and one killed half-way: on real connections (V1, V2)."""

from pathlib import Path

from . import racing

SCRIPT = Path(__file__).with_name("plan_races.py")


def test_two_at_once_and_one_killed():
    """One test, since what is killed is what the races left behind."""
    with racing.copy_of_addons("plan_races") as name:
        racing.finish(racing.start(name, SCRIPT, "races"))
        racing.kill_after(racing.start(name, SCRIPT, "killed"), "written")
        racing.finish(racing.start(name, SCRIPT, "resumed"))
