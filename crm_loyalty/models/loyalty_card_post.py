# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The one writer of the ledger.

``_post_points`` locks the cards, lets the pure accounts of ``tools/ledger.py`` decide,
and writes entries, allocations, lots and balances in one statement.
"""

import json
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools.ledger import Account, LedgerError, Lot, to_points
from .crm_loyalty_move import Move
from .crm_loyalty_terms import BUSINESS_KINDS, CREDIT_KINDS, MAX_POINTS


class LoyaltyCard(models.Model):
    _inherit = "loyalty.card"

    @api.model
    def _post_points(self, moves, as_of=None):
        """Post movements of points; all of them, or none.

        A movement under a key that was posted before is not posted again: its entry is
        returned as it is. Safe under any number of workers: the cards are locked, in
        one order, and updated.

        :param moves: list of dict. Required: ``kind`` (see ``crm.loyalty.entry``),
            ``points`` (positive; ``adjust`` alone takes either sign) and ``key``.
            ``card`` where ``self`` is not one card. ``source`` record, ``reason``,
            ``snapshot`` (what JSON can hold), ``effective_date`` (default: today),
            ``company`` (of the source; default: the source's, the card's, the current),
            ``expiry_date`` (last day; None for ever; left out: as the program says),
            ``reverses`` entry (required by ``reverse_*``, ``release``,
            ``void_pending``; an ``earn`` that reverses a ``reverse_earn`` takes that
            back, so does ``redeem`` a ``reverse_redeem``), ``qualifying`` points,
            ``allow_debt`` for a debit that may end below zero, ``hold`` key that the
            debit uses up, ``release_date`` of ``pending``, ``grace`` day up to which
            points that ``reverse_redeem`` gives back live at least. ``lot_expiry`` of
            ``transfer_out``: the lot they leave, even if its day has passed (None: the
            one that stays for ever).
        :param as_of: date it is for the members; today in the program's zone by default
        :return: ``crm.loyalty.entry``, one for each move, in their order
        :raise UserError: with a clear message; nothing was posted
        """
        self._fetch_merged(moves, as_of)
        entries, accounts = self._post_moves(moves, as_of)
        merged = [
            card_id
            for card_id, account in accounts.items()
            if account.merged_into and not account.active
        ]
        if merged:
            self._follow_merge(merged, as_of)
        return entries

    @api.model
    def _post_moves(self, moves, as_of=None):
        """Post movements of points where they say; see ``_post_points``.

        :return: ``(entries, {card id: LockedAccount})``
        """
        entries = self.env["crm.loyalty.entry"].sudo()
        moves = [Move.read(self, values) for values in moves]
        if not moves:
            return entries, {}
        # sudo: entries are nobody's to write; each caller has checked who asks
        cards_sudo = self.sudo().browse(sorted({move.card.id for move in moves}))
        self.env.flush_all()
        accounts = cards_sudo._lock_accounts()
        posted = self._posted_entries(moves)
        fresh, keys = [], set()
        for move in moves:
            if move.key in posted:
                move.check_replay(posted[move.key])
            elif move.key in keys:
                raise UserError(
                    self.env._(
                        "Two movements of points have the same key %(key)s.",
                        key=move.key,
                    )
                )
            else:
                fresh.append(move)
                keys.add(move.key)
        if fresh:
            self._decide(fresh, accounts, fields.Date.to_date(as_of))
            posted.update(self._write_entries(fresh, accounts))
        entries = entries.browse([posted[move.key].id for move in moves])
        return entries, accounts

    # LOCK

    def _lock_accounts(self):
        """Lock the cards and read their accounts; waits for whoever has them.

        If another transaction changed a card since this one began, PostgreSQL refuses
        the lock, and Odoo runs the request again: what is read here is never stale.

        :return: ``{card id: LockedAccount}``
        """
        now = fields.Datetime.now()
        main = self.env["ir.model.data"]._xmlid_to_res_id("base.main_company")
        # with what a posting needs to know of the program: each record that it read by
        # itself would take as long as all of this. The zone is that of the program's
        # _crm_today().
        self.env.cr.execute(
            SQL(
                """SELECT card.id, card.active, card.program_id, card.company_id,
                          card.ledger_seq, COALESCE(card.pending_points, 0)::text,
                          COALESCE(card.debt_points, 0)::text,
                          ROUND(COALESCE(card.points, 0)::numeric, 2)::text,
                          card.is_ledger, card.merged_into_id, program.active,
                          program.date_to, COALESCE(calendar.tz, partner.tz, 'UTC')
                     FROM loyalty_card card
                     LEFT JOIN loyalty_program program ON program.id = card.program_id
                     LEFT JOIN res_company company
                            ON company.id = COALESCE(program.company_id, %(main)s)
                     LEFT JOIN resource_calendar calendar
                            ON calendar.id = company.resource_calendar_id
                     LEFT JOIN res_partner partner ON partner.id = company.partner_id
                    WHERE card.id = ANY(%(cards)s)
                    ORDER BY card.id FOR NO KEY UPDATE OF card""",
                cards=self.ids,
                main=main or self.env.company.id,
            ),
            log_exceptions=False,  # a conflict is not an error: Odoo runs it again
        )
        found = {row[0]: LockedAccount(*row) for row in self.env.cr.fetchall()}
        self.env.cr.execute(
            SQL(
                """SELECT card_id, id, expiry_date, initial::text, remaining::text
                     FROM crm_loyalty_lot WHERE card_id = ANY(%(cards)s)
                    UNION ALL
                   SELECT card_id, NULL, NULL, key, points::text
                     FROM crm_loyalty_hold
                    WHERE card_id = ANY(%(cards)s) AND state = 'open'
                      AND expires_at > %(now)s""",
                cards=self.ids,
                now=now,
            )
        )
        for card_id, lot_id, expiry, initial, remaining in self.env.cr.fetchall():
            if lot_id is None:
                found[card_id].holds[initial] = to_points_text(remaining)
            else:
                found[card_id].account.lots.append(
                    Lot(
                        expiry,
                        to_points_text(remaining),
                        to_points_text(initial),
                        lot_id,
                    )
                )
        for locked in found.values():
            locked.account.held = sum(locked.holds.values(), to_points(0))
        return found

    @api.model
    def _posted_entries(self, moves):
        """:return: ``{key: crm.loyalty.entry}`` of what is posted already"""
        entries = self.env["crm.loyalty.entry"].sudo()
        self.env.cr.execute(
            SQL(
                "SELECT key, id FROM crm_loyalty_entry WHERE key = ANY(%s)",
                [move.key for move in moves],
            )
        )
        return {
            key: entries.browse(entry_id) for key, entry_id in self.env.cr.fetchall()
        }

    # DECIDE

    def _decide(self, moves, accounts, as_of):
        """Let each account take its movements, in their order."""
        cards = self.sudo().browse({move.card.id for move in moves})
        programs = self.env["loyalty.program"].sudo()
        grades = {}
        reversed_entries = self._read_reversed(moves)
        for move in moves:
            locked = accounts[move.card.id]
            program = programs.browse(locked.program_id)
            if not move.company:
                own = move.company.browse(locked.company_id or ())
                move.company = own or self.env.company
            company = move.company.id
            if company not in grades:
                grades[company] = cards._member_grades(move.company)
            move.grade_id = grades[company].get(move.card.id)
            move.prepare(program, as_of or locked.today())
            self._check_open(move, locked, program)
            try:
                move.effect = self._apply(move, locked, reversed_entries)
            except LedgerError as error:
                raise UserError(move.explain(error)) from None
            locked.seq += 1
            move.seq, move.balance = locked.seq, locked.account.points
            if abs(move.balance) > MAX_POINTS:
                raise UserError(move.explain(LedgerError("large")))

    def _check_open(self, move, locked, program):
        """Refuse new business of what is closed, and cards without a ledger."""
        if not locked.is_ledger:
            raise UserError(
                self.env._(
                    "%(program)s keeps no points ledger.", program=program.display_name
                )
            )
        if move.kind not in BUSINESS_KINDS or move.reverses:
            return
        if not locked.active or not locked.program_active:
            raise UserError(
                self.env._(
                    "The card %(card)s is archived, or merged into another one: it "
                    "takes no points any more.",
                    card=move.card.code,
                )
            )
        if locked.date_to and locked.date_to < move.today:
            raise UserError(
                self.env._(
                    "%(program)s ended on %(date)s.",
                    program=program.display_name,
                    date=fields.Date.to_string(locked.date_to),
                )
            )

    def _apply(self, move, locked, reversed_entries):
        """:return: the Effect of one movement on its account"""
        account, points, today = locked.account, abs(move.points), move.today
        origin = reversed_entries.get(move.reverses.id)
        kind = move.kind
        if kind == "pending":
            return account.promise(points)
        if kind in ("release", "void_pending"):
            origin.use(points)
            if kind == "release":
                return account.release(points, move.expiry_date)
            return account.void(points)
        if kind == "reverse_redeem" or (origin and kind == "earn"):
            origin.use(points)
            return account.restore(
                points, origin.taken(account), rest=move.rest_expiry(), grace=move.grace
            )
        if kind.startswith("transfer"):
            return self._transfer(move, account)
        if kind == "reverse_earn":
            origin.use(points)
            return account.take_back(points, today, first=origin.lot(account))
        if kind in CREDIT_KINDS or (kind == "adjust" and move.points > 0):
            return account.credit(points, move.expiry_date)
        if kind == "expire":
            return account.expire(points, today)
        if origin:
            origin.use(points)
        held = account.held
        account.held -= locked.holds.get(move.hold, 0)
        try:
            if move.allow_debt:
                return account.take_back(points, today)
            return account.redeem(points, today)
        finally:
            account.held = held - locked.holds.pop(move.hold, 0)

    @staticmethod
    def _transfer(move, account):
        """:return: the Effect of points that move from card to card"""
        points, today = move.points, move.today
        if move.kind == "transfer_in":
            return account.receive(points, move.expiry_date, today)
        if move.allow_debt:
            return account.take_back(points, today)
        if move.has_lot_expiry:
            return account.take_from(points, move.lot_expiry)
        return account.redeem(points, today)

    def _read_reversed(self, moves):
        """What the entries that moves take back have left to take back.

        :return: ``{entry id: Origin}``
        """
        ids = sorted({move.reverses.id for move in moves if move.reverses})
        if not ids:
            return {}
        self.env.cr.execute(
            SQL(
                """SELECT entry.id, entry.kind, entry.lot_id,
                          ABS(CASE WHEN entry.kind = 'pending' THEN entry.pending
                                   ELSE entry.points END)::text,
                          COALESCE((SELECT SUM(ABS(child.points)
                                               - CASE WHEN child.kind = 'release'
                                                      THEN 0 ELSE COALESCE((
                                    SELECT SUM(ABS(undo.points))
                                      FROM crm_loyalty_entry undo
                                     WHERE undo.reverses_id = child.id), 0) END
                                               + CASE WHEN child.kind = 'void_pending'
                                                      THEN ABS(child.pending)
                                                      ELSE 0 END)
                              FROM crm_loyalty_entry child
                             WHERE child.reverses_id = entry.id), 0)::text
                     FROM crm_loyalty_entry entry WHERE entry.id = ANY(%s)""",
                ids,
            )
        )
        origins = {
            row[0]: Origin(
                row[1], row[2], to_points_text(row[3]) - to_points_text(row[4])
            )
            for row in self.env.cr.fetchall()
        }
        # what each lot is still out, or back in, by the entry and what undid it
        self.env.cr.execute(
            SQL(
                """SELECT COALESCE(entry.root, allocation.entry_id), allocation.lot_id,
                          (-SUM(allocation.points))::text
                     FROM (SELECT id, NULL::int AS root FROM crm_loyalty_entry
                            WHERE id = ANY(%(ids)s)
                            UNION ALL
                           SELECT id, reverses_id FROM crm_loyalty_entry
                            WHERE reverses_id = ANY(%(ids)s)
                            UNION ALL
                           SELECT undo.id, child.reverses_id
                             FROM crm_loyalty_entry child
                             JOIN crm_loyalty_entry undo ON undo.reverses_id = child.id
                            WHERE child.reverses_id = ANY(%(ids)s)) entry
                     JOIN crm_loyalty_allocation allocation
                       ON allocation.entry_id = entry.id
                    GROUP BY 1, 2""",
                ids=ids,
            )
        )
        for entry_id, lot_id, points in self.env.cr.fetchall():
            origins[entry_id].out[lot_id] = to_points_text(points)
        return origins

    # WRITE

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


class LockedAccount:
    """A card as it was locked: its pure account, and what is around it."""

    def __init__(
        self,
        card_id,
        active,
        program_id,
        company_id,
        seq,
        pending,
        debt,
        points,
        ledger,
        merged_into,
        program_active,
        date_to,
        zone,
    ):
        self.card_id = card_id
        self.active = active
        self.program_id = program_id
        self.company_id = company_id
        self.seq = seq or 0
        self.points = to_points_text(points)
        self.is_ledger = ledger
        self.merged_into = merged_into
        self.program_active = program_active
        self.date_to = date_to
        self.zone = zone
        self.holds = {}
        self.account = Account(
            debt=to_points_text(debt), pending=to_points_text(pending)
        )

    def today(self):
        """The date it is now for the members of the program."""
        return datetime.now(ZoneInfo(self.zone)).date()


class Origin:
    """An entry that is taken back: how much of it is left, and where it went."""

    def __init__(self, kind, lot_id, left):
        self.kind = kind
        self.lot_id = lot_id
        self.left = left
        self.out = {}  # lot id: points that are still out of it

    def use(self, points):
        """:raise LedgerError: ``reversed`` if more is taken back than is left"""
        if points > self.left:
            raise LedgerError("reversed", points=points, left=self.left)
        self.left -= points

    def lot(self, account):
        """The lot that the entry filled."""
        return next((lot for lot in account.lots if lot.id == self.lot_id), None)

    def taken(self, account):
        """``[(Lot, points still out)]`` of a debit."""
        return [
            (lot, self.out[lot.id])
            for lot in account.lots
            if self.out.get(lot.id, 0) > 0
        ]


def to_points_text(text):
    """Read an exact number of PostgreSQL's, which psycopg2 would make a float of."""
    return to_points(Decimal(text))


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
