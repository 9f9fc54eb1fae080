# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Odoo's own test suites, without our addons and with them, test by test.

Some of Odoo's tests fail by themselves (no demo data, no such package), so the
question is not "do they pass" but "does one fail that passed without us".
"""

import hashlib
import json
import os
import subprocess
import sys
from collections import Counter

from . import console, odoo, paths, scratch, templates

MODULES = ("crm", "sale_crm", "calendar", "loyalty", "sale_loyalty")
RESULTS = paths.DEV / "core_suites"


def compare(pg):
    """Run both sides, print the table, return whether nothing was broken.

    The side without our addons does not depend on us: it is measured once for
    each version of Odoo and of the Python packages.
    """
    RESULTS.mkdir(parents=True, exist_ok=True)
    plain = templates.base_template(with_demo=False)
    without = RESULTS / f"without-{_key(plain)}.json"
    if not without.exists():
        _measure(pg, plain, without)
    with_ours = RESULTS / "with.json"
    _measure(pg, templates.addons_template(with_demo=False), with_ours)
    return report(*(json.loads(path.read_text()) for path in (without, with_ours)))


def report(without, with_ours):
    """Print the figures and the tests that we broke; return whether none is."""
    sides = {"without ours": without, "with ours": with_ours}
    counts = {name: _counts(outcomes) for name, outcomes in sides.items()}
    columns = ("passed", "failed", "error", "skipped")
    modules = sorted({_module(test) for side in sides.values() for test in side})
    console.say(f"  {'':<12} {'':<14}" + "".join(f"{name:>9}" for name in columns))
    for module in modules:
        for name in sides:
            row = "".join(f"{counts[name][module, column]:>9}" for column in columns)
            console.say(f"  {module:<12} {name:<14}{row}")
    broken = newly_failing(without, with_ours)
    for test in broken:
        console.say(f"  BROKEN {test}: {with_ours.get(test, 'did not run')}")
    console.say(
        f"  {len(without)} tests without, {len(with_ours)} with our addons; "
        f"{len(broken)} passed without and not with"
    )
    return not broken


def newly_failing(without, with_ours):
    """Return the tests that passed without us and do not pass with us.

    One that no longer runs is among them, and so is the set-up of a class,
    which has a name only where it fails.
    """
    lost = {
        test
        for test, outcome in without.items()
        if outcome == "passed" and with_ours.get(test) != "passed"
    }
    new = {
        test
        for test, outcome in with_ours.items()
        if test not in without and outcome in ("failed", "error")
    }
    return sorted(lost | new)


def _counts(outcomes):
    return Counter(
        (_module(test), outcome.split(":")[0]) for test, outcome in outcomes.items()
    )


def _module(test):
    """Return the module of ``odoo.addons.crm.tests...`` or of a class set-up."""
    parts = test.replace("(", ".").split(".")
    return parts[parts.index("addons") + 1] if "addons" in parts else "other"


def _key(template):
    """Name what the outcome depends on, other than our addons."""
    requirements = paths.ROOT / "dev" / "requirements.txt"
    content = (
        f"{template} {','.join(MODULES)} {sys.version_info[:2]} "
        f"{requirements.read_text()}"
    )
    return hashlib.sha256(content.encode()).hexdigest()[:12]


def _measure(pg, template, path):
    """Run the suites on a clone of the template; the outcomes go to the path."""
    side = path.stem.partition("-")[0]
    log = path.with_suffix(".log")
    partial = path.with_suffix(".partial")
    partial.unlink(missing_ok=True)
    with (
        scratch.copy_of(template, f"core_{side}") as name,
        console.step(f"Odoo's suites of {', '.join(MODULES)} {side} our addons"),
        log.open("w") as stream,
    ):
        done = subprocess.run(
            [sys.executable, "-m", "dev.core_runner", partial, ",".join(MODULES), name],
            cwd=paths.ROOT,
            env={**odoo.environment(pg), "ODOO_TEST_FAILURE_RETRIES": "1"},
            stdout=stream,
            stderr=subprocess.STDOUT,
        )
    if done.returncode or not partial.exists():
        raise console.DevError(f"the run broke off: see {log}")
    os.replace(partial, path)
