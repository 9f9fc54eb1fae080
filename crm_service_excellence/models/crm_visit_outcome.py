# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class CrmVisit(models.Model):
    """What came of a visit: the report, due a day after it."""

    _inherit = "crm.visit"

    outcome = fields.Selection(
        selection=[
            ("achieved", "Achieved"),
            ("partly", "Partly"),
            ("missed", "Missed"),
        ],
        copy=False,
        tracking=True,
        help="Against what was expected of the visit.",
    )
    report = fields.Text(copy=False, tracking=True)
    problems = fields.Text(string="Customer's problems", copy=False, tracking=True)
    suggestions = fields.Text(
        string="Customer's suggestions", copy=False, tracking=True
    )
    satisfaction = fields.Selection(
        selection=[
            ("1", "Very unhappy"),
            ("2", "Unhappy"),
            ("3", "Neutral"),
            ("4", "Happy"),
            ("5", "Very happy"),
        ],
        copy=False,
        tracking=True,
        help="Your impression of how satisfied the customer is.",
    )
    followup_ids = fields.One2many(
        comodel_name="crm.visit.followup", inverse_name="visit_id", string="Follow-ups"
    )
    report_deadline = fields.Datetime(
        string="Report due",
        readonly=True,
        copy=False,
        help="24 hours after the end of the visit.",
    )
    report_warned = fields.Boolean(readonly=True, copy=False)
    report_date = fields.Datetime(string="Reported at", readonly=True, copy=False)
    is_report_late = fields.Boolean(
        string="Report late",
        readonly=True,
        copy=False,
        help="The report was not there in time; that stays so.",
    )

    _report_due_idx = models.Index(
        "(report_deadline) WHERE state = 'done' AND is_report_late IS NOT TRUE"
    )
