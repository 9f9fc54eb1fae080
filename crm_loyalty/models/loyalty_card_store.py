# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What was decided is written, in one statement."""

import json

from odoo import api, fields, models
from odoo.tools import SQL


class LoyaltyCard(models.Model):
    _inherit = "loyalty.card"

    def _write_entries(self, moves, accounts):
        """Write what was decided, in one statement, and tell the ORM.

        :return: ``{key: crm.loyalty.entry}``
        """
        rows, allocations, lots = [], [], {}
        for move in moves:
            row = move.row()
            effect = move.effect
            single = move.fills_one_lot()
            for lot, points in effect.lots:
                bucket = (move.card.id, lot.expiry)
                lots[bucket] = lot
                if not single:
                    allocations.append(
                        {
                            "key": move.key,
                            "card_id": move.card.id,
                            "expiry": lot.expiry,
                            "points": points,
                            "place": len(allocations),
                        }
                    )
            row["has_lot"] = single
            row["lot_expiry"] = effect.lots[0][0].expiry if single else None
            rows.append(row)
        touched = {move.card.id for move in moves}
        balances = [
            {
                "card_id": card_id,
                "points": accounts[card_id].account.points,
                "pending": accounts[card_id].account.pending,
                "debt": accounts[card_id].account.debt,
                "seq": accounts[card_id].seq,
            }
            for card_id in sorted(touched)
        ]
        lot_rows = [
            {
                "id": lot.id,
                "card_id": card_id,
                "expiry": expiry,
                "initial": lot.initial,
                "remaining": lot.remaining,
            }
            for (card_id, expiry), lot in lots.items()
        ]
        old = {card_id: accounts[card_id].points for card_id in touched}
        self.env.cr.execute(
            SQL(
                WRITE,
                rows=as_json(rows),
                allocations=as_json(allocations),
                lots=as_json(lot_rows),
                balances=as_json(balances),
                uid=self.env.uid,
                now=fields.Datetime.now(),
            )
        )
        ids = dict(self.env.cr.fetchall())
        self._use_holds(moves)
        self._after_posting(
            {card: (old[card], accounts[card].account.points) for card in touched}
        )
        entries = self.env["crm.loyalty.entry"].sudo()
        return {key: entries.browse(entry_id) for key, entry_id in ids.items()}

    def _use_holds(self, moves):
        used = [(move.card.id, move.hold) for move in moves if move.hold]
        for card_id, key in used:
            self.env["crm.loyalty.hold"].sudo().search(
                [
                    ("card_id", "=", card_id),
                    ("key", "=", key),
                    ("state", "=", "open"),
                ]
            ).write({"state": "used"})

    @api.model
    def _after_posting(self, changes):
        """Forget what memory knew of the cards, and tell members of milestones.

        :param changes: ``{card id: (balance before, balance after)}``
        """
        cards_sudo = self.sudo().browse(list(changes))
        cards_sudo.invalidate_recordset(
            [
                "points",
                "points_display",
                "pending_points",
                "debt_points",
                "ledger_seq",
                "entry_ids",
                "lot_ids",
                "pending_ids",
                "available_points",
                "held_points",
            ]
        )
        for model in ("crm.loyalty.lot", "crm.loyalty.pending"):
            self.env[model].invalidate_model(["remaining", "initial"])
        grown = {
            card: {"old": float(old), "new": float(new)}
            for card, (old, new) in zip(cards_sudo, changes.values(), strict=True)
            if new > old
        }
        if grown and not self.env.context.get("loyalty_no_mail"):
            self.sudo().browse([card.id for card in grown])._tell_milestones(grown)

    def _tell_milestones(self, changes):
        """Odoo's own mails on reaching a number of points, once for each posting."""
        plans = self.program_id.communication_plan_ids
        if plans.filtered(lambda plan: plan.trigger == "points_reach"):
            self._send_points_reach_communication(changes)


def as_json(rows):
    """Rows for ``jsonb_to_recordset``: numbers and dates as text, exact."""
    return json.dumps(rows, default=str)


# Lots before entries, entries before allocations; foreign keys are checked at the end.
WRITE = """
WITH row AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(%(rows)s::jsonb) AS r (
        card_id int, program_id int, company_id int, seq int, kind varchar,
        points numeric, pending numeric, debt numeric, balance numeric,
        qualifying numeric, effective_date date, expiry_date date, key varchar,
        res_model varchar, res_id int, reverses_id int, grade_id int, reason varchar,
        snapshot jsonb, has_lot bool, lot_expiry date, release_date date)),
lot AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(%(lots)s::jsonb) AS r (
        id int, card_id int, expiry date, initial numeric, remaining numeric)),
changed AS (
    UPDATE crm_loyalty_lot l
       SET initial = lot.initial, remaining = lot.remaining,
           write_uid = %(uid)s, write_date = %(now)s
      FROM lot WHERE l.id = lot.id),
added AS (
    INSERT INTO crm_loyalty_lot (card_id, expiry_date, initial, remaining,
                create_uid, create_date, write_uid, write_date)
    SELECT card_id, expiry, initial, remaining, %(uid)s, %(now)s, %(uid)s, %(now)s
      FROM lot WHERE id IS NULL
 RETURNING id, card_id, expiry_date),
bucket AS (
    SELECT id, card_id, expiry FROM lot WHERE id IS NOT NULL
     UNION ALL SELECT id, card_id, expiry_date FROM added),
entry AS (
    INSERT INTO crm_loyalty_entry (card_id, program_id, company_id, seq, kind, points,
                pending, debt, balance_after, qualifying_points, effective_date,
                expiry_date, lot_id, key, res_model, res_id, reverses_id, grade_id,
                reason, snapshot, create_uid, create_date, write_uid, write_date)
    SELECT row.card_id, program_id, company_id, seq, kind, points, pending, debt,
           balance, qualifying, effective_date, expiry_date, bucket.id, key, res_model,
           res_id, reverses_id, grade_id, reason, snapshot,
           %(uid)s, %(now)s, %(uid)s, %(now)s
      FROM row
      LEFT JOIN bucket ON row.has_lot AND bucket.card_id = row.card_id
           AND bucket.expiry IS NOT DISTINCT FROM row.lot_expiry
     ORDER BY row.card_id, seq
 RETURNING id, key, card_id, kind, pending, reverses_id, res_model, res_id),
allocated AS (
    INSERT INTO crm_loyalty_allocation (entry_id, lot_id, points,
                create_uid, create_date, write_uid, write_date)
    SELECT entry.id, bucket.id, part.points, %(uid)s, %(now)s, %(uid)s, %(now)s
      FROM jsonb_to_recordset(%(allocations)s::jsonb) AS part (
           key varchar, card_id int, expiry date, points numeric, place int)
      JOIN entry ON entry.key = part.key
      JOIN bucket ON bucket.card_id = part.card_id
           AND bucket.expiry IS NOT DISTINCT FROM part.expiry
     ORDER BY part.place),
promised AS (
    INSERT INTO crm_loyalty_pending (entry_id, card_id, res_model, res_id, initial,
                remaining, release_date, create_uid, create_date, write_uid, write_date)
    SELECT entry.id, entry.card_id, entry.res_model, entry.res_id, entry.pending,
           entry.pending, row.release_date, %(uid)s, %(now)s, %(uid)s, %(now)s
      FROM entry JOIN row ON row.key = entry.key
     WHERE entry.kind = 'pending'),
kept AS (
    UPDATE crm_loyalty_pending promise SET remaining = promise.remaining + gone.pending,
           write_uid = %(uid)s, write_date = %(now)s
      FROM (SELECT reverses_id, SUM(pending) AS pending FROM entry
             WHERE kind IN ('release', 'void_pending') GROUP BY reverses_id) gone
     WHERE promise.entry_id = gone.reverses_id),
card AS (
    UPDATE loyalty_card c
       SET points = balance.points, pending_points = balance.pending,
           debt_points = balance.debt, ledger_seq = balance.seq,
           write_uid = %(uid)s, write_date = %(now)s
      FROM jsonb_to_recordset(%(balances)s::jsonb) AS balance (
           card_id int, points numeric, pending numeric, debt numeric, seq int)
     WHERE c.id = balance.card_id)
SELECT key, id FROM entry
"""
