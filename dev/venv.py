# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The project's own Python environment, ``.dev/venv``."""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

from . import paths
from .console import DevError, step

REQUIREMENTS = Path(__file__).with_name("requirements.txt")
FOLDER = paths.DEV / "venv"
PYTHON = FOLDER / "bin" / "python"
STAMP = FOLDER / "requirements.sha256"
#: what Odoo 19 runs on
OLDEST, NEWEST = (3, 10), (3, 13)
#: the order in which another Python is looked for
CANDIDATES = ("python3.12", "python3.11", "python3.13", "python3.10")
#: wheelhouses kept for one kind of Python; older ones are dropped
KEPT_WHEELHOUSES = 3


def inside() -> bool:
    """Say whether this process runs in the venv, and the venv is up to date."""
    return Path(sys.prefix) == FOLDER and _is_current()


def enter(arguments: list[str]) -> None:
    """Replace this process by the venv's Python with ``arguments``."""
    from . import odoo_source  # late: it needs this module

    python = ensure()
    environ = dict(os.environ)
    found = odoo_source.importable_here()
    if found and not environ.get("ODOO_PATH"):
        environ["ODOO_PATH"] = str(found)
    if Path.cwd() != paths.ROOT:
        environ["PYTHONPATH"] = os.pathsep.join(
            filter(None, [str(paths.ROOT), environ.get("PYTHONPATH")])
        )
    sys.stdout.flush()
    os.execve(python, [str(python), *arguments], environ)


def ensure() -> Path:
    """Return the venv's Python, with every pinned package installed."""
    if not _is_current():
        with paths.lock(paths.DEV / "venv.lock"):
            if not _is_current():
                _build()
    return PYTHON


def key(version: tuple, requirements: bytes, machine: str) -> str:
    """Name what a set of wheels is good for: Python, machine and packages."""
    digest = hashlib.sha256(requirements).hexdigest()[:16]
    return f"py{version[0]}.{version[1]}-{machine}-{digest}"


def _is_current() -> bool:
    """Compare the stamp of the last installation with the requirements."""
    if not (STAMP.is_file() and PYTHON.exists()):
        return False
    return STAMP.read_text() == _digest()


def _digest() -> str:
    return hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()


def _build() -> None:
    if not _works(PYTHON):
        shutil.rmtree(FOLDER, ignore_errors=True)
        with step("Python environment"):
            _create(_find_python())
    version = _version(PYTHON)
    name = key(version, REQUIREMENTS.read_bytes(), platform.machine())
    wheels = _wheelhouse(name)
    with step("Python packages"):
        _pip("install", "--no-index", "--find-links", wheels, "-r", REQUIREMENTS)
    STAMP.write_text(_digest())


def _wheelhouse(name: str) -> Path:
    """Return the cached folder with a wheel of every pinned package."""
    folder = paths.CACHE / "wheels" / name
    with paths.lock(paths.CACHE / "wheels.lock"):
        if not folder.is_dir():
            partial = folder.with_name(f"{name}.part")
            partial.mkdir(parents=True, exist_ok=True)
            with step("Python packages: download (once per user)"):
                # an old pip would otherwise want a package `wheel` in the venv
                _pip("wheel", "--use-pep517", "-w", partial, "-r", REQUIREMENTS)
            partial.rename(folder)
            _drop_old_wheelhouses(folder)
    return folder


def _drop_old_wheelhouses(newest: Path) -> None:
    kind = newest.name.rsplit("-", 1)[0]
    kin = sorted(newest.parent.glob(f"{kind}-*"), key=lambda path: path.stat().st_mtime)
    for folder in kin[:-KEPT_WHEELHOUSES]:
        if folder != newest:
            shutil.rmtree(folder, ignore_errors=True)


def _version(python) -> tuple | None:
    """Return the (major, minor) of a Python, None where it does not run."""
    code = "import sys; print(*sys.version_info[:2])"
    try:
        done = subprocess.run(
            [python, "-c", code], capture_output=True, text=True, check=False
        )
    except OSError:
        return None
    if done.returncode:  # pyenv's shims exist for versions that are not chosen
        return None
    return tuple(map(int, done.stdout.split()))


def _works(python: Path) -> bool:
    version = _version(python)
    return bool(version) and OLDEST <= version <= NEWEST


def _find_python() -> str:
    """Return a Python that Odoo 19 supports: this one, or one on the path."""
    if OLDEST <= sys.version_info[:2] <= NEWEST:
        return sys.executable
    for name in CANDIDATES:
        path = shutil.which(name)
        if path and _version(path):
            return path
    raise DevError(
        "Odoo 19 needs Python 3.10 to 3.13; this one is "
        f"{platform.python_version()} and no other was found on the path.\n"
        "Install one of them, e.g. python3.12 with python3.12-venv."
    )


def _create(python: str) -> None:
    """Create the venv with whatever means this machine has.

    Debian and Ubuntu split ``ensurepip`` off into python3-venv.  Without it,
    virtualenv does as well, or pip's wheel out of their own package.
    """
    paths.DEV.mkdir(parents=True, exist_ok=True)
    if _has(python, "import ensurepip, venv"):
        _call([python, "-m", "venv", FOLDER])
    elif shutil.which("virtualenv"):
        _call(["virtualenv", "--python", python, FOLDER])
    else:
        _create_with_debian_pip(python)


def _create_with_debian_pip(python: str) -> None:
    from . import debian  # late: only where it is needed

    advice = (
        "This Python cannot create environments: the package python3-venv is "
        "missing.\nInstall it (apt-get install python3-venv) or virtualenv, "
        "and run the command again."
    )
    if not debian.available() or not _has(python, "import venv"):
        raise DevError(advice)
    try:
        root = debian.unpacked(["python3-pip-whl"], paths.DEV / "pip-wheel")
    except DevError as error:
        raise DevError(f"{advice}\n(Tried to get pip alone: {error})") from error
    wheels = sorted(root.glob("usr/share/python-wheels/pip-*.whl"))
    if not wheels:
        raise DevError(advice)
    _call([python, "-m", "venv", "--without-pip", FOLDER])
    # a wheel is a zip file, and pip can run out of it to install itself
    _call([PYTHON, f"{wheels[-1]}/pip", "install", "--no-index", wheels[-1]])


def _has(python: str, statement: str) -> bool:
    done = subprocess.run([python, "-c", statement], capture_output=True, check=False)
    return not done.returncode


def _pip(*arguments) -> None:
    _call([PYTHON, "-m", "pip", "--disable-pip-version-check", *arguments, "--quiet"])


def _call(command: list) -> None:
    """Run a command; its output is shown only when it fails."""
    command = list(map(str, command))
    environ = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH",)}
    done = subprocess.run(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environ,
        check=False,
    )
    if done.returncode:
        tail = "\n".join(done.stdout.splitlines()[-20:])
        raise DevError(f"This failed: {' '.join(command)}\n{tail}")
