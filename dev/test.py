# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Lint, then every test of the addons and of the repository, tours included.

What this command does not know itself goes to pytest: paths, ``-k NAME``,
``-x``. Its last line is pytest's closing line, its exit status pytest's.
"""

import contextlib
import fcntl
import signal
import subprocess
import sys
from pathlib import Path

from . import (
    chromium,
    console,
    core_suites,
    lint,
    odoo,
    paths,
    postgres,
    scratch,
    templates,
)

EXTRA_ARGUMENTS = True
PATIENCE = 10  # seconds
OPTIONS_WITH_WORD = ("-k", "-m", "-p", "-n", "-W")


def add_arguments(parser):
    parser.usage = "%(prog)s [--core] [--no-lint] [pytest arguments]"
    parser.add_argument("--no-lint", action="store_true", help="tests only")
    parser.add_argument(
        "--core",
        action="store_true",
        help="instead: Odoo's own suites of "
        f"{', '.join(core_suites.MODULES)}, with our addons and without",
    )


def run(args):
    """Run what was asked for and return the exit status."""
    if not (args.no_lint or args.core or lint.check()):
        return 1
    chromium.ensure()
    with _alone(), postgres.server() as pg:
        if args.core:
            return 0 if core_suites.compare(pg) else 1
        return _pytest(pg, args.extra)


def _pytest(pg, arguments):
    """Run pytest on a database of its own and return its exit status."""
    template = templates.addons_template(with_demo=False)
    log = paths.DEV / "logs" / f"{template.rpartition('_')[0]}_draft.log"
    with scratch.copy_of(template, "test") as name:
        # ODOO_RC, in this environment, tells pytest-odoo the rest
        process = subprocess.Popen(
            [sys.executable, "-m", "pytest", f"--odoo-database={name}", "--odoo-http"]
            + arguments
            + ([] if names_tests(arguments) else test_folders()),
            cwd=paths.ROOT,
            env={**odoo.environment(pg), "DEV_INSTALL_LOG": str(log)},
        )
        try:
            return process.wait()
        except KeyboardInterrupt:
            _let_finish(process)
            raise


def _let_finish(process):
    """Give an interrupted pytest the time to stop its server and its browser.

    Ctrl-C has reached it as well; a signal to this process alone has not.
    """
    for _attempt in range(2):
        try:
            process.wait(PATIENCE)
            return
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGINT)
    process.kill()
    process.wait()


@contextlib.contextmanager
def _alone():
    """Wait for another run of ours; two at once would time each other out."""
    path = paths.DEV / "test.lock"
    with path.open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            console.say("-> another test run is under way: waiting for its end")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def names_tests(arguments):
    """Say whether the arguments name files or folders to test.

    The word behind an option such as ``-k`` is none, even if a folder has it.
    """
    pairs = zip(["", *arguments], arguments, strict=False)
    return any(
        not argument.startswith("-")
        and former not in OPTIONS_WITH_WORD
        and (paths.ROOT / argument.partition("::")[0]).exists()
        for former, argument in pairs
    )


def test_folders():
    """Return the folders with tests: the addons' own, and the common one."""
    folders = [Path(name, "tests") for name in paths.addons()] + [Path("tests")]
    return [str(folder) for folder in folders if (paths.ROOT / folder).is_dir()]
