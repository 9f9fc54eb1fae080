# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class CrmVisitTypeItem(models.Model):
    """One thing to prepare before any visit of a type."""

    _name = "crm.visit.type.item"
    _description = "Visit Type: Preparation"
    _order = "sequence, id"

    type_id = fields.Many2one(
        comodel_name="crm.visit.type",
        required=True,
        index=True,
        ondelete="cascade",
    )
    sequence = fields.Integer(default=10)
    name = fields.Char(string="To prepare", required=True, translate=True)
