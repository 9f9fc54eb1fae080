# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tools import SQL

# In an order in which nothing refers to what goes; what hangs on a complaint (clocks,
# events, pauses, notices) goes with it.
RESTRICTING_TABLES = (
    "crm_complaint_inbound",
    "crm_complaint_gateway",
    "crm_complaint",
    "crm_complaint_category",
    "crm_complaint_department",
)


def uninstall_hook(env):
    """Empty what refers to configuration, which Odoo deletes one by one.

    Their restrictions protect evidence from people, and would make Odoo log an error
    for each category while it removes the addon with its tables.
    """
    env.flush_all()
    # Gestures stay with the customer; what they were granted for goes.
    env.cr.execute(
        """UPDATE crm_goodwill SET complaint_id = NULL, res_model = NULL, res_id = NULL
            WHERE res_model = 'crm.complaint' OR complaint_id IS NOT NULL"""
    )
    for table in RESTRICTING_TABLES:
        env.cr.execute(SQL("DELETE FROM %s", SQL.identifier(table)))
    # Frozen with their policy against people; the metric goes with the addon.
    env.cr.execute("DELETE FROM crm_grade_criterion WHERE metric = 'complaints'")
    env.invalidate_all()
    # Odoo forgets the counters of the years when it removes a sequence.
    sequences = env["ir.sequence"].with_context(active_test=False)
    sequences.search([("code", "=", "crm.complaint")]).date_range_ids.unlink()
    # Counters that were made for teams have no name in the addon's data.
    teams = env["crm.complaint.team"].with_context(active_test=False)
    teams.search([]).turn_sequence_id.unlink()
    # An activity type cannot go while an activity, done or not, is of it.
    ours = env["ir.model.data"].search(
        [("module", "=", "crm_complaints"), ("model", "=", "mail.activity.type")]
    )
    activities = env["mail.activity"].with_context(active_test=False)
    activities.search([("activity_type_id", "in", ours.mapped("res_id"))]).unlink()
