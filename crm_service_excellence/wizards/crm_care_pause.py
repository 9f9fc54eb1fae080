# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models


class CrmCarePause(models.TransientModel):
    """Stops all care of a company, or lets it go on, and says why."""

    _name = "crm.care.pause"
    _description = "Pause All Care"

    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    is_paused = fields.Boolean(related="company_id.crm_care_paused")
    message = fields.Char(compute="_compute_message")
    waiting_count = fields.Integer(
        string="Due within a week",
        compute="_compute_waiting_count",
        help="Care tasks that would be sent or done until then.",
    )
    reason = fields.Char(required=True)

    @api.depends("company_id")
    def _compute_message(self):
        for wizard in self:
            wizard.message = wizard.company_id._care_pause_message()

    @api.depends("company_id")
    def _compute_waiting_count(self):
        week = fields.Date.add(fields.Date.context_today(self), days=7)
        for wizard in self:
            wizard.waiting_count = self.env["crm.care.task"].search_count(
                [
                    ("company_id", "=", wizard.company_id.id),
                    ("state", "in", ("planned", "to_approve", "approved")),
                    ("due_date", "<=", week),
                ]
            )

    def action_pause(self):
        """Stop all care of the company.

        :raise AccessError, UserError: as ``res.company._crm_pause_care``
        """
        self.company_id._crm_pause_care(True, self.reason)
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_resume(self):
        """Let it go on: what is still in time is sent, the rest expires.

        :raise AccessError, UserError: as ``res.company._crm_pause_care``
        """
        self.company_id._crm_pause_care(False, self.reason)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
