# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Escalation or an answer, never both, and each once: on real connections."""

from pathlib import Path

from . import racing

SCRIPT = Path(__file__).with_name("sla_races.py")
BATCHES = 3  # committed before it is killed: the pauses' and two of the clocks'


def test_workers_and_a_user_at_once():
    with racing.copy_of_addons("sla_races") as name:
        racing.finish(racing.start(name, SCRIPT))


def test_killed_in_the_middle():
    with racing.copy_of_addons("sla_kill") as name:
        process = racing.start(name, SCRIPT, "killed")
        racing.kill_after(process, "BATCH", times=BATCHES)
        racing.finish(racing.start(name, SCRIPT, "after_kill"))
