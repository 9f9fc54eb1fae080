# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    crm_margin_rate = fields.Float(related="company_id.crm_margin_rate", readonly=False)
    crm_discount_rate = fields.Float(
        related="company_id.crm_discount_rate", readonly=False
    )
    crm_visit_radius = fields.Integer(
        related="company_id.crm_visit_radius", readonly=False
    )
    crm_visits_per_day = fields.Integer(
        related="company_id.crm_visits_per_day", readonly=False
    )
    crm_goodwill_own_limit = fields.Float(
        related="company_id.crm_goodwill_own_limit", readonly=False
    )
    crm_goodwill_manager_limit = fields.Float(
        related="company_id.crm_goodwill_manager_limit", readonly=False
    )
    crm_goodwill_over_budget = fields.Selection(
        related="company_id.crm_goodwill_over_budget", readonly=False
    )
