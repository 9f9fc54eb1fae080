# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Ready-made databases that ``test`` and ``demo`` copy, to start in seconds.

There are three levels: ``base`` has only what the addons depend on, and is made
once; ``foundation`` is a copy of it with those of our addons on which others of
ours depend; ``addons`` a copy of that with all of them.  Each is made again when
a file of its addons changes.  Names carry a key of what is inside.
"""

import ast
import hashlib
from collections.abc import Iterable
from pathlib import Path

from . import database, odoo, odoo_source, paths
from .console import step

#: files of an addon that change nothing in a database
IRRELEVANT = ("tests", "readme", "static/description", "static/tests", "__pycache__")
SUFFIXES = (".pot", ".pyc", ".rst", ".md")


def base_template(with_demo: bool = False) -> str:
    """Return a database with all that our addons depend on."""
    name = _name("base", with_demo, _base_key())
    return _ready(name, lambda draft: _install_base(draft, with_demo))


def addons_template(with_demo: bool = False) -> str:
    """Return a database with our addons."""
    name = _name("addons", with_demo, addons_key())
    return _ready(name, lambda draft: _install_addons(draft, with_demo))


def addons_key(names: Iterable[str] | None = None) -> str:
    """Return a key of all that an installation of our addons depends on."""
    digest = hashlib.sha256(_base_key().encode())
    names = paths.addons() if names is None else names
    for path in relevant_files(paths.ROOT / name for name in names):
        digest.update(str(path.relative_to(paths.ROOT)).encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:10]


def relevant_files(addons: Iterable[Path]) -> list[Path]:
    """Return the files of addons that an installation depends on, sorted."""
    found = []
    for addon in addons:
        for path in addon.rglob("*"):
            inner = f"{path.relative_to(addon).as_posix()}/"
            ignored = any(
                inner.startswith(f"{part}/") or f"/{part}/" in inner
                for part in IRRELEVANT
            )
            if path.is_file() and path.suffix not in SUFFIXES and not ignored:
                found.append(path)
    return sorted(found)


def dependencies() -> list[str]:
    """Return the modules of others that our addons depend on."""
    return sorted(_wanted() - set(paths.addons())) or ["base"]


def foundation() -> list[str]:
    """Return those of our addons on which others of ours depend."""
    return sorted(_wanted() & set(paths.addons()))


def _wanted() -> set[str]:
    return {
        module
        for name in paths.addons()
        for module in ast.literal_eval(
            (paths.ROOT / name / "__manifest__.py").read_text()
        ).get("depends", ["base"])
    }


def _base_key() -> str:
    source = odoo_source.ensure()
    facts = [source.version, str(source.pythonpath), *dependencies()]
    return hashlib.sha256("\0".join(facts).encode()).hexdigest()[:10]


def _name(kind: str, with_demo: bool, key: str) -> str:
    """Name a template: a server can be shared by several clones."""
    clone = hashlib.sha256(str(paths.ROOT).encode()).hexdigest()[:6]
    return f"crm_tpl_{clone}_{kind}_{'demo' if with_demo else 'plain'}_{key}"


def _ready(name: str, make) -> str:
    """Return the template ``name``, made under a draft's name where missing."""
    if database.exists(name):
        return name
    kin = name.rsplit("_", 1)[0]
    with paths.lock(paths.DEV / f"{kin}.lock"):
        if database.exists(name):
            return name
        draft = f"{kin}_draft"
        database.drop(draft)
        make(draft)
        database.rename(draft, name)
        for old in database.names(f"{kin}_"):
            if old != name:
                database.drop(old)
    return name


def _install_base(draft: str, with_demo: bool) -> None:
    kind = "with" if with_demo else "without"
    with step(f"Template database {kind} demo data: {', '.join(dependencies())}"):
        odoo.install(draft, dependencies(), with_demo)


def _foundation_template(with_demo: bool) -> str:
    names = foundation()
    if not names:
        return base_template(with_demo)
    name = _name("foundation", with_demo, addons_key(names))
    return _ready(
        name,
        lambda draft: _install(draft, base_template(with_demo), names, with_demo),
    )


def _install_addons(draft: str, with_demo: bool) -> None:
    names = [name for name in paths.addons() if name not in foundation()]
    _install(draft, _foundation_template(with_demo), names, with_demo)


def _install(draft: str, template: str, names: list[str], with_demo: bool) -> None:
    kind = "with" if with_demo else "without"
    with step(f"Template database {kind} demo data: {', '.join(names)}"):
        database.clone(template, draft)
        odoo.install(draft, names, with_demo, strict=True)
