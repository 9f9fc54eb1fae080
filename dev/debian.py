# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Packages out of Debian's or Ubuntu's archive, without installing them.

The machine's own apt does the work, with the mirrors and keyrings that the
machine is configured with but with state directories of our own.  So neither
root is needed, nor is anything on the machine changed, and apt verifies every
byte with the keys that the machine already trusts.
"""

from __future__ import annotations

import dataclasses
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

from . import paths
from .console import DevError

TOOLS = ("apt-get", "apt-cache", "dpkg-deb")
OWN_PACKAGES = ("main", "universe")
#: what apt would fetch besides the package lists
EXTRAS = (
    "deb::Contents-deb",
    "deb::Contents-udeb",
    "deb::DEP-11",
    "deb::DEP-11-icons",
    "deb::DEP-11-icons-small",
    "deb::DEP-11-icons-large",
    "deb::CNF",
    "deb::DEP-11-icons-hidpi",
    "deb::DEP-11-icons-large-hidpi",
    "deb::Commands",
)


@dataclasses.dataclass(frozen=True)
class Source:
    """One mirror that the machine is configured with."""

    uri: str
    suites: tuple[str, ...]
    components: tuple[str, ...]
    signed_by: str = ""


def available() -> bool:
    """Say whether this machine has Debian's package tools."""
    return all(map(shutil.which, TOOLS))


def parse_list(text: str) -> list[Source]:
    """Read the one-line format of ``sources.list``."""
    pattern = (
        r"deb\s+(?:\[(?P<options>[^]]*)\]\s+)?(?P<uri>\S+)\s+(?P<suite>\S+)(?P<rest>.*)"
    )
    sources = []
    for line in text.splitlines():
        match = re.fullmatch(pattern, line.split("#")[0].strip())
        if match:
            options = dict(
                option.split("=", 1)
                for option in (match["options"] or "").split()
                if "=" in option
            )
            sources.append(
                Source(
                    match["uri"],
                    (match["suite"],),
                    tuple(match["rest"].split()),
                    options.get("signed-by", ""),
                )
            )
    return sources


def parse_deb822(text: str) -> list[Source]:
    """Read the format of ``*.sources``: stanzas of ``Key: value``."""
    sources = []
    text = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    for stanza in re.split(r"\n\s*\n", text):
        fields = {
            match[1].lower(): match[2].strip()
            for match in re.finditer(
                r"^(\S+?):[ \t]*(.*(?:\n[ \t].*)*)", stanza, flags=re.MULTILINE
            )
        }
        types = fields.get("types", "").split()
        if "deb" not in types or fields.get("enabled", "yes").lower() == "no":
            continue
        sources += [
            Source(
                uri,
                tuple(fields.get("suites", "").split()),
                tuple(fields.get("components", "").split()),
                fields.get("signed-by", ""),
            )
            for uri in fields.get("uris", "").split()
        ]
    return sources


def configured(etc: Path = Path("/etc/apt")) -> list[Source]:
    """Return the mirrors that this machine is configured with."""
    sources = []
    for path in [etc / "sources.list", *sorted(etc.glob("sources.list.d/*"))]:
        if path.suffix not in (".list", ".sources") or not path.is_file():
            continue
        try:
            text = path.read_text(encoding="utf-8", errors="replace")
        except OSError:  # some third party's, closed to ordinary users
            continue
        parse = parse_deb822 if path.suffix == ".sources" else parse_list
        sources += parse(text)
    return sources


def release(path: Path = Path("/etc/os-release")) -> dict[str, str]:
    """Return the fields of os-release: ID, VERSION_CODENAME and so on."""
    if not path.is_file():
        return {}
    return {
        key: value.strip().strip('"')
        for key, _, value in (
            line.partition("=") for line in path.read_text().splitlines()
        )
    }


def own_archive(sources: list[Source], codename: str) -> list[Source]:
    """Keep the distribution's own mirrors; a third party's are not asked."""
    return [
        source
        for source in sources
        if set(source.components) & set(OWN_PACKAGES) and codename in source.suites
    ]


def stanza(source: Source, suites: tuple[str, ...] = ()) -> str:
    """Write a source as a deb822 stanza, for other suites where given."""
    components = [name for name in source.components if name in OWN_PACKAGES]
    lines = [
        "Types: deb",
        f"URIs: {source.uri}",
        f"Suites: {' '.join(suites or source.suites)}",
        f"Components: {' '.join(components)}",
    ]
    if source.signed_by:
        lines.append(f"Signed-By: {source.signed_by}")
    return "\n".join(lines) + "\n"


class Apt:
    """The machine's apt with directories of our own below ``folder``."""

    def __init__(self, folder: Path, suites: tuple[str, ...] = ()):
        self.folder = folder
        codename = release().get("VERSION_CODENAME", "")
        sources = own_archive(configured(), codename)
        if not sources:
            raise DevError(
                "apt has no mirror of this distribution configured "
                f"(no source with the suite {codename!r})."
            )
        for name in ("state/lists/partial", "cache/archives/partial", "etc"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        wanted = [stanza(source) for source in sources]
        if suites:
            # of several mirrors, the first that is not a mere security archive
            wanted.append(stanza(sources[0], suites))
        (folder / "etc" / "our.sources").write_text("\n".join(wanted))
        (folder / "status").touch()
        (folder / "apt.conf").write_text(self._configuration())

    def _configuration(self) -> str:
        folder = self.folder
        lines = [
            "#clear APT::Update::Pre-Invoke;",
            "#clear APT::Update::Post-Invoke;",
            "#clear APT::Update::Post-Invoke-Success;",
            f'Dir::State "{folder}/state";',
            f'Dir::State::status "{folder}/status";',
            f'Dir::Cache "{folder}/cache";',
            f'Dir::Etc::sourcelist "{folder}/etc/none.list";',
            f'Dir::Etc::sourceparts "{folder}/etc";',
            'Acquire::Languages "none";',
            "#clear APT::Architectures;",
            # our folder is closed to apt's own helper user
            'APT::Sandbox::User "root";',
        ]
        lines += [
            f'Acquire::IndexTargets::{name}::DefaultEnabled "false";' for name in EXTRAS
        ]
        return "\n".join(lines) + "\n"

    def run(self, *command: str, cwd: Path | None = None) -> str:
        """Run ``apt-get`` or ``apt-cache`` and return what it printed."""
        tool, *arguments = command
        environ = {**os.environ, "LC_ALL": "C.UTF-8"}
        done = subprocess.run(
            [tool, "-c", str(self.folder / "apt.conf"), *arguments],
            cwd=cwd,
            capture_output=True,
            text=True,
            env=environ,
            check=False,
        )
        if done.returncode:
            tail = "\n".join((done.stdout + done.stderr).splitlines()[-12:])
            raise DevError(f"{' '.join(command)} failed:\n{tail}")
        return done.stdout

    def update(self) -> None:
        """Fetch the package lists."""
        self.run("apt-get", "update", "-o", "APT::Update::Error-Mode=any")

    def versions(self, package: str) -> list[str]:
        """Return a package's versions in these suites, newest first."""
        lines = self.run("apt-cache", "madison", package).splitlines()
        return [line.split("|")[1].strip() for line in lines if line.count("|") >= 2]

    def download(self, packages: list[str], folder: Path) -> list[Path]:
        """Fetch the packages (``name`` or ``name=version``) into a folder."""
        before = set(folder.glob("*.deb"))
        self.run("apt-get", "download", *packages, cwd=folder)
        return sorted(set(folder.glob("*.deb")) - before)


def cached_debs(name: str, fetch) -> list[Path]:
    """Return the packages that ``fetch(folder)`` once put in the user's cache."""
    cache = paths.CACHE / "debs"
    index = cache / f"{name}.json"
    with paths.lock(paths.CACHE / "debs.lock"):
        if index.is_file():
            debs = [cache / deb for deb in json.loads(index.read_text())]
            if all(deb.is_file() for deb in debs):
                return debs
        partial = cache / f"{name}.part"
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        debs = [deb.replace(cache / deb.name) for deb in fetch(partial)]
        shutil.rmtree(partial)
        index.write_text(json.dumps([deb.name for deb in debs]))
        return debs


def unpack(debs: list[Path], root: Path) -> None:
    """Unpack packages into ``root`` and make their links hold there."""
    root.mkdir(parents=True, exist_ok=True)
    for deb in debs:
        done = subprocess.run(
            ["dpkg-deb", "-x", str(deb), str(root)],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise DevError(
                f"{deb.name} does not unpack: {done.stderr.strip()}\n"
                f"Remove {deb} and run the command again."
            )
    make_links_relative(root)


def make_links_relative(root: Path) -> None:
    """Turn links to ``/usr/...`` into links to ``root``'s own files."""
    for folder, names, files in os.walk(root):
        for name in names + files:
            path = Path(folder, name)
            if path.is_symlink() and os.readlink(path).startswith("/"):
                target = root / os.readlink(path).lstrip("/")
                path.unlink()
                path.symlink_to(os.path.relpath(target, path.parent))


def unpacked(packages: list[str], root: Path) -> Path:
    """Unpack packages of the machine's own release below ``root``."""

    def fetch(folder: Path) -> list[Path]:
        apt = Apt(folder / "apt")
        apt.update()
        return apt.download(packages, folder)

    codename = release().get("VERSION_CODENAME", "")
    unpack(cached_debs(f"{codename}-{'+'.join(packages)}", fetch), root)
    return root
