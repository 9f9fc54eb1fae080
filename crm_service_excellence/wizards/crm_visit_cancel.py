# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class CrmVisitCancel(models.TransientModel):
    """Cancels open visits, and says why and on whose side it was."""

    _name = "crm.visit.cancel"
    _description = "Cancel Visits"

    visit_ids = fields.Many2many(
        comodel_name="crm.visit", string="Visits", required=True
    )
    reason_id = fields.Many2one(
        comodel_name="crm.visit.reason",
        required=True,
        ondelete="cascade",
        domain="[('kind', 'in', ['any', 'cancel'])]",
    )
    party = fields.Selection(related="reason_id.party")
    note = fields.Char(string="Remark")

    def action_confirm(self):
        """Cancel the visits.

        :raise UserError: as ``crm.visit._cancel``
        """
        self.ensure_one()
        self.visit_ids._cancel(self.reason_id, self.note)
        return {"type": "ir.actions.act_window_close"}
