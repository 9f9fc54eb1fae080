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
    crm_care_paused = fields.Boolean(
        related="company_id.crm_care_paused", readonly=False
    )
    crm_care_window_start = fields.Float(
        related="company_id.crm_care_window_start", readonly=False
    )
    crm_care_window_end = fields.Float(
        related="company_id.crm_care_window_end", readonly=False
    )
    crm_care_weekends = fields.Boolean(
        related="company_id.crm_care_weekends", readonly=False
    )
    crm_care_holidays = fields.Boolean(
        related="company_id.crm_care_holidays", readonly=False
    )
    crm_care_daily_cap = fields.Integer(
        related="company_id.crm_care_daily_cap", readonly=False
    )
    crm_care_weekly_cap = fields.Integer(
        related="company_id.crm_care_weekly_cap", readonly=False
    )
    crm_care_customer_cap = fields.Integer(
        related="company_id.crm_care_customer_cap", readonly=False
    )
    crm_care_hourly_limit = fields.Integer(
        related="company_id.crm_care_hourly_limit", readonly=False
    )
    crm_care_catch_up_days = fields.Integer(
        related="company_id.crm_care_catch_up_days", readonly=False
    )
    crm_care_reach_share = fields.Integer(
        related="company_id.crm_care_reach_share", readonly=False
    )
    crm_marketing_opt_in = fields.Boolean(
        related="company_id.crm_marketing_opt_in", readonly=False
    )
    crm_leap_birthday = fields.Selection(
        related="company_id.crm_leap_birthday", readonly=False
    )
