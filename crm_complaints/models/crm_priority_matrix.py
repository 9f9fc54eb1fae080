# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models, tools
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..tools.priority_matrix import MatrixError, default_matrix, pack, unpack
from .crm_complaint_terms import OPEN_STATES


class CrmPriorityMatrix(models.Model):
    """Which priority follows from urgency, impact and difficulty, for a company.

    One row holds all 27 cells: they are read together, checked together, and edited on
    one screen.
    """

    _name = "crm.priority.matrix"
    _description = "Priority Matrix"
    _order = "company_id NULLS FIRST, id"
    _inherit = ["mail.thread"]

    company_id = fields.Many2one(
        comodel_name="res.company",
        index=True,
        ondelete="cascade",
        tracking=True,
        help="Empty: for every company that has no matrix of its own.",
    )
    cells = fields.Json(
        string="Priorities",
        required=True,
        copy=True,
        default=lambda self: self._default_cells(),
    )

    _company_uniq = models.UniqueIndex(
        "(COALESCE(company_id, 0))", "The company has a priority matrix already."
    )

    @api.model
    def _default_cells(self):
        return pack(default_matrix())

    @api.depends("company_id")
    def _compute_display_name(self):
        for matrix in self:
            matrix.display_name = matrix.company_id.name or self.env._("All companies")

    @api.constrains("cells")
    def _check_cells(self):
        """:raise ValidationError: naming the cell that is wrong"""
        for matrix in self:
            try:
                unpack(matrix.cells)
            except MatrixError as error:
                raise ValidationError(matrix._error_message(error)) from error

    def _error_message(self, error):
        place = self._describe_cell(error.cell)
        if error.code == "order":
            return self.env._(
                "%(cell)s would be less urgent than %(other)s, which is less of it.",
                cell=place,
                other=self._describe_cell(error.other),
            )
        if error.code == "missing":
            return self.env._("There is no priority for %(cell)s.", cell=place)
        return self.env._(
            "The priority of %(cell)s must be one of P1 to P4.", cell=place
        )

    def _describe_cell(self, cell):
        """A cell in words: "urgency high, impact low, difficulty medium"."""
        complaints = self.env["crm.complaint"]
        if len(cell) != 3:
            return cell
        labels = dict(complaints._fields["urgency"]._description_selection(self.env))
        return self.env._(
            "urgency %(urgency)s, impact %(impact)s, difficulty %(difficulty)s",
            urgency=labels.get(cell[0], cell[0]).lower(),
            impact=labels.get(cell[1], cell[1]).lower(),
            difficulty=labels.get(cell[2], cell[2]).lower(),
        )

    # CRUD

    @api.model_create_multi
    def create(self, vals_list):
        matrices = super().create(vals_list)
        matrices._after_change()
        return matrices

    def write(self, vals):
        former = self.company_id
        result = super().write(vals)
        if {"cells", "company_id"}.intersection(vals):
            self._after_change(former)
        return result

    def unlink(self):
        former = self.company_id
        result = super().unlink()
        self.browse()._after_change(former)
        return result

    @api.constrains("company_id")
    def _check_shared_stays(self):
        """:raise ValidationError: the shared matrix was given to one company"""
        if not self.env.ref("crm_complaints.crm_priority_matrix_shared", False):
            return
        if not self.sudo().search_count([("company_id", "=", False)], limit=1):
            raise ValidationError(
                self.env._("The matrix of all companies cannot become one company's.")
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_shared(self):
        if not all(matrix.company_id for matrix in self):
            raise UserError(
                self.env._(
                    "The matrix of all companies stays: companies without their own "
                    "use it. Change it instead."
                )
            )

    def _after_change(self, former=None):
        """Forget what was compiled; the matrix decides anew on open complaints."""
        self.env.registry.clear_cache()
        # sudo: the priority follows the matrix on all complaints, also others'
        complaints_sudo = self.env["crm.complaint"].sudo()
        domain = Domain("state", "in", OPEN_STATES)
        domain &= Domain("priority_reason", "in", (False, ""))
        companies = self.company_id | (former or self.env["res.company"])
        if all(matrix.company_id for matrix in self):
            domain &= Domain("company_id", "in", companies.ids)
        self.env.add_to_compute(
            complaints_sudo._fields["priority"], complaints_sudo.search(domain)
        )

    # READ

    @api.model
    @tools.ormcache("company_id")
    def _compiled(self, company_id):
        """Matrix that counts in a company: its own, else the shared, else the shipped.

        :return: ``{(urgency, impact, difficulty): priority}``; do not change it
        """
        # sudo: whoever records a complaint, the matrix decides
        matrices_sudo = self.sudo().search([("company_id", "in", (company_id, False))])
        mine = matrices_sudo.filtered("company_id") or matrices_sudo
        return unpack(mine.cells) if mine else default_matrix()
