# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import ast

from odoo import fields, models


class CrmComplaintTeam(models.Model):
    """Who handles complaints, at which hours, and who gets the next one."""

    _name = "crm.complaint.team"
    _description = "Complaint Team"
    _inherit = ["mail.alias.mixin", "mail.thread"]
    _order = "sequence, name, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    color = fields.Integer()
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        default=lambda self: self.env.company,
        index=True,
    )
    leader_id = fields.Many2one(
        comodel_name="res.users",
        domain=[("share", "=", False)],
        check_company=True,
        index="btree_not_null",
        tracking=True,
    )
    member_ids = fields.Many2many(
        comodel_name="res.users",
        relation="crm_complaint_team_member_rel",
        column1="team_id",
        column2="user_id",
        string="Members",
        domain=[("share", "=", False)],
        check_company=True,
    )
    calendar_id = fields.Many2one(
        comodel_name="resource.calendar",
        string="Working hours",
        ondelete="restrict",
        check_company=True,
        index="btree_not_null",
        help="Deadlines count these hours. Empty: those of the company.",
    )
    assignment = fields.Selection(
        selection=[
            ("manual", "By hand"),
            ("load", "To whoever has the fewest open complaints"),
            ("turn", "In turn"),
        ],
        default="load",
        required=True,
    )
    complaint_ids = fields.One2many(
        comodel_name="crm.complaint", inverse_name="team_id", string="Complaints"
    )

    def _alias_get_creation_values(self):
        values = super()._alias_get_creation_values()
        values["alias_model_id"] = self.env["ir.model"]._get_id("crm.complaint")
        if self.id:
            defaults = ast.literal_eval(self.alias_defaults or "{}")
            values["alias_defaults"] = {**defaults, "team_id": self.id}
        return values
