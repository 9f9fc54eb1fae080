# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Two planners at once, and one killed half-way: on real connections (V1, V2)."""

import subprocess
import sys
from pathlib import Path

import pytest

from dev import odoo, paths, scratch, templates

SCRIPT = Path(__file__).with_name("plan_races.py")


@pytest.fixture(scope="module")
def database():
    template = templates.addons_template(with_demo=False)
    with scratch.copy_of(template, "plan_races") as name:
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


def finish(process):
    output, _none = process.communicate(timeout=300)
    assert process.returncode == 0, output


def test_two_at_once_and_one_killed(database):
    """One test, since what is killed is what the races left behind."""
    finish(start(database, "races"))

    process = start(database, "killed")
    said = []
    for line in process.stdout:
        said.append(line)
        if line.startswith("written"):
            break
    else:
        pytest.fail("".join(said))
    process.kill()
    process.wait()
    process.stdout.close()

    finish(start(database, "resumed"))
