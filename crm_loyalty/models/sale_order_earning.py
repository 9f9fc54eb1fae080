# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What an order earns in a program with a ledger."""

from decimal import Decimal
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from odoo import models

from ..tools.earning import ZERO, Boost, Line, earn, split, spread


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _program_check_compute_points(self, programs):
        """Odoo decides whether programs apply; for a ledger's, ours say how much."""
        result = super()._program_check_compute_points(programs)
        for program, status in result.items():
            if not program.is_ledger or "points" not in status:
                continue
            if not program._is_open_on(self._loyalty_day(program)):
                # the program's days are those of its zone, Odoo takes the company's
                result[program] = {
                    "error": self.env._("The program is not available for this order.")
                }
                continue
            # one number: the points of a member are not split over cards (T8)
            status["points"] = [float(self._loyalty_earning(program).points)]
        return result

    def _loyalty_earning(self, program, rated=None):
        """Compute what the order earns, line by line. Posts nothing.

        :param program: ``loyalty.program`` with a ledger
        :param rated: ``(grade name, factor)`` that counts instead of today's, for an
            order whose points were posted before (R4)
        :return: ``tools.earning.Earning``
        """
        self.ensure_one()
        program = program.sudo()  # its terms, for whoever sells or buys
        day = self._loyalty_day(program)
        bases, rate = self._loyalty_bases(program)
        grade = self._loyalty_grade(program)
        name, factor = rated or program._grade_terms(grade)
        plain = self._loyalty_plain_points(program, bases)
        campaigns = program._campaigns_on(day, grade) if bases else []
        earning = earn(
            [
                Line(
                    line.id,
                    plain.get(line, []),
                    tuple(
                        Boost(
                            campaign.name,
                            Decimal(repr(round(campaign.factor, 2))),
                            campaign.is_compounding,
                        )
                        for campaign in campaigns
                        if campaign._concerns(line.product_id)
                    ),
                )
                for line in bases
            ],
            factor=factor,
            grade=name,
            order_cap=Decimal(program.order_cap) if program.order_cap else None,
            month_left=self._loyalty_month_left(program, day),
            step=Decimal(repr(round(program.rounding_step, 2))),
            mode=program.rounding_mode,
        )
        earning.rate, earning.day, earning.bases = rate, day, bases
        earning.terms = program._earning_terms(campaigns)
        return earning

    # WHEN AND WHO

    def _loyalty_day(self, program):
        """The day the order counts for, in the program's zone.

        The day on which it was paid, where that was before it was confirmed, else the
        day of its confirmation, else today: who pays in May takes part in May's
        campaign, and what was promised then is not less when the payment is confirmed.
        """
        self.ensure_one()
        # sudo: as Odoo reads the payments' dates to choose programs
        paid = self.sudo().transaction_ids.filtered(
            lambda tx: tx.state in ("done", "authorized")
        )
        moments = paid.mapped("create_date")
        if self.state == "sale" and self.date_order:
            moments.append(self.date_order)
        if not moments:
            return program._crm_today()
        moment = min(moments)
        zone = ZoneInfo(program._crm_zone_company()._crm_timezone())
        return moment.replace(tzinfo=ZoneInfo("UTC")).astimezone(zone).date()

    def _loyalty_card(self, program):
        """The member's card in a program, which may not exist yet."""
        self.ensure_one()
        applied = (self.coupon_point_ids.coupon_id | self.applied_coupon_ids).filtered(
            lambda card: card.program_id == program and card.active
        )
        if applied:
            return applied[0]
        # sudo: the member is the order's own customer
        cards_sudo = self.env["loyalty.card"].sudo()
        return cards_sudo.search(
            [
                ("partner_id", "=", self.partner_id._origin.id),
                ("program_id", "=", program._origin.id),
            ],
            limit=1,
        ).with_env(self.env)

    def _loyalty_grade(self, program):
        """The customer's grade in the order's company, of a member or not yet.

        :return: ``crm.grade``
        """
        card = self._loyalty_card(program)
        if card:
            grade = card._member_grades(self.company_id)[card.id]
        else:
            grade = card._grade_of_partner(self.partner_id, self.company_id)
        # sudo: the grade's name and terms, for whoever sells or buys
        return self.env["crm.grade"].sudo().browse(grade or [])

    # RULES

    def _loyalty_rules(self, program):
        """The rules of a program that the order meets, as Odoo decides it.

        :return: ``[(loyalty.rule, products that count)]``
        """
        sold = self._get_not_rewarded_order_lines().filtered(
            lambda line: not line.combo_item_id
        )
        valid = program._get_valid_products(sold.product_id)
        valid_all = program._get_valid_products(self.order_line.product_id)
        threshold = (
            self.order_line - self._get_no_effect_on_threshold_lines()
        ).filtered(
            lambda line: (
                not line.combo_item_id
                and not (
                    line.reward_id.reward_type == "discount"
                    and (
                        line.reward_id.program_id.trigger == "auto"
                        or line.reward_id.program_id == program
                    )
                )
            )
        )
        met = []
        for rule in program.rule_ids:
            if rule.mode == "with_code" and rule not in self.code_enabled_rule_ids:
                continue
            products = valid.get(rule)
            if not products or not rule.reward_point_amount:
                continue
            counted = threshold.filtered(
                lambda line, rule=rule: line.product_id in valid_all[rule]
            )._loyalty_priced_lines()
            amount = sum(
                counted.mapped(
                    "price_total"
                    if rule.minimum_amount_tax_mode == "incl"
                    else "price_subtotal"
                )
            )
            if (
                self.currency_id.compare_amounts(
                    rule._compute_amount(self.currency_id), amount
                )
                > 0
            ):
                continue
            quantity = sum(
                line.product_uom_qty for line in sold if line.product_id in products
            )
            if quantity >= rule.minimum_qty:
                met.append((rule, valid_all[rule]))
        return met

    def _loyalty_plain_points(self, program, bases):
        """Plain points of each line: before grade and campaigns.

        :return: ``{sale.order.line: [(label, Decimal)]}``
        """
        plain = {}
        for rule, products in self._loyalty_rules(program):
            worth = Decimal(repr(round(rule.reward_point_amount, 6)))
            concerned = {
                line: base
                for line, base in bases.items()
                if line._loyalty_rule_product() in products
            }
            if rule.reward_point_mode == "money":
                points = {line: base * worth for line, base in concerned.items()}
            else:
                units = self._loyalty_units(concerned)
                if rule.reward_point_mode == "unit":
                    points = {line: units[line] * worth for line in units}
                else:
                    points = self._loyalty_order_points(worth, units, bases)
            for line, amount in points.items():
                plain.setdefault(line, []).append((rule.reward_point_mode, amount))
        return plain

    def _loyalty_units(self, lines):
        """Units of each line, less those that the same order takes back."""
        units = {
            line.id: Decimal(repr(line.product_uom_qty))
            for line in lines
            if line.product_uom_qty > 0
            and not line._loyalty_is_shipping()
            and not line.combo_item_id
        }
        for back in self._get_not_rewarded_order_lines():
            if back.product_uom_qty < 0:
                same = [line.id for line in lines if line.product_id == back.product_id]
                spread(units, Decimal(repr(-back.product_uom_qty)), same)
        return {line: units[line.id] for line in lines if line.id in units}

    def _loyalty_order_points(self, worth, units, bases):
        """Points for the order as a whole, given to its lines for refunds."""
        weights = {line.id: bases[line] for line in units}
        if not any(weights.values()):
            weights = {line.id: quantity for line, quantity in units.items()}
        parts = split(worth, weights, Decimal("0.000001"))
        return {line: Decimal(parts[line.id]) for line in units}

    # CAPS

    def _loyalty_month_left(self, program, day):
        """What the cap of the calendar month leaves for this order; None: no cap."""
        if not program.month_cap:
            return None
        card = self._loyalty_card(program)
        earned = ZERO
        if card:
            first = day.replace(day=1)
            earned = card._earned_by_orders(
                first, first + relativedelta(months=1), but=self._origin
            )
        return max(Decimal(program.month_cap) - earned, ZERO)


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _loyalty_priced_lines(self):
        """The lines that carry the prices: those of its items for a combo."""
        return self.env["sale.order.line"].union(
            *(line._get_lines_with_price() for line in self)
        )

    def _loyalty_rule_product(self):
        """The product by which rules know the line: the combo, for its items."""
        self.ensure_one()
        if self.combo_item_id:
            return self.linked_line_id.product_id
        return self.product_id
