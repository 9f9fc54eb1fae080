# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The one writer of the ledger.

``_post_points`` locks the cards (``loyalty_card_lock.py``), lets the pure accounts of
``tools/ledger.py`` decide, and has entries, allocations, lots and balances written in
one statement (``loyalty_card_store.py``).
"""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.ledger import LedgerError
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
        moves = [Move.from_values(self, values) for values in moves]
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
