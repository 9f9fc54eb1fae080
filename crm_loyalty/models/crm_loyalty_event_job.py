# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What happened to members since the last look, and the points they get for it.

Members are those who have a card: the job makes none. What happened is asked of the
database by one query an event (``crm_loyalty_event_scan.py``), and posted by one
statement a batch. The unique key of each posting keeps it safe to look twice, so that
the watermark of an event may overlap: it says where to begin, never what was granted.
"""

import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.crm_service_excellence.models.job import (
    commit_progress,
    on_conflict_again,
)

_logger = logging.getLogger(__name__)
BATCH = 10_000  # members of one transaction
OVERLAP = timedelta(days=2)  # transactions that committed late, other zones


class CrmLoyaltyEvent(models.Model):
    _inherit = "crm.loyalty.event"

    @api.model
    def _cron_grant(self, as_of=None):
        """Grant what happened, event by event. Safe to run twice and to resume.

        :param as_of: date it is for the members; by default today in the zone of each
            program
        :return: number of entries
        """
        total = 0
        commit_progress(self.env, remaining=1)
        # sudo: events of every company, whoever runs the job
        for event_sudo in self.sudo().search([], order="id"):
            program_sudo = event_sudo.program_id
            today = fields.Date.to_date(as_of) or program_sudo._crm_today()
            ended = program_sudo.date_to and program_sudo.date_to < today
            if ended or not program_sudo.active or today < event_sudo.start_date:
                continue
            try:
                done, is_over = event_sudo._grant_happened(today)
            except UserError as error:  # one event keeps no other
                _logger.info("Points event %s grants nothing: %s", event_sudo.id, error)
                continue
            total += done
            if is_over:
                return total
        commit_progress(self.env, 1, remaining=0)
        return total

    def _grant_happened(self, today):
        """Look for what happened up to a day, and grant it.

        :return: ``(number of entries, whether the job's time is over)``
        """
        self.ensure_one()
        total = 0
        for model, query in self._scans(today):
            for card_ids in self._due_cards(model, query):
                total += on_conflict_again(
                    self.env, self._grant_batch, model, query, card_ids, today
                )
                if not commit_progress(self.env, len(card_ids), remaining=1):
                    return total, True
        if self.scanned_until != today:
            self.scanned_until = today
        return total, False

    def _since(self):
        """First day of what may have happened since the last look."""
        self.ensure_one()
        if not self.scanned_until:
            return self.start_date
        return max(self.start_date, self.scanned_until - OVERLAP)

    def _due_cards(self, model, query):
        """Ids of the cards that get something, in batches."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT card_id FROM (%s) due ORDER BY card_id",
                self._due_sql(model, query),
            )
        )
        ids = [row[0] for row in rows]
        return [ids[start : start + BATCH] for start in range(0, len(ids), BATCH)]

    def _grant_batch(self, model, query, card_ids, today):
        """Grant what happened to the members of some cards.

        :return: number of entries
        """
        cap = round(self.cap_year, 2)
        points = SQL("points")
        if cap:
            points = SQL(
                "LEAST(points, GREATEST(0, %s - got - (running - points)))", cap
            )
        chosen = SQL(
            """SELECT card_id, %(points)s AS points, key, res_id,
                      day AS effective_date, company_id,
                      %(expiry)s::date AS expiry_date
                 FROM (SELECT *, SUM(points) OVER (
                                     PARTITION BY owner, DATE_TRUNC('year', day)
                                     ORDER BY day, key ROWS UNBOUNDED PRECEDING)
                                     AS running
                         FROM (%(due)s) due WHERE card_id = ANY(%(cards)s)) due""",
            points=points,
            expiry=self.program_id._expiry_of(today, self.expiry_days or None) or None,
            due=self._due_sql(model, query),
            cards=card_ids,
        )
        return self.env["loyalty.card"]._post_credits(
            chosen,
            kind="event",
            reason=self.name,
            res_model=model,
            columns=("res_id", "effective_date", "company_id", "expiry_date"),
        )

    def _due_sql(self, model, query):
        """What is found and not granted yet, with the points that the member gets.

        :return: SQL of card_id, res_id, day, key, points, company_id, owner, got
            (points of the event in the year of the day)
        """
        amounts = SQL(", ").join(
            SQL("(%s::int, %s::numeric)", grade, str(points))
            for grade, points in self._amounts_by_grade().items()
            if grade
        )
        usual = str(self._amount_for(None))
        grades = SQL("%s::numeric", usual)
        if amounts.code:
            grades = SQL(
                """COALESCE((SELECT amount.points
                               FROM (VALUES %s) amount (grade_id, points)
                              WHERE amount.grade_id = customer.grade_id),
                            %s::numeric)""",
                amounts,
                usual,
            )
        return SQL(
            """SELECT DISTINCT ON (due.key) due.*, past.got
                 FROM (SELECT card.id AS card_id, found.res_id, found.day,
                              %(key)s AS key, %(points)s AS points,
                              COALESCE(%(company)s, card.company_id, %(current)s)
                                  AS company_id,
                              card.program_id, partner.id AS owner
                         FROM (%(query)s) found
                         JOIN loyalty_card card ON card.id = found.card_id
                         JOIN res_partner partner ON partner.id = card.partner_id
                         LEFT JOIN crm_customer customer
                                ON customer.partner_id = partner.commercial_partner_id
                               AND customer.company_id
                                   = COALESCE(%(company)s, card.company_id, %(current)s)
                        WHERE card.active AND card.is_ledger AND partner.active
                          AND card.program_id = %(program)s
                          AND found.day >= %(start)s) due
                CROSS JOIN LATERAL (
                      SELECT COUNT(*) AS times,
                             COUNT(*) FILTER (WHERE DATE_TRUNC('year',
                                 entry.effective_date) = DATE_TRUNC('year', due.day))
                                 AS times_year,
                             COALESCE(SUM(entry.points + COALESCE((
                                 SELECT SUM(child.points) FROM crm_loyalty_entry child
                                  WHERE child.reverses_id = entry.id), 0))
                                 FILTER (WHERE DATE_TRUNC('year', entry.effective_date)
                                             = DATE_TRUNC('year', due.day)), 0) AS got
                        FROM loyalty_card other
                        JOIN crm_loyalty_entry entry ON entry.card_id = other.id
                       WHERE other.partner_id = due.owner
                         AND other.program_id = due.program_id
                         AND entry.kind = 'event'
                         AND (starts_with(entry.key, %(prefix)s)
                              OR entry.snapshot ->> 'event' = %(code)s)) past
                WHERE due.points > 0 AND %(open)s
                  AND (%(cap)s = 0 OR past.got < %(cap)s)
                  AND NOT EXISTS (SELECT FROM crm_loyalty_entry entry
                                   WHERE entry.key = due.key)
                ORDER BY due.key, due.day, due.res_id""",
            key=self._key_sql(model),
            points=grades,
            company=self.company_id.id or None,
            current=self.env.company.id,
            query=query,
            program=self.program_id.id,
            start=self.start_date,
            prefix=f"event:{self.code}:",
            code=self.code,
            open=self._open_sql(),
            cap=round(self.cap_year, 2),
        )

    def _key_sql(self, model):
        """As ``_key``, in SQL."""
        if self.frequency == "year":
            return SQL(
                "%s || card.id || ':' || DATE_PART('year', found.day)",
                f"event:{self.code}:",
            )
        if self.frequency == "life":
            return SQL("%s || card.id", f"event:{self.code}:")
        key = SQL("%s || found.res_id", f"event:{self.code}:{model}:")
        if self.frequency == "unlimited":
            key = SQL("%s || ':' || found.day", key)
        return key

    def _open_sql(self):
        """Whether it happened less often than it counts; see ``_counted``."""
        if self.frequency == "year":
            return SQL("past.times_year = 0")
        if self.frequency == "life":
            return SQL("past.times = 0")
        return SQL("TRUE")
