# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""How many a care rule reaches, counted in the database, and ten of them to look at."""

from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, formatLang

from .crm_care_rule_audience import DOMAIN_ERRORS

# How much more than was confirmed is still what was confirmed.
GROWTH_TENTHS = 12
SAMPLES = 10


class Reach(NamedTuple):
    """Whom a rule reaches; of how many customers of the company."""

    people: int
    customers: int
    total: int
    without_birthday: int
    without_address: int
    agreed: int

    @property
    def share(self):
        """Percentage of the customers of whom somebody is reached."""
        return 100 * self.customers / self.total if self.total else 0.0


class CrmCareRule(models.Model):
    _inherit = "crm.care.rule"

    confirmed_reach = fields.Integer(
        string="Confirmed recipients",
        readonly=True,
        copy=False,
        aggregator=None,
        help="How many recipients were agreed to, where a rule reaches a large share "
        "of the customers.",
    )
    reach_text = fields.Char(string="Reaches now", compute="_compute_reach_text")

    @api.depends(
        "company_id",
        "occasion_id",
        "recipient",
        "grade_ids",
        "class_ids",
        "lifecycle_ids",
        "segment_ids",
        "lang_ids",
        "domain",
    )
    @api.depends_context("lang")
    def _compute_reach_text(self):
        for rule in self:
            if not (rule.company_id and rule.recipient):
                rule.reach_text = False
                continue
            try:
                rule.reach_text = rule._reach_words(rule._measure_reach())
            except (*DOMAIN_ERRORS, UserError):
                rule.reach_text = self.env._(
                    "The further conditions cannot be evaluated."
                )

    def _reach(self):
        """How many contacts the rule is for now, and the share of the customers.

        :return: (number of contacts, percentage of the company's customers of whom
            at least one contact is among them)
        """
        reach = self._measure_reach()
        return reach.people, reach.share

    def _measure_reach(self):
        """Count the audience in one statement; no id leaves the database.

        :return: :class:`Reach`, of all customers, whoever asks
        """
        self.ensure_one()
        audience = self._audience_query()
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT COUNT(*),
                          COUNT(DISTINCT partner.commercial_partner_id),
                          (SELECT COUNT(*) FROM crm_customer customer
                            WHERE customer.company_id = %(company)s
                              AND customer.active),
                          COUNT(*) FILTER (
                              WHERE COALESCE(partner.crm_birth_month, 0) = 0),
                          COUNT(*) FILTER (
                              WHERE COALESCE(partner.email_normalized, '') = ''
                                AND COALESCE(partner.phone, '') = ''),
                          COUNT(*) FILTER (WHERE EXISTS (
                              SELECT FROM crm_consent consent
                               WHERE consent.partner_id = partner.id
                                 AND consent.company_id = %(company)s
                                 AND consent.purpose = 'marketing'
                                 AND consent.is_current AND consent.is_granted))
                     FROM res_partner partner
                    WHERE partner.id IN (%(audience)s)""",
                company=self.company_id.id,
                audience=audience,
            )
        )
        return Reach(*rows[0])

    def _reach_words(self, reach):
        """“1,234 of 5,000 customers (25 %)”, in the reader's language."""
        values = {
            name: formatLang(self.env, getattr(reach, name), digits=0)
            for name in ("people", "customers", "total")
        }
        values["share"] = formatLang(
            self.env, reach.share, digits=1 if 0 < reach.share < 10 else 0
        )
        if self.recipient == "customer":
            return self.env._(
                "%(customers)s of %(total)s customers (%(share)s %%)", **values
            )
        return self.env._(
            "%(people)s people at %(customers)s of %(total)s customers (%(share)s %%)",
            **values,
        )

    def _is_large(self, reach):
        """Whether so many need a second confirmation."""
        limit = self.company_id.sudo().crm_care_reach_share  # whoever asks
        return reach.customers * 100 > reach.total * limit

    @api.model
    def _is_covered(self, reach, confirmed):
        """Whether agreeing to ``confirmed`` recipients is agreeing to these."""
        return bool(confirmed) and reach.people * 10 <= confirmed * GROWTH_TENTHS

    def _sample(self, limit=SAMPLES):
        """A few recipients, of each grade, always the same ones, spread over all.

        Of birthdays only contacts who have one on record: the others get nothing.

        :return: res.partner in the order to show them, whoever asks
        """
        self.ensure_one()
        audience = self._audience_query()
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT sample.id
                     FROM (SELECT partner.id, grade.sequence,
                                  hashint8(partner.id::bigint * 1000003) AS spread,
                                  ROW_NUMBER() OVER (
                                      PARTITION BY customer.grade_id ORDER BY
                                      hashint8(partner.id::bigint * 1000003)) AS number
                             FROM res_partner partner
                             LEFT JOIN crm_customer customer
                               ON customer.partner_id = partner.commercial_partner_id
                              AND customer.company_id = %(company)s
                             LEFT JOIN crm_grade grade ON grade.id = customer.grade_id
                            WHERE partner.id IN (%(audience)s) AND %(gets)s) sample
                    ORDER BY sample.number, sample.sequence, sample.spread, sample.id
                    LIMIT %(limit)s""",
                company=self.company_id.id,
                audience=audience,
                gets=(
                    SQL("partner.crm_birth_month > 0")
                    if self.occasion_id.kind == "birthday"
                    else SQL("TRUE")
                ),
                limit=limit,
            )
        )
        return self.env["res.partner"].browse(row[0] for row in rows)

    def _reaches(self, partner):
        """Whether the contact is among the recipients now."""
        self.ensure_one()
        audience = self._audience_query()
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT FROM res_partner WHERE id = %s AND id IN (%s)",
                partner.id,
                audience,
            )
        )
        return bool(rows)
