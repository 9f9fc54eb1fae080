# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What the lines of an order are worth to a points program.

The base of a line is its amount less its share of every discount: those of promotions,
those bought with points (T4), and what gift cards and eWallets pay. Top-ups of gift
cards, rewards, down payments and, as a rule, shipping are worth nothing.
"""

from decimal import Decimal

from odoo import models

from ..tools.earning import ZERO, split, spread


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _loyalty_bases(self, program):
        """What each line is worth in a program.

        :return: ``({sale.order.line: Decimal in the program's currency}, rate)``; lines
            that earn nothing in any case are left out
        """
        self.ensure_one()
        lines = self.order_line.filtered(
            lambda line: (
                not (line.display_type or line.reward_id or line.is_downpayment)
            )
        )
        amounts, discounts = {}, []
        for line in lines:
            amount = self._loyalty_amount(line, program)
            if amount < 0:
                discounts.append(line)
            else:
                amounts[line.id] = amount
        rewards = self.order_line.filtered("reward_id").sorted(
            # what pays is taken off last, as Odoo applies it
            lambda line: line.reward_id.program_id.is_payment_program
        )
        unit = Decimal(repr(self.currency_id.rounding))
        for line in [*discounts, *rewards]:
            self._loyalty_take_off(line, program, amounts, unit)
        top_ups = self._loyalty_top_ups()
        left = {
            line: amounts[line.id]
            for line in lines
            if line.id in amounts
            and line.product_id not in top_ups
            and (program.earn_on_shipping or not line._loyalty_is_shipping())
        }
        return self._loyalty_convert(left, program)

    def _loyalty_amount(self, line, program):
        """A line's amount in the order's currency, exact."""
        amount = (
            line.price_total if program.earn_tax == "included" else line.price_subtotal
        )
        return Decimal(repr(self.currency_id.round(amount)))

    def _loyalty_take_off(self, line, program, amounts, unit):
        """Take a discount, or what pays, off the amounts of the lines it concerns."""
        reward = line.reward_id
        if reward.program_id.is_payment_program:
            if program.earn_on_stored_value:
                return
            # it pays what is due, taxes and all: so is its share of each line
            paid = -sum(
                self.order_line.filtered(
                    lambda other: other.reward_id.program_id.is_payment_program
                ).mapped("price_total")
            )
            due = self.amount_total + paid
            share = -line.price_total / due if due > 0 else 0
            total = sum(
                (self._loyalty_amount(other, program) for other in self._sold_lines()),
                ZERO,
            )
            taken = Decimal(repr(self.currency_id.round(float(total) * share)))
            spread(amounts, max(taken, ZERO), list(amounts), unit)
            return
        taken = -self._loyalty_amount(line, program)
        if taken > 0:
            scope = self._loyalty_discounted_lines(line).filtered(
                lambda other: other.id in amounts
            )
            alike = scope.filtered(
                lambda other: other.tax_ids == line.tax_ids and other.price_total
            )
            spread(amounts, taken, (alike or scope).ids or list(amounts), unit)

    def _sold_lines(self):
        """Lines that make the amount that is due: all but those that pay it."""
        return self.order_line.filtered(
            lambda line: (
                not line.display_type
                and not line.reward_id.program_id.is_payment_program
            )
        )

    def _loyalty_discounted_lines(self, line):
        """The lines that a discount concerns, as Odoo computed it."""
        reward = line.reward_id
        if reward.reward_type == "shipping":  # of delivery, where it is installed
            return self.order_line.filtered(lambda sold: sold._loyalty_is_shipping())
        if reward.discount_applicability == "specific":
            return self._get_specific_discountable_lines(reward)
        if reward.discount_applicability == "cheapest":
            return self._cheapest_line(reward) or self.order_line.browse()
        if reward:
            return self.order_line - self._get_no_effect_on_threshold_lines()
        return self.order_line

    def _loyalty_top_ups(self):
        """Products that load a gift card or an eWallet: the money is not spent yet."""
        # sudo: which products they are, for whoever sells or buys
        rules_sudo = (
            self.env["loyalty.rule"]
            .sudo()
            .search([("program_id.program_type", "in", ("gift_card", "ewallet"))])
        )
        return rules_sudo.product_ids.with_env(self.env)

    def _loyalty_convert(self, amounts, program):
        """Amounts in the program's currency, at the rate of the order's day (T2).

        The total is converted and then split, so that no cent is lost between lines.

        :return: ``({sale.order.line: Decimal}, rate as float)``
        """
        currency = program.currency_id
        if currency == self.currency_id:
            return amounts, 1.0
        rate = self.currency_id._get_conversion_rate(
            self.currency_id, currency, self.company_id, self._loyalty_day(program)
        )
        total = currency.round(float(sum(amounts.values(), ZERO)) * rate)
        parts = split(
            Decimal(repr(total)),
            {line.id: amount for line, amount in amounts.items()},
            Decimal(repr(currency.rounding)),
        )
        return {line: Decimal(parts[line.id]) for line in amounts}, rate


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _loyalty_is_shipping(self):
        """Whether the line is a delivery charge; none is without Odoo's delivery."""
        self.ensure_one()
        return "is_delivery" in self._fields and self.is_delivery
