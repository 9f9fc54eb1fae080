# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The strictness of our test runs, shown on small test files of their own."""

import os

import pytest

from dev import paths

pytest_plugins = ["pytester"]
OPTIONS = ("-W", "ignore", "-p", "no:odoo", "-p", "dev.pytest_gate")


@pytest.fixture
def outcomes(pytester, monkeypatch):
    """Return a function: run this test file under the gate, return the counts."""

    # The run that this is a part of has a log of its own.
    monkeypatch.delenv("DEV_INSTALL_LOG", raising=False)
    found = filter(None, [str(paths.ROOT), os.environ.get("PYTHONPATH")])
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(found))

    def run(source):
        pytester.makepyfile(source)
        result = pytester.runpytest_subprocess(*OPTIONS)
        counts = result.parseoutcomes()
        run.text = result.stdout.str()
        assert (result.ret == 0) == (not {"failed", "errors", "error"} & set(counts))
        return counts

    return run


def test_warning_of_odoo_fails_the_test_that_emits_it(outcomes):
    counts = outcomes(
        """
        import logging

        def test_noisy():
            logging.getLogger("odoo.addons.x").warning("something is off")

        def test_quiet():
            logging.getLogger("odoo.addons.x").info("all is well")
            logging.getLogger("elsewhere").warning("not ours")
        """
    )
    assert counts == {"failed": 1, "passed": 1}
    assert "something is off" in outcomes.text


def test_expected_warning_is_no_failure(outcomes):
    counts = outcomes(
        """
        import logging
        import unittest

        from odoo.tools import mute_logger

        class TestExpected(unittest.TestCase):
            def test_assert_logs(self):
                with self.assertLogs("odoo.addons.x", "WARNING"):
                    logging.getLogger("odoo.addons.x").warning("expected")

            def test_mute_logger(self):
                with mute_logger("odoo.addons.x"):
                    logging.getLogger("odoo.addons.x").warning("expected")
        """
    )
    assert counts == {"passed": 2}


def test_warning_outside_of_the_tests_fails_the_run(outcomes):
    counts = outcomes(
        """
        import logging

        logging.getLogger("odoo.addons.x").warning("at import")

        def test_quiet():
            pass
        """
    )
    assert counts == {"passed": 1, "errors": 1}
    assert "at import" in outcomes.text


def test_warning_during_the_installation_fails_the_run(outcomes, monkeypatch, tmp_path):
    log = tmp_path / "install.log"
    log.write_text(
        "2026-01-01 10:00:00,000 1 INFO db odoo.modules: loading\n"
        "2026-01-01 10:00:00,000 1 WARNING db odoo.modules: no access rows\n"
    )
    monkeypatch.setenv("DEV_INSTALL_LOG", str(log))
    assert outcomes("def test_quiet(): pass") == {"passed": 1, "errors": 1}
    assert "no access rows" in outcomes.text
    assert "loading" not in outcomes.text


def test_skip_fails_and_says_what_to_install(outcomes):
    counts = outcomes(
        """
        import unittest

        class TestTour(unittest.TestCase):
            def test_tour(self):
                raise unittest.SkipTest("Chrome executable not found")

        class TestClass(unittest.TestCase):
            @classmethod
            def setUpClass(cls):
                raise unittest.SkipTest("not today")

            def test_never(self):
                pass
        """
    )
    assert counts == {"failed": 2} or counts == {"failed": 1, "errors": 1}
    assert "apt-get install chromium" in outcomes.text
    assert "not today" in outcomes.text


def test_marked_skip_is_allowed(outcomes):
    counts = outcomes(
        """
        import pytest

        @pytest.mark.may_skip
        def test_optional():
            pytest.skip("needs another country")

        @pytest.mark.xfail(reason="known")
        def test_known():
            assert False
        """
    )
    assert counts == {"skipped": 1, "xfailed": 1}


def test_module_that_skips_itself_fails(outcomes):
    assert outcomes(
        """
        import pytest

        pytest.importorskip("no_such_module_anywhere")
        """
    ) == {"errors": 1}


def test_failing_subtest_fails(outcomes):
    counts = outcomes(
        """
        import unittest

        class TestSub(unittest.TestCase):
            def test_parts(self):
                for part in range(3):
                    with self.subTest(part=part):
                        self.assertNotEqual(part, 1)
        """
    )
    assert counts["failed"]
