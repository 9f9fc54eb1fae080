# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models

from .crm_escalation_step import ROLES


class CrmEscalationRecipient(models.Model):
    """Who is told of an escalation, as what, and when in his or her working hours.

    Whoever stands here may read the complaint: that is why the row names it.
    """

    _name = "crm.escalation.recipient"
    _description = "Recipient of an Escalation"
    _order = "notice_id, id"
    _rec_name = "user_id"

    notice_id = fields.Many2one(
        comodel_name="crm.escalation.notice",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
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
    user_id = fields.Many2one(
        comodel_name="res.users", required=True, readonly=True, ondelete="cascade"
    )
    role = fields.Selection(
        selection=[*ROLES, ("fixed", "By name"), ("manager", "Complaint manager")],
        string="As",
        readonly=True,
    )
    state = fields.Selection(
        selection=[
            ("pending", "To be told"),
            ("notified", "Told"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        default="pending",
    )
    notify_at = fields.Datetime(string="Told from", required=True, readonly=True)
    notified_at = fields.Datetime(string="Told", readonly=True)
    error = fields.Char(
        string="Fault", readonly=True, help="Why telling failed; it is tried again."
    )

    _key_uniq = models.UniqueIndex("(notice_id, user_id)", "This person is told once.")
    _reader_idx = models.Index("(user_id, complaint_id)")
    _pending_idx = models.Index("(notify_at) WHERE state = 'pending'")
