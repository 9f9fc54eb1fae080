# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    crm_warranty_months = fields.Integer(
        string="Warranty or contract (months)",
        aggregator=None,
        help="Counted from delivery; 0: none.",
    )

    _check_crm_warranty_months = models.Constraint(
        "CHECK (crm_warranty_months BETWEEN 0 AND 1200)",
        "A warranty lasts between 0 and 1200 months.",
    )
