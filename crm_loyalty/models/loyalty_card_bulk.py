# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Credits for many members at once: the same entries, by one statement a batch."""

from odoo import api, models
from odoo.tools import SQL

#: columns that a query may give beside card_id, points and key: {name: type}
OPTIONAL = {
    "effective_date": "date",
    "expiry_date": "date",
    "res_id": "int",
    "company_id": "int",
    "qualifying": "numeric",
    "reason": "varchar",
}


class LoyaltyCard(models.Model):
    _inherit = "loyalty.card"

    @api.model
    def _post_credits(
        self,
        query,
        kind,
        reason=None,
        res_model=None,
        columns=(),
        days=None,
        from_zero=False,
    ):
        """Post one credit for each row of a query whose key is not posted yet.

        Set-based, for jobs over all members; the entries are what ``_post_points``
        would write. Members who owe points go through that one by one.

        :param query: SQL yielding ``card_id``, ``points`` > 0, ``key`` and ``columns``
        :param kind: earn, event, goodwill, opening
        :param reason: words of each entry, unless the query has them
        :param res_model: model of the sources in ``res_id``
        :param columns: which of :data:`OPTIONAL` the query gives besides
        :param days: days of life of the points; the program's months by default
        :param from_zero: the ledger begins with this: the card's balance is not added
        :return: number of entries
        """
        self.env.flush_all()
        plain = SQL(", ").join(
            SQL("given.%s", SQL.identifier(name))
            if name in columns
            # name and type are of the table above, not of a caller
            else SQL("CAST(NULL AS %s) AS %s", SQL(kind_of), SQL.identifier(name))
            for name, kind_of in OPTIONAL.items()
        )
        self.env.cr.execute(
            SQL(
                STAGE,
                query=query,
                optional=plain,
            )
        )
        terms = self._bulk_terms(days)
        if not terms:
            return 0
        self.env.cr.execute(
            SQL(
                POST,
                kind=kind,
                reason=reason,
                res_model=res_model,
                terms=SQL(", ").join(
                    SQL("(%s, %s::date, %s::date)", program, today, last)
                    for program, today, last in terms
                ),
                begin=SQL("0")
                if from_zero
                else SQL("ROUND(COALESCE(points, 0)::numeric, 2)"),
                company=self.env.company.id,
                uid=self.env.uid,
                now=self.env.cr.now(),
                opens=from_zero,
                qualifies=kind == "earn",
            )
        )
        done, cards = self.env.cr.fetchone()
        self._after_bulk(cards or [])
        return done + self._post_owing(kind, reason, res_model, days)

    @api.model
    def _bulk_terms(self, days):
        """Today and the last day of new points in each program that is concerned.

        :return: ``[(program id, today, last day)]``; programs that ended are left out
        """
        self.env.cr.execute(
            """SELECT DISTINCT card.program_id FROM crm_loyalty_stage stage
                 JOIN loyalty_card card ON card.id = stage.card_id"""
        )
        ids = [row[0] for row in self.env.cr.fetchall()]
        terms = []
        for program in self.env["loyalty.program"].sudo().browse(ids):
            today = program._crm_today()
            if program.is_ledger and not (program.date_to and program.date_to < today):
                terms.append(
                    (program.id, today, program._expiry_of(today, days) or None)
                )
        return terms

    @api.model
    def _after_bulk(self, changes):
        """Forget what memory knew, and tell members of milestones they reached.

        :param changes: ``[[card id, balance before, balance after]]``
        """
        self.env.invalidate_all()
        if self.env.context.get("loyalty_no_mail"):
            return
        # sudo: the program's own mails
        plans_sudo = (
            self.env["loyalty.mail"]
            .sudo()
            .search(
                [("trigger", "=", "points_reach"), ("program_id.is_ledger", "=", True)]
            )
        )
        if not plans_sudo:
            return
        lowest = min(plans_sudo.mapped("points"))
        for card_id, old, new in changes:
            if new >= lowest:
                card_sudo = self.sudo().browse(card_id)
                card_sudo._tell_milestones({card_sudo: {"old": old, "new": new}})

    @api.model
    def _post_owing(self, kind, reason, res_model, days):
        """Post the staged rows that the statement left out: of members who owe."""
        self.env.cr.execute(
            """SELECT stage.card_id, stage.points::text, stage.key,
                      stage.effective_date, stage.expiry_date, stage.res_id,
                      stage.reason
                 FROM crm_loyalty_stage stage
                 JOIN loyalty_card card ON card.id = stage.card_id
                WHERE card.is_ledger AND card.active AND card.debt_points > 0
                  AND NOT EXISTS (SELECT FROM crm_loyalty_entry entry
                                   WHERE entry.key = stage.key)
                ORDER BY stage.card_id, stage.key"""
        )
        rows = self.env.cr.fetchall()
        for card_id, points, key, effective, expiry, res_id, words in rows:
            card = self.browse(card_id)
            move = {
                "kind": kind,
                "points": float(points),
                "key": key,
                "reason": words or reason,
                "effective_date": effective,
            }
            if res_model and res_id:
                move["source"] = self.env[res_model].browse(res_id)
            if expiry:
                move["expiry_date"] = expiry
            elif days:
                program = card.sudo().program_id
                move["expiry_date"] = program._expiry_of(program._crm_today(), days)
            card._post_points([move])
        return len(rows)


# A temporary table, as the statement that posts, and what it leaves out, both read it.
STAGE = """
DROP TABLE IF EXISTS crm_loyalty_stage;
CREATE TEMPORARY TABLE crm_loyalty_stage ON COMMIT DROP AS
SELECT DISTINCT ON (given.key) given.card_id, given.points::numeric(16, 2) AS points,
       given.key, %(optional)s
  FROM (%(query)s) given
 WHERE given.points > 0
   AND NOT EXISTS (SELECT FROM crm_loyalty_entry entry WHERE entry.key = given.key)
"""
POST = """
WITH term (program_id, today, last_day) AS (VALUES %(terms)s),
card AS MATERIALIZED (
    SELECT id, program_id, company_id, partner_id, COALESCE(ledger_seq, 0) AS seq,
           %(begin)s AS points
      FROM loyalty_card
     WHERE id IN (SELECT card_id FROM crm_loyalty_stage)
       AND program_id IN (SELECT program_id FROM term)
       AND is_ledger AND (active OR %(opens)s) AND COALESCE(debt_points, 0) = 0
     ORDER BY id FOR NO KEY UPDATE),
ready AS MATERIALIZED (
    SELECT stage.card_id, stage.points, stage.key, stage.res_id,
           COALESCE(stage.reason, %(reason)s) AS reason,
           COALESCE(stage.effective_date, term.today) AS effective_date,
           COALESCE(stage.expiry_date, term.last_day) AS expiry_date,
           COALESCE(stage.qualifying,
                    CASE WHEN %(qualifies)s THEN stage.points ELSE 0 END) AS qualifying,
           card.program_id,
           COALESCE(stage.company_id, card.company_id, %(company)s) AS company_id,
           card.partner_id, card.points AS begin,
           card.seq + ROW_NUMBER() OVER account AS seq,
           card.points + SUM(stage.points) OVER account AS balance
      FROM crm_loyalty_stage stage
      JOIN card ON card.id = stage.card_id
      JOIN term ON term.program_id = card.program_id
    WINDOW account AS (PARTITION BY stage.card_id
                       ORDER BY COALESCE(stage.effective_date, term.today), stage.key
                       ROWS UNBOUNDED PRECEDING)),
lot AS (
    INSERT INTO crm_loyalty_lot AS kept (card_id, expiry_date, initial, remaining,
                create_uid, create_date, write_uid, write_date)
    SELECT card_id, expiry_date, SUM(points), SUM(points),
           %(uid)s, %(now)s, %(uid)s, %(now)s
      FROM ready GROUP BY card_id, expiry_date
        ON CONFLICT (card_id, COALESCE(expiry_date, 'infinity'::date)) DO UPDATE
       SET initial = kept.initial + EXCLUDED.initial,
           remaining = kept.remaining + EXCLUDED.remaining
 RETURNING id, card_id, expiry_date),
entry AS (
    INSERT INTO crm_loyalty_entry (card_id, program_id, company_id, seq, kind, points,
                pending, debt, balance_after, qualifying_points, effective_date,
                expiry_date, lot_id, key, res_model, res_id, grade_id, reason,
                create_uid, create_date, write_uid, write_date)
    SELECT ready.card_id, ready.program_id, ready.company_id, ready.seq, %(kind)s,
           ready.points, 0, 0, ready.balance, ready.qualifying, ready.effective_date,
           ready.expiry_date, lot.id, ready.key,
           CASE WHEN ready.res_id IS NOT NULL THEN %(res_model)s END, ready.res_id,
           customer.grade_id, ready.reason, %(uid)s, %(now)s, %(uid)s, %(now)s
      FROM ready
      JOIN lot ON lot.card_id = ready.card_id
              AND lot.expiry_date IS NOT DISTINCT FROM ready.expiry_date
      LEFT JOIN res_partner partner ON partner.id = ready.partner_id
      LEFT JOIN crm_customer customer
             ON customer.partner_id = partner.commercial_partner_id
            AND customer.company_id = ready.company_id
 RETURNING 1),
grown AS (
    UPDATE loyalty_card SET points = total.balance, ledger_seq = total.seq,
           pending_points = COALESCE(pending_points, 0), debt_points = 0,
           write_uid = %(uid)s, write_date = %(now)s
      FROM (SELECT card_id, MIN(begin) AS begin, MAX(balance) AS balance,
                   MAX(seq) AS seq FROM ready GROUP BY card_id) total
     WHERE loyalty_card.id = total.card_id
 RETURNING loyalty_card.id, total.begin, total.balance)
SELECT (SELECT COUNT(*) FROM entry),
       (SELECT jsonb_agg(jsonb_build_array(id, begin, balance)) FROM grown)
"""
