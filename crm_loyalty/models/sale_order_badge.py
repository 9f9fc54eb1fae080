# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What the member of an order has, and what it buys: a glance before checkout."""

from odoo import api, fields, models
from odoo.fields import Domain

from .crm_loyalty_amount import format_points
from .loyalty_card import MEMBER_GROUP


class SaleOrder(models.Model):
    _inherit = "sale.order"

    crm_loyalty_card_id = fields.Many2one(
        comodel_name="loyalty.card",
        string="Member",
        compute="_compute_crm_loyalty_badge",
        groups=MEMBER_GROUP,
    )
    crm_loyalty_available = fields.Float(
        string="Points available",
        digits=(16, 2),
        compute="_compute_crm_loyalty_badge",
        groups=MEMBER_GROUP,
        help="What the member can spend now, over and above what this order holds.",
    )
    crm_loyalty_reward_hint = fields.Char(
        string="Can redeem",
        compute="_compute_crm_loyalty_badge",
        groups=MEMBER_GROUP,
        help="The largest reward that the points are enough for; else the next one.",
    )

    @api.depends("partner_id", "company_id", "state", "order_line")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_crm_loyalty_badge(self):
        """Under the reader's own rights; a member of several programs: the fullest."""
        holders = self.partner_id | self.partner_id.commercial_partner_id
        found = self.env["loyalty.card"].search(
            Domain("is_ledger", "=", True)
            & Domain("partner_id", "in", holders._origin.ids)
            & Domain("program_id.active", "=", True),
            order="points, id",
        )
        cards = {(card.partner_id.id, card.company_id.id): card for card in found}
        for order in self:
            partner = order.partner_id._origin
            # the contact's own card, else that of its company, as orders take them
            places = [
                (holder.id, company)
                for holder in (partner, partner.commercial_partner_id)
                for company in (order.company_id.id, False)
            ]
            card = next(filter(None, map(cards.get, places)), found.browse())
            order.crm_loyalty_card_id = card
            order.crm_loyalty_available = card.available_points
            order.crm_loyalty_reward_hint = (
                card._reward_words() if order.state in ("draft", "sent") else False
            )

    def action_view_crm_member(self):
        """The member that this order is for."""
        self.ensure_one()
        return self.crm_loyalty_card_id._get_records_action()


class LoyaltyCard(models.Model):
    _inherit = "loyalty.card"

    def _reward_words(self):
        """What the points buy now, or how many are missing; empty without rewards."""
        if not self:
            return False
        self.ensure_one()
        rewards = self._offered_rewards().sorted("required_points")
        if not rewards:
            return False
        within = rewards.filtered(
            lambda reward: reward.required_points <= self.available_points
        )
        reward = within[-1:] or rewards[0]
        if within:
            return self.env._(
                "Can redeem “%(reward)s” for %(points)s points",
                reward=reward.description,
                points=format_points(reward.required_points),
            )
        return self.env._(
            "%(missing)s points more for “%(reward)s”",
            missing=format_points(reward.required_points - self.available_points),
            reward=reward.description,
        )
