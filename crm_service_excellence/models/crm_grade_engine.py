# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The grading run: who is graded when, by which thresholds, in which batches."""

import time

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from ..tools.scoring import QUANTILE_MIN_POPULATION, QUANTILES
from .crm_customer_facts import FactScope
from .crm_customer_refresh import STAGE

LOCK_CLASS = 190_225  # advisory lock (this number, company): one run at a time
CONFLICT_TRIES = 3  # a nightly run that meets somebody at work tries again


class GradingUnderWay(UserError):
    """Another run of the company holds the lock."""


class CrmGradePolicy(models.Model):
    _inherit = "crm.grade.policy"

    @api.model
    def _cron_grade(self):
        """Measure and grade the customers of every company; one fails alone.

        Called again by the scheduler until no company is left: what this night's job
        has done already is skipped, what was cut short is resumed.
        """
        cron = self.env["ir.cron"]
        companies = self._companies_to_grade()
        cron._commit_progress(remaining=len(companies))
        for company in companies:
            run = self.with_company(company)._grade_company(company)
            if run.state == "running" or not cron._commit_progress(1):
                break  # out of time

    def _companies_to_grade(self):
        """Companies that have no finished run since this night's job was due."""
        due = self.env.ref("crm_service_excellence.ir_cron_grade").nextcall
        finished = self.env["crm.grade.run"].search(
            [("date_start", ">=", due), ("state", "in", ["done", "failed"])]
        )
        return self.env["res.company"].search([]) - finished.company_id

    def _grade_company(self, company):
        """Grade one company for the night; a failure is kept on its run.

        The scheduler retries nothing, so that a conflict with somebody at work is
        retried here, each time on what the other has committed.
        """
        policy = self._get_active(company)
        for attempt in range(CONFLICT_TRIES):
            try:
                if policy:
                    return policy._run()
                self.env["crm.customer"]._refresh(companies=company)
                return self.env["crm.grade.run"]
            except GradingUnderWay:
                return self.env["crm.grade.run"]  # by hand, right now: that will do
            except Exception as error:
                self.env.cr.rollback()
                self.env.transaction.reset()
                is_conflict = isinstance(error, PG_CONCURRENCY_EXCEPTIONS_TO_RETRY)
                if is_conflict and attempt + 1 < CONFLICT_TRIES:
                    continue
                return self.env["crm.grade.run"]._record_failure(company, policy, error)

    def _run(self, as_of=None, simulate=False):
        """Measure and grade the customers of a company; simulate to change nothing.

        Deterministic in (facts, state of the customers, policy, ``as_of``): a second
        run of the same ``as_of`` changes nothing. A large base is written in batches
        with a commit after each; a killed run is resumed by the next of the same day.

        :param self: the policy; by default the one that serves the current company
        :param as_of: date up to which facts count; today at the company by default
        :param simulate: keep the outcome as lines of the run, to be applied or dropped
        :return: the ``crm.grade.run``
        :raise UserError: no active policy; a draft without ``simulate``; another run of
            the company is under way
        """
        policy = self or self._get_active(self.env.company)
        if not policy:
            raise UserError(self.env._("No grading policy is active."))
        policy.ensure_one()
        policy._check_complete()
        if policy.state != "active" and not simulate:
            raise UserError(
                self.env._(
                    "%(policy)s is not active: it can be simulated only.",
                    policy=policy.display_name,
                )
            )
        company = policy.company_id or self.env.company
        as_of = fields.Date.to_date(as_of) or company._crm_today()
        # sudo: the run measures and grades every customer of the company, also those
        # the user may not see; who may start one is checked by the actions
        return policy.sudo()._run_company(company.sudo(), as_of, simulate)

    def _run_company(self, company, as_of, simulate):
        start = time.monotonic()
        customers = self.env["crm.customer"]
        self._lock_company(company)
        customers._before_measuring()
        run = self.env["crm.grade.run"]._start(self, company, as_of, simulate)
        scope = FactScope(as_of, self.basis, (company.id,))
        if not simulate:
            customers._fold_contacts()
        batches = [(0, None)] if simulate else customers._partner_batches(company)
        whole = len(batches) == 1
        if whole or not run.cuts:
            columns = customers._stage_facts(scope)
            run.cuts = self._measure_cuts(as_of)
        for after_id, upto_id in batches:
            if not whole:
                if upto_id <= run.last_partner_id:
                    continue  # done before the run was killed
                columns = customers._stage_facts(
                    scope._replace(after_id=after_id, upto_id=upto_id)
                )
            result = self._result_sql(run)
            if simulate:
                run._add_simulation(result)
            else:
                run._add_batch(result, columns, upto_id)
            if not whole and not self._next_batch(company):
                run.seconds += time.monotonic() - start
                return run  # out of time: the cron is called again and resumes
        run._finish(time.monotonic() - start)
        return run

    def _next_batch(self, company):
        left = self.env["ir.cron"]._commit_progress(1)
        if left:
            self._lock_company(company)
            self.env["crm.customer"]._before_measuring()
        return left

    def _lock_company(self, company):
        """One grading run of a company at a time; released with the transaction.

        :raise GradingUnderWay: when another one is
        """
        self.env.cr.execute(
            SQL("SELECT pg_try_advisory_xact_lock(%s, %s)", LOCK_CLASS, company.id)
        )
        if not self.env.cr.fetchone()[0]:
            raise GradingUnderWay(
                self.env._(
                    "The customers of %(company)s are being graded right now. "
                    "Try again in a minute.",
                    company=company.name,
                )
            )

    # CUTS: what depends on all customers, measured once and frozen with the run

    def _measure_cuts(self, as_of):
        """Where quantiles begin, and the revenue of the top decile, from the stage.

        Ranks are exact and integer, equal values share one: ``1 + floor(5 x
        percent_rank)``, 5 at most (service.md C2).

        :return: ``{"important_revenue": float or None, metric: {quantile: lowest
            value}}``; a metric with too few customers is absent
        """
        self.env.cr.execute(
            SQL(
                """SELECT MIN(value), COUNT(*) FROM (
                       SELECT revenue_12m AS value,
                              RANK() OVER (ORDER BY revenue_12m) - 1 AS below,
                              COUNT(*) OVER () - 1 AS others
                         FROM %s WHERE revenue_12m > 0 AND active) buyer
                    WHERE others + 1 >= %s AND 10 * below >= 9 * others""",
                STAGE,
                QUANTILE_MIN_POPULATION,
            )
        )
        revenue = self.env.cr.fetchone()[0]
        cuts = {"important_revenue": None if revenue is None else str(revenue)}
        for criterion in self.criterion_ids.filtered(lambda c: c.method == "quantile"):
            starts = self._measure_quantiles(criterion, as_of)
            if starts:
                cuts[criterion.metric] = starts
        return cuts

    def _measure_quantiles(self, criterion, as_of):
        """Rank those who bought in the last 12 months.

        The many who did not would share the lowest rank and push everybody else into
        the upper ones, however little they bought.
        """
        self.env.cr.execute(
            SQL(
                """SELECT quantile, MIN(value), MIN(population) FROM (
                       SELECT value, population,
                              LEAST(%(n)s, 1 + %(n)s
                                  * (RANK() OVER (ORDER BY value) - 1)
                                  / GREATEST(population - 1, 1)) AS quantile
                         FROM (SELECT %(sign)s * %(raw)s AS value,
                                      COUNT(%(raw)s) OVER () AS population
                                 FROM %(stage)s stage
                                WHERE order_count_12m > 0 AND active) measured
                        WHERE value IS NOT NULL) ranked
                    GROUP BY quantile""",
                n=QUANTILES,
                sign=criterion._rank_sign(),
                raw=criterion._metric_sql(SQL("stage"), as_of),
                stage=STAGE,
            )
        )
        rows = self.env.cr.fetchall()
        if not rows or rows[0][2] < QUANTILE_MIN_POPULATION:
            return None
        return {str(quantile): str(low) for quantile, low, _population in rows}
