# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""One check-in however often it is sent at once: on real connections."""

import subprocess
import sys
from pathlib import Path

from dev import odoo, paths, scratch, templates

SCRIPT = Path(__file__).with_name("visit_races.py")


def test_check_ins_at_once():
    template = templates.addons_template(with_demo=False)
    with scratch.copy_of(template, "visits") as name:
        environ = odoo.environment()
        environ["PYTHONPATH"] += f":{paths.ROOT}"
        process = subprocess.run(
            [sys.executable, "-m", "dev.script", name, str(SCRIPT)],
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
        )
    assert process.returncode == 0, process.stdout
