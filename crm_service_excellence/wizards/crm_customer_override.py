# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo import api, fields, models


class CrmCustomerOverride(models.TransientModel):
    """A manager's decision that another grade counts, for a while and for a reason."""

    _name = "crm.customer.override"
    _description = "Override a Grade"

    customer_id = fields.Many2one(
        comodel_name="crm.customer", required=True, readonly=True, ondelete="cascade"
    )
    current_grade_id = fields.Many2one(
        related="customer_id.grade_id", string="Current grade"
    )
    computed_grade_id = fields.Many2one(related="customer_id.computed_grade_id")
    score = fields.Float(related="customer_id.score")
    grade_id = fields.Many2one(
        comodel_name="crm.grade",
        string="New grade",
        required=True,
        ondelete="cascade",
        domain="[('id', '!=', current_grade_id)]",
    )
    until = fields.Date(
        required=True,
        compute="_compute_until",
        store=True,
        readonly=False,
        help="Last day of the override, a year from now at most. "
        "After it the computed grade counts again.",
    )
    reason = fields.Char(required=True)

    @api.depends("customer_id")
    def _compute_until(self):
        for wizard in self:
            today = wizard.customer_id.company_id[:1] or self.env.company
            wizard.until = today._crm_today() + timedelta(days=90)

    def action_confirm(self):
        """Override the grade and go back to the customer.

        :raise UserError: as ``crm.customer._set_override``
        """
        self.ensure_one()
        self.customer_id._set_override(self.grade_id, self.reason, self.until)
        return {"type": "ir.actions.act_window_close"}
