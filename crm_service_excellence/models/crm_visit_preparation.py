# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class CrmVisitPreparation(models.Model):
    """One thing to prepare before a visit, ticked off when it is."""

    _name = "crm.visit.preparation"
    _description = "Visit: Preparation"
    _order = "sequence, id"

    visit_id = fields.Many2one(
        comodel_name="crm.visit", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    name = fields.Char(string="To prepare", required=True)
    is_done = fields.Boolean(string="Done", copy=False)

    def write(self, vals):
        result = super().write(vals)
        if "visit_id" in vals:
            self.check_access("create")  # not into a visit one may not write
        return result
