# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models

from .res_partner import CARE_GROUP


class ResPartner(models.Model):
    """Care for a contact: paused until, tasks, and what the contact agreed to."""

    _inherit = "res.partner"

    crm_care_paused = fields.Boolean(
        string="Pause care",
        groups=CARE_GROUP,
        help="Nothing is sent to the contact, nor to its contacts; what is planned "
        "waits as long as it may.",
    )
    crm_care_task_ids = fields.One2many(
        comodel_name="crm.care.task",
        inverse_name="partner_id",
        string="Care tasks",
        groups=CARE_GROUP,
    )
    crm_consent_ids = fields.One2many(
        comodel_name="crm.consent",
        inverse_name="partner_id",
        string="Consents",
        groups=CARE_GROUP,
    )
