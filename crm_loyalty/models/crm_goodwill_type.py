# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .crm_loyalty_input import check_points_vals
from .crm_loyalty_terms import POINTS_DIGITS


class CrmGoodwillType(models.Model):
    """Points as a gesture: how many, of which program, for how long."""

    _inherit = "crm.goodwill.type"

    kind = fields.Selection(
        selection_add=[("points", "Points")], ondelete={"points": "set default"}
    )
    program_id = fields.Many2one(
        comodel_name="loyalty.program",
        string="Loyalty program",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain=[("is_ledger", "=", True)],
        help="Empty: who asks for the gesture chooses.",
    )
    default_points = fields.Float(string="Usual points", digits=POINTS_DIGITS)
    points_expiry_days = fields.Integer(
        string="Points live (days)",
        default=180,
        help="From the day on which they are granted; 0: as long as the program says.",
    )

    _check_points = models.Constraint(
        "CHECK (default_points >= 0 AND points_expiry_days >= 0 "
        "AND points_expiry_days <= 36600)",
        "Points and days cannot be less than 0.",
    )

    @api.constrains("kind", "has_value", "program_id")
    def _check_points_type(self):
        for record in self.filtered(lambda one: one.kind == "points"):
            if not record.has_value:
                raise ValidationError(
                    self.env._(
                        "Points have a value: “%(type)s” counts against the budget.",
                        type=record.name,
                    )
                )
            if record.program_id and not record.program_id.is_ledger:
                raise ValidationError(
                    self.env._(
                        "%(program)s keeps no points ledger.",
                        program=record.program_id.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            check_points_vals(self.env, vals, ("default_points",), zero=True)
        return super().create(vals_list)

    def write(self, vals):
        check_points_vals(self.env, vals, ("default_points",), zero=True)
        return super().write(vals)

    @api.model
    def _letter_placeholders(self):
        return super()._letter_placeholders() | {"points", "program"}
