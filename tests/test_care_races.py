# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Care planned by two at once, and by one killed half-way: on real connections."""

from pathlib import Path

import pytest

from dev import scratch, templates

from . import racing

SCRIPT = Path(__file__).with_name("care_races.py")


@pytest.fixture(scope="module")
def database():
    template = templates.addons_template(with_demo=False)
    with scratch.copy_of(template, "care_races") as name:
        yield name


def test_two_at_once_and_one_killed(database):
    """One test, since what is killed is what the races left behind."""
    racing.finish(racing.start(database, SCRIPT, "races"))

    process = racing.start(database, SCRIPT, "killed")
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

    racing.finish(racing.start(database, SCRIPT, "resumed"))
