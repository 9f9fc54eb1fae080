# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError

from .crm_touchpoint import TOUCH_CHANNELS

# Jobs of care look for these.
NEEDED = (
    "crm_service_excellence.mail_activity_type_care",
    "crm_service_excellence.mail_activity_type_care_review",
)


class MailActivityType(models.Model):
    _inherit = "mail.activity.type"

    crm_touch_channel = fields.Selection(
        selection=TOUCH_CHANNELS,
        string="Counts as contact by",
        help="Such an activity, done with a customer, writes a touchpoint of this "
        "channel. Empty: it is no contact with the customer.",
    )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_care(self):
        for xmlid in NEEDED:
            needed = self.env.ref(xmlid, raise_if_not_found=False)
            if needed and needed in self:
                raise UserError(
                    self.env._(
                        "Activities “%(name)s” are how colleagues hear of care: the "
                        "type cannot be deleted.",
                        name=needed.name,
                    )
                )
