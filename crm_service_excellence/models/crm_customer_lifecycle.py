# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What follows from a customer's facts and grade: class, lifecycle, lifetime value."""

from odoo import models
from odoo.tools import SQL


class CrmCustomer(models.Model):
    _inherit = "crm.customer"

    def _grade_terms_sql(self, company_ids):
        """Grades with what they mean for a customer of each company.

        :return: SQL yielding company_id, id, customer_class, clv_factor (lifetime
            value per unit of 12-month revenue), position (0 is the best grade),
            contact_days, contact_channel, visit_days (of the cadences)
        """
        rows = [
            SQL(
                "(%s, %s, %s, %s::numeric, %s::int, %s::int, %s, %s::int)",
                company.id,
                grade.id,
                grade.customer_class,
                str(company._crm_clv_factor(grade)),
                *terms,
            )
            for company in self.env["res.company"].sudo().browse(company_ids)
            for grade, terms in self._cadence_terms(company).items()
        ] or [SQL("(0, 0, '', 0::numeric, 0, 0, '', 0)")]
        return SQL(
            "SELECT * FROM (VALUES %s) AS grade (company_id, id, customer_class, "
            "clv_factor, position, contact_days, contact_channel, visit_days)",
            SQL(", ").join(rows),
        )

    def _following_sql(self, as_of, stage, old, cut):
        """SQL of the columns that follow from facts and grade (service.md C4).

        Needs ``grade`` (:meth:`_grade_terms_sql`, of the effective grade) in scope.

        :param stage: alias of the facts
        :param old: alias of the row as it was
        :param cut: revenue from which a customer is in the top decile, or NULL
        :return: ``{column: SQL}``
        """
        lifecycle = self._lifecycle_sql(as_of, stage)
        return {
            "lifecycle": lifecycle,
            "lifecycle_date": SQL(
                "CASE WHEN %(old)s.lifecycle = %(new)s THEN %(old)s.lifecycle_date "
                "ELSE %(as_of)s::date END",
                old=old,
                new=lifecycle,
                as_of=as_of,
            ),
            "reactivated_date": SQL(
                "CASE WHEN %(old)s.lifecycle = 'lost' "
                "AND %(new)s NOT IN ('lost', 'potential') THEN %(as_of)s::date "
                "ELSE %(old)s.reactivated_date END",
                old=old,
                new=lifecycle,
                as_of=as_of,
            ),
            "customer_class": SQL(
                """CASE WHEN %(old)s.is_vip OR grade.customer_class = 'vip' THEN 'vip'
                        WHEN %(stage)s.first_order_date IS NULL THEN 'potential'
                        WHEN %(as_of)s::date - %(stage)s.last_order_date > 365
                             THEN 'lost'
                        WHEN grade.customer_class = 'important'
                             OR %(stage)s.revenue_12m >= %(cut)s THEN 'important'
                        ELSE 'ordinary' END""",
                old=old,
                stage=stage,
                as_of=as_of,
                cut=cut,
            ),
            "clv": SQL(
                "ROUND(GREATEST(%(stage)s.revenue_12m, 0) "
                "* COALESCE(grade.clv_factor, 0), 2)",
                stage=stage,
            ),
        }

    def _lifecycle_sql(self, as_of, stage):
        """Lifecycle, first match wins; every boundary as in service.md C4."""
        return SQL(
            """CASE WHEN %(s)s.first_order_date IS NULL THEN 'potential'
                    WHEN %(as_of)s::date - %(s)s.last_order_date > 365 THEN 'lost'
                    WHEN %(as_of)s::date - %(s)s.last_order_date
                             > 2 * %(s)s.median_gap_days
                         OR %(s)s.revenue_180d < 0.6 * %(s)s.revenue_previous_180d
                         THEN 'declining'
                    WHEN %(as_of)s::date - %(s)s.first_order_date <= 90 THEN 'new'
                    WHEN %(s)s.revenue_180d > 1.2 * %(s)s.revenue_previous_180d
                         AND (%(s)s.revenue_previous_180d > 0
                              OR %(s)s.order_count >= 2)
                         THEN 'growing'
                    ELSE 'mature' END""",
            s=stage,
            as_of=as_of,
        )
