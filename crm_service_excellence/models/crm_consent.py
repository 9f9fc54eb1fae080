# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

from .crm_care_rule import PURPOSES

CONSENT_CHANNELS = [
    ("email", "E-mail"),
    ("sms", "SMS"),
    ("phone", "Phone"),
    ("wechat", "WeChat"),
    ("visit", "Visit"),
    ("gift", "Gifts and letters"),
]


class CrmConsent(models.Model):
    """What a contact said about being contacted: append-only, the current row counts.

    A contact who said nothing may get service and greetings, and marketing only where
    the company does not ask before (``res.company.crm_marketing_opt_in``).
    """

    _name = "crm.consent"
    _description = "Consent"
    _order = "date desc, id desc"
    _rec_name = "partner_id"
    _allow_sudo_commands = False

    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Contact",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, index=True
    )
    purpose = fields.Selection(selection=PURPOSES, required=True, readonly=True)
    channel = fields.Selection(selection=CONSENT_CHANNELS, required=True, readonly=True)
    is_granted = fields.Boolean(string="Agreed", readonly=True)
    answer = fields.Selection(
        selection=[("agreed", "Agreed"), ("refused", "Refused")],
        compute="_compute_answer",
    )
    is_current = fields.Boolean(string="Counts", default=True, readonly=True)
    date = fields.Datetime(
        string="Said on", required=True, readonly=True, default=fields.Datetime.now
    )
    source = fields.Selection(
        selection=[
            ("portal", "Portal"),
            ("mail", "Link in an e-mail"),
            ("person", "Told a colleague"),
            ("merge", "Merged contact"),
        ],
        required=True,
        readonly=True,
        default="person",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Recorded by",
        readonly=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
        index=True,
    )
    note = fields.Char(readonly=True)

    _current_uniq = models.UniqueIndex(
        "(partner_id, company_id, purpose, channel) WHERE is_current",
        "One answer counts.",
    )

    @api.depends("is_granted")
    def _compute_answer(self):
        """In words: an empty box does not look like a refusal."""
        for consent in self:
            consent.answer = "agreed" if consent.is_granted else "refused"
