# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models

from .loyalty_card import MEMBER_GROUP


class CrmCustomer(models.Model):
    _inherit = "crm.customer"

    # not through sudo: points that the reader may not see on the contact
    crm_loyalty_points = fields.Float(
        related="partner_id.crm_loyalty_points",
        string="Points",
        related_sudo=False,
        groups=MEMBER_GROUP,
    )
    crm_loyalty_card_count = fields.Integer(
        related="partner_id.crm_loyalty_card_count",
        string="Memberships",
        related_sudo=False,
        groups=MEMBER_GROUP,
    )

    def action_view_members(self):
        """The customer's memberships."""
        self.ensure_one()
        return self.partner_id.action_view_crm_members()
