# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tools import SQL

# In an order in which nothing refers to what goes.
MEASURED_TABLES = (
    "crm_consent",
    "crm_care_task",
    "crm_care_rule",
    "crm_goodwill",
    "crm_visit",
    "crm_visit_plan",
    "crm_grade_run_line",
    "crm_grade_change",
    "crm_customer",
    "crm_grade_run",
)


def uninstall_hook(env):
    """Empty what refers to grades and policies, which Odoo deletes one by one.

    Their restrictions protect evidence from people, and would make Odoo log an error
    for each grade while it removes the addon with its tables.
    """
    for table in MEASURED_TABLES:
        env.cr.execute(SQL("DELETE FROM %s", SQL.identifier(table)))
    # An activity type cannot go while an activity, done or not, is of it.
    ours = env["ir.model.data"].search(
        [
            ("module", "=", "crm_service_excellence"),
            ("model", "=", "mail.activity.type"),
        ]
    )
    activities = env["mail.activity"].with_context(active_test=False)
    activities.search([("activity_type_id", "in", ours.mapped("res_id"))]).unlink()
    _forget_foreign_keys(env)


def _forget_foreign_keys(env):
    """Odoo drops a foreign key of ours with its column, but keeps the record of it
    where the table is another addon's: that of Odoo's own SMS here.
    """
    env.cr.execute(
        """DELETE FROM ir_model_constraint known USING ir_module_module module
            WHERE module.id = known.module AND module.name = 'crm_service_excellence'
              AND known.type = 'f'"""
    )
