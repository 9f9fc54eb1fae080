# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Open an Odoo shell on the demo database.

A script on standard input is run with ``env`` at hand, as the superuser.  As
in Odoo's own shell, nothing is kept unless it calls ``env.cr.commit()``.
Unlike there, an exception in it, or ``sys.exit(3)``, is the exit status.
"""

import subprocess
import sys
from pathlib import Path

from . import odoo, paths, serve, setup
from .console import DevError


def add_arguments(parser) -> None:
    """Add the options of ``shell``."""
    parser.add_argument(
        "--db",
        default=serve.DATABASE,
        metavar="NAME",
        help="the database (default: %(default)s)",
    )
    setup.add_arguments(parser)


def run(args) -> int:
    """Open a shell, or run the script on standard input."""
    with setup.ensure_all(args):
        serve.require(args.db)
        if sys.stdin.isatty():
            words = odoo.command("shell", "--no-http", database=args.db)
            return _interactive(words)
        return run_script(args.db, "-")


def run_script(name: str, script: str, *arguments: str) -> int:
    """Run a Python file (``-``: standard input) with ``env`` on a database."""
    environ = odoo.environment()
    environ["PYTHONPATH"] += f":{paths.ROOT}"
    words = [sys.executable, "-m", "dev.script", name, script, *arguments]
    process = odoo.start(words, stdout=None, stderr=None, env=environ, stdin=sys.stdin)
    try:
        status = process.wait()
    finally:
        odoo.terminate(process)
    return 128 - status if status < 0 else status


def check_script(name: str, script: str, *arguments: str) -> None:
    """Run a Python file with ``env``; raise a DevError where it fails."""
    if run_script(name, script, *arguments):
        raise DevError(f"{Path(script).name} failed, see above.")


def _interactive(words: list[str]) -> int:
    """Run Odoo's own shell in the terminal, which handles Ctrl-C itself."""
    process = subprocess.Popen(words, env=odoo.environment())
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue
