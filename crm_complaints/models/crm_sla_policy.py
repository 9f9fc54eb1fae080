# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class CrmSlaPolicy(models.Model):
    """What we promise: minutes of working time by grade, severity and metric.

    A policy may be for a team or a category; the most specific line wins. A change of
    its times makes a new version: clocks that run keep theirs (S13).
    """

    _name = "crm.sla.policy"
    _description = "Service Level Policy"
    _inherit = ["mail.thread"]
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        default=lambda self: self.env.company,
        index=True,
        help="Empty: for all companies that have none of their own.",
    )
    team_id = fields.Many2one(
        comodel_name="crm.complaint.team",
        ondelete="restrict",
        check_company=True,
        index="btree_not_null",
    )
    category_id = fields.Many2one(
        comodel_name="crm.complaint.category",
        ondelete="restrict",
        index="btree_not_null",
        help="For complaints of this category and of those under it.",
    )
    calendar_id = fields.Many2one(
        comodel_name="resource.calendar",
        string="Working hours",
        ondelete="restrict",
        check_company=True,
        index="btree_not_null",
        help="Empty: those of the grade, the team, or the company.",
    )
    version = fields.Integer(default=1, readonly=True, copy=False)
    retarget_mode = fields.Selection(
        selection=[
            ("retain", "Count from the start"),
            ("restart", "Count from the change"),
            ("retain_with_grace", "Count from the start, with a period of grace"),
        ],
        string="When severity or grade change",
        default="retain_with_grace",
        required=True,
    )
    grace_percent = fields.Integer(
        string="Grace (% of the new time)",
        default=25,
        help="So much working time is left at least after a change.",
    )
    may_lengthen = fields.Boolean(string="A lesser severity may lengthen", default=True)
    reopen_mode = fields.Selection(
        selection=[
            ("continue", "Go on with what was used up"),
            ("fresh", "A time of its own"),
        ],
        string="When reopened",
        default="continue",
        required=True,
    )
    reopen_minutes = fields.Integer(string="Time when reopened (minutes)")
    target_ids = fields.One2many(
        comodel_name="crm.sla.target",
        inverse_name="policy_id",
        string="Promised times",
        copy=True,
    )
    step_ids = fields.One2many(
        comodel_name="crm.escalation.step",
        inverse_name="policy_id",
        string="Escalation",
        copy=True,
    )
    version_ids = fields.One2many(
        comodel_name="crm.sla.policy.version",
        inverse_name="policy_id",
        string="Versions",
        readonly=True,
    )

    _check_grace_percent = models.Constraint(
        "CHECK (grace_percent >= 0 AND grace_percent <= 100)",
        "The grace lies between 0 and 100 %.",
    )
    _check_reopen_minutes = models.Constraint(
        "CHECK (reopen_minutes >= 0)", "A time is not negative."
    )
