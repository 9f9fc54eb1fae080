# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Run Odoo: its command line, its environment, its installations."""

import ctypes
import hashlib
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

from . import database as databases
from . import odoo_source, paths, venv
from .console import DevError, say

#: lines of the log that are no fault of the addons
HARMLESS = (r"WARNING.* 0 failed, 0 error\(s\)",)
_LEVEL = re.compile(r"^\S+ \S+ \d+ (WARNING|ERROR|CRITICAL) ")
_RECORD = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} ")
_LOADING = re.compile(r"Loading module (\S+) \((\d+)/(\d+)\)")


def configuration(source=None) -> Path:
    """Return the configuration file for an Odoo; written where it changed."""
    source = source or odoo_source.ensure()
    addons_path = ",".join(map(str, [*source.addons_path, paths.ROOT]))
    text = "\n".join(
        [
            "[options]",
            f"addons_path = {addons_path}",
            f"data_dir = {paths.DEV / 'data'}",
            "http_interface = 127.0.0.1",
            "limit_time_cpu = 0",
            "limit_time_real = 0",
            "limit_time_real_cron = 0",
            "limit_memory_soft = 0",
            "limit_memory_hard = 0",
            # nothing of a trial is to leave the machine by mail
            "smtp_server = localhost",
            "smtp_port = 9",
            "",
        ]
    )
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    path = paths.DEV / "conf" / f"odoo-{digest}.conf"
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(f".{os.getpid()}")
        partial.write_text(text)
        partial.replace(path)
    return path


def command(*args, database: str | None = None, source=None) -> list[str]:
    """Return the command line of Odoo; a subcommand goes first in ``args``."""
    args = list(map(str, args))
    words = [str(venv.PYTHON), "-m", "odoo"]
    if args and not args[0].startswith("-"):
        words.append(args.pop(0))
        if words[-1] in ("i18n", "db", "module") and args and args[0][0] != "-":
            words.append(args.pop(0))
    words += ["-c", str(configuration(source))]
    if database:
        words += ["-d", database]
    return words + args


def environment(pg: dict | None = None, source=None) -> dict[str, str]:
    """Return the environment for :func:`command`, with the server's ``PG*``."""
    source = source or odoo_source.ensure()
    inherited = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    ours = list(map(str, source.pythonpath))
    return {
        **os.environ,
        **(pg or {}),
        "PYTHONPATH": os.pathsep.join(
            [*ours, *(path for path in inherited if path and path not in ours)]
        ),
        "ODOO_RC": str(configuration(source)),
        "PYTHONUNBUFFERED": "1",
    }


def install(
    database: str,
    modules,
    with_demo: bool = False,
    log: Path | None = None,
    strict: bool = False,
    source=None,
) -> str:
    """Install modules into a database, created where missing.

    :param strict: fail on warnings and errors in the log too
    :param source: the Odoo to run, where it has more addons than usual
    :return: the log's text
    :raise DevError: with the tail of the log, where it fails
    """
    options = ["-i", ",".join(modules), "--stop-after-init", "--no-http"]
    options.append("--with-demo" if with_demo else "--without-demo")
    return _change(database, options, log, strict, source)


def update(database: str, modules, log: Path | None = None, strict=False) -> str:
    """Update modules of a database to the files as they are now."""
    options = ["-u", ",".join(modules), "--stop-after-init", "--no-http"]
    return _change(database, options, log, strict)


def _change(
    database: str, options: list[str], log: Path | None, strict, source=None
) -> str:
    if not databases.exists(database):
        databases.create(database)
    log = log or paths.DEV / "logs" / f"{database}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    options = [*options, "--max-cron-threads=0"]
    status = _follow([*command(*options, database=database, source=source)], log)
    text = log.read_text(errors="replace")
    bad = complaints(text)
    # Odoo exits with 0 after some failures, so its log decides too
    failed = status or any(" CRITICAL " in line.split("\n")[0] for line in bad)
    if failed or (strict and bad):
        shown = "\n".join(bad[-5:]) if bad else tail(text)
        raise DevError(f"Odoo failed ({' '.join(options[:2])}):\n{shown}\nLog: {log}")
    return text


def complaints(text: str, ignore=HARMLESS) -> list[str]:
    """Return the warnings and errors of a log, each with its traceback."""
    found, current = [], None
    for line in text.splitlines():
        if _RECORD.match(line):
            current = None
            if _LEVEL.match(line) and not any(re.search(p, line) for p in ignore):
                current = [line]
                found.append(current)
        elif current is not None:
            current.append(line)
    return ["\n".join(lines) for lines in found]


def tail(text: str, lines: int = 25) -> str:
    """Return the last lines of a log."""
    return "\n".join(text.splitlines()[-lines:])


def _follow(words: list[str], log: Path) -> int:
    """Run Odoo with its output into ``log``; show how far it is."""
    with log.open("w") as handle, start(words) as process:
        try:
            for line in process.stdout:
                handle.write(line)
                match = _LOADING.search(line)
                if match:
                    _progress(*match.groups())
            return process.wait()
        except BaseException:
            terminate(process)
            raise
        finally:
            if sys.stdout.isatty():
                say("\r\033[K\033[A")


def _progress(module: str, number: str, total: str) -> None:
    if sys.stdout.isatty():
        sys.stdout.write(f"\r\033[K   {number}/{total} {module}")
        sys.stdout.flush()
    elif int(number) % 20 == 0 or number == total:
        say(f"   {number}/{total} modules")


def start(words: list[str], **options) -> subprocess.Popen:
    """Start a child that Ctrl-C does not reach; it ends with us at the latest."""
    options = {
        "stdout": subprocess.PIPE,
        "stderr": subprocess.STDOUT,
        "text": True,
        "errors": "replace",
        "env": environment(),
        "cwd": paths.ROOT,
        **options,
    }
    return subprocess.Popen(
        words, start_new_session=True, preexec_fn=_die_with_parent, **options
    )


def terminate(process: subprocess.Popen, patience: float = 15) -> None:
    """Ask a child to stop, and make it where it does not listen."""
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _die_with_parent() -> None:
    """Have Linux stop this child when its parent dies, even by ``kill -9``."""
    set_parent_death_signal = 1
    ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGTERM)
