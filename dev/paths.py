# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Where things are: the clone, its ``.dev`` folder and the user's cache."""

from __future__ import annotations

import contextlib
import fcntl
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DEV = ROOT / ".dev"
SHARED = ROOT.parent / "shared"
PREFIX = "crm_"
#: every command holds a shared lock on it, so that `clean` knows of them
IN_USE = DEV / "in-use"


def cache_dir(environ=os.environ) -> Path:
    """Return the folder where downloads are kept for every clone."""
    base = environ.get("XDG_CACHE_HOME", "")
    # the XDG specification: a relative path is to be ignored
    root = Path(base) if base.startswith("/") else Path.home() / ".cache"
    return root / "crm-excellence-dev"


CACHE = cache_dir()


def addons() -> list[str]:
    """Return the names of the addons of this repository, sorted."""
    return sorted(path.parent.name for path in ROOT.glob(f"{PREFIX}*/__manifest__.py"))


@contextlib.contextmanager
def lock(path: Path):
    """Hold an exclusive lock on ``path``; it ends with the process at the latest."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def share(path: Path):
    """Hold a shared lock on ``path`` until the returned file is closed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = path.open("a")
    fcntl.flock(handle, fcntl.LOCK_SH)
    return handle


def is_shared(path: Path) -> bool:
    """Say whether some process holds a shared lock on ``path``."""
    if not path.is_file():
        return False
    with path.open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
