# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def _routing_handle_bounce(self, email_message, message_dict):
        """What came back has reached nobody."""
        result = super()._routing_handle_bounce(email_message, message_dict)
        message = message_dict["bounced_message"]
        if message_dict["bounced_email"] and message:
            self.env["crm.touchpoint"]._take_back_bounced(message.sudo())
        return result

    def _notify_thread(self, message, msg_vals=False, **kwargs):
        """A message between a colleague and a customer is a contact."""
        recipients = super()._notify_thread(message, msg_vals=msg_vals, **kwargs)
        # Models that are no customers' documents pay for this look-up alone.
        touchpoints = self.env["crm.touchpoint"]
        if self._name in touchpoints._touch_models() and not (
            self._is_notification_scheduled(kwargs.get("scheduled_date"))
        ):
            touchpoints._record_message(self, message, recipients)
        return recipients
