# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.fields import Domain

from .loyalty_card import MEMBER_GROUP


class ResPartner(models.Model):
    _inherit = "res.partner"

    crm_loyalty_card_count = fields.Integer(
        string="Memberships",
        compute="_compute_crm_loyalty_points",
        groups=MEMBER_GROUP,
    )
    crm_loyalty_points = fields.Float(
        string="Points",
        digits=(16, 2),
        compute="_compute_crm_loyalty_points",
        groups=MEMBER_GROUP,
        help="Balance in programs with a ledger; of a company, with its contacts'.",
    )

    @api.depends("commercial_partner_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_crm_loyalty_points(self):
        """Under the reader's own rights; one query for any number of contacts."""
        counts, sums = {}, {}
        groups = self.env["loyalty.card"]._read_group(
            self._crm_member_domain(), ["partner_id"], ["__count", "points:sum"]
        )
        # together, or each would be read by itself
        members = self.browse(partner.id for partner, _count, _points in groups)
        for member, (_partner, count, points) in zip(members, groups, strict=True):
            for owner in {member.id, member.commercial_partner_id.id}:
                counts[owner] = counts.get(owner, 0) + count
                sums[owner] = sums.get(owner, 0) + points
        for partner in self:
            partner.crm_loyalty_card_count = counts.get(partner._origin.id, 0)
            partner.crm_loyalty_points = sums.get(partner._origin.id, 0)

    def _crm_member_domain(self):
        """Cards of these contacts, and of the contacts of these companies."""
        companies = self.filtered(
            lambda partner: partner == partner.commercial_partner_id
        )
        contacts = Domain("id", "in", self._origin.ids) | Domain(
            "commercial_partner_id", "in", companies._origin.ids
        )
        return Domain("is_ledger", "=", True) & Domain("partner_id", "any", contacts)

    def action_view_crm_members(self):
        """The member; a list where a company or its contacts have several cards."""
        self.ensure_one()
        domain = list(self._crm_member_domain())
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_loyalty.loyalty_card_action_member"
        )
        action |= {"domain": domain, "context": {"default_partner_id": self.id}}
        cards = self.env["loyalty.card"].search(domain, limit=2)
        if len(cards) == 1:
            form = self.env.ref("crm_loyalty.loyalty_card_view_form_member")
            action |= {"res_id": cards.id, "views": [(form.id, "form")]}
        return action
