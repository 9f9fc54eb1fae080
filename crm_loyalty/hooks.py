# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tools import SQL

MODULE = "crm_loyalty"


def uninstall_hook(env):
    """Take the guards off the ledger, and empty the addon's tables.

    Odoo deletes records before it drops tables: what refers to cards, programs and
    grades would have it fail. Balances stay on the cards, where Odoo's own loyalty goes
    on with them.
    """
    env.flush_all()
    env.cr.execute("DROP FUNCTION IF EXISTS crm_loyalty_append_only() CASCADE")
    tables = _own_tables(env)
    # one statement, at whose end references are checked: no order to keep
    env.cr.execute(
        SQL(
            "WITH %s SELECT 1",
            SQL(", ").join(
                SQL(
                    "%s AS (DELETE FROM %s)",
                    SQL.identifier(f"emptied_{table}"),
                    SQL.identifier(table),
                )
                for table in tables
            ),
        )
    )
    # A type that gestures are of stays with them, under no name of the addon's.
    for type_ in env["crm.goodwill.type"].search([("kind", "=", "points")]):
        if env["crm.goodwill"].search_count([("type_id", "=", type_.id)], limit=1):
            type_.active = False
            env["ir.model.data"].search(
                [
                    ("module", "=", "crm_loyalty"),
                    ("model", "=", "crm.goodwill.type"),
                    ("res_id", "=", type_.id),
                ]
            ).unlink()
    # Frozen with their policy against people; the metric goes with the addon.
    env.cr.execute("DELETE FROM crm_grade_criterion WHERE metric = 'points'")
    # Odoo notes foreign keys without an external id, and forgets those of columns that
    # were added to models of others; the keys themselves go with their columns.
    env.cr.execute(
        """DELETE FROM ir_model_constraint USING ir_module_module module
            WHERE module.id = ir_model_constraint.module
              AND module.name = %s AND ir_model_constraint.type = 'f'""",
        [MODULE],
    )
    env.invalidate_all()


def _own_tables(env):
    """Tables of the models that the addon defines, and of its many2many fields."""
    names = {
        model._table
        for model in env.registry.values()
        if model._original_module == MODULE and not model._abstract
    }
    env.cr.execute(
        """SELECT relation.name FROM ir_model_relation relation
             JOIN ir_module_module module ON module.id = relation.module
            WHERE module.name = %s""",
        [MODULE],
    )
    names.update(name for (name,) in env.cr.fetchall())
    env.cr.execute(
        """SELECT relname FROM pg_class WHERE relname = ANY(%s) AND relkind = 'r'
              AND relnamespace = current_schema::regnamespace ORDER BY relname""",
        [sorted(names)],
    )
    return [name for (name,) in env.cr.fetchall()]
