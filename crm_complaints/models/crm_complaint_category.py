# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .crm_complaint_terms import SEVERITIES


class CrmComplaintCategory(models.Model):
    """What a complaint is about, as a tree; may say who and how serious."""

    _name = "crm.complaint.category"
    _description = "Complaint Category"
    _parent_store = True
    _order = "sequence, complete_name, id"
    _rec_name = "complete_name"

    name = fields.Char(required=True, translate=True)
    complete_name = fields.Char(
        compute="_compute_complete_name", store=True, recursive=True
    )
    code = fields.Char(help="Short technical name that imports refer to.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    parent_id = fields.Many2one(
        comodel_name="crm.complaint.category",
        string="Under",
        ondelete="restrict",
        index=True,
    )
    parent_path = fields.Char(index=True)
    department_id = fields.Many2one(
        comodel_name="crm.complaint.department",
        string="Responsible department",
        ondelete="set null",
        index="btree_not_null",
    )
    team_id = fields.Many2one(
        comodel_name="crm.complaint.team",
        ondelete="set null",
        index="btree_not_null",
    )
    severity_floor = fields.Selection(
        selection=SEVERITIES,
        string="At least",
        help="Complaints of this category are never less severe.",
    )

    @api.depends("name", "parent_id.complete_name")
    def _compute_complete_name(self):
        for category in self:
            above = category.parent_id.complete_name
            name = category.name
            category.complete_name = f"{above} / {name}" if above else name

    @api.constrains("parent_id")
    def _check_parent(self):
        if self._has_cycle():
            raise ValidationError(self.env._("A category cannot be under itself."))
