# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Databases that live as long as one piece of work."""

import contextlib
import hashlib

from . import database, paths


@contextlib.contextmanager
def copy_of(template, purpose):
    """Yield the name of a copy of the template; it is dropped afterwards.

    The name carries the clone of the repository, since several clones may
    share one PostgreSQL server.
    """
    clone = hashlib.sha256(str(paths.ROOT).encode()).hexdigest()[:6]
    name = f"crm_{purpose}_{clone}"
    database.drop(name)
    database.clone(template, name)
    try:
        yield name
    finally:
        database.drop(name)
