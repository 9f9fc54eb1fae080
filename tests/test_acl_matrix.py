# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Who may do what, and what may be called from outside, as reviewed.

Two snapshots, read by people when they change:

* ``access_matrix.csv``: for each of our models (and each model of others on
  which we grant something), what each role may do;
* ``public_methods.txt``: every method of ours that a client may call.

After a change that is meant, write them anew and look at the difference::

    UPDATE_SNAPSHOTS=1 python3 -m dev test --no-lint tests/test_acl_matrix.py
    git diff tests/
"""

import csv
import inspect
import io
import os
from pathlib import Path

from odoo.fields import Domain
from odoo.tests import TransactionCase, tagged

from dev import paths

HERE = Path(__file__).parent
# Roles of others that our models must be shut to, or are built upon.
OTHER_GROUPS = (
    "base.group_public",
    "base.group_portal",
    "base.group_user",
    "base.group_system",
    "sales_team.group_sale_salesman",
    "sales_team.group_sale_salesman_all_leads",
    "sales_team.group_sale_manager",
)
OPERATIONS = ("create", "read", "write", "unlink")


@tagged("standard", "post_install", "-at_install")
class TestAclMatrix(TransactionCase):
    """Every model of ours is open to those whom we named, and to nobody else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.addons = paths.addons()
        cls.models = sorted(
            name
            for name, model in cls.registry.items()
            if model._original_module in cls.addons
        )
        cls.real_models = [name for name in cls.models if not cls.env[name]._abstract]

    def test_every_model_has_access_rows(self):
        """Wizards too; SQL views too, they are read like tables."""
        granted = self.env["ir.model.access"].search([]).model_id.mapped("model")
        self.assertFalse(set(self.real_models) - set(granted))

    def test_no_access_row_is_for_everybody(self):
        """A row without a group opens the model to the public."""
        rows = self._own_records("ir.model.access")
        self.assertFalse(rows.filtered(lambda row: not row.group_id).mapped("name"))

    def test_models_with_company_have_a_company_rule(self):
        """A rule without groups cannot be widened by another group's rule."""
        with_company = [
            name
            for name in self.real_models
            if not self.env[name]._transient and "company_id" in self.env[name]._fields
        ]
        rules = self.env["ir.rule"].search(
            [("groups", "=", False), ("domain_force", "like", "company_id")]
        )
        self.assertFalse(set(with_company) - set(rules.model_id.mapped("model")))

    def test_access_matrix_is_as_reviewed(self):
        rows = io.StringIO()
        writer = csv.writer(rows, lineterminator="\n")
        writer.writerow(("model", "group", "may"))
        writer.writerows(self._matrix())
        self._compare("access_matrix.csv", rows.getvalue())

    def test_public_methods_are_as_reviewed(self):
        lines = sorted(
            f"{name}.{method}"
            for name in self.registry
            for method in self._own_public_methods(name)
        )
        self._compare("public_methods.txt", "".join(f"{line}\n" for line in lines))

    def _matrix(self):
        """Yield ``(model, group, letters of create, read, write, unlink)``.

        A group has what it and the groups that it implies are granted.
        """
        groups = {
            xmlid: self.env.ref(xmlid)
            for xmlid in (*OTHER_GROUPS, *self._own_group_xmlids())
            if self.env.ref(xmlid, raise_if_not_found=False)
        }
        granted = self._own_records("ir.model.access").model_id.mapped("model")
        for model in sorted({*self.real_models, *granted}):
            rows = self.env["ir.model.access"].search([("model_id.model", "=", model)])
            for xmlid, group in groups.items():
                held = rows.filtered(
                    lambda row, group=group: (
                        not row.group_id or row.group_id in group.all_implied_ids
                    )
                )
                letters = [
                    operation[0] if any(held.mapped(f"perm_{operation}")) else "-"
                    for operation in OPERATIONS
                ]
                yield model, xmlid, "".join(letters)

    def _own_records(self, model):
        """Return the records of a model that our addons brought."""
        data = self.env["ir.model.data"].search(
            Domain("model", "=", model) & Domain("module", "in", self.addons)
        )
        return self.env[model].browse(data.mapped("res_id")).exists()

    def _own_group_xmlids(self):
        data = self.env["ir.model.data"].search(
            Domain("model", "=", "res.groups") & Domain("module", "in", self.addons)
        )
        return sorted(data.mapped("complete_name"))

    def _own_public_methods(self, model):
        """Return the names that our classes give this model's remote interface."""
        classes = [
            cls
            for cls in self.registry[model].mro()
            if any(cls.__module__.startswith(f"odoo.addons.{x}.") for x in self.addons)
        ]
        return {
            name
            for cls in classes
            for name, value in vars(cls).items()
            if not name.startswith("_")
            and (inspect.isfunction(value) or isinstance(value, classmethod))
            and not getattr(value, "_api_private", False)
        }

    def _compare(self, name, text):
        path = HERE / name
        if os.environ.get("UPDATE_SNAPSHOTS"):
            path.write_text(text, encoding="utf-8")
        self.assertEqual(
            path.read_text(encoding="utf-8").splitlines(),
            text.splitlines(),
            f"{name} is no longer what was reviewed; how to write it anew is said "
            "at the top of tests/test_acl_matrix.py",
        )
