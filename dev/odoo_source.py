# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Find an Odoo 19, or get one: an existing one, Debian's package, or git."""

from __future__ import annotations

import dataclasses
import functools
import importlib.util
import os
import re
import shutil
import subprocess
from pathlib import Path

from . import debian, paths
from .console import DevError, say, step

SERIES = "19.0"
UPSTREAM = "https://github.com/odoo/odoo"
PACKAGE = "odoo-19"
SUITES = ("sid", "bookworm")
#: what Debian's package links its web assets to: name -> series wanted.
#: Font Awesome after 4.7 renames its files, and every icon of the web client
#: disappears; sid's Inconsolata lost the .otf that point_of_sale links to.
ASSETS = {
    "libjs-jquery": "",
    "libjs-jquery-form": "",
    "libjs-underscore": "",
    "fonts-roboto-unhinted": "",
    "fonts-montserrat": "",
    "fonts-inconsolata": "001.010",
    "fonts-ocr-b": "",
    "fonts-font-awesome": "really4.7",
}
#: named in a manifest but missing in the package; an empty one will do
MISSING_FILES = ("mail/static/lib/selfie_segmentation/selfie_segmentation.js",)
#: parts of the package that only mislead: ``addons`` repeats the addons
#: without any of their XML, and Odoo would look there too
SUPERFLUOUS = ("addons", "doc", "setup")


@dataclasses.dataclass(frozen=True)
class OdooSource:
    """An Odoo to run: what to put on the paths, and which version it is."""

    pythonpath: list[Path]
    addons_path: list[Path]
    version: str


@functools.cache
def ensure(odoo_path: str | None = None) -> OdooSource:
    """Return the Odoo to use; get one where there is none."""
    given = odoo_path or os.environ.get("ODOO_PATH")
    if given:
        return _checked(_at(Path(given).expanduser().resolve()))
    found = importable_here()
    if found:
        return _checked(_at(found))
    with paths.lock(paths.DEV / "odoo.lock"):
        return _checked(_own())


def _own() -> OdooSource:
    """Return the Odoo below ``.dev``; get it first where it is missing."""
    package, clone = paths.DEV / "odoo", paths.DEV / "odoo-git"
    if (package / "complete").is_file():
        return _at(package / "usr/lib/python3/dist-packages")
    if (clone / "complete").is_file():
        return _at(clone)
    problem = _problem_with_package(package)
    if problem is None:
        return _at(package / "usr/lib/python3/dist-packages")
    say(f"   no Debian package: {problem}")
    _clone(clone)
    return _at(clone)


def importable_here() -> Path | None:
    """Return the folder from which this Python imports ``odoo``, if it does."""
    try:
        spec = importlib.util.find_spec("odoo")
    except (ImportError, ValueError):
        return None
    for folder in (spec and spec.submodule_search_locations) or []:
        # not a mere namespace package left over by some addon, nor another series
        release = Path(folder, "release.py")
        if release.is_file() and version(release.read_text()).startswith(SERIES):
            return Path(folder).resolve().parent
    return None


def _at(folder: Path) -> OdooSource:
    """Describe the Odoo at a folder: a git clone, dist-packages, or ``odoo``."""
    if folder.name == "odoo" and (folder / "release.py").is_file():
        folder = folder.parent
    release = folder / "odoo" / "release.py"
    if not release.is_file():
        raise DevError(
            f"There is no Odoo at {folder}: it has no odoo/release.py.\n"
            "Give the folder that contains the Python package `odoo`."
        )
    candidates = (folder / "odoo" / "addons", folder / "addons")
    return OdooSource(
        pythonpath=[folder],
        # Debian's second folder has the modules without their XML
        addons_path=[
            path
            for path in candidates
            if (path / "base/__manifest__.py").is_file()
            or (path / "web/views").is_dir()
        ],
        version=version(release.read_text()),
    )


def version(release: str) -> str:
    """Return the version that the text of ``release.py`` states."""
    match = re.search(r"^version_info = \((.*)\)", release, flags=re.MULTILINE)
    if not match:
        raise DevError("odoo/release.py states no version.")
    parts = [part.strip().strip("'\"") for part in match[1].split(",")]
    level = {"FINAL": "", "ALPHA": "a", "BETA": "b", "RELEASE_CANDIDATE": "rc"}
    return ".".join(parts[:2]) + level.get(parts[3], parts[3])


def _checked(source: OdooSource) -> OdooSource:
    if not source.version.startswith(SERIES):
        raise DevError(
            f"The Odoo at {source.pythonpath[0]} is {source.version}; "
            f"these addons are for {SERIES}."
        )
    return source


def _problem_with_package(root: Path) -> str | None:
    """Unpack Debian's package below ``root``; say why not where it fails."""
    if not debian.available():
        return "this machine has no apt"
    name = f"{PACKAGE}-for-{debian.release().get('ID', 'unknown')}"
    try:
        with step("Odoo 19: Debian's package (downloaded once per user)"):
            debs = debian.cached_debs(name, _fetch)
    except DevError as error:
        return str(error)
    with step("Odoo 19: unpack"):
        partial = root.with_name("odoo.part")
        shutil.rmtree(partial, ignore_errors=True)
        debian.unpack(debs, partial)
        _mend(partial)
        shutil.rmtree(root, ignore_errors=True)
        partial.rename(root)
    return None


def _fetch(folder: Path) -> list[Path]:
    apt = debian.Apt(folder / "apt", SUITES if _is_debian() else ())
    apt.update()
    wanted = [PACKAGE]
    for package, series in ASSETS.items():
        versions = apt.versions(package)
        fitting = [text for text in versions if series in text]
        if not fitting:
            raise DevError(
                f"no version of {package} fits (wanted {series!r}, "
                f"found: {', '.join(versions) or 'none'})"
            )
        wanted.append(f"{package}={fitting[0]}")
    return apt.download(wanted, folder)


def _is_debian() -> bool:
    return debian.release().get("ID") == "debian"


def _mend(root: Path) -> None:
    """Make the unpacked package whole, and check that it is."""
    packages = root / "usr/lib/python3/dist-packages"
    addons = packages / "odoo/addons"
    for name in SUPERFLUOUS:
        shutil.rmtree(packages / name, ignore_errors=True)
    for name in MISSING_FILES:
        path = addons / name
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
    broken = broken_links(addons)
    if broken:
        listed = "\n".join(
            f"  {link.relative_to(addons)} -> {os.readlink(link)}" for link in broken
        )
        raise DevError(
            "Debian's Odoo is not whole; these web assets lead nowhere:\n"
            f"{listed}\nSee ASSETS in dev/odoo_source.py, or use --odoo PATH."
        )
    (root / "complete").touch()


def broken_links(addons: Path) -> list[Path]:
    """Return the links below ``*/static`` that lead nowhere."""
    return sorted(
        Path(folder, name)
        for static in addons.glob("*/static")
        for folder, names, files in os.walk(static)
        for name in names + files
        if Path(folder, name).is_symlink() and not Path(folder, name).exists()
    )


def _clone(folder: Path) -> None:
    """Clone upstream's branch, without its history."""
    if not shutil.which("git"):
        raise DevError(
            "There is no Odoo 19 here, and neither Debian's package nor git "
            "to get it with.\nInstall git, or give an Odoo with --odoo PATH."
        )
    cache = paths.CACHE / "odoo.git"
    with step("Odoo 19: shallow clone of the upstream branch (once per user)"):
        with paths.lock(paths.CACHE / "odoo-git.lock"):
            if not cache.is_dir():
                partial = cache.with_name("odoo.git.part")
                shutil.rmtree(partial, ignore_errors=True)
                _git(
                    "clone",
                    "--quiet",
                    "--bare",
                    "--depth",
                    "1",
                    "--branch",
                    SERIES,
                    "--single-branch",
                    UPSTREAM,
                    partial,
                )
                partial.rename(cache)
        shutil.rmtree(folder, ignore_errors=True)
        _git(
            "clone",
            "--quiet",
            "--depth",
            "1",
            "--branch",
            SERIES,
            f"file://{cache}",
            folder,
        )
    (folder / "complete").touch()


def _git(*arguments) -> None:
    done = subprocess.run(
        ["git", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "GIT_TERMINAL_PROMPT": "0"},
    )
    if done.returncode:
        raise DevError(
            f"git could not get Odoo: {done.stderr.strip()[-500:]}\n"
            "Give an Odoo 19 with --odoo PATH (or ODOO_PATH)."
        )
