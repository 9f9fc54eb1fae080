# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Stop the embedded PostgreSQL and remove .dev, with --all the downloads too."""

import shutil

from . import paths, postgres
from .console import DevError, say


def add_arguments(parser) -> None:
    """Add the options of ``clean``."""
    parser.add_argument(
        "--all",
        action="store_true",
        help="remove the downloads in the user's cache too",
    )


def run(args) -> int:
    """Remove what the other commands made."""
    if any(map(paths.is_shared, (paths.IN_USE, postgres.USERS_LOCK))):
        raise DevError(
            "Another command is at work in this clone (demo, serve, shell, test).\n"
            "Stop it first."
        )
    postgres.forget()
    postgres.stop()
    for folder in [paths.DEV, *([paths.CACHE] if args.all else [])]:
        if folder.is_dir():
            say(f"-> remove {folder}")
            shutil.rmtree(folder)
    return 0
