# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""On what the occasions of a care rule hang, and when they fall: SQL for each kind.

Every kind yields the same columns: ``customer_id`` (commercial partner; of those that
hang on a customer), ``occasion_date``, ``key``, ``res_model`` and ``res_id``. Dates are
wanted between two dates, both included.
"""

from datetime import date, timedelta
from typing import NamedTuple

from odoo import models
from odoo.tools import SQL

from ..tools import lunar, occasions
from .crm_occasion import ANCHORED_KINDS, FESTIVAL_KINDS

ONE_DAY = timedelta(days=1)


class Anchors(NamedTuple):
    """Where occasions come from.

    :param sql: rows as this module says, of an ``occurrence``
    :param joins: condition between ``occurrence`` and ``audience``
    """

    sql: SQL
    joins: SQL


class CrmCareRule(models.Model):
    _inherit = "crm.care.rule"

    def _anchor_sql(self, start, end, scope):
        """Occasions between two dates, and to whom of the audience each belongs.

        :param scope: :class:`CareScope`
        :return: :class:`Anchors`
        """
        self.ensure_one()
        kind = self.occasion_id.kind
        if kind in FESTIVAL_KINDS:
            return Anchors(self._festival_sql(start, end), SQL("TRUE"))
        if kind == "birthday":
            return self._birthday_anchors(start, end)
        source = getattr(self, f"_anchor_{kind}")(start, end, scope)
        return Anchors(source, SQL("occurrence.customer_id = audience.customer_id"))

    # THE SAME FOR EVERYBODY

    def _festival_sql(self, start, end):
        found = self.occasion_id._occurrences(start, end, self.company_id)
        return SQL(
            """SELECT NULL::int AS customer_id, occasion_date, key,
                      NULL::varchar AS res_model, NULL::int AS res_id
                 FROM UNNEST(%s::date[], %s::varchar[]) day (occasion_date, key)""",
            [occurrence.day for occurrence in found],
            [occurrence.key for occurrence in found],
        )

    # EVERY YEAR

    def _celebrated(self, start, end, calendars):
        """Arrays of calendars, months, days, leap, policies, keys and dates: whose
        birthday it is on each day, rather than which days a birthday falls on."""
        rows = [
            (*born, start + ONE_DAY * number)
            for number in range((end - start).days + 1)
            for born in occasions.celebrated_on(
                start + ONE_DAY * number, self.company_id.crm_leap_birthday, calendars
            )
        ]
        return [list(column) for column in zip(*rows, strict=True)] or [[]] * 7

    def _birthday_anchors(self, start, end):
        calendars = (occasions.SOLAR, occasions.LUNAR)
        if not lunar.is_available():
            calendars = (occasions.SOLAR,)
        columns = self._celebrated(start, end, calendars)
        return Anchors(
            SQL(
                """SELECT NULL::int AS customer_id, NULL::varchar AS res_model,
                          NULL::int AS res_id, born.*
                     FROM UNNEST(%s::varchar[], %s::int[], %s::int[], %s::bool[],
                                 %s::varchar[], %s::varchar[], %s::date[])
                          born (calendar, month, day, leap, policy, key, occasion_date)
                """,
                *columns,
            ),
            SQL(
                """occurrence.calendar = audience.crm_birth_calendar
                   AND occurrence.month = audience.crm_birth_month
                   AND occurrence.day = audience.crm_birth_day
                   AND occurrence.leap = (audience.crm_birth_leap IS TRUE
                                          AND audience.crm_birth_calendar = 'lunar')
                   AND occurrence.policy = CASE
                       WHEN audience.crm_birth_leap AND occurrence.leap
                       THEN COALESCE(audience.crm_birth_leap_policy, 'regular')
                       ELSE 'regular' END"""
            ),
        )

    def _anniversaries_sql(self, dates, start, end):
        """The returns of dates: 29 February as the company keeps it.

        :param dates: SQL of rows (customer_id, day, res_model, res_id)
        """
        _calendars, months, days, _leap, _policies, keys, returns = self._celebrated(
            start, end, (occasions.SOLAR,)
        )
        return SQL(
            """SELECT first.customer_id, again.occasion_date, again.key,
                      first.res_model, first.res_id
                 FROM UNNEST(%(months)s::int[], %(days)s::int[], %(keys)s::varchar[],
                             %(returns)s::date[])
                      again (month, day, key, occasion_date)
                 JOIN (%(dates)s) first
                   ON EXTRACT(MONTH FROM first.day) = again.month
                  AND EXTRACT(DAY FROM first.day) = again.day
                  AND first.day < again.occasion_date""",
            months=months,
            days=days,
            keys=keys,
            returns=returns,
            dates=dates,
        )

    def _anchor_first_order(self, start, end, scope):
        dates = SQL(
            """SELECT partner_id AS customer_id, first_order_date AS day,
                      'crm.customer'::varchar AS res_model, id AS res_id
                 FROM crm_customer
                WHERE company_id = %s AND first_order_date IS NOT NULL AND %s""",
            self.company_id.id,
            scope.covers(SQL("partner_id")),
        )
        return self._anniversaries_sql(dates, start, end)

    def _anchor_visit_anniversary(self, start, end, scope):
        """The key is the year and nothing else: which visit was first may turn out."""
        dates = SQL(
            """SELECT partner_id AS customer_id, MIN(date) AS day,
                      NULL::varchar AS res_model, NULL::int AS res_id
                 FROM crm_visit
                WHERE company_id = %s AND active AND state IN ('done', 'reported')
                  AND %s
                GROUP BY partner_id""",
            self.company_id.id,
            scope.covers(SQL("partner_id")),
        )
        return self._anniversaries_sql(dates, start, end)

    # WHAT HAPPENED

    def _anchor_after_purchase(self, start, end, scope):
        """The latest purchase; those within the days before it are the same matter."""
        policy = self.env["crm.grade.policy"].sudo()._get_active(self.company_id)
        by_order = policy.basis == "order"
        purchases = self._orders_sql if by_order else self._invoices_sql
        days = self.occasion_id.days
        return SQL(
            """SELECT customer_id, day + %(days)s AS occasion_date,
                      %(prefix)s || id AS key, %(model)s::varchar AS res_model,
                      id AS res_id
                 FROM (SELECT *, LEAD(day) OVER (
                                  PARTITION BY customer_id ORDER BY day, id) AS next_day
                         FROM (%(purchases)s) purchase) bought
                WHERE (next_day IS NULL OR next_day > day + %(days)s) AND %(between)s
            """,
            days=days,
            prefix="so:" if by_order else "inv:",
            model="sale.order" if by_order else "account.move",
            purchases=purchases(
                None if start is None else start - timedelta(days=days), scope
            ),
            between=_between(SQL("day + %s", days), start, end),
        )

    def _invoices_sql(self, since, scope):
        """Purchases by invoice: customer_id, id, day; none that was credited whole."""
        return SQL(
            """SELECT partner.commercial_partner_id AS customer_id, move.id,
                      move.invoice_date AS day
                 FROM account_move move
                 JOIN res_partner partner ON partner.id = move.partner_id
                WHERE move.company_id = %(company)s AND move.state = 'posted'
                  AND move.move_type = 'out_invoice' AND move.amount_total > 0
                  AND %(since)s AND %(covers)s
                  AND move.amount_total > COALESCE((
                      SELECT SUM(refund.amount_total) FROM account_move refund
                       WHERE refund.reversed_entry_id = move.id
                         AND refund.state = 'posted'), 0)""",
            company=self.company_id.id,
            since=_between(SQL("move.invoice_date"), since, None),
            covers=scope.covers(SQL("partner.commercial_partner_id")),
        )

    def _orders_sql(self, since, scope):
        """Purchases by order: customer_id, id, day of delivery in the company's zone.

        An order is none where nothing is left of it.
        """
        orders = self.env["sale.order"]
        sale = SQL("sale")
        return SQL(
            """SELECT * FROM (
               SELECT partner.commercial_partner_id AS customer_id, sale.id,
                      (%(delivered)s AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date
                          AS day
                 FROM sale_order sale
                 JOIN res_partner partner ON partner.id = sale.partner_id
                WHERE sale.company_id = %(company)s AND sale.state = 'sale'
                  AND sale.amount_total > 0 AND %(covers)s
                  AND EXISTS (SELECT FROM sale_order_line line
                               WHERE line.order_id = sale.id
                                 AND line.display_type IS NULL
                                 AND NOT %(returned)s)) delivered
               WHERE day IS NOT NULL AND %(since)s""",
            delivered=orders._crm_delivered_sql(sale),
            zone=self.company_id._crm_timezone(),
            company=self.company_id.id,
            covers=scope.covers(SQL("partner.commercial_partner_id")),
            returned=orders._crm_returned_sql(SQL("line")),
            since=_between(SQL("day"), since, None),
        )

    def _anchor_warranty_end(self, start, end, scope):
        """What was bought together and ends together is one matter: one notice."""
        # sudo: whose warranty ends does not depend on who looks
        warranties = self.env["crm.warranty"].sudo()
        ahead = SQL("warranty.end_date - %s", self.occasion_id.days)
        return SQL(
            """SELECT DISTINCT ON (warranty.order_id, warranty.end_date)
                      warranty.partner_id AS customer_id, %(ahead)s AS occasion_date,
                      'sol:' || warranty.id AS key,
                      'sale.order.line'::varchar AS res_model, warranty.id AS res_id
                 FROM (%(warranties)s) warranty
                WHERE warranty.company_id = %(company)s AND %(between)s
                  AND %(covers)s
                ORDER BY warranty.order_id, warranty.end_date, warranty.id""",
            ahead=ahead,
            warranties=warranties._table_query,
            company=self.company_id.id,
            between=_between(ahead, start, end),
            covers=scope.covers(SQL("warranty.partner_id")),
        )

    def _anchor_dormancy(self, start, end, scope):
        """Once for each silence: the key is the day on which it began."""
        due = SQL("last_order_date + %s", self.occasion_id.days)
        return SQL(
            """SELECT partner_id AS customer_id, %(due)s AS occasion_date,
                      'last:' || last_order_date AS key,
                      'crm.customer'::varchar AS res_model, id AS res_id
                 FROM crm_customer
                WHERE company_id = %(company)s AND %(between)s AND %(covers)s""",
            due=due,
            company=self.company_id.id,
            between=_between(due, start, end),
            covers=scope.covers(SQL("partner_id")),
        )

    def _anchor_grade_reached(self, start, end, scope):
        """Upgrades to the grade that the customer still has, and never lost since.

        Who lost it and reached it again on one day reached it once.
        """
        return SQL(
            """SELECT customer.partner_id AS customer_id,
                      change.date AS occasion_date,
                      'grade:' || change.new_grade_id || ':' || change.date AS key,
                      'crm.grade.change'::varchar AS res_model,
                      (SELECT MIN(first.id) FROM crm_grade_change first
                        WHERE first.customer_id = change.customer_id
                          AND first.kind = 'upgrade'
                          AND first.new_grade_id = change.new_grade_id
                          AND first.date = change.date) AS res_id
                 FROM crm_grade_change change
                 JOIN crm_customer customer ON customer.id = change.customer_id
                WHERE change.company_id = %(company)s AND change.kind = 'upgrade'
                  AND change.new_grade_id = customer.grade_id
                  AND NOT EXISTS (SELECT FROM crm_grade_change later
                                   WHERE later.customer_id = change.customer_id
                                     AND later.id > change.id)
                  AND %(between)s AND %(covers)s""",
            company=self.company_id.id,
            between=_between(SQL("change.date"), start, end),
            covers=scope.covers(SQL("customer.partner_id")),
        )

    def _anchor_grade_at_risk(self, start, end, scope):
        """While the grace of a grade runs: so many days before it ends, or at once.

        A grade that somebody has set by hand is not at risk.
        """
        policy = self.env["crm.grade.policy"].sudo()._get_active(self.company_id)
        days = self.occasion_id.days
        wait = max(policy.grace_days - days, 0) if days else 0
        due = SQL("below_since + %s", wait)
        return SQL(
            """SELECT partner_id AS customer_id, %(due)s AS occasion_date,
                      'risk:' || grade_id || ':' || below_since AS key,
                      'crm.customer'::varchar AS res_model, id AS res_id
                 FROM crm_customer
                WHERE company_id = %(company)s AND grade_id IS NOT NULL
                  AND override_grade_id IS NULL
                  AND %(between)s AND %(covers)s""",
            due=due,
            company=self.company_id.id,
            between=_between(due, start, end),
            covers=scope.covers(SQL("partner_id")),
        )

    def _anchors_read(self, anchors):
        """The same occasions, looked up now rather than within a larger statement.

        Few of many orders matter at a time: PostgreSQL is to find those of the
        customers in scope by index where that is less, and to do it once, while what
        joins them with the audience may only join sets.
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT customer_id, occasion_date, key, res_model, res_id
                     FROM (%s) occurrence""",
                anchors.sql,
            )
        )
        columns = [list(column) for column in zip(*rows, strict=True)] or [[]] * 5
        source = SQL(
            """SELECT * FROM UNNEST(%s::int[], %s::date[], %s::varchar[],
                                    %s::varchar[], %s::int[])
                      found (customer_id, occasion_date, key, res_model, res_id)""",
            *columns,
        )
        return anchors._replace(sql=source)

    def _hangs_on_event(self):
        """Whether what it is about happened, so that its day may still move."""
        return self.occasion_id.kind in ANCHORED_KINDS


def _between(expression, start: date | None, end: date | None):
    """Condition on a date that may be open on either side; never true of NULL."""
    conditions = [SQL("%s IS NOT NULL", expression)]
    if start is not None:
        conditions.append(SQL("%s >= %s", expression, start))
    if end is not None:
        conditions.append(SQL("%s <= %s", expression, end))
    return SQL(" AND ").join(conditions)
