# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Write ``<addon>/i18n/<addon>.pot``, the list of terms to translate."""

import re
import subprocess

from . import console, odoo, paths, postgres, scratch, templates

DATES = re.compile(r'^"(POT-Creation-Date|PO-Revision-Date): .*"\n', re.MULTILINE)
BUILD = re.compile(r'(?<="Project-Id-Version: Odoo Server 19\.0)[^\\"]+')


def add_arguments(parser):
    """There is nothing to choose: all addons are exported."""


def run(args):
    """Export the terms of every addon from a database that holds them all."""
    names = paths.addons()
    with postgres.server() as pg:
        template = templates.addons_template(with_demo=False)
        with scratch.copy_of(template, "i18n") as database:
            _export(database, names, odoo.environment(pg))
    for name in names:
        path = paths.ROOT / name / "i18n" / f"{name}.pot"
        path.write_text(normalise(path.read_text(encoding="utf-8")), encoding="utf-8")
        console.say(f"  {path.relative_to(paths.ROOT)}")
    return 0


def normalise(text):
    """Drop the dates and Odoo's build, so that only a change makes a difference."""
    return BUILD.sub("", DATES.sub("", text))


def _export(database, names, environment):
    done = subprocess.run(
        odoo.command("i18n", "export", *names, database=database),
        cwd=paths.ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode:
        raise console.DevError(f"the export failed:\n{done.stdout.strip()}")
