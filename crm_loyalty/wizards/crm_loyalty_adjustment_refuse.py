# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class CrmLoyaltyAdjustmentRefuse(models.TransientModel):
    """Refuses adjustments, and says why."""

    _name = "crm.loyalty.adjustment.refuse"
    _description = "Refuse Points Adjustment"

    adjustment_ids = fields.Many2many(
        comodel_name="crm.loyalty.adjustment", string="Adjustments", required=True
    )
    reason = fields.Text(required=True)

    def action_confirm(self):
        """Refuse them.

        :raise UserError, AccessError: as ``crm.loyalty.adjustment._refuse``
        """
        self.ensure_one()
        self.adjustment_ids._refuse(self.reason)
        return {"type": "ir.actions.act_window_close"}
