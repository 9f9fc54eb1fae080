# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class CrmLead(models.Model):
    _inherit = "crm.lead"

    # not through sudo: who may not see the customer may not see its grade either
    crm_grade_id = fields.Many2one(
        related="partner_id.crm_grade_id",
        string="Customer grade",
        related_sudo=False,
        groups="crm_service_excellence.group_care_own",
    )
    crm_grade_color = fields.Integer(
        related="partner_id.crm_grade_color",
        related_sudo=False,
        groups="crm_service_excellence.group_care_own",
    )

    def action_view_crm_customer(self):
        self.ensure_one()
        return self.partner_id.action_view_crm_customer()
