# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Loads our own strictness for the tests of the addons and of the repository."""

pytest_plugins = ["dev.pytest_gate"]
