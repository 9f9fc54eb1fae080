# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The job that plans care: rule by rule, so that one that fails stops no other."""

import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from . import job
from .crm_care_rule_audience import CareScope

_logger = logging.getLogger(__name__)
# A run of the job comes back until nothing is left: what it has just done, it is past.
DONE_LATELY = timedelta(minutes=10)


class CrmCareRule(models.Model):
    _inherit = "crm.care.rule"

    @api.model
    def _cron_generate(self):
        """Plan what all live rules of all companies have ahead.

        Rules that have waited longest come first, each in batches of customers that are
        committed. A rule that fails is noted on the rule, and the others go on.
        """
        rules = self._rules_to_generate()
        job.commit_progress(self.env, remaining=len(rules))
        for rule in rules:
            if rule._generate_in_batches() is None:
                break  # the time of this run is over
            if job.commit_progress(self.env, 1) <= 0:
                break

    @api.model
    def _rules_to_generate(self):
        """Live rules, the one whose last time is longest ago first."""
        domain = Domain("state", "=", "active")
        domain &= Domain("occasion_id.active", "=", True)
        if job.is_job(self.env):
            domain &= Domain("generated_date", "=", False) | Domain(
                "generated_date", "<", fields.Datetime.now() - DONE_LATELY
            )
        # sudo: every company's rules, whoever runs the job
        return self.sudo().search(domain, order="generated_date NULLS FIRST, id")

    def _generate_in_batches(self):
        """Plan this rule's horizon; in a job each batch is committed.

        :return: number of tasks planned; None where the job's time is over
        """
        self.ensure_one()
        span = self._due_span(*self._horizon())
        inserted, error = 0, None
        if span:
            places = self.company_id._care_places()
            batches = [(0, None)]
            if job.is_job(self.env):
                customers = self.env["crm.customer"]
                batches = customers._partner_batches(self.company_id)
            for after_id, upto_id in batches:
                found, error = job.on_conflict_again(
                    self.env,
                    self._generate_safely,
                    *span,
                    CareScope(after_id, upto_id),
                    places,
                ) or (0, None)
                if error:
                    break
                inserted += found
                if upto_id is not None and job.commit_progress(self.env) <= 0:
                    return None
        job.on_conflict_again(self.env, self._generation_done, error)
        return inserted

    def _generate_safely(self, start, end, scope, places):
        """Number of tasks planned, and what went wrong, if anything did."""
        try:
            with self.env.cr.savepoint():
                return self._generate_batch(start, end, scope, places), None
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception as error:
            # whatever is wrong with this rule must not stop the others
            _logger.exception("Care rule %s plans nothing.", self.id)
            return 0, str(error) or type(error).__name__

    def _generation_done(self, error):
        """Keep when it was planned, and what went wrong; a new error is noted once."""
        self.ensure_one()
        self.env.cr.execute(
            SQL(
                """UPDATE crm_care_rule rule
                      SET generated_date = %(now)s, generation_error = %(error)s
                     FROM (SELECT id, generation_error FROM crm_care_rule
                            WHERE id = %(id)s) former
                    WHERE rule.id = former.id
                RETURNING former.generation_error""",
                now=fields.Datetime.now(),
                error=error,
                id=self.id,
            )
        )
        [(former,)] = self.env.cr.fetchall()
        self.invalidate_recordset(["generated_date", "generation_error"])
        if error and error != former:
            rule = self.with_context(lang=self.company_id.partner_id.lang)
            rule.message_post(
                body=rule.env._(
                    "Nothing could be planned by this rule: %(error)s", error=error
                )
            )
