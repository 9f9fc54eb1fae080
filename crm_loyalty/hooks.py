# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tools import SQL

#: guarded tables, in an order in which nothing refers to what goes
LEDGER_TABLES = (
    "crm_loyalty_allocation",
    "crm_loyalty_adjustment",
    "crm_loyalty_event",
    "crm_loyalty_pending",
    "crm_loyalty_hold",
    "crm_loyalty_check_line",
    "crm_loyalty_entry",
    "crm_loyalty_lot",
)


def uninstall_hook(env):
    """Take the guards off the ledger, and empty what refers to cards and programs.

    Balances stay on the cards, where Odoo's own loyalty goes on with them.
    """
    env.flush_all()
    env.cr.execute("DROP FUNCTION IF EXISTS crm_loyalty_append_only() CASCADE")
    for table in LEDGER_TABLES:
        env.cr.execute(SQL("DELETE FROM %s", SQL.identifier(table)))
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
    env.invalidate_all()
