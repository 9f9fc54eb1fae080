# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..models.crm_care_rule import PURPOSES
from ..models.crm_consent import CONSENT_CHANNELS
from ..models.crm_consent_answer import CHANNEL_CODES, PURPOSE_CODES


class CrmConsentRecord(models.TransientModel):
    """A colleague writes down what a contact said about being contacted."""

    _name = "crm.consent.record"
    _description = "Record Consent"

    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Contact", required=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
    )
    answer = fields.Selection(
        selection=[("refused", "Does not want it"), ("granted", "Agreed to it")],
        required=True,
        default="refused",
    )
    purpose = fields.Selection(
        selection=[*PURPOSES, ("all", "Everything")],
        required=True,
        default="marketing",
        help="Greetings are festivals and birthdays, marketing is offers.",
    )
    channel = fields.Selection(
        selection=[*CONSENT_CHANNELS, ("all", "Every channel")],
        required=True,
        default="all",
    )
    note = fields.Char(
        string="What was said",
        required=True,
        help="And when, and by whom: it is kept as evidence.",
    )

    @api.model
    def default_get(self, fields_list):
        """The contact from whose form it is opened; from the consents nobody's."""
        values = super().default_get(fields_list)
        context = self.env.context
        if context.get("active_model") == "res.partner" and context.get("active_id"):
            values.setdefault("partner_id", context["active_id"])
        return values

    def action_record(self):
        """Record the answer; open tasks that it leaves no channel for are skipped.

        :raise AccessError: an agreement of a customer that somebody else looks after;
            a refusal is taken by every colleague
        :raise UserError: no word about what was said, or another company
        """
        self.ensure_one()
        self.partner_id.check_access("read")
        if not (self.note or "").strip():
            raise UserError(self.env._("Write down what the contact said."))
        if self.company_id not in self.env.companies:
            raise AccessError(self.env._("Choose one of your own companies."))
        if not self.env.user.has_group("crm_service_excellence.group_care_own"):
            raise AccessError(self.env._("Colleagues of customer care record this."))
        if self.answer == "granted":
            self.partner_id._check_looks_after()
        purposes = PURPOSE_CODES if self.purpose == "all" else (self.purpose,)
        channels = CHANNEL_CODES if self.channel == "all" else (self.channel,)
        granted = self.answer == "granted"
        self.env["crm.consent"]._answer_all(
            self.partner_id,
            self.company_id,
            {
                (purpose, channel): granted
                for purpose in purposes
                for channel in channels
            },
            "person",
            self.note.strip(),
        )
        return {"type": "ir.actions.act_window_close"}

    @api.onchange("answer", "purpose")
    def _onchange_service(self):
        """Say what is lost with it, before it is."""
        if self.answer == "refused" and self.purpose in ("service", "all"):
            return {
                "warning": {
                    "title": self.env._("Service as well?"),
                    "message": self.env._(
                        "The contact will not hear from us when a warranty ends, "
                        "either. Choose greeting and marketing if that is not meant."
                    ),
                }
            }
        return None
