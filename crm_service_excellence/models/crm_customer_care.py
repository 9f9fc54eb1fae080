# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class CrmCustomer(models.Model):
    """Care of a customer and of its contacts; what it shows is the contact's.

    Under the reader's own rights (no ``related_sudo``): tasks have rules of their own.
    """

    _inherit = "crm.customer"

    care_count = fields.Integer(
        related="partner_id.crm_care_count",
        string="Care to come",
        related_sudo=False,
    )
    care_coming_ids = fields.Many2many(
        related="partner_id.crm_care_coming_ids",
        string="Coming care",
        related_sudo=False,
    )
    care_past_ids = fields.Many2many(
        related="partner_id.crm_care_past_ids",
        string="Past care",
        related_sudo=False,
    )
    care_consent_ids = fields.Many2many(
        related="partner_id.crm_care_consent_ids",
        string="What they said",
        related_sudo=False,
    )
    care_birthday_ids = fields.Many2many(
        related="partner_id.crm_care_birthday_ids",
        string="Next birthdays",
        related_sudo=False,
    )
    care_is_paused = fields.Boolean(
        related="partner_id.crm_care_paused", string="Care is paused"
    )

    def action_pause_care(self):
        """Send nothing to the customer until somebody resumes it."""
        self.check_access("read")
        return self.partner_id.action_pause_care()

    def action_resume_care(self):
        """Send again what is still in time."""
        self.check_access("read")
        return self.partner_id.action_resume_care()

    def action_view_care(self):
        self.ensure_one()
        return self.partner_id.action_view_crm_care()

    def action_view_consents(self):
        self.ensure_one()
        return self.partner_id.action_view_crm_consents()

    def action_record_consent(self):
        self.ensure_one()
        return self.partner_id.action_record_crm_consent()
