# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Whom a care rule is for: one query, whatever the number of customers."""

from ast import literal_eval
from typing import NamedTuple

from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

# What a domain that cannot be evaluated raises.
DOMAIN_ERRORS = (
    ValueError,
    TypeError,
    SyntaxError,
    KeyError,
    AttributeError,
    # nested too deep to be read
    MemoryError,
    RecursionError,
)


class CareScope(NamedTuple):
    """Of whom: customers between two ids, or these contacts; all by default."""

    after_id: int = 0  # commercial partners > after_id ...
    upto_id: int | None = None  # ... and <= upto_id
    partner_ids: tuple | None = None  # contacts
    customer_ids: tuple | None = None  # their commercial partners

    def covers(self, column):
        """Condition that the commercial partner in ``column`` is in scope."""
        conditions = [SQL("TRUE")]
        if self.customer_ids is not None:
            conditions.append(SQL("%s = ANY(%s)", column, list(self.customer_ids)))
        if self.upto_id is not None:
            conditions.append(SQL("%s > %s", column, self.after_id))
            conditions.append(SQL("%s <= %s", column, self.upto_id))
        return SQL(" AND ").join(conditions)

    def covers_contact(self, column):
        """Condition that the contact in ``column`` is in scope."""
        if self.partner_ids is None:
            return SQL("TRUE")
        return SQL("%s = ANY(%s)", column, list(self.partner_ids))


class CrmCareRule(models.Model):
    _inherit = "crm.care.rule"

    @api.constrains("domain")
    def _check_domain(self):
        for rule in self:
            try:
                self.env["res.partner"].search(rule._get_domain(), limit=1)
            except DOMAIN_ERRORS as error:
                raise ValidationError(
                    self.env._(
                        "The further conditions of the care rule %(name)s cannot be "
                        "evaluated: %(error)s",
                        name=rule.name,
                        error=str(error) or type(error).__name__,
                    )
                ) from error

    def _get_domain(self):
        """Domain on ``res.partner``: literals only, never evaluated."""
        self.ensure_one()
        return Domain(literal_eval(self.domain or "[]"))

    def _audience_query(self, scope=None):
        """SQL of the ids of the contacts whom this rule is for.

        :param scope: :class:`CareScope`; all by default
        :return: ``SQL`` with one column ``id``, for ``("id", "in", sql)``
        """
        self.ensure_one()
        return SQL(
            "SELECT audience.partner_id AS id FROM (%s) audience",
            self._audience_sql(scope or CareScope()),
        )

    def _still_matches(self, partners):
        """Ids of those of ``partners`` whom this rule is for, as of now."""
        self.ensure_one()
        self.env.flush_all()
        scope = CareScope(partner_ids=tuple(partners.ids))
        self.env.cr.execute(self._audience_query(scope))
        return {row[0] for row in self.env.cr.fetchall()}

    def _audience_sql(self, scope):
        """Rows of partner_id, customer_id (its commercial partner), grade_id, user_id
        (the account manager), tz, country_id and birthday of whom this rule is for.

        Colleagues and our own companies are nobody's audience, and neither are contacts
        that are an address rather than a person.
        """
        self.ensure_one()
        # sudo: whom a rule is for does not depend on who looks
        rule_sudo = self.sudo().with_context(
            active_test=False, allowed_company_ids=self.company_id.ids
        )
        return SQL(
            """SELECT partner.id AS partner_id, customer.partner_id AS customer_id,
                      customer.id AS crm_customer_id, customer.grade_id,
                      customer.user_id, partner.tz, partner.country_id,
                      partner.crm_birth_calendar, partner.crm_birth_month,
                      partner.crm_birth_day, partner.crm_birth_leap,
                      partner.crm_birth_leap_policy
                 FROM crm_customer customer
                 JOIN res_partner partner ON %(recipient)s
                WHERE customer.company_id = %(company)s AND customer.active
                  AND partner.active AND partner.partner_share
                  AND NOT EXISTS (SELECT FROM res_company own
                                   WHERE own.partner_id = customer.partner_id)
                  AND %(covers)s AND %(covers_contact)s AND %(conditions)s""",
            recipient=rule_sudo._recipient_sql(),
            company=self.company_id.id,
            covers=scope.covers(SQL("customer.partner_id")),
            covers_contact=scope.covers_contact(SQL("partner.id")),
            conditions=SQL(" AND ").join(rule_sudo._audience_conditions()),
        )

    @api.model
    def _contacts_sql(self, scope):
        """Rows as ``_audience_sql`` has them, as far as occasions are found by them, of
        contacts whether a rule is for them or not.

        :param scope: :class:`CareScope` with contacts
        """
        return SQL(
            """SELECT partner.id AS partner_id,
                      partner.commercial_partner_id AS customer_id,
                      partner.crm_birth_calendar, partner.crm_birth_month,
                      partner.crm_birth_day, partner.crm_birth_leap,
                      partner.crm_birth_leap_policy
                 FROM res_partner partner
                WHERE %s""",
            scope.covers_contact(SQL("partner.id")),
        )

    def _recipient_sql(self):
        if self.recipient == "customer":
            return SQL("partner.id = customer.partner_id")
        return SQL(
            """partner.commercial_partner_id = customer.partner_id
               AND partner.is_company IS NOT TRUE
               AND COALESCE(partner.type, 'contact') = 'contact'"""
        )

    def _audience_conditions(self):
        """Conditions on ``customer`` and ``partner``.

        Archived grades and segments count: without them the rule would be for
        everybody, which nobody asked for.
        """
        conditions = [SQL("TRUE")]
        if self.grade_ids:
            conditions.append(SQL("customer.grade_id = ANY(%s)", self.grade_ids.ids))
        if self.class_ids:
            codes = self.class_ids.mapped("code")
            conditions.append(SQL("customer.customer_class = ANY(%s)", codes))
        if self.lifecycle_ids:
            codes = self.lifecycle_ids.mapped("code")
            conditions.append(SQL("customer.lifecycle = ANY(%s)", codes))
        if self.lang_ids:
            codes = self.lang_ids.mapped("code")
            conditions.append(SQL("partner.lang = ANY(%s)", codes))
        if self.segment_ids:
            members = self.env["crm.customer"]._search(
                self.segment_ids._get_union_domain()
            )
            conditions.append(SQL("customer.id IN %s", members.subselect()))
        domain = self._get_domain()
        if not domain.is_true():
            contacts = self.env["res.partner"]._search(domain)
            conditions.append(SQL("partner.id IN %s", contacts.subselect()))
        return conditions
