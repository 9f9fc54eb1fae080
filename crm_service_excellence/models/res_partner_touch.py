# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Contacts with a customer, from its address card."""

from odoo import api, fields, models

from .crm_timeline import PAGE_SIZE
from .res_partner import CARE_GROUP

# What a contact is logged by unless said otherwise; visits have a screen of their own.
LOGGED_CHANNELS = ("email", "sms", "wechat", "video", "letter")


class ResPartner(models.Model):
    _inherit = "res.partner"

    crm_touch_count = fields.Integer(
        string="Touchpoint count",
        compute="_compute_crm_touch_count",
        groups=CARE_GROUP,
    )

    @api.depends("commercial_partner_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_crm_touch_count(self):
        counts = dict(
            self.env["crm.touchpoint"]._read_group(
                domain=[("partner_id", "in", self.commercial_partner_id.ids)],
                groupby=["partner_id"],
                aggregates=["__count"],
            )
        )
        for partner in self:
            commercial = partner.commercial_partner_id._origin
            partner.crm_touch_count = counts.get(commercial, 0)

    def crm_timeline_page(self, kinds=None, before=None, limit=PAGE_SIZE):
        """One page of everything that happened with this customer, newest first.

        :param kinds: list of kinds to show; all by default
        :param before: ``next`` of the page before; the newest by default
        :param limit: entries of a page, 100 at most
        :return: ``{"entries": [...], "next": place of the next page or None,
            "kinds": [{"kind", "label", "icon"}]}``; an entry has kind, icon, date
            (UTC, or a plain date without ``has_time``), title, text, user, amount,
            currency_id, incoming, flag, late, res_model and res_id
        :raise AccessError: for readers who may not read the partner
        """
        self.ensure_one()
        self.check_access("read")
        return self.env["crm.timeline"]._page(self, kinds, before, limit)

    def action_view_crm_touchpoints(self):
        """The list of the contacts with this customer."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_service_excellence.crm_touchpoint_action"
        )
        partner = self.commercial_partner_id
        return {
            **action,
            "domain": [("partner_id", "=", partner.id)],
            "context": {"default_partner_id": partner.id},
        }

    def action_log_crm_touchpoint(self):
        """Write down a contact that took place just now."""
        self.ensure_one()
        partner = self.commercial_partner_id
        preferred = self.crm_preferred_channel or partner.crm_preferred_channel
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Log a contact"),
            "res_model": "crm.touchpoint",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_partner_id": partner.id,
                "default_contact_id": self.id if self != partner else False,
                "default_channel": preferred
                if preferred in LOGGED_CHANNELS
                else "phone",
            },
        }
