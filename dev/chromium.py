# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The browser that Odoo's tours run in.

Odoo looks for it on the path and *skips* the tours where it finds none; here
that is no answer, so the browser is found, installed, or asked for. Odoo
itself passes ``--no-sandbox`` to a headless browser, so root needs no wrapper.
"""

import os
import shutil
import subprocess

from . import console

NAMES = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")
HOW_TO_INSTALL = (
    "the browser tours need Chromium or Google Chrome on the PATH; on Debian: "
    "`apt-get install chromium` as root"
)


def find():
    """Return the path of the browser that Odoo would take, or None."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def ensure():
    """Return the path of a browser, installing Debian's if we may.

    :raise DevError: there is none and we cannot install one
    """
    if path := find():
        return path
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise console.DevError(HOW_TO_INSTALL)
    with console.step("Chromium, for the browser tours"):
        _apt_get("update")
        _apt_get("install", "--yes", "--no-install-recommends", "chromium")
    if path := find():
        return path
    raise console.DevError(f"apt-get installed no usable browser; {HOW_TO_INSTALL}")


def _apt_get(*arguments):
    done = subprocess.run(
        ["apt-get", "-qq", *arguments],
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode:
        raise console.DevError(
            f"apt-get {arguments[0]} failed; {HOW_TO_INSTALL}\n{done.stdout.strip()}"
        )
