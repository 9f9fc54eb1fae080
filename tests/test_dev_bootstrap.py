# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The set-up commands, as far as they need neither a download nor a database."""

import argparse
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dev import (
    console,
    debian,
    demo,
    odoo,
    odoo_source,
    paths,
    postgres,
    serve,
    templates,
    venv,
)

ONE_LINE = """
# deb http://commented.example/debian bookworm main
deb [arch=amd64 signed-by=/usr/k.gpg] http://m.example/debian bookworm main contrib
deb-src http://m.example/debian bookworm main
deb http://third.example/apt stable main  # a comment
"""
DEB822 = """
Types: deb deb-src
# a comment inside
URIs: http://m.example/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/k.gpg

Enabled: no
Types: deb
URIs: http://off.example/debian
Suites: bookworm
Components: main

Types: deb
URIs: http://m.example/security
Suites: bookworm-security
Components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 abc
"""


# -- paths ---------------------------------------------------------------------


@pytest.mark.parametrize("value", ["", "relative/cache"])
def test_without_a_valid_xdg_folder_the_cache_is_in_the_home(value):
    folder = paths.cache_dir({"XDG_CACHE_HOME": value})
    assert folder == Path.home() / ".cache" / "crm-excellence-dev"


def test_the_xdg_folder_is_used(tmp_path):
    folder = paths.cache_dir({"XDG_CACHE_HOME": str(tmp_path)})
    assert folder == tmp_path / "crm-excellence-dev"


def test_addons_are_the_folders_with_a_manifest():
    assert "crm_service_excellence" in paths.addons()
    assert all(name.startswith("crm_") for name in paths.addons())


def test_a_lock_is_exclusive(tmp_path):
    path = tmp_path / "folder" / "lock"
    code = (
        f"import fcntl; fcntl.flock(open({str(path)!r}), fcntl.LOCK_EX|fcntl.LOCK_NB)"
    )
    with paths.lock(path):
        assert subprocess.run([sys.executable, "-c", code], stderr=-3).returncode
    assert not subprocess.run([sys.executable, "-c", code], stderr=-3).returncode


def test_a_shared_lock_is_seen_until_it_is_given_back(tmp_path):
    path = tmp_path / "in-use"
    assert not paths.is_shared(path)
    one, other = paths.share(path), paths.share(path)
    one.close()
    assert paths.is_shared(path)
    other.close()
    assert not paths.is_shared(path)


# -- the command line ----------------------------------------------------------


def dev(*arguments, **options):
    return subprocess.run(
        [sys.executable, "-m", "dev", *arguments],
        cwd=paths.ROOT,
        capture_output=True,
        text=True,
        **options,
    )


def test_an_unknown_command_is_refused_without_a_traceback():
    done = dev("dance")
    assert done.returncode == 2
    assert "unknown command 'dance'" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("port", ["0", "65536", "-1", "x", "8069.0", "٨"])
def test_a_port_must_be_one(port):
    with pytest.raises(argparse.ArgumentTypeError):
        serve.port_number(port)


def test_a_missing_purchase_log_is_told():
    with pytest.raises(console.DevError, match="no purchase log at"):
        demo.data_file("nowhere.txt")


def test_a_port_in_use_is_told():
    with socket.socket() as other:
        other.bind((serve.HOST, 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(console.DevError, match=f"Port {port} is in use"):
            serve.check_port(port)


# -- Python packages -----------------------------------------------------------


def test_every_requirement_is_pinned_once_for_each_python():
    seen = set()
    for line in venv.REQUIREMENTS.read_text().splitlines():
        line = line.split("#")[0].strip()
        if line:
            match = re.fullmatch(r"([\w.-]+)==[\w.]+(?: ; (python_version .*))?", line)
            assert match, line
            assert match.groups() not in seen
            seen.add(match.groups())


@given(st.binary(), st.binary())
def test_the_wheelhouse_depends_on_python_and_requirements(one, other):
    first = venv.key((3, 11), one, "x86_64")
    assert first != venv.key((3, 12), one, "x86_64")
    assert first != venv.key((3, 11), one, "aarch64")
    assert (first == venv.key((3, 11), other, "x86_64")) == (one == other)


# -- Debian's package ----------------------------------------------------------


def test_the_one_line_format_is_read():
    first, second = debian.parse_list(ONE_LINE)
    assert first == debian.Source(
        "http://m.example/debian",
        ("bookworm",),
        ("main", "contrib"),
        "/usr/k.gpg",
    )
    assert (second.uri, second.suites) == ("http://third.example/apt", ("stable",))


def test_the_deb822_format_is_read():
    first, second = debian.parse_deb822(DEB822)
    assert first.suites == ("bookworm", "bookworm-updates")
    assert first.signed_by == "/usr/k.gpg"
    assert second.uri.endswith("security")
    assert "BEGIN PGP" in second.signed_by


def test_only_the_distribution_s_own_mirror_is_asked():
    sources = debian.parse_list(ONE_LINE) + debian.parse_deb822(DEB822)
    own = debian.own_archive(sources, "bookworm")
    assert {source.uri for source in own} == {"http://m.example/debian"}


def test_a_stanza_keeps_the_key_and_is_never_trusted_blindly():
    source = debian.parse_list(ONE_LINE)[0]
    text = debian.stanza(source, ("sid", "bookworm"))
    assert "Suites: sid bookworm\n" in text
    assert "Components: main\n" in text
    assert "Signed-By: /usr/k.gpg" in text
    assert "rusted" not in text
    [again] = debian.parse_deb822(text)
    assert again.signed_by == source.signed_by


def test_links_to_the_machine_s_folders_hold_inside_the_unpacked_root(tmp_path):
    (tmp_path / "usr/share/js").mkdir(parents=True)
    (tmp_path / "usr/share/js/jquery.js").write_text("x")
    (tmp_path / "usr/lib").mkdir()
    link = tmp_path / "usr/lib/jquery.js"
    link.symlink_to("/usr/share/js/jquery.js")
    debian.make_links_relative(tmp_path)
    assert os.readlink(link) == "../share/js/jquery.js"
    assert link.read_text() == "x"


def test_broken_web_assets_are_found(tmp_path):
    static = tmp_path / "web/static/lib"
    static.mkdir(parents=True)
    (static / "whole.js").write_text("")
    (static / "link.js").symlink_to("whole.js")
    (static / "broken.js").symlink_to("nowhere.js")
    assert odoo_source.broken_links(tmp_path) == [static / "broken.js"]


def test_debs_are_fetched_once(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "CACHE", tmp_path)
    calls = []

    def fetch(folder):
        calls.append(folder)
        (folder / "a.deb").write_text("a")
        return [folder / "a.deb"]

    first = debian.cached_debs("name", fetch)
    assert debian.cached_debs("name", fetch) == first == [tmp_path / "debs/a.deb"]
    assert len(calls) == 1
    first[0].unlink()
    debian.cached_debs("name", fetch)
    assert len(calls) == 2


# -- Odoo ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("info", "version"),
    [
        ("(19, 0, 0, FINAL, 0, '')", "19.0"),
        ("(18, 0, 0, FINAL, 0, '')", "18.0"),
        ("('saas~19', 1, 0, ALPHA, 1, '')", "saas~19.1a"),
    ],
)
def test_the_version_is_read_from_the_release(info, version):
    assert odoo_source.version(f"x = 1\nversion_info = {info}\n") == version


def fake_odoo(folder, series="19"):
    for name in ("odoo/addons/base", "addons/web/views", "addons/crm"):
        (folder / name).mkdir(parents=True)
    (folder / "odoo/release.py").write_text(
        f"version_info = ({series}, 0, 0, FINAL, 0, '')\n"
    )
    (folder / "odoo/addons/base/__manifest__.py").write_text("{}")
    return folder


def test_a_clone_of_odoo_has_two_folders_of_addons(tmp_path):
    folder = fake_odoo(tmp_path)
    for path in (folder, folder / "odoo"):
        source = odoo_source.ensure(str(path))
        assert source.pythonpath == [folder]
        assert source.addons_path == [folder / "odoo/addons", folder / "addons"]


def test_addons_without_views_are_not_on_the_path(tmp_path):
    folder = fake_odoo(tmp_path)
    (folder / "addons/web/views").rmdir()
    assert odoo_source.ensure(str(folder)).addons_path == [folder / "odoo/addons"]


def test_another_odoo_is_refused(tmp_path):
    with pytest.raises(console.DevError, match="these addons are for 19.0"):
        odoo_source.ensure(str(fake_odoo(tmp_path, "18")))
    with pytest.raises(console.DevError, match="There is no Odoo at"):
        odoo_source.ensure(str(tmp_path / "nowhere"))


def test_complaints_of_a_log_come_with_their_traceback():
    stamp = "2026-11-22 12:00:00,000 1"
    log = "\n".join(
        [
            f"{stamp} INFO db odoo: fine",
            f"{stamp} ERROR db odoo: bad",
            "Traceback: x",
            f"{stamp} WARNING db odoo: 0 failed, 0 error(s) of 3 tests",
            f"{stamp} WARNING db odoo: hm",
            "no record at all",
        ]
    )
    assert odoo.complaints(log) == [
        f"{stamp} ERROR db odoo: bad\nTraceback: x",
        f"{stamp} WARNING db odoo: hm\nno record at all",
    ]


def test_the_template_s_key_ignores_what_no_installation_reads(tmp_path):
    names = [
        "__manifest__.py",
        "models/a.py",
        "i18n/de.po",
        "static/src/a.js",
        "models/tests.py",
    ]
    ignored = [
        "tests/test_a.py",
        "static/tests/tour.js",
        "static/description/icon.png",
        "readme/USAGE.md",
        "i18n/a.pot",
        "models/__pycache__/a.pyc",
    ]
    for name in names + ignored:
        path = tmp_path / "crm_a" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    found = templates.relevant_files([tmp_path / "crm_a"])
    inner = [path.relative_to(tmp_path / "crm_a").as_posix() for path in found]
    assert inner == sorted(names)


# -- PostgreSQL ----------------------------------------------------------------


def test_a_server_is_given_only_by_a_variable_that_names_one():
    assert not postgres.given_variables({})
    assert not postgres.given_variables({"PGHOST": "", "PGOPTIONS": "-c x=y"})
    environ = {"PGHOST": "db", "PGPASSWORD": "secret", "HOME": "/"}
    assert postgres.given_variables(environ) == {
        "PGHOST": "db",
        "PGPASSWORD": "secret",
    }


def test_the_role_postgres_is_refused():
    with pytest.raises(console.DevError, match="Odoo refuses"):
        postgres._check({"PGUSER": "postgres"})


@given(st.integers(1, 200))
def test_a_socket_fits_exactly_when_linux_binds_it(length):
    folder = Path("/" + "x" * length)
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(folder / ".s.PGSQL.5432"))
        except FileNotFoundError:
            fits = True
        except OSError:
            fits = False
    assert postgres.socket_fits(folder) == fits


def test_a_free_port_can_be_bound():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", postgres.free_port()))
