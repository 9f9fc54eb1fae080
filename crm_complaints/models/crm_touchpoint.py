# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Contacts about complaints: the intake, the messages, what was said by phone."""

from datetime import timedelta

from odoo import api, fields, models

from .crm_complaint_mail import INTAKE
from .crm_complaint_message import CUSTOMER, PERSONAL_TYPES

COMPLAINT = "crm.complaint"
# Spoken or sent elsewhere. An e-mail answers by its message, not by its touchpoint.
ANSWER_CHANNELS = frozenset(
    {"phone", "sms", "wechat", "visit", "meeting", "video", "letter"}
)
CHANNEL_OF_INTAKE = {
    "email": "email",
    "portal": "web",
    "web": "web",
    "phone": "phone",
    "wechat": "wechat",
    "counter": "meeting",
    "call_centre": "phone",
    "letter": "letter",
    "other": "other",
}
# A contact may be written down a little later than it took place.
WRITTEN_DOWN_WITHIN = timedelta(hours=1)
# The first message of a complaint that was made in the portal is its intake.
INTAKE_WITHIN = timedelta(minutes=5)


class CrmTouchpoint(models.Model):
    _inherit = "crm.touchpoint"

    @api.model
    def _touch_models(self):
        return {**super()._touch_models(), COMPLAINT: "partner_id"}

    @api.model_create_multi
    def create(self, vals_list):
        touchpoints = super().create(vals_list)
        touchpoints._answer_complaints()
        return touchpoints

    def write(self, vals):
        missed = self.filtered(lambda touch: not touch.is_effective)
        result = super().write(vals)
        missed.filtered("is_effective")._answer_complaints()
        return result

    def _answer_complaints(self):
        """A call, visit or chat about a complaint answers its customer (S17)."""
        for touch in self:
            if (
                touch.res_model == COMPLAINT
                and touch.direction == "out"
                and touch.is_effective
                and touch.channel in ANSWER_CHANNELS
            ):
                # sudo: the clocks do not depend on the rights of who writes it down
                complaint = self.env[COMPLAINT].sudo().browse(touch.res_id).exists()
                earliest = fields.Datetime.now() - WRITTEN_DOWN_WITHIN
                if complaint:
                    complaint._note_response(max(touch.date, earliest))

    @api.model
    def _record_message(self, record, message, recipients):
        """What a customer writes on a complaint is filed under its customer.

        Not under whoever happens to have the address: an unknown sender is nobody's
        contact until a person says so.
        """
        if record._name != COMPLAINT:
            return super()._record_message(record, message, recipients)
        complaint = record.sudo()
        message_sudo = message.sudo()
        if complaint._role_of_author(message_sudo) != CUSTOMER:
            if message_sudo.author_id.partner_share:
                return None  # a supplier's answer is no contact with a customer
            return super()._record_message(record, message, recipients)
        if (
            not complaint.partner_id
            or message_sudo.message_type not in PERSONAL_TYPES
            or message_sudo.is_internal
            or message_sudo.subtype_id.internal
            or self.env.context.get(INTAKE)
            or record.env.context.get(INTAKE)
        ):
            return None
        channel = "email"
        if message_sudo.message_type == "comment":
            channel = record.env.context.get("crm_complaint_channel") or "portal"
            channel = CHANNEL_OF_INTAKE[channel]
        author = message_sudo.author_id
        customer = complaint.partner_id.commercial_partner_id
        is_person = author != customer and author.commercial_partner_id == customer
        touchpoints = self.with_context(crm_touch_refresh_later=True)
        return touchpoints._record(
            [
                {
                    "partner_id": customer.id,
                    "contact_id": author.id if is_person else complaint.contact_id.id,
                    "company_id": complaint.company_id.id,
                    "direction": "in",
                    "channel": channel,
                    "date": min(message_sudo.date, fields.Datetime.now()),
                    "user_id": complaint.user_id.id or customer.user_id.id,
                    "summary": self._message_summary(complaint, message_sudo),
                    "res_model": COMPLAINT,
                    "res_id": complaint.id,
                    "source": f"mail.message,{message.id}",
                }
            ]
        )

    @api.model
    def _same_contact_sources(self, source):
        """The intake and the message that brought it are one contact."""
        sources = super()._same_contact_sources(source)
        model, _comma, res_id = source.partition(",")
        if model != "mail.message":
            return sources
        message = self.env["mail.message"].sudo().browse(int(res_id)).exists()
        if message.model != COMPLAINT:
            return sources
        complaint = self.env[COMPLAINT].sudo().browse(message.res_id).exists()
        if (
            complaint
            and complaint.channel in ("email", "portal", "web")
            and complaint._role_of_author(message) == CUSTOMER
            and message.create_date <= complaint.create_date + INTAKE_WITHIN
            and complaint._first_personal_message() == message
        ):
            return [*sources, f"{COMPLAINT},{complaint.id}"]
        return sources
