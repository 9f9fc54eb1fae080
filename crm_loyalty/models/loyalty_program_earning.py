# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The terms of earning: what counts, by how much the grade multiplies, campaigns."""

import hashlib
import json
from decimal import Decimal

from odoo import fields, models


class LoyaltyProgram(models.Model):
    _inherit = "loyalty.program"

    earn_on_stored_value = fields.Boolean(
        string="On what gift cards and eWallets pay",
        help="Loading a gift card or an eWallet never earns. This says whether "
        "spending it does.",
    )

    def _is_open_on(self, day):
        """Whether a day lies between the first and the last one of the program."""
        self.ensure_one()
        return not (
            (self.date_from and day < self.date_from)
            or (self.date_to and day > self.date_to)
        )

    def _grade_terms(self, grade):
        """A grade's name and multiplier in the program.

        :return: ``(name or None, Decimal)``
        """
        self.ensure_one()
        # sudo: terms of the program, for whoever sells or buys
        multiplier = self.sudo().multiplier_ids.filtered(
            lambda line: line.grade_id == grade
        )[:1]
        factor = (
            Decimal(repr(round(multiplier.factor, 2))) if multiplier else Decimal(1)
        )
        return grade.name or None, factor

    def _campaigns_on(self, day, grade):
        """The campaigns in which a member of a grade takes part on a day.

        :return: ``crm.loyalty.campaign``, the oldest first
        """
        self.ensure_one()
        # sudo: terms of the program, for whoever sells or buys
        return (
            self.sudo()
            .campaign_ids.filtered(
                lambda campaign: (
                    campaign.active
                    and campaign.date_from <= day <= campaign.date_to
                    and (not campaign.grade_ids or grade in campaign.grade_ids)
                )
            )
            .sorted("id")
        )

    def _earning_terms(self, campaigns):
        """What tells whether orders would earn by other terms now than they did.

        :param campaigns: those that count on the day of the order
        :return: str, the same for the same terms
        """
        self.ensure_one()
        terms = [
            [
                self.earn_tax,
                self.earn_on_shipping,
                self.earn_on_stored_value,
                self.rounding_step,
                self.rounding_mode,
                self.order_cap,
                self.month_cap,
            ],
            [
                [
                    rule.id,
                    rule.reward_point_mode,
                    rule.reward_point_amount,
                    rule.minimum_qty,
                    rule.minimum_amount,
                    rule.minimum_amount_tax_mode,
                    rule.product_domain,
                    sorted(rule.product_ids.ids),
                    rule.product_category_id.id,
                    rule.product_tag_id.id,
                ]
                for rule in self.rule_ids.sorted("id")
            ],
            [
                [
                    campaign.id,
                    campaign.factor,
                    campaign.is_compounding,
                    sorted(campaign.product_ids.ids),
                    sorted(campaign.product_category_ids.ids),
                ]
                for campaign in campaigns
            ],
        ]
        return hashlib.sha256(json.dumps(terms).encode()).hexdigest()[:16]


class CrmLoyaltyCampaign(models.Model):
    _inherit = "crm.loyalty.campaign"

    def _concerns(self, product):
        """Whether a product takes part: itself, or its category or one above."""
        self.ensure_one()
        if not self.product_ids and not self.product_category_ids:
            return True
        path = (product.categ_id.parent_path or "").split("/")
        return product in self.product_ids or any(
            str(category.id) in path for category in self.product_category_ids
        )
