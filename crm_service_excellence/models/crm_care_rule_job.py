# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The job that plans care: rule by rule, so that one that fails stops no other."""

import logging
from datetime import timedelta

from psycopg2 import errors

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from . import job
from .crm_care_rule_audience import CareScope

_logger = logging.getLogger(__name__)
# A run of the job comes back until nothing is left: what it has just done, it is past.
# Longer than all rules take: else the first is due again before the last is done, and
# the job never ends.
DONE_LATELY = timedelta(hours=1)


class CrmCareRule(models.Model):
    _inherit = "crm.care.rule"

    generated_upto = fields.Integer(
        string="Planned up to",
        readonly=True,
        copy=False,
        aggregator=None,
        help="Of the customers: where the job goes on that had no time for all of "
        "them. 0: at the beginning.",
    )

    @api.model
    def _cron_generate(self):
        """Plan what all live rules of all companies have ahead.

        Rules that have waited longest come first, each in batches of customers that are
        committed. A rule that fails is noted on the rule, and the others go on.
        """
        rules = self._rules_to_generate()
        job.commit_progress(self.env, remaining=len(rules))
        for number, rule in enumerate(rules):
            if rule._generate_whatever() is None:
                # the time of this run is over, and the next one goes on with this rule
                job.commit_progress(self.env, 1, remaining=len(rules) - number)
                break
            if job.commit_progress(self.env, 1) <= 0:
                break

    @api.model
    def _rules_to_generate(self):
        """Live rules, the one whose last time is longest ago first."""
        domain = Domain("state", "=", "active")
        domain &= Domain("occasion_id.active", "=", True)
        domain &= Domain("company_id.active", "=", True)
        if job.is_job(self.env):
            now = fields.Datetime.now()
            domain &= (
                Domain("generated_date", "=", False)
                | Domain("generated_date", "<", now - DONE_LATELY)
                # the clock was put back
                | Domain("generated_date", ">", now)
            )
        # sudo: every company's rules, whoever runs the job
        return self.sudo().search(domain, order="generated_date NULLS FIRST, id")

    def _generate_whatever(self):
        """Plan this rule's horizon: whatever is wrong with it stops no other rule.

        It may be gone, or what is wrong could not even be noted.

        :return: as ``_generate_in_batches``; 0 where that failed
        """
        if not job.is_job(self.env):
            return self._generate_in_batches()
        try:
            return self._generate_in_batches()
        except Exception:
            self.env.cr.rollback()
            self.env.transaction.reset()
            if self.exists():
                _logger.exception("Care rule %s cannot be planned.", self.id)
            return 0

    def _generate_in_batches(self):
        """Plan this rule's horizon; in a job each batch is committed.

        :return: number of tasks planned; None where the job's time is over
        """
        self.ensure_one()
        inserted, error = 0, None
        places = self.company_id._care_places()
        for scope in self._batches_left():
            result = job.on_conflict_again(
                self.env, self._generate_safely, scope, places
            )
            if not result:
                return inserted  # others stay in the way: the next run goes on here
            found, error = result
            if error:
                break
            inserted += found
            if job.commit_progress(self.env) <= 0 and scope.upto_id is not None:
                return None
        job.on_conflict_again(self.env, self._generation_done, error)
        return inserted

    def _batches_left(self):
        """Yield a :class:`CareScope` for each batch, from where the last run ended.

        A run has seconds, and more customers than that take several. Who replans the
        rule meanwhile has it begin anew.
        """
        batches = [(0, None)]
        if job.is_job(self.env):
            batches = self.env["crm.customer"]._partner_batches(self.company_id)
        if batches == [(0, None)]:
            yield CareScope()
            return
        while True:
            self.invalidate_recordset(["generated_upto"])
            done = self.generated_upto
            left = [(max(after, done), upto) for after, upto in batches if upto > done]
            if not left:
                return
            yield CareScope(*left[0])

    def _generate_safely(self, scope, places):
        """Number of tasks planned, and what went wrong, if anything did."""
        try:
            with self.env.cr.savepoint():
                # it may have been changed or stopped since the batch before
                self.invalidate_recordset()
                span = self._due_span(*self._horizon())
                found = self._generate_batch(*span, scope, places) if span else 0
                self._batch_done(scope)
                return found, None
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except errors.ForeignKeyViolation as error:
            if job.is_job(self.env):
                # a contact was merged or deleted after our view of the data was taken
                raise errors.SerializationFailure(str(error)) from error
            raise
        except Exception as error:
            # whatever is wrong with this rule must not stop the others
            _logger.exception("Care rule %s plans nothing.", self.id)
            return 0, str(error) or type(error).__name__

    def _batch_done(self, scope):
        """Keep how far it is planned.

        Written even where that is no news: whoever stops or changes the rule at the
        same time, and this batch, then cannot both go by what was before.
        """
        self.env.cr.execute(
            SQL(
                "UPDATE crm_care_rule SET generated_upto = %s WHERE id = %s",
                scope.upto_id or 0,
                self.id,
            ),
            log_exceptions=False,
        )
        self.invalidate_recordset(["generated_upto"])

    def _generation_done(self, error):
        """Keep when it was planned, and what went wrong; a new error is noted once."""
        self.ensure_one()
        self.env.cr.execute(
            SQL(
                """UPDATE crm_care_rule rule
                      SET generated_date = %(now)s, generation_error = %(error)s,
                          generated_upto = 0
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
        self.invalidate_recordset(
            ["generated_date", "generation_error", "generated_upto"]
        )
        if error and error != former:
            rule = self.with_context(lang=self.company_id.partner_id.lang)
            rule.message_post(
                body=rule.env._(
                    "Nothing could be planned by this rule: %(error)s", error=error
                )
            )
