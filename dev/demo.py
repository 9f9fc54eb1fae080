# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Install the addons with demo data and serve them on the loopback address."""

import time
from pathlib import Path

from . import database, odoo, paths, serve, setup, shell, templates
from .console import DevError, say, step

DATABASE = serve.DATABASE
CDNOW = paths.SHARED / "data" / "cdnow" / "CDNOW_sample.txt"
LOADER = paths.ROOT / "dev" / "load_cdnow.py"


def add_arguments(parser) -> None:
    """Add the options of ``demo``."""
    parser.add_argument(
        "--data",
        metavar="cdnow|PATH",
        help="also load a purchase log: the CDNOW sample, or a file of its format",
    )
    serve.add_port(parser)
    parser.add_argument(
        "--fresh", action="store_true", help="drop the demo database and start over"
    )
    parser.add_argument(
        "--no-serve", action="store_true", help="prepare the database only"
    )
    setup.add_arguments(parser)


def run(args) -> int:
    """Prepare the demo database, and serve it."""
    start = time.monotonic()
    data = data_file(args.data)
    if not args.no_serve:
        serve.check_port(args.port)
    with setup.ensure_all(args):
        prepare(args.fresh)
        if data:
            load(data)
        say(f"   ready after {time.monotonic() - start:.1f} s")
        if not args.no_serve:
            serve.serve(DATABASE, args.port, greeting())
    return 0


def data_file(name: str | None):
    """Return the file that ``--data`` means."""
    if not name:
        return None
    path = CDNOW if name == "cdnow" else Path(name).expanduser().resolve()
    if not path.is_file():
        raise DevError(
            f"There is no purchase log at {path}.\nGive the path of a file: --data PATH"
        )
    return path


def prepare(fresh: bool = False) -> None:
    """Make the demo database, or bring it up to date with the addons' files."""
    key = templates.addons_key()
    if fresh or not database.exists(DATABASE):
        template = templates.addons_template(with_demo=True)
        with step(f"Demo database {DATABASE}"):
            database.drop(DATABASE)
            database.clone(template, DATABASE)
            database.set_comment(DATABASE, key)
    elif database.comment(DATABASE) != key:
        with step(f"Demo database {DATABASE}: the addons changed, updating"):
            _update()
            database.set_comment(DATABASE, key)


def _update() -> None:
    """Update the addons that are installed, install those that are new."""
    rows = database.query(
        DATABASE, "SELECT name FROM ir_module_module WHERE state != 'uninstalled'"
    )
    known = {row[0] for row in rows}
    try:
        odoo.update(DATABASE, [name for name in paths.addons() if name in known])
        new = [name for name in paths.addons() if name not in known]
        if new:
            odoo.install(DATABASE, new, with_demo=True)
    except DevError as error:
        raise DevError(f"{error}\nOr start over: python3 -m dev demo --fresh") from None


def load(path) -> None:
    """Load a purchase log as customers and invoices."""
    with step(f"Purchases of {path.name}"):
        shell.check_script(DATABASE, str(LOADER), str(path))


def greeting() -> list[str]:
    """Return the lines that say who may log in."""
    return [
        f"login {login}, password {login}"
        + (f"  ({name}{', in the portal' if share else ''})" if name != login else "")
        for login, name, share in logins()
    ]


def logins() -> list[tuple[str, str, bool]]:
    """Return login, name and whether it is a customer, of those who know a password.

    That is the login itself.
    """
    from passlib.context import CryptContext  # the venv's, as Odoo uses it

    passwords = CryptContext(["pbkdf2_sha512", "plaintext"], deprecated=["plaintext"])
    rows = database.query(
        DATABASE,
        "SELECT u.login, p.name, u.share, u.password FROM res_users u "
        "JOIN res_partner p ON p.id = u.partner_id "
        "WHERE u.active AND u.password IS NOT NULL ORDER BY u.share, u.id",
    )
    return [
        (login, name, share)
        for login, name, share, secret in rows
        if passwords.verify(login, secret)
    ]
