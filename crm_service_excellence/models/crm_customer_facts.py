# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What is measured of customers: the sources of facts, each a set-based subquery."""

from datetime import date
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.tools import SQL

# Profile fields that make a record complete: what staff need to reach and serve.
PROFILE_FIELDS = (
    "phone",
    "email",
    "street",
    "city",
    "country_id",
    "user_id",
    "crm_preferred_channel",
)


class FactScope(NamedTuple):
    """What to measure: as of when, by which documents, and whom."""

    as_of: date
    basis: str
    company_ids: tuple
    partner_ids: tuple | None = None  # commercial partners; None for all
    after_id: int = 0  # batch: commercial partners > after_id ...
    upto_id: int | None = None  # ... and <= upto_id

    def months_ago(self, months):
        """First day outside of the half-open window ``(as_of - months, as_of]``."""
        return self.as_of - relativedelta(months=months)

    def days_ago(self, days):
        """First day outside of the half-open window ``(as_of - days, as_of]``."""
        return self.as_of - relativedelta(days=days)

    def covers(self, column):
        """Condition that the commercial partner in ``column`` is in scope."""
        conditions = [SQL("TRUE")]
        if self.partner_ids is not None:
            conditions.append(SQL("%s = ANY(%s)", column, list(self.partner_ids)))
        if self.upto_id is not None:
            conditions.append(SQL("%s > %s", column, self.after_id))
            conditions.append(SQL("%s <= %s", column, self.upto_id))
        return SQL(" AND ").join(conditions)


class FactSource(NamedTuple):
    """A subquery that measures facts, and the columns it fills.

    :param sql: yields ``partner_id`` (commercial partner), ``company_id`` when
        ``per_company``, and ``columns``; one row per key
    :param columns: ``{column of crm.customer: value where the source has no row}``
    :param creates: its keys become customers even if they were not before
    """

    sql: SQL
    columns: dict
    per_company: bool = True
    creates: bool = False


class CrmCustomer(models.Model):
    _inherit = "crm.customer"

    # SOURCES

    @api.model
    def _fact_sources(self, scope=None):
        """Named sources of facts; the extension point for addons.

        Every source must respect ``scope``: its companies, its partners, and nothing
        dated later than ``scope.as_of``. Addons call super and add their own, with
        columns that they add to ``crm.customer``.

        :param scope: :class:`FactScope`; by default the current company, as of today
        :return: ``{name: FactSource}``
        """
        scope = scope or self._default_scope()
        return {
            "orders": self._fact_source_orders(scope),
            "profile": self._fact_source_profile(scope),
            "opportunity": FactSource(
                self._opportunity_keys_sql(scope), {}, creates=True
            ),
            "marked": FactSource(self._marked_keys_sql(scope), {}, creates=True),
        }

    def _default_scope(self):
        """The current company, as of today."""
        company = self.env.company
        return FactScope(company._crm_today(), "invoice", (company.id,))

    def _fact_source_orders(self, scope):
        """Money and orders, from one pass over the documents, sorted once.

        A document with a positive total is an order; refunds and documents of 0.00 are
        none, in number and in dates. Windows are half open (service.md C1). Gaps lie
        between days: that of 0 between two orders of one day is none.
        """
        sql = SQL(
            """
            SELECT partner_id, company_id,
                   SUM(amount) AS revenue_total,
                   SUM(amount) FILTER (WHERE day > %(y1)s) AS revenue_12m,
                   SUM(amount) FILTER (WHERE day > %(y2)s AND day <= %(y1)s)
                       AS revenue_previous_12m,
                   SUM(amount) FILTER (WHERE day > %(h1)s) AS revenue_180d,
                   SUM(amount) FILTER (WHERE day > %(h2)s AND day <= %(h1)s)
                       AS revenue_previous_180d,
                   COUNT(*) FILTER (WHERE is_order)::int AS order_count,
                   COUNT(*) FILTER (WHERE is_order AND day > %(y1)s)::int
                       AS order_count_12m,
                   MIN(day) FILTER (WHERE is_order) AS first_order_date,
                   MAX(day) FILTER (WHERE is_order) AS last_order_date,
                   ROUND(CAST(PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY gap)
                       FILTER (WHERE is_order AND gap > 0) AS numeric), 1)
                       AS median_gap_days
              FROM (SELECT *, day - LAG(day) OVER (
                               PARTITION BY partner_id, company_id, is_order
                               ORDER BY day) AS gap
                      FROM (%(documents)s) document) gaps
             GROUP BY partner_id, company_id""",
            documents=self._documents_sql(scope),
            y1=scope.months_ago(12),
            y2=scope.months_ago(24),
            h1=scope.days_ago(180),
            h2=scope.days_ago(360),
        )
        money = (
            "revenue_total",
            "revenue_12m",
            "revenue_previous_12m",
            "revenue_180d",
            "revenue_previous_180d",
        )
        return FactSource(
            sql,
            {
                **dict.fromkeys(money, 0),
                "order_count": 0,
                "order_count_12m": 0,
                "first_order_date": None,
                "last_order_date": None,
                "median_gap_days": None,
            },
            creates=True,
        )

    def _documents_sql(self, scope):
        """Purchases: partner_id, company_id, day, amount (company currency), is_order.

        On the *current* commercial partner: what Odoo stores on the document is the
        one of the day it was made.
        """
        if scope.basis == "order":
            return self._sale_documents_sql(scope)
        return SQL(
            """SELECT partner.commercial_partner_id AS partner_id, move.company_id,
                      move.invoice_date AS day, move.amount_untaxed_signed AS amount,
                      move.move_type = 'out_invoice' AND move.amount_total_signed > 0
                          AS is_order
                 FROM account_move move
                 JOIN res_partner partner ON partner.id = move.partner_id
                WHERE move.state = 'posted'
                  AND move.move_type IN ('out_invoice', 'out_refund')
                  AND move.company_id = ANY(%(companies)s)
                  AND move.invoice_date <= %(as_of)s
                  AND %(covers)s""",
            companies=list(scope.company_ids),
            as_of=scope.as_of,
            covers=scope.covers(SQL("partner.commercial_partner_id")),
        )

    def _sale_documents_sql(self, scope):
        """Confirmed orders, dated in the zone of their company."""
        return SQL(
            """SELECT * FROM (
               SELECT partner.commercial_partner_id AS partner_id, sale.company_id,
                      CAST(sale.date_order AT TIME ZONE 'UTC' AT TIME ZONE zone.name
                           AS date) AS day,
                      sale.amount_untaxed / COALESCE(NULLIF(sale.currency_rate, 0), 1)
                          AS amount,
                      sale.amount_total > 0 AS is_order
                 FROM sale_order sale
                 JOIN res_partner partner ON partner.id = sale.partner_id
                 JOIN (VALUES %(zones)s) zone (company_id, name)
                   ON zone.company_id = sale.company_id
                WHERE sale.state = 'sale' AND %(covers)s) dated
               WHERE day <= %(as_of)s""",
            zones=self._zones_sql(scope.company_ids),
            as_of=scope.as_of,
            covers=scope.covers(SQL("partner.commercial_partner_id")),
        )

    def _zones_sql(self, company_ids):
        """Rows of VALUES: (company id, name of the zone its days are dated in)."""
        return SQL(", ").join(
            SQL("(%s, %s)", company.id, company._crm_timezone())
            for company in self.env["res.company"].browse(company_ids)
        )

    def _fact_source_profile(self, scope):
        """Completeness: share of the profile that is filled in, in percent."""
        filled = [
            SQL("(NULLIF(%s::text, '') IS NOT NULL)::int", SQL.identifier("p", name))
            for name in PROFILE_FIELDS
        ]
        filled.append(
            SQL(
                """EXISTS (SELECT FROM crm_contact_hours hours
                            WHERE hours.partner_id = p.id)::int"""
            )
        )
        return FactSource(
            SQL(
                """SELECT p.id AS partner_id,
                          ROUND(100.0 * (%s) / %s)::int AS completeness
                     FROM res_partner p
                    WHERE p.id = p.commercial_partner_id AND %s""",
                SQL(" + ").join(filled),
                len(filled),
                scope.covers(SQL("p.id")),
            ),
            {"completeness": 0},
            per_company=False,
        )

    def _opportunity_keys_sql(self, scope):
        """Partners with an opportunity, in its company or else its salesperson's."""
        return SQL(
            """SELECT DISTINCT partner.commercial_partner_id AS partner_id,
                      COALESCE(lead.company_id, partner.company_id,
                               seller.company_id, author.company_id) AS company_id
                 FROM crm_lead lead
                 JOIN res_partner partner ON partner.id = lead.partner_id
                 LEFT JOIN res_users seller ON seller.id = lead.user_id
                 LEFT JOIN res_users author ON author.id = lead.create_uid
                WHERE lead.active AND lead.type = 'opportunity'
                  AND COALESCE(lead.company_id, partner.company_id,
                               seller.company_id, author.company_id) = ANY(%s)
                  AND %s""",
            list(scope.company_ids),
            scope.covers(SQL("partner.commercial_partner_id")),
        )

    def _marked_keys_sql(self, scope):
        """Partners marked as customers, in their company or else their author's.

        Odoo marks whoever is invoiced: the invoice tells the company of a shared
        partner better than its author.
        """
        return SQL(
            """SELECT partner.commercial_partner_id AS partner_id, partner.company_id
                 FROM res_partner partner
                WHERE partner.customer_rank > 0 AND partner.active
                  AND partner.company_id = ANY(%(companies)s) AND %(covers)s
                UNION
               SELECT partner.commercial_partner_id, author.company_id
                 FROM res_partner partner
                 JOIN res_users author ON author.id = partner.create_uid
                WHERE partner.customer_rank > 0 AND partner.active
                  AND partner.company_id IS NULL
                  AND author.company_id = ANY(%(companies)s) AND %(covers)s
                  AND NOT EXISTS (
                      SELECT FROM account_move move
                        JOIN res_partner buyer ON buyer.id = move.partner_id
                       WHERE buyer.commercial_partner_id
                             = partner.commercial_partner_id
                         AND move.move_type IN ('out_invoice', 'out_refund'))""",
            companies=list(scope.company_ids),
            covers=scope.covers(SQL("partner.commercial_partner_id")),
        )
