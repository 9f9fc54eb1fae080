# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .crm_complaint_terms import SEVERITIES


class CrmComplaintCategory(models.Model):
    """What a complaint is about, as a tree; may say who and how serious.

    What a category leaves open is said by the nearest category above it.
    """

    _name = "crm.complaint.category"
    _description = "Complaint Category"
    _parent_store = True
    _order = "sequence, complete_name, id"
    _rec_name = "complete_name"

    name = fields.Char(required=True, translate=True)
    complete_name = fields.Char(
        string="Category", compute="_compute_complete_name", store=True, recursive=True
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
        help="Suggested for complaints of this category. Empty: as the category above.",
    )
    team_id = fields.Many2one(
        comodel_name="crm.complaint.team",
        ondelete="set null",
        index="btree_not_null",
        help="Gets the complaints of this category. Empty: as the category above.",
    )
    severity_floor = fields.Selection(
        selection=SEVERITIES,
        string="At least",
        help="Complaints of this category are never less severe. Empty: as the "
        "category above.",
    )
    inherited_note = fields.Char(string="From above", compute="_compute_inherited_note")
    complaint_count = fields.Integer(
        string="Complaints", compute="_compute_complaint_count"
    )

    _code_uniq = models.UniqueIndex(
        "(code) WHERE code IS NOT NULL", "Another category already has this code."
    )

    @api.depends("name", "parent_id.complete_name")
    def _compute_complete_name(self):
        for category in self:
            above = category.parent_id.complete_name
            name = category.name
            category.complete_name = f"{above} / {name}" if above else name

    @api.depends("parent_id", "department_id", "team_id", "severity_floor")
    @api.depends_context("lang", "company")
    def _compute_inherited_note(self):
        labels = dict(self._fields["severity_floor"]._description_selection(self.env))
        company = self.env.company
        for category in self:
            above = category.parent_id
            notes = []
            floor = not category.severity_floor and above._inherited_floor()
            if floor:
                notes.append(
                    self.env._("at least %(severity)s", severity=labels[floor].lower())
                )
            for name in ("team_id", "department_id"):
                source = not category[name] and above._inherited(name, company)
                if source:
                    notes.append(source.display_name)
            category.inherited_note = ", ".join(notes)

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_complaint_count(self):
        """Complaints of this category and of those under it."""
        counts = self.env["crm.complaint"]._read_group(
            domain=[("category_id", "child_of", self.ids)],
            groupby=["category_id"],
            aggregates=["__count"],
        )
        for category in self:
            path = category.parent_path or "/"
            category.complaint_count = sum(
                count
                for other, count in counts
                if (other.parent_path or "").startswith(path)
            )

    @api.constrains("parent_id")
    def _check_parent(self):
        if self._has_cycle():
            raise ValidationError(self.env._("A category cannot be under itself."))

    # WHAT IS INHERITED

    def _lineage(self):
        """This category and those above it, nearest first."""
        if not self:
            return self
        self.ensure_one()
        path = (self._origin.parent_path or f"{self.id}/").strip("/").split("/")
        return self.browse(int(part) for part in reversed(path))

    def _inherited(self, name, company):
        """The nearest record in ``name`` that ``company`` may use, or an empty one."""
        for category in self.sudo()._lineage():  # sudo: archived or hidden ones too
            value = category[name]
            if value.active and value.company_id in (company, company.browse()):
                return value.sudo(self.env.su)
        return self[name].browse()

    def _inherited_floor(self):
        """The nearest severity floor, or False."""
        floors = (category.severity_floor for category in self._lineage())
        return next((floor for floor in floors if floor), False)

    def action_view_complaints(self):
        """The complaints of this category and of those under it."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.complete_name,
            "res_model": "crm.complaint",
            "view_mode": "list,kanban,form,pivot,graph",
            "domain": [("category_id", "child_of", self.id)],
        }
