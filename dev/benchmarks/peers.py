# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Addons of others that ours are compared with: below ``.dev``, never shipped.

They are AGPL: nothing here imports or contains any of their code, it only creates
their records and looks at the clock.
"""

import contextlib
import dataclasses
import subprocess

from .. import odoo, odoo_source, paths, scratch, templates, venv
from ..console import DevError, step

FOLDER = paths.DEV / "peers"
#: the Odoo Community Association's help desk with its service levels
PACKAGES = (
    "odoo-addon-helpdesk-mgmt==19.0.1.3.2",
    "odoo-addon-helpdesk-mgmt-sla==19.0.1.0.0.4",
)
HELPDESK = "helpdesk_mgmt_sla"


def source() -> odoo_source.OdooSource:
    """Return our Odoo with the peers' addons beside its own, got where missing."""
    stamp = FOLDER / "packages.txt"
    wanted = "\n".join(PACKAGES)
    if not stamp.is_file() or stamp.read_text() != wanted:
        with step(f"Packages to compare with: {', '.join(PACKAGES)}"):
            _install()
        stamp.write_text(wanted)
    ours = odoo_source.ensure()
    return dataclasses.replace(
        ours, addons_path=[*ours.addons_path, FOLDER / "odoo" / "addons"]
    )


def _install() -> None:
    words = [venv.PYTHON, "-m", "pip", "--disable-pip-version-check", "install"]
    words += ["--quiet", "--upgrade", "--no-deps", "--target", FOLDER, *PACKAGES]
    done = subprocess.run(
        list(map(str, words)), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise DevError(f"pip could not get the packages:\n{done.stderr[-2000:]}")


@contextlib.contextmanager
def helpdesk():
    """Yield a database with their help desk on what our addons depend on, too."""
    peers = source()
    with scratch.copy_of(templates.base_template(False), "bench_peer") as name:
        with step(f"Install {HELPDESK}"):
            odoo.install(name, [HELPDESK], source=peers)
        yield name, peers
