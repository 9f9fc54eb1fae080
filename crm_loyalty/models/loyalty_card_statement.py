# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The account of a card for a period: what there was, what moved, what is left."""

from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL
from odoo.tools.misc import formatLang


class LoyaltyCard(models.Model):
    """Statements are in the order of posting, as the ledger is.

    An entry belongs to the latest day that the ledger had reached when it was posted:
    one that is back-dated into a month that later entries have closed appears in the
    month in which it was posted, with its own date, as a late booking does at a bank.
    So opening + movements = closing always, every entry is in one month, and the
    balance of each line is the one that the ledger keeps: nothing is added up.
    """

    _inherit = "loyalty.card"

    def _statement(self, date_from, date_to, offset=0, limit=None):
        """The statement of a period, as plain values that may go to the member.

        The number of queries depends neither on the history nor on the period.

        :param date_from: first date, in the program's zone
        :param date_to: last date, in the program's zone; if it is not over yet, the
            statement goes to the last entry
        :param offset: leave out so many lines; opening and closing stay the period's
        :param limit: at most so many lines
        :return: dict: opening, closing, carried (balance before the first line that is
            listed), count (of lines), lines (see ``_statement_lines``), issued,
            redeemed, expired and corrected (which sum up to closing - opening), and as
            of today points, available, pending, held, owed, expiring ``[{date,
            points}]`` and promises ``[{points, date, words}]``
        """
        self.ensure_one()
        today = self.program_id._crm_today()
        first = self._statement_start(date_from)
        end = (self.ledger_seq or 0) + 1
        if date_to < today:
            end = self._statement_start(date_to + timedelta(days=1))
        totals = self._statement_totals(first, end)
        entries = self.env["crm.loyalty.entry"].search(
            [
                ("card_id", "=", self.id),
                ("seq", ">=", first),
                ("seq", "<", end),
                ("points", "!=", 0),
            ],
            order="seq",
            offset=offset,
            limit=limit,
        )
        opening = self._balance_before(first)
        carried = opening
        if offset and entries:
            carried = entries[0].balance_after - entries[0].points
        return {
            **totals,
            "date_from": date_from,
            "date_to": date_to,
            "today": today,
            "opening": opening,
            "closing": self._balance_before(end),
            "carried": carried,
            "lines": self._statement_lines(entries, date_from),
            "points": self.points,
            "available": self.available_points,
            "pending": self.pending_points,
            "held": self.held_points,
            "owed": self.debt_points,
            "expiring": self._expiry_schedule(today),
            "promises": self._statement_promises(),
        }

    def _statement_start(self, day):
        """Number of the entry with which the ledger reached a date, or the next one."""
        entry = self.env["crm.loyalty.entry"].search(
            [("card_id", "=", self.id), ("effective_date", ">=", day)],
            order="seq",
            limit=1,
        )
        return entry.seq or (self.ledger_seq or 0) + 1

    def _balance_before(self, number):
        """The balance that the entry before ``number`` left."""
        return (
            self.env["crm.loyalty.entry"]
            .search([("card_id", "=", self.id), ("seq", "=", number - 1)])
            .balance_after
        )

    def _statement_totals(self, first, end):
        """What was issued, redeemed (less what was given back), expired, corrected."""
        self.env["crm.loyalty.entry"].flush_model()
        row = self.env.execute_query(
            SQL(
                """SELECT SUM(points) FILTER (WHERE kind IN %(issued)s
                              AND (reverses_id IS NULL OR kind = 'release')),
                          SUM(points) FILTER (
                              WHERE kind IN ('redeem', 'reverse_redeem')),
                          SUM(points) FILTER (WHERE kind = 'expire'),
                          SUM(points), COUNT(*)
                     FROM crm_loyalty_entry
                    WHERE card_id = %(card)s AND seq >= %(first)s AND seq < %(end)s
                      AND points <> 0""",
                issued=("earn", "release", "event", "goodwill", "opening"),
                card=self.id,
                first=first,
                end=end,
            )
        )[0]
        issued, redeemed, expired, total = (value or 0 for value in row[:4])
        return {
            "issued": issued,
            "redeemed": redeemed,
            "expired": expired,
            "corrected": round(total - issued - redeemed - expired, 2),
            "count": row[4],
        }

    def _statement_lines(self, entries, date_from):
        """:return: ``[{date, is_late, label, words, document, url, points, balance,
        expiry}]``; late: of a date before the statement
        """
        kinds = dict(entries._fields["kind"]._description_selection(self.env))
        documents = entries._portal_documents()
        lines = []
        for entry in entries:
            words = entry._portal_words()
            document, url = documents.get(entry.id, ("", ""))
            lines.append(
                {
                    "date": entry.effective_date,
                    "is_late": entry.effective_date < date_from,
                    "label": kinds[entry.kind],
                    # nothing is said twice: "Expired", the order of what is released
                    "words": "" if words in (kinds[entry.kind], document) else words,
                    "document": document,
                    "url": url,
                    "points": entry.points,
                    "balance": entry.balance_after,
                    "expiry": entry.expiry_date or None,
                }
            )
        return lines

    def _expiry_schedule(self, today, last=None):
        """All days on which points expire: ``[{date, points}]``, the next one first.

        :param today: what has expired before is no news
        :param last: not after this date
        """
        lots = self.lot_ids.filtered(
            lambda lot: (
                lot.expiry_date
                and today <= lot.expiry_date
                and (not last or lot.expiry_date <= last)
            )
        )
        return [
            {"date": lot.expiry_date, "points": lot.remaining}
            for lot in lots.sorted("expiry_date")
        ]

    def _statement_promises(self):
        """Pending points, and the date or what they wait for."""
        documents = self.pending_ids.entry_id._portal_documents()
        return [
            {
                "points": promise.remaining,
                "date": promise.release_date or None,
                "words": promise._portal_words(
                    documents.get(promise.entry_id.id, ("", ""))[0]
                ),
            }
            for promise in self.pending_ids
        ]

    def _statement_months(self):
        """First days of the months that have a statement, the current one first."""
        self.ensure_one()
        month = self.program_id._crm_today().replace(day=1)
        opening = self.env["crm.loyalty.entry"].search(
            [("card_id", "=", self.id), ("seq", "=", 1)]
        )
        first = (opening.effective_date or month).replace(day=1)
        months = [month]
        while months[-1] > first:
            months.append((months[-1] - timedelta(days=1)).replace(day=1))
        return months

    def _points_text(self, points, sign=False):
        """A number of points in the reader's language, without its unit."""
        digits = 0 if round(points, 2) == int(round(points, 2)) else 2
        text = formatLang(self.env, abs(points), digits=digits)
        if points < 0:
            return f"\N{MINUS SIGN}{text}"
        return f"+{text}" if sign and points else text

    def _points_unit(self):
        """What the program calls its points."""
        self.ensure_one()
        return self.point_name or self.env._("points")

    def _member_today(self):
        """The date it is for the member: a job's, where one runs."""
        self.ensure_one()
        as_of = fields.Date.to_date(self.env.context.get("loyalty_as_of"))
        return as_of or self.program_id._crm_today()
