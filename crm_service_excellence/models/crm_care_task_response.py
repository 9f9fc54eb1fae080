# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What customers did after care, and what those did who were held out of it."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from .job import commit_progress, on_conflict_again

RESPONSE_DAYS = 14
# What was done longer ago is looked at no more. Longer than a response may take, so
# that an outage of the job loses none.
LOOK_BACK_DAYS = 45
EVER = "-infinity"  # before any moment, as PostgreSQL says it
BATCH = 5000  # tasks of one transaction: well under a second


class CrmCareTask(models.Model):
    _inherit = "crm.care.task"

    _response_idx = models.Index(
        "(company_id, COALESCE(done_date, not_before), id)"
        " WHERE response IS NULL AND (state = 'done' OR is_holdout)"
    )

    @api.model
    def _cron_respond(self, as_of=None):
        """Write down the first thing that customers did within 14 days of care.

        An order of the customer, a message or a call from the contact or the customer,
        or a rating by them, in the company of the task. Counted from when it was done;
        for who was held out, from when the others could be written to, so that both
        are measured alike. What is found stays. Restartable at any point, safe to run
        twice at once; tasks that somebody else has are left to the next run.

        :param as_of: date it is for the companies; by default today in the zone of each
        :return: number of responses found
        """
        self.env.flush_all()
        as_of = fields.Date.to_date(as_of)
        total = 0
        commit_progress(self.env, remaining=1)
        # sudo: responses to care of every company, whoever runs the job
        for company in self.env["res.company"].sudo().search([]):
            scope = {
                "company": company.id,
                "zone": company._crm_timezone(),
                "today": as_of or company._crm_today(),
            }
            after = (EVER, 0)
            while True:
                found, after = on_conflict_again(
                    self.env, self._respond_batch, scope, after
                ) or (0, None)
                total += found
                if not after:
                    break
                # a batch is work done, whatever it found
                if not commit_progress(self.env, 1, remaining=1):
                    return total
        commit_progress(self.env, 1, remaining=0)
        return total

    @api.model
    def _respond_batch(self, scope, after):
        """Look for responses to the next tasks of a company.

        :param scope: ids and dates of the company, as ``_cron_respond`` makes them
        :param after: ``(moment, id)`` of the last task looked at
        :return: ``(responses found, the new last one)``; None for the latter at the end
        """
        self.env.cr.execute(
            SQL(
                RESPOND,
                **scope,
                since=scope["today"] - timedelta(days=LOOK_BACK_DAYS),
                days=RESPONSE_DAYS,
                moment=after[0],
                after=after[1],
                batch=BATCH,
                events=self._response_events(scope),
                now=self.env.cr.now(),
                uid=self.env.uid,
            ),
            log_exceptions=False,
        )
        found, moment, last = self.env.cr.fetchone()
        self.invalidate_model(["response", "response_date"])
        return found, last and (moment, last)

    @api.model
    def _response_events(self, scope):
        """What counts as a response to a row of ``task``; extend it with UNION ALL.

        :return: SQL of ``(task_id, kind, moment)``, moments naive UTC
        """
        parts = [SQL(ORDERS), SQL(REPLIES)]
        parts += self._response_ratings(scope)
        return SQL(" UNION ALL ").join(parts)

    @api.model
    def _response_ratings(self, scope):
        """One query for each kind of document that was rated, for its company.

        Ratings come with other apps; what was rated, and not the rating, knows the
        company. Documents without one count for every company.
        """
        if "rating.rating" not in self.env:
            return []
        since = scope["today"] - timedelta(days=LOOK_BACK_DAYS + 1)
        self.env.cr.execute(
            SQL(
                "SELECT DISTINCT res_model FROM rating_rating"
                " WHERE consumed AND COALESCE(rated_on, write_date) >= %s"
                " ORDER BY res_model",
                since,
            )
        )
        parts = []
        for (name,) in self.env.cr.fetchall():
            model = self.env.get(name)
            if model is None or not model._auto:
                continue
            company = model._fields.get("company_id")
            is_kept = company and company.store and not company.company_dependent
            parts.append(
                SQL(
                    RATINGS,
                    document=SQL.identifier(model._table),
                    model=name,
                    company=(
                        SQL(
                            "rated.company_id IS NULL OR rated.company_id = %s",
                            scope["company"],
                        )
                        if is_kept
                        else SQL("TRUE")
                    ),
                )
            )
        return parts


# Days are the company's: the response may come until the end of the 14th.
RESPOND = """
WITH due AS MATERIALIZED (
    SELECT id, COALESCE(done_date, not_before) AS moment FROM crm_care_task
     WHERE response IS NULL AND (state = 'done' OR is_holdout)
       AND company_id = %(company)s
       AND COALESCE(done_date, not_before) >= %(since)s
       AND COALESCE(done_date, not_before)
           < (%(today)s::date + 1)::timestamp AT TIME ZONE %(zone)s AT TIME ZONE 'UTC'
       AND (COALESCE(done_date, not_before), id) > (%(moment)s::timestamp, %(after)s)
     ORDER BY COALESCE(done_date, not_before), id LIMIT %(batch)s),
task AS MATERIALIZED (
    SELECT task.id, task.company_id, task.partner_id, task.commercial_partner_id,
           due.moment AS begins,
           (LEAST(%(today)s::date,
                  (due.moment AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date
                  + %(days)s) + 1)::timestamp
               AT TIME ZONE %(zone)s AT TIME ZONE 'UTC' AS ends
      FROM crm_care_task task JOIN due ON due.id = task.id
     WHERE task.response IS NULL
     ORDER BY task.id FOR NO KEY UPDATE OF task SKIP LOCKED),
event AS (%(events)s),
earliest AS (
    SELECT DISTINCT ON (task_id) task_id, kind, moment FROM event
     ORDER BY task_id, moment, kind),
written AS (
    UPDATE crm_care_task SET
           response = earliest.kind,
           response_date =
               (earliest.moment AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date,
           write_date = %(now)s, write_uid = %(uid)s
      FROM earliest WHERE earliest.task_id = crm_care_task.id
    RETURNING 1)
SELECT (SELECT COUNT(*) FROM written), last.moment, last.id
  FROM (SELECT 1) one
  LEFT JOIN (SELECT moment, id FROM due ORDER BY moment DESC, id DESC LIMIT 1) last
    ON TRUE
"""
ORDERS = """
SELECT task.id AS task_id, 'order' AS kind, sale.date_order AS moment
  FROM task
  JOIN res_partner buyer
    ON buyer.commercial_partner_id = task.commercial_partner_id
  JOIN sale_order sale ON sale.partner_id = buyer.id
 WHERE sale.company_id = task.company_id AND sale.state = 'sale'
   AND sale.date_order >= task.begins AND sale.date_order < task.ends
"""
# A colleague of the contact answers for himself, the customer for everybody.
REPLIES = """
SELECT task.id, 'reply', touch.date
  FROM task
  JOIN crm_touchpoint touch ON touch.partner_id = task.commercial_partner_id
 WHERE touch.company_id = task.company_id AND touch.direction = 'in'
   AND touch.date >= task.begins AND touch.date < task.ends
   AND (touch.contact_id IS NULL OR touch.contact_id = task.partner_id
        OR task.partner_id = task.commercial_partner_id)
"""
RATINGS = """
SELECT task.id, 'rating', COALESCE(rating.rated_on, rating.write_date)
  FROM task
  JOIN res_partner rater
    ON rater.commercial_partner_id = task.commercial_partner_id
  JOIN rating_rating rating ON rating.partner_id = rater.id
  JOIN %(document)s rated ON rated.id = rating.res_id
 WHERE rating.consumed AND rating.res_model = %(model)s AND (%(company)s)
   AND COALESCE(rating.rated_on, rating.write_date) >= task.begins
   AND COALESCE(rating.rated_on, rating.write_date) < task.ends
   AND (rater.id IN (task.partner_id, task.commercial_partner_id)
        OR task.partner_id = task.commercial_partner_id)
"""
