# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Who recommended whom, on the contact and on the lead."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from .loyalty_card_write import MANAGER_GROUP

USER_GROUP = "crm_loyalty.group_loyalty_user"


class CrmReferral(models.Model):
    _inherit = "crm.referral"

    @api.model
    def _set_by_staff(self, referrer, referred=None, lead=None):
        """What a colleague entered as *recommended by*; emptied: it was a mistake.

        A pending one is corrected by another; the rewards of one that counted stay
        what they are.

        :raise UserError: it counted already, would reward who enters it, or takes a
            recommendation from the member whose link was followed
        """
        company = (lead.company_id if lead else None) or self.env.company
        if not self.env.su and referrer and referrer == self.env.user.partner_id:
            raise UserError(
                self.env._("A recommendation by yourself is entered by somebody else.")
            )
        first = self._first_of(referred, lead, company)
        if first and first.referrer_id != referrer:
            self._check_may_correct(first)
            first._reject(
                "withdrawn",
                self.env._("Corrected by %(user)s.", user=self.env.user.name),
            )
        if referrer:
            self._refer(
                referrer,
                referred,
                lead,
                source="lead" if lead else "staff",
                company=company,
            )

    @api.model
    def _check_may_correct(self, first):
        """:raise UserError: the customer said so, by the link: managers decide"""
        if self.env.su or first.source != "link":
            return
        if not self.env.user.has_group(MANAGER_GROUP):
            raise UserError(
                self.env._(
                    "The customer came by the link of %(referrer)s: a manager of the "
                    "loyalty program can correct it.",
                    referrer=first.referrer_id.display_name,
                )
            )


class ResPartner(models.Model):
    _inherit = "res.partner"

    crm_referred_by_id = fields.Many2one(
        comodel_name="res.partner",
        string="Recommended by",
        compute="_compute_crm_referred_by_id",
        inverse="_inverse_crm_referred_by_id",
        search="_search_crm_referred_by_id",
        groups=USER_GROUP,
        help="The customer who recommended us to this one.",
    )
    crm_referral_count = fields.Integer(
        string="Recommendations",
        compute="_compute_crm_referral_count",
        groups=USER_GROUP,
    )

    @api.depends_context("company", "uid")
    def _compute_crm_referred_by_id(self):
        found = self.env["crm.referral"].search(
            [
                ("referred_id", "in", self._origin.ids),
                ("company_id", "=", self.env.company.id),
                ("state", "!=", "rejected"),
            ]
        )
        by_referred = {referral.referred_id: referral.referrer_id for referral in found}
        for partner in self:
            partner.crm_referred_by_id = by_referred.get(partner._origin, False)

    def _inverse_crm_referred_by_id(self):
        for partner in self:
            self.env["crm.referral"]._set_by_staff(partner.crm_referred_by_id, partner)

    @api.model
    def _search_crm_referred_by_id(self, operator, value):
        if operator != "in":
            return NotImplemented
        counts = fields.Domain("state", "!=", "rejected") & fields.Domain(
            "company_id", "=", self.env.company.id
        )
        referrals = self.env["crm.referral"]
        wanted = [item for item in value if item]
        found = referrals.search(counts & fields.Domain("referrer_id", "in", wanted))
        domain = fields.Domain("id", "in", found.referred_id.ids)
        if False in value:
            all_found = referrals.search(counts)
            domain |= fields.Domain("id", "not in", all_found.referred_id.ids)
        return domain

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_crm_referral_count(self):
        counts = dict(
            self.env["crm.referral"]._read_group(
                [("referrer_id", "in", self._origin.ids)],
                ["referrer_id"],
                ["__count"],
            )
        )
        for partner in self:
            partner.crm_referral_count = counts.get(partner._origin, 0)

    def action_view_crm_referrals(self):
        """Open whom this contact recommended us to, and by whom it came."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_loyalty.crm_referral_action"
        )
        action["domain"] = [
            "|",
            ("referrer_id", "=", self.id),
            ("referred_id", "=", self.id),
        ]
        action["context"] = {}
        return action


class CrmLead(models.Model):
    _inherit = "crm.lead"

    crm_referred_by_id = fields.Many2one(
        comodel_name="res.partner",
        string="Recommended by",
        compute="_compute_crm_referred_by_id",
        inverse="_inverse_crm_referred_by_id",
        groups=USER_GROUP,
        help="The customer who recommended us; kept when the lead gets its customer.",
    )

    @api.depends("partner_id")
    @api.depends_context("uid")
    def _compute_crm_referred_by_id(self):
        found = self.env["crm.referral"].search(
            [("lead_id", "in", self._origin.ids), ("state", "!=", "rejected")],
            order="date desc, id desc",
        )
        by_lead = {referral.lead_id: referral.referrer_id for referral in found}
        for lead in self:
            lead.crm_referred_by_id = by_lead.get(lead._origin, False)

    def _inverse_crm_referred_by_id(self):
        for lead in self:
            self.env["crm.referral"]._set_by_staff(
                lead.crm_referred_by_id, lead.partner_id, lead
            )

    def write(self, vals):
        result = super().write(vals)
        if vals.get("partner_id"):
            self._crm_carry_referrals()
        return result

    def _crm_carry_referrals(self):
        """The lead has its customer: who was recommended is known now."""
        # sudo: whoever files the lead need not see who recommended
        waiting = (
            self.env["crm.referral"]
            .sudo()
            .search(
                [
                    ("lead_id", "in", self.ids),
                    ("referred_id", "=", False),
                    ("state", "=", "pending"),
                ]
            )
        )
        for referral in waiting:
            referral._attach_customer(referral.lead_id.partner_id)

    def _merge_dependences(self, opportunities):
        """Who recommended a lead recommended what it is merged into."""
        result = super()._merge_dependences(opportunities)
        # sudo: as above
        self.env["crm.referral"].sudo().search(
            [("lead_id", "in", opportunities.ids)]
        ).lead_id = self
        return result
