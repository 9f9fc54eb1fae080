# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Run the suites of some modules with Odoo's own runner, note each outcome.

``python -m dev.core_runner OUTCOMES MODULE,MODULE DATABASE``; ``ODOO_RC`` says the rest

Odoo runs ``at_install`` tests while it loads the module, before any other
addon is there. Here everything is loaded first, so that the addons under
examination take part in every test, whatever its tags.
"""

import json
import sys
import threading
from pathlib import Path

import odoo.tests  # noqa: F401  (before the modules of the server, as Odoo does)
from odoo import http
from odoo.modules.registry import Registry
from odoo.service import server
from odoo.tests import loader
from odoo.tests.result import OdooTestResult
from odoo.tools import config

from . import assets
from .postgres import free_port

POSITIONS = ("at_install", "post_install")


class OutcomeResult(OdooTestResult):
    """Odoo's test result, which also remembers the outcome of each test.

    A failure that is about to be tried again (``_soft_fail``) is none yet.
    """

    outcomes = {}

    def stopTest(self, test):
        super().stopTest(test)
        self.outcomes.setdefault(test.id(), "passed")

    def addError(self, test, err):
        super().addError(test, err)
        self._note(test, "error")

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self._note(test, "failed")

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self._note(test, f"skipped: {reason}")

    def _note(self, test, outcome):
        if not self._soft_fail:
            self.outcomes[getattr(test, "test_case", test).id()] = outcome


def main(path, modules, database):
    """Run the suites and write ``{test: outcome}`` as JSON to the path."""
    options = ["-d", database, "--http-port", str(free_port()), "--max-cron-threads=0"]
    config.parse_config(options, setup_logging=True)
    threading.current_thread().testing = True
    registry = Registry(database)
    assets.provide(registry, config.filestore(database))
    server.load_server_wide_modules()
    server.server = server.ThreadedServer(http.root)
    server.server.start(stop=False)
    config["test_enable"] = True
    config["test_tags"] = "+standard"
    loader.OdooTestResult = OutcomeResult
    for position in POSITIONS:
        suite = loader.make_suite(modules.split(","), position)
        loader.run_suite(suite)
    outcomes = OutcomeResult.outcomes
    Path(path).write_text(json.dumps(outcomes, indent=1, sort_keys=True))
    server.server.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
