# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models

CARE_CHANNELS = [
    ("email", "E-mail"),
    ("sms", "SMS"),
    ("phone", "Phone call"),
    ("visit", "Visit"),
    ("wechat", "WeChat"),
    ("gift", "Gift"),
]


class CrmCareRuleChannel(models.Model):
    """One of the ways that a care rule tries, in their order."""

    _name = "crm.care.rule.channel"
    _description = "Channel of a Care Rule"
    _order = "rule_id, sequence, id"

    rule_id = fields.Many2one(
        comodel_name="crm.care.rule", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    channel = fields.Selection(selection=CARE_CHANNELS, required=True, default="email")

    _channel_uniq = models.UniqueIndex(
        "(rule_id, channel)", "A rule tries each channel once."
    )
