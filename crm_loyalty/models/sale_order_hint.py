# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a quotation would earn, and why it is nothing; before anybody asks."""

from odoo import api, fields, models

from .crm_loyalty_amount import format_points


class SaleOrder(models.Model):
    _inherit = "sale.order"

    crm_loyalty_hint = fields.Char(
        string="Points",
        compute="_compute_crm_loyalty_hint",
        help="What the order will earn, and what the customer can redeem.",
    )

    @api.depends(
        "partner_id",
        "state",
        "pricelist_id",
        "date_order",
        "coupon_point_ids.points",
        "order_line.price_total",
        "order_line.points_cost",
        "order_line.product_id",
    )
    def _compute_crm_loyalty_hint(self):
        for order in self:
            # a form that is being typed shows what is saved: points follow on saving
            words = [line["words"] for line in order._origin._loyalty_explain() if line]
            order.crm_loyalty_hint = " ".join(words) or False

    def _loyalty_explain(self):
        """What the order would earn in each program with a ledger; changes nothing.

        :return: list of dict: ``program``, ``card`` (may be empty), ``points`` it would
            earn, ``pending`` whether they must wait, ``available`` points that it can
            spend, ``reason`` why it earns nothing, ``arithmetic`` and ``words`` of all
        """
        if not self or self.state not in ("draft", "sent") or not self.partner_id:
            return []
        self.ensure_one()
        programs = self.env["loyalty.program"].search(
            [*self._get_program_domain(), ("is_ledger", "=", True)]
        )
        return [self._loyalty_explain_program(program) for program in programs]

    def _loyalty_explain_program(self, program):
        card = self._loyalty_card(program)
        earning = self._loyalty_earning(program)
        available = self._get_real_points_for_coupon(card) if card else 0
        entries = self.env["crm.loyalty.entry"]
        snapshot = self._loyalty_snapshot(program, earning)
        explained = {
            "program": program,
            "card": card,
            "points": float(earning.points),
            "pending": program.earn_on != "confirm" or program.earn_delay_days > 0,
            "available": max(available, 0),
            "reason": ""
            if earning.points
            else self._loyalty_why_none(program, earning),
            "arithmetic": entries._arithmetic_of(snapshot),
        }
        explained["words"] = self._loyalty_words(explained)
        return explained

    def _loyalty_why_none(self, program, earning):
        """Why the order earns nothing in a program."""
        if not self._get_not_rewarded_order_lines():
            return self.env._("there is nothing on the order")
        if not any(earning.bases.values()):
            return self.env._(
                "gift cards, shipping and what is paid with points earn none"
            )
        rules = self._loyalty_rules(program)
        if not rules:
            return self.env._("no rule of the program is met")
        if "month" in earning.caps:
            return self.env._(
                "the %(cap)s points of the month are earned",
                cap=format_points(program.month_cap),
            )
        if not earning.factor:
            return self.env._("the grade %(grade)s earns none", grade=earning.grade)
        if earning.raw:
            return self.env._("the amount is too small")
        return self.env._("its products earn none")

    def _loyalty_words(self, explained):
        """One sentence of what is known about a program."""
        program = explained["program"].name
        points = format_points(explained["points"])
        if not explained["points"]:
            words = self.env._(
                "%(program)s: earns no points, as %(reason)s.",
                program=program,
                reason=explained["reason"],
            )
        elif explained["pending"]:
            words = self.env._(
                "%(program)s: earns %(points)s points, pending at first "
                "(%(arithmetic)s).",
                program=program,
                points=points,
                arithmetic=explained["arithmetic"],
            )
        else:
            words = self.env._(
                "%(program)s: earns %(points)s points (%(arithmetic)s).",
                program=program,
                points=points,
                arithmetic=explained["arithmetic"],
            )
        if explained["available"]:
            words += " " + self.env._(
                "%(points)s points can be redeemed.",
                points=format_points(explained["available"]),
            )
        return words
