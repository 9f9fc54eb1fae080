# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The commands ``test``, ``lint`` and ``i18n``: what can be said without a run."""

import argparse
import stat

import pytest

from dev import chromium, console, core_suites, i18n, lint, paths, test


def parse(*argv):
    parser = argparse.ArgumentParser(allow_abbrev=False)
    test.add_arguments(parser)
    return parser.parse_known_args(argv)


def test_unknown_arguments_reach_pytest_in_their_order():
    args, extra = parse("--no-lint", "tests/test_x.py", "-k", "foo", "-x")
    assert args.no_lint and not args.core
    assert extra == ["tests/test_x.py", "-k", "foo", "-x"]


@pytest.mark.parametrize(
    "arguments, expected",
    [
        ([], False),
        (["-x"], False),
        (["-k", "tests"], False),
        (["tests"], True),
        (["tests/test_dev_test.py::test_x", "-x"], True),
        (["no/such/file.py"], False),
    ],
)
def test_named_tests_replace_the_default_folders(arguments, expected):
    assert test.names_tests(arguments) is expected


def test_newly_failing_compares_test_by_test():
    before = {"a": "passed", "b": "failed", "c": "passed", "d": "skipped: x"}
    after = {"a": "passed", "b": "error", "d": "skipped: x", "e": "failed"}
    assert core_suites.newly_failing(before, after) == ["c", "e"]
    assert core_suites.newly_failing(before, before) == []
    assert core_suites.newly_failing(before, {**before, "a": "skipped: no"}) == ["a"]
    assert core_suites.newly_failing(before, {**before, "new": "passed"}) == []


def test_report_counts_by_module(capsys):
    before = {"odoo.addons.crm.tests.test_a.TestA.test_x": "passed"}
    after = {"setUpClass (odoo.addons.crm.tests.test_a.TestA)": "error"}
    assert not core_suites.report(before, after)
    printed = capsys.readouterr().out
    assert "BROKEN odoo.addons.crm.tests.test_a.TestA.test_x: did not run" in printed
    assert "BROKEN setUpClass" in printed
    assert core_suites.report(before, before)


def test_normalise_drops_dates_and_the_build():
    date = '"POT-Creation-Date: 2026-01-01 00:00+0000\\n"\n'
    name = '"Project-Id-Version: Odoo Server 19.0{}\\n"\n'
    text = f"{name.format('-20260101')}{date}body\n"
    assert i18n.normalise(text) == f"{name.format('')}body\n"
    assert i18n.normalise(name.format("")) == name.format("")


def test_missing_lint_tool_is_said():
    with pytest.raises(console.DevError, match="no-such-tool is missing"):
        lint._tool("no-such-tool")


def test_lint_reports_each_tool(monkeypatch, capsys):
    checks = {"good": lambda: [], "bad": lambda: ["x.py:1: oh"]}
    monkeypatch.setattr(lint, "_checks", lambda addons: checks)
    assert not lint.check()
    printed = capsys.readouterr().out
    assert "x.py:1: oh" in printed and "FAILED" in printed
    checks.pop("bad")
    assert lint.check()


def test_browser_is_found_on_the_path(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert chromium.find() is None
    browser = tmp_path / "chromium"
    browser.write_text("#!/bin/sh\n")
    browser.chmod(browser.stat().st_mode | stat.S_IXUSR)
    assert chromium.ensure() == str(browser)


def test_missing_browser_is_asked_for(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(console.DevError, match="apt-get install chromium"):
        chromium.ensure()


def test_every_test_folder_is_run():
    folders = test.test_folders()
    assert "tests" in folders
    assert {folder.split("/")[0] for folder in folders} <= {*paths.addons(), "tests"}
