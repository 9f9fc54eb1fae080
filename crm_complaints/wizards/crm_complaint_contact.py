# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import uuid

from odoo import api, fields, models
from odoo.exceptions import UserError

CONTACT_CHANNELS = [
    ("phone", "Phone"),
    ("wechat", "WeChat"),
    ("sms", "SMS"),
    ("visit", "Visit"),
    ("meeting", "Meeting"),
    ("video", "Video call"),
    ("letter", "Letter"),
]


class CrmComplaintContact(models.TransientModel):
    """Writes down a call, visit or chat about a complaint: it answers its customer."""

    _name = "crm.complaint.contact"
    _description = "Contact about a Complaint"

    complaint_id = fields.Many2one(
        comodel_name="crm.complaint", required=True, ondelete="cascade"
    )
    channel = fields.Selection(
        selection=CONTACT_CHANNELS, default="phone", required=True
    )
    direction = fields.Selection(
        selection=[("out", "We contacted them"), ("in", "They contacted us")],
        default="out",
        required=True,
    )
    is_effective = fields.Boolean(
        string="Reached",
        default=True,
        help="Only a contact that reached the customer answers the complaint.",
    )
    summary = fields.Text(string="What was said", required=True)
    key = fields.Char(default=lambda self: uuid.uuid4().hex, readonly=True)

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        if "complaint_id" in fields and self.env.context.get("active_id"):
            if self.env.context.get("active_model") == "crm.complaint":
                values.setdefault("complaint_id", self.env.context["active_id"])
        return values

    def action_log(self):
        """Write the touchpoint; pressed twice, it is one."""
        self.ensure_one()
        self.check_access("write")
        complaint = self.complaint_id
        complaint.check_access("write")
        if not complaint.partner_id:
            raise UserError(
                self.env._("Choose the customer, or create the contact, first.")
            )
        user = self.env.user
        # sudo: whoever handles a complaint need not have access to touchpoints; the
        # complaint itself was checked above
        self.env["crm.touchpoint"].sudo()._record(
            [
                {
                    "partner_id": complaint.partner_id.id,
                    "contact_id": complaint.contact_id.id,
                    "company_id": complaint.company_id.id,
                    "channel": self.channel,
                    "direction": self.direction,
                    "is_effective": self.is_effective,
                    "user_id": user.id,
                    "summary": self.summary,
                    "res_model": complaint._name,
                    "res_id": complaint.id,
                    "source": f"{self._name},{self.key}",
                }
            ]
        )
        return {"type": "ir.actions.act_window_close"}
