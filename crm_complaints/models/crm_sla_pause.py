# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class CrmSlaPause(models.Model):
    """An interval in which some deadlines of a complaint stood still, and why."""

    _name = "crm.sla.pause"
    _description = "Pause"
    _order = "complaint_id, date_from, id"

    complaint_id = fields.Many2one(
        comodel_name="crm.complaint",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, index=True
    )
    reason_id = fields.Many2one(
        comodel_name="crm.sla.pause.reason",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    note = fields.Char(readonly=True)
    date_from = fields.Datetime(string="From", required=True, readonly=True)
    date_to = fields.Datetime(string="Until", readonly=True)
    date_limit = fields.Datetime(string="Ends by itself", readonly=True)
    user_id = fields.Many2one(
        comodel_name="res.users", string="Paused by", readonly=True
    )
    is_expired = fields.Boolean(string="Ended by itself", readonly=True)

    _limit_idx = models.Index("(date_limit) WHERE date_to IS NULL")
