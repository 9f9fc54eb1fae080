# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class LoyaltyReward(models.Model):
    """A reward may be reserved for customers of some grades."""

    _inherit = "loyalty.reward"
    # of two for the same points Odoo leaves open which comes first
    _order = "required_points, id"

    grade_ids = fields.Many2many(
        comodel_name="crm.grade",
        string="For grades",
        help="Only customers of these grades can claim it; empty: everyone.",
    )

    def _is_open_to(self, grade):
        """Whether a customer of a grade (which may be empty) can claim the reward."""
        self.ensure_one()
        # sudo: the terms of the reward, for whoever sells or buys
        grades = self.sudo().grade_ids
        return not grades or grade in grades
