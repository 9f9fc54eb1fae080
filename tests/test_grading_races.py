# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Two at once, and one killed: on real connections, in a database of its own."""

import subprocess
import sys
from pathlib import Path

import pytest

from dev import odoo, paths, scratch, templates

SCRIPT = Path(__file__).with_name("grading_races.py")


@pytest.fixture(scope="module")
def database():
    template = templates.addons_template(with_demo=False)
    with scratch.copy_of(template, "races") as name:
        yield name


def start(database, step):
    environ = odoo.environment()
    environ["PYTHONPATH"] += f":{paths.ROOT}"
    return subprocess.Popen(
        [sys.executable, "-m", "dev.script", database, str(SCRIPT), step],
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_two_at_once_and_one_killed(database):
    """One test, since what is killed is what the races left behind."""
    process = start(database, "races")
    output, _none = process.communicate(timeout=300)
    assert process.returncode == 0, output

    process = start(database, "killed")
    for line in process.stdout:
        if line.startswith("batch"):
            break
    # the line says that a batch is written; wait for the next: the first is committed
    assert "batch" in process.stdout.readline()
    process.kill()
    process.wait()

    process = start(database, "resumed")
    output, _none = process.communicate(timeout=300)
    assert process.returncode == 0, output
