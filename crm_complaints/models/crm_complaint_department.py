# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmComplaintDepartment(models.Model):
    """Who answers for the cause of a complaint, not who handles it."""

    _name = "crm.complaint.department"
    _description = "Responsible Department"
    _parent_store = True
    _order = "complete_name, id"
    _rec_name = "complete_name"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    complete_name = fields.Char(
        compute="_compute_complete_name", store=True, recursive=True
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        compute="_compute_company_id",
        store=True,
        readonly=False,
        precompute=True,
        index=True,
    )
    manager_id = fields.Many2one(
        comodel_name="res.users", domain=[("share", "=", False)], index="btree_not_null"
    )
    parent_id = fields.Many2one(
        comodel_name="crm.complaint.department",
        string="Part of",
        ondelete="restrict",
        index=True,
        check_company=True,
    )
    parent_path = fields.Char(index=True)

    @api.depends("name", "parent_id.complete_name")
    def _compute_complete_name(self):
        for department in self:
            above = department.parent_id.complete_name
            name = department.name
            department.complete_name = f"{above} / {name}" if above else name

    @api.depends("parent_id")
    def _compute_company_id(self):
        """A part of a company's department is that company's."""
        for department in self:
            department.company_id = (
                department.parent_id.company_id or department.company_id
            )

    @api.constrains("parent_id")
    def _check_parent(self):
        if self._has_cycle():
            raise ValidationError(
                self.env._("A department cannot be a part of itself.")
            )
