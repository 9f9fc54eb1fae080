# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models

from .crm_touchpoint import TOUCH_CHANNELS


class MailActivityType(models.Model):
    _inherit = "mail.activity.type"

    crm_touch_channel = fields.Selection(
        selection=TOUCH_CHANNELS,
        string="Counts as contact by",
        help="Such an activity, done with a customer, writes a touchpoint of this "
        "channel. Empty: it is no contact with the customer.",
    )
