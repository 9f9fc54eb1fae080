# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class CrmLoyaltyMultiplier(models.Model):
    """How much faster the members of a grade earn in a program."""

    _name = "crm.loyalty.multiplier"
    _description = "Grade Multiplier"
    _order = "program_id, grade_sequence, id"
    _rec_name = "grade_id"

    program_id = fields.Many2one(
        comodel_name="loyalty.program", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="program_id.company_id", store=True, index=True
    )
    grade_id = fields.Many2one(
        comodel_name="crm.grade", required=True, index=True, ondelete="restrict"
    )
    grade_sequence = fields.Integer(related="grade_id.sequence", store=True)
    factor = fields.Float(
        digits=(6, 2), default=1.0, required=True, help="1.5: half as many points more."
    )

    _program_grade_uniq = models.UniqueIndex(
        "(program_id, grade_id)", "A program has one multiplier for each grade."
    )
    _check_factor = models.Constraint(
        "CHECK (factor >= 0 AND factor <= 100)", "A multiplier lies between 0 and 100."
    )
