# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Each addon says what it is, and lists each of its files, in the right order."""

import ast
import re
import struct

import pytest

from dev import paths

VERSION = re.compile(r"19\.0\.\d+\.\d+\.\d+")
REQUIRED = {
    "name",
    "summary",
    "version",
    "category",
    "author",
    "website",
    "license",
    "depends",
    "data",
}
# Keys that restate a default, or that Odoo no longer reads.
FORBIDDEN = {"description", "active", "installable"}
DATA_FOLDERS = ("security", "data", "views", "wizards", "report", "reports")
DATA_SUFFIXES = {".xml", ".csv", ".sql"}
ICON_SIZE = 128


def files(addon, *folders, pattern="*"):
    """Return the addon's data files in these folders, as the manifest names them."""
    return {
        path.relative_to(addon).as_posix()
        for folder in folders
        for path in (addon / folder).rglob(pattern)
        if path.suffix in DATA_SUFFIXES
    }


@pytest.fixture(params=paths.addons())
def addon(request):
    return paths.ROOT / request.param


@pytest.fixture
def manifest(addon):
    return ast.literal_eval((addon / "__manifest__.py").read_text())


def test_keys(manifest):
    assert not REQUIRED - set(manifest)
    assert not FORBIDDEN & set(manifest)
    assert manifest.get("auto_install") is not False
    assert manifest["license"] == "LGPL-3"
    assert VERSION.fullmatch(manifest["version"])
    assert not manifest["summary"].endswith(".")


def test_every_data_file_is_listed_and_exists(addon, manifest):
    assert set(manifest["data"]) == files(addon, *DATA_FOLDERS)
    assert set(manifest.get("demo", ())) == files(addon, "demo")


def test_no_file_is_listed_twice(manifest):
    listed = [*manifest["data"], *manifest.get("demo", ())]
    assert len(listed) == len(set(listed))


def test_security_comes_first_and_menus_last(manifest):
    """Groups before what names them, menus after the actions that they open."""

    def rank(path):
        if path.endswith("_menus.xml"):
            return 2
        return 0 if path.startswith("security/") else 1

    ranks = list(map(rank, manifest["data"]))
    assert ranks == sorted(ranks)


def test_icon_is_a_large_square(addon):
    header = (addon / "static/description/icon.png").read_bytes()[:24]
    assert header[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", header[16:])
    assert width == height >= ICON_SIZE


def test_odoo_sees_every_test_file(addon):
    """Odoo runs the tests that ``tests/__init__.py`` imports; pytest runs all."""
    tests = addon / "tests"
    init = (tests / "__init__.py").read_text() if tests.is_dir() else ""
    imported = set(re.findall(r"\btest_\w+", init))
    assert imported == {path.stem for path in tests.glob("test_*.py")}


def test_migrations_do_not_exceed_the_version(addon, manifest):
    version = tuple(map(int, manifest["version"].split(".")))
    folders = {path.name for path in (addon / "migrations").glob("[0-9]*")}
    assert all(tuple(map(int, name.split("."))) <= version for name in folders)
