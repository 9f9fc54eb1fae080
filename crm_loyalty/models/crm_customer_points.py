# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What the customer record knows of points: those that count for the grade."""

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.crm_service_excellence.models.crm_customer_facts import FactSource

from .crm_loyalty_terms import POINTS_DIGITS


class CrmCustomer(models.Model):
    _inherit = "crm.customer"

    qualifying_points_12m = fields.Float(
        string="Qualifying points, 12 months",
        digits=POINTS_DIGITS,
        readonly=True,
        help="Bought in the last 12 months, less what was refunded; no gifts.",
    )

    @api.model
    def _fact_sources(self, scope=None):
        scope = scope or self._default_scope()
        return {
            **super()._fact_sources(scope),
            "points": self._fact_source_points(scope),
        }

    def _fact_source_points(self, scope):
        """Qualifying points of the half-open window, of all cards of the customer.

        Under the *current* commercial partner, in the company of the document that
        moved them. What was refunded later than it was earned may be more than what is
        in the window: never below 0.
        """
        return FactSource(
            SQL(
                """SELECT partner.commercial_partner_id AS partner_id,
                          entry.company_id,
                          GREATEST(SUM(entry.qualifying_points), 0)
                              AS qualifying_points_12m
                     FROM crm_loyalty_entry entry
                     JOIN loyalty_card card ON card.id = entry.card_id
                     JOIN res_partner partner ON partner.id = card.partner_id
                    WHERE entry.qualifying_points <> 0
                      AND entry.effective_date > %(y1)s
                      AND entry.effective_date <= %(as_of)s
                      AND entry.company_id = ANY(%(companies)s) AND %(covers)s
                    GROUP BY 1, 2""",
                y1=scope.months_ago(12),
                as_of=scope.as_of,
                companies=list(scope.company_ids),
                covers=scope.covers(SQL("partner.commercial_partner_id")),
            ),
            {"qualifying_points_12m": 0},
        )

    def _format_step(self, metric, gap, target):
        if metric == "points":
            return self.env._("%(gap)g more qualifying points in 12 months", gap=gap)
        return super()._format_step(metric, gap, target)
