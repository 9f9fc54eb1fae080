# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A pytest plugin: what merely looks green is red.

* A test that logs a warning or worse on Odoo's loggers fails. A test that
  expects one says so with ``mute_logger`` or ``assertLogs``: both take the
  logger's handlers away for a while, so that nothing arrives here.
* So does the run, if Odoo warned while it installed the addons: ``dev test``
  names that log in ``DEV_INSTALL_LOG``.
* A skipped test fails, because Odoo skips its tours where it finds no browser.
  ``@pytest.mark.may_skip`` marks the exception.

It also fetches the web client's bundles where tests with a browser are among
those that run, and keeps hypothesis from failing tests because a machine is busy.
"""

import logging
import os
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from . import assets, odoo
from .chromium import HOW_TO_INSTALL

# (logger, message) of records that say nothing about our code: patterns that
# match from the start.
IGNORED = (
    # Odoo kills a browser that is slow to leave on a busy machine.
    (r".*", r"Killing chrome "),
    # The page was still loading something when its test ended well.
    (r".*\.browser$", r"Error received after termination: (Assets|Connection|Network)"),
    # The server's socket closes while the browser still holds a request.
    (r"werkzeug", r".*(Broken pipe|Connection reset by peer)"),
)
WATCHED = re.compile(r"(odoo|py\.warnings|werkzeug)(\.|$)")
NEEDS_BROWSER = re.compile(r"chrom|browser|websocket", re.IGNORECASE)


class LogGate(logging.Handler):
    """Collects the warnings of Odoo until somebody asks for them."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.lines = []
        self.strays = []
        self.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))

    def emit(self, record):
        if WATCHED.match(record.name) and not self._is_ignored(record):
            self.lines.append(self.format(record))

    @staticmethod
    def _is_ignored(record):
        message = record.getMessage()
        return any(
            re.match(name, record.name) and re.match(text, message)
            for name, text in IGNORED
        )

    def drain(self):
        """Return what was collected since the last call."""
        lines, self.lines = self.lines, []
        return lines


_gate_key = pytest.StashKey[LogGate]()


def pytest_configure(config):
    config.addinivalue_line(
        "markers", "may_skip: may be skipped (say why); any other skip is a failure"
    )
    config.stash[_gate_key] = LogGate()
    settings.register_profile(
        "patient", deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )
    settings.load_profile("patient")


@pytest.hookimpl(trylast=True)
def pytest_sessionstart(session):
    gate = session.config.stash[_gate_key]
    # Here and not earlier: pytest-odoo has set up Odoo's logging by now.
    logging.getLogger().addHandler(gate)
    log = Path(os.environ.get("DEV_INSTALL_LOG", ""))
    if log.is_file():
        gate.strays += odoo.complaints(log.read_text(errors="replace"))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(item, call):
    """Judge each phase of a test by what it logged, and refuse a skip."""
    report = yield
    lines = item.config.stash[_gate_key].drain()
    if report.skipped and not hasattr(report, "wasxfail"):
        if not item.get_closest_marker("may_skip"):
            _fail(report, _skip_message(report.longrepr))
    elif lines:
        text = "\n".join(lines)
        if report.passed:
            _fail(report, f"Odoo logged during the {report.when} of this test:\n{text}")
        else:
            report.sections.append(("Odoo's warnings", text))
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):
    """Refuse a module that skips itself as a whole."""
    report = yield
    gate = collector.config.stash[_gate_key]
    gate.strays += gate.drain()
    if report.skipped:
        _fail(report, _skip_message(report.longrepr))
    return report


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session):
    """Fail on what was logged outside of the tests, e.g. at installation.

    It is entered as an error in the terminal's book, so that the closing line
    counts it.
    """
    gate = session.config.stash[_gate_key]
    logging.getLogger().removeHandler(gate)
    strays = gate.strays + gate.drain()
    if not strays:
        return
    if session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
    if terminal := session.config.pluginmanager.get_plugin("terminalreporter"):
        report = pytest.CollectReport(
            nodeid="Odoo's log outside of the tests",
            outcome="failed",
            longrepr="\n".join(strays),
            result=[],
        )
        terminal.stats.setdefault("error", []).append(report)


@pytest.fixture(scope="session", autouse=True)
def web_bundles(request):
    """Have the bundles ready before the first tour: it has a time limit."""
    if not request.config.pluginmanager.hasplugin("odoo"):
        return
    from odoo.modules.registry import Registry
    from odoo.tests.common import HttpCase, get_db_name
    from odoo.tools import config

    classes = {getattr(item, "cls", None) for item in request.session.items}
    if any(issubclass(cls, HttpCase) for cls in classes if cls):
        request.getfixturevalue("load_registry")
        name = get_db_name()
        assets.provide(Registry(name), config.filestore(name))


def _fail(report, message):
    report.outcome = "failed"
    report.longrepr = message


def _skip_message(longrepr):
    reason = longrepr[-1] if isinstance(longrepr, tuple) else str(longrepr)
    message = f"{reason}\nA skip counts as a failure here: see dev/pytest_gate.py."
    if NEEDS_BROWSER.search(reason):
        message += f"\nWhat to install: {HOW_TO_INSTALL}."
    return message
