# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models

from .crm_complaint_terms import METRICS


class CrmEscalationStep(models.Model):
    """Who is told how, so long before or after a deadline."""

    _name = "crm.escalation.step"
    _description = "Escalation Step"
    _order = "policy_id, anchor desc, percent, offset_minutes, id"

    policy_id = fields.Many2one(
        comodel_name="crm.sla.policy", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="policy_id.company_id", store=True, index=True)
    metric = fields.Selection(selection=METRICS, help="Empty: any.")
    anchor = fields.Selection(
        selection=[
            ("before", "Before the deadline"),
            ("after", "From the deadline on"),
        ],
        default="after",
        required=True,
    )
    percent = fields.Integer(
        string="% of the time used up", help="Before the deadline: 1 to 99."
    )
    offset_minutes = fields.Integer(
        string="Working minutes after", help="0: at the deadline itself."
    )
    to_owner = fields.Boolean(string="Owner", default=True)
    to_leader = fields.Boolean(string="Team leader")
    to_department = fields.Boolean(string="Department manager")
    to_above = fields.Boolean(string="Manager above the department")
    user_ids = fields.Many2many(
        comodel_name="res.users",
        string="Also",
        domain=[("share", "=", False)],
    )
    method = fields.Selection(
        selection=[
            ("activity", "Activity"),
            ("email", "E-mail"),
            ("both", "Activity and e-mail"),
        ],
        default="activity",
        required=True,
    )
