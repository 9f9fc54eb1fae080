# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

from .crm_loyalty_input import check_points_vals
from .crm_loyalty_terms import POINTS_DIGITS


class CrmLoyaltyEventGrade(models.Model):
    """Points that the members of a grade get for an event."""

    _name = "crm.loyalty.event.grade"
    _description = "Points of an Event by Grade"
    _order = "event_id, grade_sequence, id"
    _rec_name = "grade_id"

    event_id = fields.Many2one(
        comodel_name="crm.loyalty.event", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="event_id.company_id", store=True, index=True)
    grade_id = fields.Many2one(
        comodel_name="crm.grade", required=True, index=True, ondelete="restrict"
    )
    grade_sequence = fields.Integer(related="grade_id.sequence", store=True)
    points = fields.Float(
        digits=POINTS_DIGITS, required=True, help="0: this grade gets none."
    )

    _event_grade_uniq = models.UniqueIndex(
        "(event_id, grade_id)", "An event has one number of points for each grade."
    )
    _check_points = models.Constraint(
        "CHECK (points >= 0)", "Points cannot be less than 0."
    )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            check_points_vals(self.env, vals, ("points",), zero=True)
        return super().create(vals_list)

    def write(self, vals):
        check_points_vals(self.env, vals, ("points",), zero=True)
        return super().write(vals)
