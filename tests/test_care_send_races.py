# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Care is sent once and no cap is passed, whoever sends at once."""

from pathlib import Path

from . import racing

SCRIPT = Path(__file__).with_name("care_send_races.py")
QUEUED = 3  # batches queued before it is killed: two of them are committed


def test_dispatchers_at_once():
    with racing.copy_of_addons("care_send_races") as name:
        racing.finish(racing.start(name, SCRIPT))


def test_killed_between_queueing_and_commit():
    with racing.copy_of_addons("care_send_kill") as name:
        process = racing.start(name, SCRIPT, "kill")
        racing.kill_after(process, "QUEUED", times=QUEUED)
        racing.finish(racing.start(name, SCRIPT, "after_kill"))
