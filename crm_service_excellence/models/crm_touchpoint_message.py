# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Messages that are contacts with customers."""

from odoo import api, fields, models
from odoo.tools import html2plaintext

# Written by a person: what Odoo sends by itself is no contact.
PERSONAL_TYPES = frozenset({"comment", "email", "email_outgoing"})
SUMMARY_LENGTH = 200


class CrmTouchpoint(models.Model):
    _inherit = "crm.touchpoint"

    @api.model
    def _record_message(self, record, message, recipients):
        """Write the contacts that ``message`` is: one per customer it reaches.

        :param record: document it was posted on
        :param recipients: recipients' data of ``mail.thread._notify_thread``
        """
        message_sudo = message.sudo()  # its author may not read what he or she sends
        author = message_sudo.author_id
        if message_sudo.message_type not in PERSONAL_TYPES or not author:
            return
        values = {
            "company_id": message_sudo.record_company_id.id or self.env.company.id,
            "channel": "email",
            "date": fields.Datetime.now(),
            "summary": self._message_summary(record.sudo(), message_sudo),
            "res_model": record._name,
            "res_id": record.id,
            "source": f"mail.message,{message.id}",
        }
        if author.partner_share:
            partners = self._filter_customers(author)
            values["direction"] = "in"
            # when it was written, unless the customer's clock is wrong
            values["date"] = min(message_sudo.date, values["date"])
            values["user_id"] = partners.commercial_partner_id.user_id.id
            if message_sudo.message_type == "comment":
                values["channel"] = "web"  # written in the portal
        elif self._is_written_by_colleague(message_sudo):
            partners = self._partners_reached(recipients)
            values["user_id"] = author.main_user_id.id
        else:
            return
        # one row per customer, with the first of its people as the contact
        by_customer = {
            partner.commercial_partner_id: partner for partner in reversed(partners)
        }
        if by_customer:
            self.with_context(crm_touch_refresh_later=True)._record(
                [
                    {**values, "partner_id": partner.id}
                    for partner in by_customer.values()
                ]
            )

    @api.model
    def _take_back_bounced(self, message_sudo):
        """An e-mail that came back was no contact, and has confirmed nothing.

        Unless somebody else at the customer got it as well.
        """
        # sudo: the mail gateway tells, and it is nobody in particular
        touchpoints_sudo = self.sudo()
        source = f"mail.message,{message_sudo.id}"
        touches = touchpoints_sudo.search(
            [("source", "=", source), ("direction", "=", "out")]
        )
        if message_sudo.model == self._name:
            confirmed = touchpoints_sudo.browse(message_sudo.res_id).exists()
            touches |= confirmed.filtered(lambda t: t.confirmation_state == "sent")
        got_it = message_sudo.notification_ids.filtered(
            lambda notification: (
                notification.notification_status
                in ("ready", "process", "pending", "sent")
            )
        ).res_partner_id.commercial_partner_id
        for touch in touches.filtered(lambda t: t.partner_id not in got_it):
            if touch.source == source:
                touch.is_effective = False
            else:
                touch.write({"confirmation_state": "due", "confirmation_date": False})
                touch._owe_confirmation()

    @api.model
    def _is_written_by_colleague(self, message_sudo):
        """Whether a colleague wrote it, for readers outside."""
        return (
            message_sudo.message_type in PERSONAL_TYPES
            and not message_sudo.is_internal
            and not message_sudo.subtype_id.internal
            and not message_sudo.author_id.partner_share
            and message_sudo.author_id.main_user_id.active
        )

    @api.model
    def _partners_reached(self, recipients):
        """Customers' people who get the message by e-mail."""
        ids = [
            recipient["id"]
            for recipient in recipients or ()
            if recipient["id"]
            and recipient["share"]
            and recipient["notif"] == "email"
            and recipient["email_normalized"]
        ]
        return self._filter_customers(self.env["res.partner"].sudo().browse(ids))

    @api.model
    def _message_summary(self, record_sudo, message_sudo):
        """The subject that somebody chose, else how the text begins."""
        subject = message_sudo.subject
        if subject and subject != record_sudo._message_compute_subject():
            return subject
        text = html2plaintext(message_sudo.body or "", include_references=False)
        text = " ".join(text.split()) or subject or ""
        if len(text) <= SUMMARY_LENGTH:
            return text
        return text[:SUMMARY_LENGTH].rstrip() + "…"
