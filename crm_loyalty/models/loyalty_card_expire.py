# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Points whose last day has passed lapse: one statement a batch."""

import logging
from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.crm_service_excellence.models.job import (
    commit_progress,
    on_conflict_again,
)

_logger = logging.getLogger(__name__)
BATCH = 5000  # cards of one transaction: well under a second


class LoyaltyCard(models.Model):
    _inherit = "loyalty.card"

    @api.model
    def _cron_expire_points(self, as_of=None):
        """Settle the points that nobody can spend any more.

        Nothing depends on when it runs: what can be spent goes by the date. Restartable
        at any point, safe to run twice at once; cards that somebody else has are left
        to the next pass.

        :param as_of: date it is for the members; by default today in the zone of each
            program
        :return: number of entries
        """
        self.env.flush_all()
        total = 0
        # the most that one pass can be: an upper bound is all the scheduler asks
        commit_progress(self.env, remaining=1)
        for today, programs in self._programs_by_day(as_of).items():
            after = 0
            while True:
                done, last = on_conflict_again(
                    self.env, self._expire_batch, programs.ids, today, after
                ) or (0, None)
                total += done
                if not last:
                    break
                after = last
                if not commit_progress(self.env, done, remaining=1):
                    return total
        commit_progress(self.env, 1, remaining=0)
        return total

    @api.model
    def _programs_by_day(self, as_of=None):
        """Programs with a ledger by the date it is for them: ``{date: programs}``."""
        as_of = fields.Date.to_date(as_of)
        groups = defaultdict(self.env["loyalty.program"].browse)
        # sudo: points lapse in every company, whoever runs the job
        programs_sudo = (
            self.env["loyalty.program"].sudo().with_context(active_test=False)
        )
        for program in programs_sudo.search([("is_ledger", "=", True)]):
            groups[as_of or program._crm_today()] |= program
        return groups

    @api.model
    def _expire_batch(self, program_ids, today, after):
        """Lapse what has passed on the next cards.

        :param after: cards with a higher id
        :return: ``(entries, highest card looked at)``; None for the latter at the end
        """
        self.env.cr.execute(
            SQL(
                EXPIRE,
                programs=program_ids,
                today=today,
                after=after,
                batch=BATCH,
                company=self.env.company.id,
                uid=self.env.uid,
                now=self.env.cr.now(),
                reason=self.env._("Expired"),
            ),
            log_exceptions=False,
        )
        done, last = self.env.cr.fetchone()
        self.env.invalidate_all()
        return done, last


# The key carries the number of the entry, as points that are given back to a lot whose
# day has passed lapse once more.
EXPIRE = """
WITH due AS MATERIALIZED (
    SELECT DISTINCT lot.card_id FROM crm_loyalty_lot lot
      JOIN loyalty_card card ON card.id = lot.card_id
     WHERE lot.remaining > 0 AND lot.expiry_date < %(today)s
       AND card.program_id = ANY(%(programs)s) AND lot.card_id > %(after)s
     ORDER BY lot.card_id LIMIT %(batch)s),
card AS MATERIALIZED (
    SELECT id, program_id, company_id, partner_id, ledger_seq,
           ROUND(points::numeric, 2) AS points
      FROM loyalty_card WHERE id IN (SELECT card_id FROM due)
     ORDER BY id FOR NO KEY UPDATE SKIP LOCKED),
lapse AS MATERIALIZED (
    SELECT lot.id AS lot_id, lot.card_id, lot.remaining, lot.expiry_date,
           card.program_id, card.company_id, card.partner_id,
           card.ledger_seq + ROW_NUMBER() OVER account AS seq,
           card.points - SUM(lot.remaining) OVER account AS balance
      FROM crm_loyalty_lot lot JOIN card ON card.id = lot.card_id
     WHERE lot.remaining > 0 AND lot.expiry_date < %(today)s
    WINDOW account AS (PARTITION BY lot.card_id ORDER BY lot.expiry_date, lot.id
                       ROWS UNBOUNDED PRECEDING)),
entry AS (
    INSERT INTO crm_loyalty_entry (card_id, program_id, company_id, seq, kind, points,
                pending, debt, balance_after, qualifying_points, effective_date, key,
                grade_id, reason, create_uid, create_date, write_uid, write_date)
    SELECT lapse.card_id, lapse.program_id, COALESCE(lapse.company_id, %(company)s),
           lapse.seq, 'expire', -lapse.remaining, 0, 0, lapse.balance, 0,
           lapse.expiry_date + 1,
           'expire:' || lapse.lot_id || ':' || lapse.seq, customer.grade_id, %(reason)s,
           %(uid)s, %(now)s, %(uid)s, %(now)s
      FROM lapse
      LEFT JOIN res_partner partner ON partner.id = lapse.partner_id
      LEFT JOIN crm_customer customer
             ON customer.partner_id = partner.commercial_partner_id
            AND customer.company_id = COALESCE(lapse.company_id, %(company)s)
 RETURNING id, card_id, seq),
allocated AS (
    INSERT INTO crm_loyalty_allocation (entry_id, lot_id, points,
                create_uid, create_date, write_uid, write_date)
    SELECT entry.id, lapse.lot_id, -lapse.remaining,
           %(uid)s, %(now)s, %(uid)s, %(now)s
      FROM entry JOIN lapse USING (card_id, seq)),
emptied AS (
    UPDATE crm_loyalty_lot lot SET remaining = 0,
           write_uid = %(uid)s, write_date = %(now)s
      FROM lapse WHERE lot.id = lapse.lot_id),
settled AS (
    UPDATE loyalty_card SET points = total.balance, ledger_seq = total.seq,
           write_uid = %(uid)s, write_date = %(now)s
      FROM (SELECT card_id, MIN(balance) AS balance, MAX(seq) AS seq
              FROM lapse GROUP BY card_id) total
     WHERE loyalty_card.id = total.card_id)
SELECT (SELECT COUNT(*) FROM entry), (SELECT MAX(card_id) FROM due)
"""
