# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Serve a database on the loopback address until Ctrl-C."""

import argparse
import errno
import socket
import subprocess
import time
from pathlib import Path

from . import database, odoo, paths, setup, templates
from .console import DevError, say, warn

HOST = "127.0.0.1"
PORT = 8069
DATABASE = "crm_demo"
#: how long Odoo may take until it answers
PATIENCE = 120


def add_arguments(parser) -> None:
    """Add the options of ``serve``."""
    parser.add_argument(
        "--db",
        default=DATABASE,
        metavar="NAME",
        help="the database to serve (default: %(default)s)",
    )
    add_port(parser)
    setup.add_arguments(parser)


def add_port(parser) -> None:
    """Add ``--port``."""
    parser.add_argument(
        "--port",
        type=port_number,
        default=PORT,
        metavar="N",
        help="the port to serve on (default: %(default)s)",
    )


def port_number(text: str) -> int:
    """Read a port number that an ordinary program may use."""
    if text.isascii() and text.isdigit() and 0 < int(text) < 65536:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is no port (1 to 65535)")


def run(args) -> int:
    """Serve a database."""
    with setup.ensure_all(args):
        require(args.db)
        serve(args.db, args.port)
    return 0


def require(name: str) -> None:
    """Refuse a database that does not exist; warn of one that lags behind."""
    if not database.exists(name):
        raise DevError(
            f"There is no database {name}.\n"
            "`python3 -m dev demo --no-serve` makes the demo's."
        )
    key = database.comment(name)
    if name == DATABASE and key and key != templates.addons_key():
        warn(
            f"The addons' files changed since {name} was made; "
            "`python3 -m dev demo --no-serve` brings it up to date."
        )


def check_port(port: int) -> None:
    """Refuse a port that somebody else uses, before any long work."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError:
            raise DevError(
                f"Port {port} is reserved for root; choose one above 1023 with --port."
            ) from None
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            raise DevError(
                f"Port {port} is in use (another demo, perhaps). Stop that "
                f"program or choose another port: --port {port + 1}"
            ) from None


def serve(name: str, port: int, greeting=()) -> None:
    """Serve a database until Ctrl-C; print ``greeting`` once it answers."""
    check_port(port)
    log = paths.DEV / "logs" / f"{name}-server.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    words = odoo.command(
        f"--http-interface={HOST}",
        f"--http-port={port}",
        f"--db-filter=^{name}$",
        "--no-database-list",
        database=name,
    )
    with log.open("w") as handle:
        process = odoo.start(words, stdout=handle)
    try:
        _wait_until_it_answers(process, port, log)
        say()
        say(f"  http://{HOST}:{port}/odoo   database {name}")
        for line in greeting:
            say(f"  {line}")
        say(f"  log: {log.relative_to(paths.ROOT)}   Ctrl-C stops")
        say()
        process.wait()
        raise DevError(f"Odoo stopped by itself:\n{odoo.tail(log.read_text())}")
    except KeyboardInterrupt:
        say("\n-> stopping")
    finally:
        odoo.terminate(process)


def _wait_until_it_answers(process: subprocess.Popen, port: int, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise DevError(f"Odoo did not start:\n{odoo.tail(log.read_text())}")
        try:
            with socket.create_connection((HOST, port), timeout=1):
                return
        except OSError:
            time.sleep(0.2)
    raise DevError(f"Odoo does not answer after {PATIENCE} s. Its log: {log}")
