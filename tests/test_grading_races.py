# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Two at once, and one killed: on real connections, in a database of its own."""

from pathlib import Path

import pytest

from dev import scratch, templates

from . import racing

SCRIPT = Path(__file__).with_name("grading_races.py")


@pytest.fixture(scope="module")
def database():
    template = templates.addons_template(with_demo=False)
    with scratch.copy_of(template, "races") as name:
        yield name


def test_two_at_once_and_one_killed(database):
    """One test, since what is killed is what the races left behind."""
    process = racing.start(database, SCRIPT, "races")
    racing.finish(process)

    process = racing.start(database, SCRIPT, "killed")
    for line in process.stdout:
        if line.startswith("batch"):
            break
    # the line says that a batch is written; wait for the next: the first is committed
    assert "batch" in process.stdout.readline()
    process.kill()
    process.wait()

    process = racing.start(database, SCRIPT, "resumed")
    racing.finish(process)
