# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What an order may spend, where the program keeps a ledger."""

from decimal import Decimal

from odoo import models
from odoo.exceptions import UserError

from ..tools.earning import CENT, round_to
from .loyalty_source import deferred_of


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _loyalty_hold_key(self):
        """Key of what the order holds while it is being paid."""
        self.ensure_one()
        return f"so:{self.id}"

    def _get_real_points_for_coupon(self, coupon, post_confirm=False):
        """Points that the order can spend of a card: nothing expired, owed, or held for
        another cart. Exact, not rounded like money (T3)."""
        self.ensure_one()
        if not coupon.is_ledger:
            return super()._get_real_points_for_coupon(coupon, post_confirm)
        # sudo: the balance, for whoever sells to the member or is the member
        card_sudo = coupon.sudo()
        points = (
            card_sudo.points
            - card_sudo._expired_unsettled().get(coupon.id, 0)
            - card_sudo._held_elsewhere([self._loyalty_hold_key()]).get(coupon.id, 0)
        )
        cost = self._loyalty_cost(coupon)
        if self.state == "sale":
            # what its rewards cost is posted; but for a step that is under way
            deferred = deferred_of(self.env)
            if deferred:
                points += deferred.costs.get((self.id, coupon.id), 0)
                return round(max(points, 0) - cost, 2)
            return round(max(points, 0), 2)
        if self._loyalty_earns_at_once(coupon.program_id):
            points += sum(
                self.coupon_point_ids.filtered(
                    lambda line: line.coupon_id == coupon
                ).mapped("points")
            )
        # who owes points can buy all the same, and has none to spend
        return round(max(points, 0) - cost, 2)

    def _loyalty_earns_at_once(self, program):
        """Whether an order can spend what it earns: it does so when it is confirmed
        (T7)."""
        return (
            program.applies_on == "both"
            and program.earn_on == "confirm"
            and not program.earn_delay_days
        )

    def _loyalty_cost(self, card):
        """Points that the rewards on the order cost."""
        return sum(
            self.order_line.filtered(lambda line: line.coupon_id == card).mapped(
                "points_cost"
            )
        )

    def _get_point_changes(self):
        """Odoo adds these to the cards; a ledger posts its own (gross, with source)."""
        changes = super()._get_point_changes()
        return {card: change for card, change in changes.items() if not card.is_ledger}

    def _get_reward_coupons(self):
        """Members are told of their card once, when the order made it (T7)."""
        return (
            super()
            ._get_reward_coupons()
            .filtered(lambda card: not card.is_ledger or card.order_id == self)
        )

    # REWARDS FOR GRADES

    def _loyalty_reward_is_open(self, reward):
        """Whether the customer's grade allows a reward."""
        self.ensure_one()
        # sudo: the terms of the reward, for whoever sells or buys
        if not reward.sudo().grade_ids:
            return True
        return reward._is_open_to(self._loyalty_grade(reward.program_id))

    def _loyalty_reserved_words(self, reward):
        return self.env._(
            "%(reward)s is reserved for customers of the grade %(grades)s.",
            reward=reward.description,
            grades=", ".join(reward.sudo().grade_ids.mapped("name")),
        )

    def _get_claimable_rewards(self, forced_coupons=None):
        """Without the rewards that are reserved for other grades."""
        result = super()._get_claimable_rewards(forced_coupons)
        for card in list(result):
            result[card] = result[card].filtered(self._loyalty_reward_is_open)
            if not result[card]:
                del result[card]
        return result

    def _apply_program_reward(self, reward, coupon, **kwargs):
        if not self._loyalty_reward_is_open(reward):
            return {"error": self._loyalty_reserved_words(reward)}
        return super()._apply_program_reward(reward, coupon, **kwargs)

    def _get_reward_line_values(self, reward, coupon, **kwargs):
        """A reward on a quotation goes when the customer's grade no longer allows it;
        Odoo takes a UserError here as nothing to give."""
        if self.state != "sale" and not self._loyalty_reward_is_open(reward):
            raise UserError(self._loyalty_reserved_words(reward))
        return super()._get_reward_line_values(reward, coupon, **kwargs)

    # COSTS

    def _get_reward_values_discount(self, reward, coupon, **kwargs):
        """The cost of a discount by points is rounded like points, not like money."""
        values = super()._get_reward_values_discount(reward, coupon, **kwargs)
        if (
            not coupon.is_ledger
            or reward.discount_mode != "per_point"
            or reward.clear_wallet
            or not values
        ):
            return values
        lines = [line for line in values if line.get("points_cost")]
        if lines:
            lines[0]["points_cost"] = self._loyalty_discount_cost(reward, coupon)
        return values

    def _loyalty_discount_cost(self, reward, coupon):
        """Points for the discount of a reward that gives money for each point.

        As many as were asked, or fewer where the order is worth less.
        """
        program = coupon.program_id
        points = self._get_real_points_for_coupon(coupon)
        whole = points // reward.required_points * reward.required_points
        method = {
            "order": "_discountable_order",
            "specific": "_discountable_specific",
            "cheapest": "_discountable_cheapest",
        }[reward.discount_applicability]
        worth = min(getattr(self, method)(reward)[0], self.amount_total)
        day = self._loyalty_day(program)
        worth = self.currency_id._convert(
            worth, reward.currency_id, self.company_id, day, round=False
        )
        if reward.discount_max_amount:
            worth = min(worth, reward.discount_max_amount)
        step = Decimal(repr(round(program.rounding_step, 2)))
        exact = Decimal(repr(round(worth / reward.discount, 6)))
        asked = min(exact, Decimal(repr(round(whole, 2))))
        cost = round_to(asked, step, "half_up")
        return float(min(max(cost, CENT), Decimal(repr(round(points, 2)))))
