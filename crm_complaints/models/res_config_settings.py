# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    crm_complaint_reopen_days = fields.Integer(
        related="company_id.crm_complaint_reopen_days", readonly=False
    )
    crm_complaint_silence_days = fields.Integer(
        related="company_id.crm_complaint_silence_days", readonly=False
    )
    crm_complaint_duplicate_days = fields.Integer(
        related="company_id.crm_complaint_duplicate_days", readonly=False
    )
    crm_complaint_low_score = fields.Integer(
        related="company_id.crm_complaint_low_score", readonly=False
    )
    crm_complaint_attachment_mb = fields.Integer(
        related="company_id.crm_complaint_attachment_mb", readonly=False
    )
    crm_complaint_attachment_count = fields.Integer(
        related="company_id.crm_complaint_attachment_count", readonly=False
    )
    crm_complaint_web_form = fields.Boolean(
        related="company_id.crm_complaint_web_form", readonly=False
    )
    crm_complaint_team_id = fields.Many2one(
        related="company_id.crm_complaint_team_id", readonly=False
    )
