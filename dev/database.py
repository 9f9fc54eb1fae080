# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Databases of the current server, with the files that Odoo keeps for each.

Call these inside ``with postgres.server()`` and in the venv.
"""

import contextlib
import os
import shutil
import time
from pathlib import Path

from . import paths
from .console import DevError
from .postgres import maintenance_database

FILESTORE = paths.DEV / "data" / "filestore"


def exists(name: str) -> bool:
    """Say whether there is a database of that name."""
    return bool(_query("SELECT 1 FROM pg_database WHERE datname = %s", [name]))


def names(prefix: str = "") -> list[str]:
    """Return the databases whose name begins with ``prefix``."""
    rows = _query(
        "SELECT datname FROM pg_database WHERE starts_with(datname, %s) ORDER BY 1",
        [prefix],
    )
    return [row[0] for row in rows]


def create(name: str) -> None:
    """Create an empty database, the way Odoo itself would."""
    # Odoo's own creation logs an error where pg_trgm is not to be had
    _command(
        "CREATE DATABASE {} ENCODING 'UTF8' LC_COLLATE 'C' TEMPLATE template0", name
    )


def drop(name: str) -> None:
    """Drop a database, its files and whoever still uses it."""
    _command("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
    shutil.rmtree(FILESTORE / name, ignore_errors=True)


def clone(source: str, target: str) -> None:
    """Copy a database with its files; nobody may be using ``source``."""
    _command("CREATE DATABASE {} TEMPLATE {}", target, source)
    if (FILESTORE / source).is_dir():
        shutil.rmtree(FILESTORE / target, ignore_errors=True)
        # named after their content and never written twice: a link is a copy
        shutil.copytree(FILESTORE / source, FILESTORE / target, copy_function=_link)


def rename(old: str, new: str) -> None:
    """Rename a database and its files."""
    _command("ALTER DATABASE {} RENAME TO {}", old, new)
    if (FILESTORE / old).is_dir():
        shutil.rmtree(FILESTORE / new, ignore_errors=True)
        (FILESTORE / old).rename(FILESTORE / new)


def comment(name: str) -> str:
    """Return the note that :func:`set_comment` left, or ''."""
    rows = _query(
        "SELECT shobj_description(oid, 'pg_database') FROM pg_database "
        "WHERE datname = %s",
        [name],
    )
    return (rows and rows[0][0]) or ""


def set_comment(name: str, text: str) -> None:
    """Leave a note on a database."""
    import psycopg2.extensions

    literal = psycopg2.extensions.adapt(text).getquoted().decode()
    _command("COMMENT ON DATABASE {} IS " + literal, name)


@contextlib.contextmanager
def connect(name: str = ""):
    """Connect to a database; every statement is committed by itself."""
    import psycopg2

    try:
        connection = psycopg2.connect(dbname=name or maintenance_database())
    except psycopg2.OperationalError as error:
        raise DevError(f"No connection to the database {name}: {error}") from None
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()


def query(name: str, statement: str, parameters=()) -> list[tuple]:
    """Return the rows of a query on one database."""
    with connect(name) as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall()


def _query(statement: str, parameters=()) -> list[tuple]:
    return query("", statement, parameters)


def _command(statement: str, *identifiers: str) -> None:
    """Run a statement about databases; wait a little for those in use."""
    import psycopg2
    from psycopg2 import sql

    command = sql.SQL(statement).format(*map(sql.Identifier, identifiers))
    deadline = time.monotonic() + 5
    with connect() as cursor:
        while True:
            try:
                return cursor.execute(command)
            except psycopg2.errors.ObjectInUse:
                if time.monotonic() > deadline:
                    raise DevError(
                        f"The database {identifiers[-1]} is in use. Stop what uses "
                        "it (a demo, a shell) and run the command again."
                    ) from None
                time.sleep(0.2)
            except psycopg2.errors.DuplicateDatabase:
                raise DevError(
                    f"The database {identifiers[0]} exists already."
                ) from None
            except psycopg2.errors.InsufficientPrivilege as error:
                raise DevError(
                    f"The role may not do this: {error}"
                    "Grant it CREATEDB (ALTER ROLE ... CREATEDB)."
                ) from None


def _link(source: str, target: str) -> str:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
    return str(Path(target))
