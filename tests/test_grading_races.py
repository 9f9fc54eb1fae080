# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Two at once, and one killed: on real connections, in a database of its own."""

from pathlib import Path

from . import racing

SCRIPT = Path(__file__).with_name("grading_races.py")


def test_two_at_once_and_one_killed():
    """One test, since what is killed is what the races left behind."""
    with racing.copy_of_addons("races") as name:
        racing.finish(racing.start(name, SCRIPT, "races"))
        # it says that a batch is written; at the next one the first is committed
        process = racing.start(name, SCRIPT, "killed")
        racing.kill_after(process, "batch", times=2)
        racing.finish(racing.start(name, SCRIPT, "resumed"))
