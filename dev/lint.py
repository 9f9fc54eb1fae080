# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Check style, manifests, views and translations without a database."""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from . import console, idioms, paths

CONFIG = "setup.cfg"
# Here, because an ini file cannot enable a group and then disable parts of it.
# We search small tables of settings as a whole, and keep a model's concerns in
# files of their own.
PYLINT_DISABLED = "no-search-all,consider-merging-classes-inherited"


class Report(NamedTuple):
    """What one tool said, and how long it took."""

    name: str
    passed: bool
    output: str
    seconds: float


def add_arguments(parser):
    """Lint always looks at everything: it takes seconds."""


def run(args):
    """Run every tool and return the exit status: 0 when all are content."""
    return 0 if check() else 1


def check():
    """Run every tool, print what they object to, and return whether none did."""
    checks = _checks(paths.addons())
    with (
        console.step("lint"),
        ThreadPoolExecutor(max_workers=os.cpu_count()) as pool,
    ):
        reports = list(pool.map(lambda item: _report(*item), checks.items()))
    for report in reports:
        verdict = "ok" if report.passed else "FAILED"
        console.say(f"  {report.name:<24} {verdict:<6} {report.seconds:5.1f} s")
        if not report.passed:
            console.say(report.output.strip() or "(no output)")
    return all(report.passed for report in reports)


def _checks(names):
    """Return ``{tool: command line, or function that returns findings}``."""
    catalogues = sorted(
        str(path.relative_to(paths.ROOT))
        for name in names
        for path in (paths.ROOT / name).glob("i18n/*.po*")
    )
    checks = {
        "pylint-odoo": [
            "pylint",
            f"--rcfile={CONFIG}",
            f"--disable={PYLINT_DISABLED}",
            *names,
        ],
        "ruff check": ["ruff", "check", "--quiet", "."],
        "ruff format": ["ruff", "format", "--check", "."],
        "oca-checks-odoo-module": [
            "oca-checks-odoo-module",
            f"--config={CONFIG}",
            *names,
        ],
        "idioms": lambda: idioms.scan(paths.ROOT / name for name in names),
        "file length": lambda: [
            f"{path.relative_to(paths.ROOT)}: {count} lines, {idioms.MAX_LINES} at most"
            for path, count in idioms.too_long(paths.ROOT)
        ],
    }
    if catalogues:
        checks["oca-checks-po"] = [
            "oca-checks-po",
            f"--config={CONFIG}",
            *catalogues,
        ]
    return checks


def _report(name, command):
    start = time.monotonic()
    if callable(command):
        output = "\n".join(str(finding) for finding in command())
        passed = not output
    else:
        done = subprocess.run(
            [_tool(command[0]), *command[1:]],
            cwd=paths.ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        output, passed = done.stdout, done.returncode == 0
    return Report(name, passed, output, time.monotonic() - start)


def _tool(name):
    """Return the path of a command of the virtual environment."""
    path = Path(sys.executable).with_name(name)
    if not path.exists():
        raise console.DevError(
            f"{name} is missing from the Python environment; remove it with "
            "`python3 -m dev clean` and run the command again"
        )
    return str(path)
