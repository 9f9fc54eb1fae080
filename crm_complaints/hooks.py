# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tools import SQL

# In an order in which nothing refers to what goes.
RESTRICTING_TABLES = ("crm_complaint",)


def uninstall_hook(env):
    """Empty what refers to configuration, which Odoo deletes one by one."""
    for table in RESTRICTING_TABLES:
        env.cr.execute(SQL("DELETE FROM %s", SQL.identifier(table)))
