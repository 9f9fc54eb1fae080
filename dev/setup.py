# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""One call that sets everything up for a command."""

import contextlib
import dataclasses
import os

from . import odoo_source, postgres, venv


@dataclasses.dataclass(frozen=True)
class Setup:
    """What a command works with."""

    python: str
    source: odoo_source.OdooSource
    pg: dict[str, str]


def add_arguments(parser) -> None:
    """Add the options that every command with an Odoo has."""
    parser.add_argument(
        "--odoo",
        metavar="PATH",
        help="use the Odoo 19 at PATH (default: ODOO_PATH, an importable one, "
        "or one that is downloaded)",
    )


@contextlib.contextmanager
def ensure_all(args=None):
    """Yield a :class:`Setup`: venv, Odoo and a PostgreSQL server that runs."""
    path = getattr(args, "odoo", None)
    if path:
        # children and later calls are to use the same one
        os.environ["ODOO_PATH"] = os.path.abspath(os.path.expanduser(path))
    python = venv.ensure()
    source = odoo_source.ensure()
    with postgres.server() as pg:
        yield Setup(str(python), source, pg)
