# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a member earned, and the grade of who is none yet."""

from decimal import Decimal

from odoo import models
from odoo.tools import SQL


class LoyaltyCard(models.Model):
    _inherit = "loyalty.card"

    def _grade_of_partner(self, partner, company):
        """The grade of a customer who has no card yet.

        :return: id of a ``crm.grade``, or None
        """
        # sudo: whoever sells to a customer rates the sale, own customer or not
        customer_sudo = (
            self.env["crm.customer"]
            .sudo()
            .search(
                [
                    ("partner_id", "=", partner.commercial_partner_id._origin.id),
                    ("company_id", "=", company.id),
                ],
                limit=1,
            )
        )
        return customer_sudo.grade_id.id or None

    def _earned_by_orders(self, first, end, but=None):
        """Points that purchases of a period earned, less what was taken back of them.

        Also those that were posted on cards that were merged into this one.

        :param first: first day; ``end``: the day after the last one
        :param but: an order that does not count
        :return: Decimal
        """
        self.ensure_one()
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """WITH RECURSIVE member AS (
                       SELECT %(card)s AS id
                        UNION
                       SELECT card.id FROM loyalty_card card
                         JOIN member ON card.merged_into_id = member.id
                        WHERE NOT card.active),
                   chain AS (
                       SELECT id, kind, points, pending FROM crm_loyalty_entry
                        WHERE card_id IN (SELECT id FROM member)
                          AND kind IN ('earn', 'pending')
                          AND reverses_id IS NULL
                          AND effective_date >= %(first)s AND effective_date < %(end)s
                          AND NOT (res_model = 'sale.order' AND res_id = %(but)s
                                   AND res_id IS NOT NULL)
                    UNION ALL
                       SELECT entry.id, entry.kind, entry.points, entry.pending
                         FROM crm_loyalty_entry entry
                         JOIN chain ON entry.reverses_id = chain.id)
                   SELECT COALESCE(SUM(CASE
                              WHEN kind IN ('pending', 'void_pending') THEN pending
                              WHEN kind = 'release' THEN 0
                              ELSE points END), 0)::text
                     FROM chain""",
                card=self.id,
                first=first,
                end=end,
                but=but.id or 0 if but is not None else 0,
            )
        )
        return Decimal(self.env.cr.fetchone()[0])
