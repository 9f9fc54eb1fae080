# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""How many customers a customer has won for us: a fact, and a criterion of grading."""

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.crm_service_excellence.models.crm_customer_facts import FactSource

from .crm_referral import WON


class CrmCustomer(models.Model):
    _inherit = "crm.customer"

    referral_count = fields.Integer(
        string="Customers recommended",
        readonly=True,
        help="Who came by recommendation of this customer and stayed beyond the time "
        "in which goods can be returned.",
    )

    @api.model
    def _fact_sources(self, scope=None):
        scope = scope or self._default_scope()
        return {
            **super()._fact_sources(scope),
            "referrals": self._fact_source_referrals(scope),
        }

    def _fact_source_referrals(self, scope):
        """Referrals that count, under the *current* commercial partner."""
        return FactSource(
            SQL(
                """SELECT partner.commercial_partner_id AS partner_id,
                          referral.company_id, COUNT(*)::int AS referral_count
                     FROM crm_referral referral
                     JOIN res_partner partner ON partner.id = referral.referrer_id
                    WHERE referral.state = ANY(%(won)s)
                      AND referral.company_id = ANY(%(companies)s)
                      AND referral.qualified_date <= %(as_of)s
                      AND %(covers)s
                    GROUP BY 1, 2""",
                won=list(WON),
                companies=list(scope.company_ids),
                as_of=scope.as_of,
                covers=scope.covers(SQL("partner.commercial_partner_id")),
            ),
            {"referral_count": 0},
        )

    def _format_step(self, metric, gap, target):
        if metric == "referrals":
            return self.env._("%(count)g more recommended", count=gap)
        return super()._format_step(metric, gap, target)


class CrmGradeCriterion(models.Model):
    _inherit = "crm.grade.criterion"

    metric = fields.Selection(
        selection_add=[("referrals", "Customers recommended")],
        ondelete={"referrals": "cascade"},
    )

    @api.model
    def _metric_sources(self, stage, as_of):
        return {
            **super()._metric_sources(stage, as_of),
            "referrals": SQL("%s.referral_count", stage),
        }
