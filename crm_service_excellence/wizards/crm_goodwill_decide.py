# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class CrmGoodwillDecide(models.TransientModel):
    """Refuses or withdraws gestures, and says why."""

    _name = "crm.goodwill.decide"
    _description = "Refuse or Withdraw Goodwill"

    goodwill_ids = fields.Many2many(
        comodel_name="crm.goodwill", string="Gestures", required=True
    )
    action = fields.Selection(
        selection=[("refuse", "Refuse"), ("withdraw", "Withdraw")],
        required=True,
        readonly=True,
    )
    reason = fields.Text(required=True)

    def action_confirm(self):
        """Refuse or withdraw them.

        :raise UserError, AccessError: as ``crm.goodwill._refuse`` and ``_withdraw``
        """
        self.ensure_one()
        if self.action == "refuse":
            self.goodwill_ids._refuse(self.reason)
        else:
            self.goodwill_ids._withdraw(self.reason)
        return {"type": "ir.actions.act_window_close"}
