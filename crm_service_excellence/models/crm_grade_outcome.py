# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""SQL of a grading run's outcome: each staged customer's score, grade and reasons.

Nested queries each add what the next one needs: raw values > points > score > target
grade > decision. ``OFFSET 0`` keeps PostgreSQL from folding them into one another,
which would repeat every expression wherever it is used.
"""

from decimal import Decimal
from typing import NamedTuple

from odoo import fields, models
from odoo.tools import SQL

from ..tools.scoring import quantile_ladder
from .crm_customer_refresh import STAGE

# A refund within so many days takes the upgrade it concerns back, without grace.
REFUND_REVIEW_DAYS = 14

GRADE_COLUMNS = (
    "score",
    "score_detail",
    "computed_grade_id",
    "computed_grade_date",
    "grade_id",
    "grade_date",
    "below_since",
    "upgraded_from_id",
    "override_grade_id",
    "override_until",
    "override_reason",
)
# What a run counts of the rows it changes: for ``crm.grade.run._add_counts``.
COUNTS = SQL(
    """SELECT old_grade_id, grade_id, change_kind, COUNT(*), SUM(revenue_12m),
              COUNT(*) FILTER (WHERE warned)
         FROM changed GROUP BY old_grade_id, grade_id, change_kind"""
)


class Ladder(NamedTuple):
    """Points of one criterion in a run: rungs over ``sign`` x raw value.

    :param ranked: the rungs are quantiles of those who bought in the last 12 months;
        whoever did not earns nothing
    """

    rungs: list
    sign: int = 1
    ranked: bool = False


class CrmGradePolicy(models.Model):
    _inherit = "crm.grade.policy"

    def _ladders(self, cuts):
        """The ladder of each criterion: its bands, or the quantiles in ``cuts``.

        :return: ``{criterion: Ladder}``
        """
        ladders = {}
        for criterion in self.criterion_ids:
            starts = (cuts or {}).get(criterion.metric)
            if criterion.method == "quantile" and starts:
                rungs = quantile_ladder(
                    {int(quantile): Decimal(low) for quantile, low in starts.items()}
                )
                ladders[criterion] = Ladder(rungs, criterion._rank_sign(), ranked=True)
            else:
                ladders[criterion] = Ladder(criterion.band_ids._rungs())
        return ladders

    def _result_sql(self, run):
        """SQL yielding each staged customer's facts, score, grade and what follows."""
        self.ensure_one()
        ladders = self._ladders(run.cuts)
        scored = self._scored_sql(run.as_of, ladders)
        decided = self._decided_sql(run, scored)
        customers = self.env["crm.customer"]
        graded = SQL("graded")
        follows = customers._following_sql(
            run.as_of,
            stage=graded,
            old=graded,
            cut=SQL("%s::numeric", run.cuts.get("important_revenue")),
        )
        follows |= customers._due_sql(
            run.as_of,
            stage=graded,
            old=graded,
            was_touched=SQL("graded.old_touch_dates"),
            was_visited=SQL("graded.old_last_visit_date"),
        )
        # the former values of what follows are in ``graded`` under the same names
        kept = SQL(", ").join(
            SQL("graded.%s", SQL.identifier(name))
            for name in (
                "customer_id",
                "partner_id",
                "company_id",
                "user_id",
                "active",
                *self._fact_columns(),
                "old_grade_id",
                "old_score",
                "warned",
                *(
                    name
                    for name in GRADE_COLUMNS
                    if name not in ("grade_id", "grade_date")
                ),
            )
        )
        return SQL(
            """SELECT %(kept)s, %(follows)s, graded.new_grade_id AS grade_id,
                      CASE WHEN graded.new_grade_id IS DISTINCT FROM graded.old_grade_id
                           THEN %(as_of)s::date ELSE graded.old_grade_date END
                          AS grade_date,
                      CASE WHEN graded.override_ended THEN 'override_end'
                           WHEN graded.new_grade_id IS NOT DISTINCT FROM
                                graded.old_grade_id THEN NULL
                           WHEN graded.old_grade_id IS NULL THEN 'first'
                           WHEN graded.refunded THEN 'refund'
                           WHEN graded.new_position < graded.old_effective_position
                                THEN 'upgrade'
                           ELSE 'downgrade' END AS change_kind
                 FROM (%(decided)s) graded
                 LEFT JOIN (%(terms)s) grade
                   ON grade.id = graded.new_grade_id
                  AND grade.company_id = graded.company_id""",
            kept=kept,
            follows=SQL(", ").join(
                SQL("%s AS %s", value, SQL.identifier(column))
                for column, value in follows.items()
            ),
            as_of=run.as_of,
            decided=decided,
            terms=customers._grade_terms_sql([run.company_id.id]),
        )

    def _fact_columns(self):
        sources = self.env["crm.customer"]._fact_sources()
        return [name for source in sources.values() for name in source.columns]

    def _scored_sql(self, as_of, ladders):
        """Staged facts, former state, raw values, points and score of each customer."""
        raws, points, valued, running = [], [], [], []
        weighted = SQL("0::numeric")
        for number, (criterion, ladder) in enumerate(ladders.items()):
            raw, point = _numbered("raw", number), _numbered("points", number)
            weight = Decimal(str(criterion.weight))
            raws.append(
                SQL("%s AS %s", criterion._metric_sql(SQL("stage"), as_of), raw)
            )
            lower, earned = _ladder_sql(ladder, raw)
            points.append(SQL("%s AS %s", earned, point))
            points.append(SQL("%s AS %s", lower, _numbered("band", number)))
            weighted = SQL("%s + %s * COALESCE(%s, 0)", weighted, weight, point)
            counted = (
                SQL("%s", weight)
                if self.missing == "zero"
                else SQL("CASE WHEN %s IS NULL THEN 0 ELSE %s END", point, weight)
            )
            valued.append(counted)
            running.append(
                SQL(
                    "COALESCE(ROUND((%s) / NULLIF(weights, 0), 2), 0) AS %s",
                    weighted,
                    _numbered("running", number),
                )
            )
        return SQL(
            """SELECT *, %(score)s AS score, %(detail)s AS score_detail
                 FROM (SELECT *, %(running)s
                 FROM (SELECT *, %(valued)s AS weights
                 FROM (SELECT *, %(points)s
                 FROM (SELECT stage.*, %(old)s, %(raws)s
                         FROM %(stage)s stage
                         LEFT JOIN crm_customer customer
                                ON customer.id = stage.customer_id
                       OFFSET 0) measured
                       OFFSET 0) pointed
                       OFFSET 0) weighed
                       OFFSET 0) added""",
            score=_numbered("running", len(ladders) - 1),
            detail=self._detail_sql(ladders),
            running=SQL(", ").join(running),
            valued=SQL(" + ").join(valued),
            points=SQL(", ").join(points),
            old=SQL(
                """customer.grade_id AS old_grade_id, customer.grade_date AS
                   old_grade_date, customer.score AS old_score,
                   customer.computed_grade_id AS old_computed_id,
                   customer.computed_grade_date AS old_computed_date,
                   customer.below_since AS old_below_since,
                   customer.upgraded_from_id AS old_upgraded_from_id,
                   customer.override_grade_id AS old_override_id,
                   customer.override_until AS old_override_until,
                   customer.override_reason AS old_override_reason,
                   customer.is_vip, customer.lifecycle, customer.lifecycle_date,
                   customer.reactivated_date,
                   customer.touch_dates AS old_touch_dates,
                   customer.last_visit_date AS old_last_visit_date,
                   customer.next_contact_date, customer.next_visit_date,
                   customer.contact_interval, customer.visit_interval,
                   customer.cadence_paused_until, customer.cadence_start,
                   customer.cadence_grade_id, customer.contact_due_cap,
                   customer.visit_due_cap"""
            ),
            raws=SQL(", ").join(raws),
            stage=STAGE,
        )

    def _detail_sql(self, ladders):
        """JSON explanation of the score; the contributions add up to it exactly."""
        items = []
        for number, (criterion, ladder) in enumerate(ladders.items()):
            before = _numbered("running", number - 1) if number else SQL("0")
            point = _numbered("points", number)
            share = SQL("%s - %s", _numbered("running", number), before)
            if self.missing != "zero":
                share = SQL("CASE WHEN %s IS NULL THEN NULL ELSE %s END", point, share)
            items.append(
                SQL(
                    """jsonb_build_object('metric', %s::text, 'method', %s::text,
                        'raw', %s, 'band', %s, 'points', %s, 'weight', %s,
                        'contribution', %s)""",
                    criterion.metric,
                    "quantile" if ladder.ranked else "bands",
                    _numbered("raw", number),
                    _numbered("band", number),
                    point,
                    Decimal(str(criterion.weight)),
                    share,
                )
            )
        return SQL("jsonb_build_array(%s)", SQL(", ").join(items))

    def _decided_sql(self, run, scored):
        """The grade each customer gets: up at once, down late and one step at a time.

        Positions count from 0, the best grade; see service.md C3 for the rules.
        """
        grades = self.env["crm.grade"].search([])
        ladder = SQL(", ").join(
            SQL("(%s, %s, %s::numeric)", position, grade.id, str(grade.min_score))
            for position, grade in enumerate(grades)
        )
        target = SQL(" ").join(
            SQL("WHEN score >= %s::numeric THEN %s", str(grade.min_score), position)
            for position, grade in enumerate(grades)
        )
        return SQL(
            """
            WITH ladder (position, id, min_score) AS (VALUES %(ladder)s)
            SELECT decided.*, fresh.id AS computed_grade_id,
                   CASE WHEN override_ended THEN NULL ELSE old_override_id END
                       AS override_grade_id,
                   CASE WHEN override_ended THEN NULL ELSE old_override_until END
                       AS override_until,
                   CASE WHEN override_ended THEN NULL ELSE old_override_reason END
                       AS override_reason,
                   CASE WHEN moved THEN %(as_of)s::date ELSE old_computed_date END
                       AS computed_grade_date,
                   CASE WHEN new_computed < old_position THEN old_computed_id
                        WHEN moved THEN NULL ELSE old_upgraded_from_id END
                       AS upgraded_from_id,
                   -- a clock that runs on keeps its start; a new grade starts its own
                   CASE WHEN score >= fresh.min_score - %(buffer)s THEN NULL
                        WHEN moved THEN %(as_of)s::date
                        ELSE since END AS below_since,
                   NOT moved AND old_below_since IS NULL
                       AND score < fresh.min_score - %(buffer)s AS warned,
                   new_computed > old_position AND reversed AS refunded,
                   effective.position AS old_effective_position,
                   CASE WHEN old_override_id IS NOT NULL AND NOT override_ended
                        THEN old_override_id ELSE fresh.id END AS new_grade_id,
                   CASE WHEN old_override_id IS NOT NULL AND NOT override_ended
                        THEN overriding.position ELSE new_computed END AS new_position
              FROM (SELECT *, new_computed IS DISTINCT FROM old_position AS moved
              FROM (SELECT *,
                   CASE WHEN old_position IS NULL OR target < old_position THEN target
                        WHEN reversed AND target > old_position
                             THEN LEAST(target, COALESCE(from_position, target))
                        WHEN score >= old_min - %(buffer)s THEN old_position
                        WHEN %(as_of)s::date - since >= %(grace)s
                             AND %(as_of)s::date - old_computed_date >= %(stay)s
                             AND %(as_of)s::date > old_computed_date
                             THEN old_position + 1
                        ELSE old_position END AS new_computed
              FROM (SELECT scored.*, old.position AS old_position,
                           old.min_score AS old_min, before.position AS from_position,
                           CASE %(target)s END AS target,
                           COALESCE(old_override_until < %(as_of)s, FALSE)
                               AS override_ended,
                           CASE WHEN old_override_until < %(as_of)s THEN %(as_of)s::date
                                ELSE COALESCE(old_below_since, %(as_of)s) END AS since,
                           refund.day IS NOT NULL AND refund.day >= old_computed_date
                               AND %(as_of)s::date - old_computed_date <= %(review)s
                               AND refund.bought <= old_computed_date AS reversed
                      FROM (%(scored)s) scored
                      LEFT JOIN ladder old ON old.id = scored.old_computed_id
                      LEFT JOIN ladder before ON before.id = scored.old_upgraded_from_id
                      LEFT JOIN (%(refunds)s) refund
                             ON refund.partner_id = scored.partner_id
                     OFFSET 0) aimed
                     OFFSET 0) chosen
                     OFFSET 0) decided
              JOIN ladder fresh ON fresh.position = decided.new_computed
              LEFT JOIN ladder effective ON effective.id = decided.old_grade_id
              LEFT JOIN ladder overriding ON overriding.id = decided.old_override_id
            """,
            ladder=ladder,
            as_of=run.as_of,
            buffer=Decimal(str(self.buffer)),
            grace=self.grace_days,
            stay=self.min_stay_days,
            review=REFUND_REVIEW_DAYS,
            target=target,
            scored=scored,
            refunds=self._refunds_sql(run),
        )

    def _refunds_sql(self, run):
        """Latest recent refund of each customer and the date of what it reversed."""
        if self.basis != "invoice":
            return SQL(
                "SELECT NULL::int AS partner_id, NULL::date AS day, "
                "NULL::date AS bought WHERE FALSE"
            )
        return SQL(
            """SELECT partner.commercial_partner_id AS partner_id,
                      MAX(refund.invoice_date) AS day,
                      MIN(bought.invoice_date) AS bought
                 FROM account_move refund
                 JOIN account_move bought ON bought.id = refund.reversed_entry_id
                 JOIN res_partner partner ON partner.id = refund.partner_id
                WHERE refund.state = 'posted' AND refund.move_type = 'out_refund'
                  AND refund.company_id = %s AND refund.invoice_date <= %s
                  AND refund.invoice_date > %s
                GROUP BY partner.commercial_partner_id""",
            run.company_id.id,
            run.as_of,
            fields.Date.subtract(run.as_of, days=REFUND_REVIEW_DAYS + 1),
        )


def _numbered(name, number):
    return SQL.identifier(f"{name}_{number}")


def _ladder_sql(ladder, raw):
    """SQL of the rung that ``raw`` reaches: its lower bound, and its points.

    The first rung also takes what lies below it, as in ``tools.scoring.points_of``. A
    rank has no lower bound to keep: it moves a little every day, and storing it would
    rewrite each customer every night for nothing.
    """
    value = raw if ladder.sign > 0 else SQL("-%s", raw)

    def ladder_case(pick):
        steps = [SQL("WHEN %s IS NULL THEN NULL", raw)]
        if ladder.ranked:
            steps.append(SQL("WHEN order_count_12m = 0 THEN 0"))
        steps += [
            SQL(
                "WHEN %s >= %s::numeric THEN %s::numeric", value, rung.lower, pick(rung)
            )
            for rung in reversed(ladder.rungs[1:])
        ]
        return SQL(
            "CASE %s ELSE %s::numeric END", SQL(" ").join(steps), pick(ladder.rungs[0])
        )

    lower = SQL("NULL") if ladder.ranked else ladder_case(lambda rung: rung.lower)
    return lower, ladder_case(lambda rung: rung.points)
