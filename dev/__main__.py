# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""``python3 -m dev COMMAND``: choose the command, enter the venv, run it."""

from __future__ import annotations

import argparse
import importlib
import os
import signal
import sys

from . import paths, venv
from .console import DevError, warn

#: name -> (what it does, whether it runs inside the project's own venv)
COMMANDS = {
    "demo": ("install the addons with demo data and serve them", True),
    "test": ("lint, then every test", True),
    "serve": ("serve an existing database", True),
    "shell": ("Odoo shell on the demo database", True),
    "replay": ("play a ticket log as complaints, check every deadline", True),
    "lint": ("lint and static gates only", True),
    "i18n": ("export the translation templates", True),
    "bench": ("measure speed", True),
    "clean": ("stop PostgreSQL and remove .dev", False),
}


def _overview() -> argparse.ArgumentParser:
    lines = [f"  {name:8}{text}" for name, (text, _venv) in COMMANDS.items()]
    return argparse.ArgumentParser(
        prog="python3 -m dev",
        usage="%(prog)s COMMAND [options]",
        description="Commands (COMMAND --help says more):\n" + "\n".join(lines),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )


def _load(name: str):
    """Import a command's module; it may import the standard library only."""
    try:
        return importlib.import_module(f"dev.{name}")
    except ModuleNotFoundError as error:
        if error.name == f"dev.{name}":
            raise DevError(f"The command {name!r} is not written yet.") from None
        raise


def _parse(module, name: str, argv: list[str]) -> argparse.Namespace:
    """Parse a command's arguments.

    A module with ``EXTRA_ARGUMENTS = True`` gets what it does not know itself
    as ``args.extra``.
    """
    parser = argparse.ArgumentParser(
        prog=f"python3 -m dev {name}",
        description=module.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    module.add_arguments(parser)
    if not getattr(module, "EXTRA_ARGUMENTS", False):
        return parser.parse_args(argv)
    args, args.extra = parser.parse_known_args(argv)
    return args


def _interrupt(_signum, _frame):
    raise KeyboardInterrupt


def main(argv: list[str]) -> int:
    """Run one command and return the exit status."""
    if not argv or argv[0] not in COMMANDS:
        parser = _overview()
        if argv and argv[0] in ("-h", "--help", "help"):
            parser.print_help()
            return 0
        parser.error(
            f"unknown command {argv[0]!r}" if argv else "which command? (--help)"
        )
    name = argv[0]
    # a shell that starts us in the background makes us ignore Ctrl-C
    signal.signal(signal.SIGINT, _interrupt)
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        if sys.version_info < venv.OLDEST:
            # too old to read the commands, but not to start them
            venv.enter(["-m", "dev", *argv])
        module = _load(name)
        args = _parse(module, name, argv[1:])
        if not COMMANDS[name][1]:
            return module.run(args) or 0
        with paths.share(paths.IN_USE):
            if not venv.inside():
                venv.enter(["-m", "dev", *argv])
            return module.run(args) or 0
    except DevError as error:
        warn(f"dev {name}: {error}")
        return 1
    except KeyboardInterrupt:
        warn(f"dev {name}: interrupted")
        return 130
    except BrokenPipeError:
        # the reader of our output is gone; nobody is left to be told
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141


if __name__ == "__main__":
    if str(paths.ROOT) not in sys.path and "" not in sys.path:
        sys.path.insert(0, str(paths.ROOT))
    sys.exit(main(sys.argv[1:]))
