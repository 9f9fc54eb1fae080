# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from ..models.crm_care_rule_channel import CARE_CHANNELS
from ..models.crm_care_rule_preview import CareDay


class CrmCareRulePreview(models.TransientModel):
    """What a rule would do for one customer: when, through what, with which words."""

    _name = "crm.care.rule.preview"
    _description = "Preview of a Care Rule"

    rule_id = fields.Many2one(
        comodel_name="crm.care.rule", required=True, readonly=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer or contact",
        compute="_compute_partner_id",
        compute_sudo=False,  # of the customers that the reader may see
        store=True,
        readonly=False,
        precompute=True,
        ondelete="cascade",
    )
    is_reached = fields.Boolean(compute="_compute_preview")
    reach_text = fields.Char(compute="_compute_preview")
    dates_text = fields.Text(string="Next dates", compute="_compute_preview")
    channel = fields.Selection(
        selection=CARE_CHANNELS, string="Through", compute="_compute_preview"
    )
    channel_note = fields.Char(string="Not through", compute="_compute_preview")
    subject = fields.Char(compute="_compute_preview")
    body = fields.Html(
        string="E-mail", compute="_compute_preview", sanitize="email_outgoing"
    )
    short_text = fields.Text(compute="_compute_preview")
    problem = fields.Char(compute="_compute_preview")

    @api.depends("rule_id")
    def _compute_partner_id(self):
        """Somebody whom it reaches, to begin with."""
        for preview in self:
            preview.rule_id.check_access("read")
            found = preview.rule_id._sample() if preview.rule_id else []
            preview.partner_id = next(filter(preview._may_see, found), False)

    def _may_see(self, partner):
        """Whether what is told of the contact is the reader's to know."""
        # sudo: only to ask for the access
        customers = self.env["crm.customer"].sudo()
        customers = customers.search(
            [
                ("partner_id", "=", partner.commercial_partner_id.id),
                ("company_id", "=", self.rule_id.company_id.id),
            ]
        )
        return partner.has_access("read") and customers.sudo(False).has_access("read")

    @api.depends("rule_id", "partner_id")
    @api.depends_context("lang")
    def _compute_preview(self):
        for preview in self:
            preview.update(preview._empty())
            if preview.rule_id and preview.partner_id:
                preview.update(preview._look())

    @api.model
    def _empty(self):
        names = (
            "is_reached",
            "reach_text",
            "dates_text",
            "channel",
            "channel_note",
            "subject",
            "body",
            "short_text",
            "problem",
        )
        return dict.fromkeys(names, False)

    def _look(self):
        rule, partner = self.rule_id, self.partner_id._origin
        rule.check_access("read")
        if not self._may_see(partner):
            raise AccessError(
                self.env._(
                    "%(contact)s is the customer of a colleague.",
                    contact=partner.sudo().name,
                )
            )
        is_reached = rule._reaches(partner)
        channel, note = rule._preview_channels(partner)[partner.id]
        shown = {
            "is_reached": is_reached,
            "reach_text": self._reach_words(partner, is_reached),
            "channel": channel,
            "channel_note": note or False,
        }
        days = []
        try:
            days = rule._preview_days(partner)
            shown["dates_text"] = self._dates_words(days)
        except UserError as error:
            shown["problem"] = str(error)
        today = rule.company_id._crm_today()
        try:
            shown |= rule._preview_text(
                partner, days[0] if days else CareDay(today, today)
            )
        except UserError as error:
            # Odoo's own words are a traceback of some pages
            cause = error.__cause__ or error
            shown["problem"] = self.env._(
                "The text cannot be written: %(error)s",
                error=" ".join(str(cause).split())[:300],
            )
        return shown

    def _reach_words(self, partner, is_reached):
        """Whether the contact is a recipient; else what does not fit."""
        if is_reached:
            return self.env._("%(contact)s is a recipient.", contact=partner.name)
        reasons = self.rule_id._mismatches(partner)
        return self.env._(
            "%(contact)s is not a recipient: %(reasons)s.",
            contact=partner.name or partner.display_name,
            reasons=", ".join(reasons),
        )

    def _dates_words(self, days):
        words = []
        for day in days:
            due = format_date(self.env, day.due, date_format="full")
            if day.due != day.occasion:
                due = self.env._(
                    "%(due)s, ahead of %(occasion)s",
                    due=due,
                    occasion=format_date(self.env, day.occasion, date_format="long"),
                )
            words.append(due)
        return "\n".join(words) or self.env._(
            "None is known: there is no date on record, or it did not happen yet."
        )
