# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""From fact sources to rows: measure into a stage, write what changed.

The stage is a temporary table with one row per (commercial partner, company) and every
fact as of a date. The grading run reads the same stage, so that facts and grades are
written together, and a simulation measures without writing.
"""

from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL

from .crm_customer_facts import FactScope

STAGE = SQL.identifier("crm_customer_stage")
# Commercial partners a batch covers: some seconds of work, well under a cron's limits.
BATCH_SIZE = 50_000
# Aggregating and ranking a large base in PostgreSQL's default 4 MB spills to disk.
WORK_MEM = "256MB"


class CrmCustomer(models.Model):
    _inherit = "crm.customer"

    # STAGE

    def _stage_facts(self, scope):
        """Measure everything in scope into the temporary table of this transaction.

        :return: names of the fact columns it holds
        """
        sources = self._fact_sources(scope)
        columns, joins, ctes, keys = {}, [], [], []
        for name, source in sources.items():
            cte = SQL.identifier(f"src_{name}")
            ctes.append(SQL("%s AS MATERIALIZED (%s)", cte, source.sql))
            if source.creates:
                keys.append(SQL("SELECT partner_id, company_id FROM %s", cte))
            if source.columns:
                on = SQL("%s.partner_id = key.partner_id", cte)
                if source.per_company:
                    on = SQL("%s AND %s.company_id = key.company_id", on, cte)
                joins.append(SQL("LEFT JOIN %s ON %s", cte, on))
            for column, default in source.columns.items():
                value = SQL.identifier(f"src_{name}", column)
                if default is not None:
                    value = SQL("COALESCE(%s, %s)", value, default)
                columns[column] = SQL("%s AS %s", value, SQL.identifier(column))
        self.env.cr.execute(SQL("DROP TABLE IF EXISTS %s", STAGE))
        self.env.cr.execute(
            SQL(
                """
                CREATE TEMPORARY TABLE %(stage)s ON COMMIT DROP AS
                WITH %(ctes)s,
                     key AS (%(keys)s
                       UNION SELECT partner_id, company_id FROM crm_customer
                              WHERE company_id = ANY(%(companies)s) AND %(covers)s)
                SELECT customer.id AS customer_id, key.partner_id, key.company_id,
                       partner.user_id, partner.active, %(columns)s
                  FROM key
                  JOIN res_partner partner ON partner.id = key.partner_id
                  LEFT JOIN crm_customer customer
                         ON customer.partner_id = key.partner_id
                        AND customer.company_id = key.company_id
                  %(joins)s""",
                stage=STAGE,
                ctes=SQL(", ").join(ctes),
                keys=SQL(" UNION ").join(keys),
                companies=list(scope.company_ids),
                covers=scope.covers(SQL("partner_id")),
                columns=SQL(", ").join(columns.values()),
                joins=SQL(" ").join(joins),
            )
        )
        return list(columns)

    @api.model
    def _partner_batches(self, company=None):
        """Split the commercial partners into ``(after_id, upto_id)`` ranges.

        :param company: ``res.company`` whose customers are to fill the batches: other
            companies' partners are in the ranges too, but do not count
        :return: ``[(0, None)]``, that is everything at once, for a base of one batch
        """
        self.env.cr.execute(
            SQL(
                """SELECT id FROM (
                       SELECT id, ROW_NUMBER() OVER (ORDER BY id) AS number
                         FROM res_partner
                        WHERE id = commercial_partner_id AND %s) partner
                    WHERE number %% %s = 0""",
                SQL("(company_id IS NULL OR company_id = %s)", company.id)
                if company
                else SQL("TRUE"),
                BATCH_SIZE,
            )
        )
        ends = [row[0] for row in self.env.cr.fetchall()]
        if not ends:
            return [(0, None)]
        starts = [0, *ends]
        return list(zip(starts, [*ends, 2**31 - 1], strict=True))

    # REFRESH

    @api.model
    def _refresh(self, partner_ids=None, as_of=None, companies=None):
        """Measure the facts of customers and write those that changed.

        Creates the rows of new customers: whoever bought, is marked as a customer or
        has an opportunity. The grade is left alone (that is the run's), but what
        follows from facts and grade (class, lifecycle, lifetime value) is kept in step.

        :param partner_ids: ids of partners (contacts count for their commercial
            partner); all by default
        :param as_of: date up to which facts count; today in each company by default
        :param companies: ``res.company``; all by default
        :return: number of rows written
        """
        self._before_measuring()
        if partner_ids is not None:
            partners = self.env["res.partner"].browse(partner_ids).sudo()
            partner_ids = tuple(partners.exists().commercial_partner_id.ids)
            if not partner_ids:
                return 0
        self._fold_contacts(partner_ids)
        batches = [(0, None)] if partner_ids is not None else self._partner_batches()
        as_of = fields.Date.to_date(as_of)
        written = 0
        for (day, basis), group in self._companies_by_scope(as_of, companies).items():
            for after_id, upto_id in batches:
                scope = FactScope(
                    day, basis, tuple(group.ids), partner_ids, after_id, upto_id
                )
                written += self._refresh_scope(scope)
                if upto_id is not None:
                    self.env["ir.cron"]._commit_progress()
                    self._before_measuring()
        if written and partner_ids is not None:
            self._drop_met_reminders(partner_ids)
        return written

    def _before_measuring(self):
        self.env.flush_all()  # the SQL reads documents that may still be in memory
        self.env.cr.execute(SQL("SET LOCAL work_mem = %s", WORK_MEM))

    def _companies_by_scope(self, as_of, companies=None):
        """Group companies by what a scope needs: ``{(date, basis): companies}``."""
        groups = defaultdict(self.env["res.company"].browse)
        # sudo: facts are kept for every company, whoever triggers the refresh
        for company in companies or self.env["res.company"].sudo().search([]):
            policy = self.env["crm.grade.policy"].sudo()._get_active(company)
            key = (as_of or company._crm_today(), policy.basis or "invoice")
            groups[key] |= company
        return groups

    def _refresh_scope(self, scope):
        facts = self._stage_facts(scope)
        follows = self._following_sql(
            scope.as_of,
            stage=SQL("stage"),
            old=SQL("customer"),
            cut=SQL("cut.important_revenue"),
        )
        follows |= self._due_sql(
            scope.as_of,
            stage=SQL("stage"),
            old=SQL("customer"),
            was_touched=SQL("customer.touch_dates"),
            was_visited=SQL("customer.last_visit_date"),
        )
        result = SQL(
            """SELECT stage.*, %(follows)s
                 FROM %(stage)s stage
                 LEFT JOIN crm_customer customer ON customer.id = stage.customer_id
                 LEFT JOIN (%(cuts)s) cut ON cut.company_id = stage.company_id
                 LEFT JOIN (%(grades)s) grade
                   ON grade.id = customer.grade_id
                  AND grade.company_id = stage.company_id""",
            follows=SQL(", ").join(
                SQL("%s AS %s", value, SQL.identifier(column))
                for column, value in follows.items()
            ),
            stage=STAGE,
            cuts=self.env["crm.grade.run"]._last_cuts_sql(scope.company_ids),
            grades=self._grade_terms_sql(scope.company_ids),
        )
        return self._write_result(result, ["user_id", "active", *facts, *follows])

    # WRITE

    def _write_result(self, result, columns, extra=None):
        """Write the rows of ``result`` that differ from what is stored.

        Updates and inserts apart: an upsert would burn a sequence number, and lock the
        row, for every customer that did not change.

        :param result: SQL yielding customer_id (NULL: new), partner_id, company_id and
            ``columns``
        :param extra: SQL of further CTEs (after ``changed``, ``updated``, ``inserted``)
            ending in a SELECT; counts the rows written by default
        :return: the count, or the rows of ``extra``
        """
        names = [SQL.identifier(column) for column in columns]
        new = SQL(", ").join(SQL("result.%s", name) for name in names)
        stored = SQL(", ").join(SQL("customer.%s", name) for name in names)
        query = SQL(
            """
            WITH changed AS MATERIALIZED (
                SELECT result.* FROM (%(result)s) result
                  LEFT JOIN crm_customer customer ON customer.id = result.customer_id
                 WHERE customer.id IS NULL OR (%(stored)s) IS DISTINCT FROM (%(new)s)),
            updated AS (
                UPDATE crm_customer customer
                   SET (%(columns)s) = ROW(%(new)s),
                       write_uid = %(uid)s, write_date = %(now)s
                  FROM changed result WHERE result.customer_id = customer.id
             RETURNING customer.id),
            inserted AS (
                INSERT INTO crm_customer (partner_id, company_id, %(columns)s,
                            create_uid, create_date, write_uid, write_date)
                SELECT result.partner_id, result.company_id, %(new)s,
                       %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM changed result WHERE result.customer_id IS NULL
                    ON CONFLICT (partner_id, company_id) DO NOTHING
             RETURNING id, partner_id)
            %(extra)s""",
            result=result,
            stored=stored,
            new=new,
            columns=SQL(", ").join(names),
            uid=self.env.uid,
            now=self.env.cr.now(),
            extra=extra
            or SQL(
                """SELECT (SELECT COUNT(*) FROM updated)
                        + (SELECT COUNT(*) FROM inserted)"""
            ),
        )
        self.env.cr.execute(query)
        rows = self.env.cr.fetchall()
        self.env["crm.customer"].invalidate_model()
        return rows if extra is not None else rows[0][0]
