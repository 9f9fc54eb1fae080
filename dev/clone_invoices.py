# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Post many alike customer invoices at once, by copying ones that Odoo posted.

Seventy thousand invoices through ``action_post`` take hours.  Here Odoo
creates and posts one invoice of each kind, and the others are copies of its
rows with another number, date, customer and amount.  Raw SQL, because the ORM
cannot copy a posted invoice as posted.  Runs inside Odoo.
"""

import datetime
import re
from dataclasses import dataclass
from decimal import Decimal

from odoo.tools import SQL


@dataclass
class Draft:
    """One invoice to be: a single untaxed line, due at once."""

    ref: str
    partner_id: int
    user_id: int
    date: datetime.date
    amount: Decimal
    label: str

    @property
    def kind(self) -> tuple[int, bool]:
        """Return what a prototype and its copies have in common."""
        return self.user_id, not self.amount


#: columns of a copy that differ from its prototype's.  The amounts hold for
#: invoices without taxes, discounts and payments in the company's currency.
MOVE = """
    'id', d.move_id, 'name', d.name, 'ref', d.ref, 'payment_reference', d.name,
    'sequence_prefix', d.prefix, 'sequence_number', d.number,
    'partner_id', d.partner_id, 'commercial_partner_id', d.partner_id,
    'partner_shipping_id', d.partner_id, 'invoice_partner_display_name', d.partner_name,
    'date', d.date, 'invoice_date', d.date, 'invoice_date_due', d.date,
    'amount_untaxed', d.amount, 'amount_total', d.amount, 'amount_residual', d.amount,
    'amount_untaxed_signed', d.amount, 'amount_total_signed', d.amount,
    'amount_residual_signed', d.amount, 'amount_total_in_currency_signed', d.amount,
    'amount_untaxed_in_currency_signed', d.amount, 'access_token', NULL
"""
LINE = """
    'id', nextval(pg_get_serial_sequence('account_move_line', 'id')),
    'move_id', d.move_id, 'move_name', d.name, 'ref', d.ref, 'partner_id', d.partner_id,
    'date', d.date, 'invoice_date', d.date
"""
PRODUCT = """
    'name', d.label, 'price_unit', d.amount, 'price_subtotal', d.amount,
    'price_total', d.amount, 'debit', 0, 'credit', d.amount, 'balance', -d.amount,
    'amount_currency', -d.amount
"""
RECEIVABLE = """
    'name', d.ref || ' - ' || d.name, 'date_maturity', d.date,
    'debit', d.amount, 'credit', 0, 'balance', d.amount, 'amount_currency', d.amount,
    'amount_residual', d.amount, 'amount_residual_currency', d.amount
"""
TABLE = """
    CREATE TEMPORARY TABLE crm_dev_draft (
        prototype_id integer, partner_id integer, partner_name text, ref text,
        date date, amount numeric, label text, prefix text, number integer, name text,
        move_id integer DEFAULT nextval(pg_get_serial_sequence('account_move', 'id'))
    ) ON COMMIT DROP
"""
#: rows of one INSERT
CHUNK = 5000


def post(env, drafts: list[Draft]) -> int:
    """Post the invoices in the current company, in their order.

    :return: how many of them Odoo itself made
    """
    prototypes = {}
    copies = []
    for draft in drafts:
        if draft.kind in prototypes:
            copies.append(draft)
        else:
            prototypes[draft.kind] = post_one(env, draft)
    env.flush_all()
    if copies:
        _copy(env, copies, prototypes)
        env.invalidate_all()
    return len(prototypes)


def post_one(env, draft: Draft):
    """Have Odoo make and post one invoice."""
    line = {
        "name": draft.label,
        "quantity": 1,
        "price_unit": float(draft.amount),
        "tax_ids": [],
    }
    move = env["account.move"].create(
        {
            "move_type": "out_invoice",
            "partner_id": draft.partner_id,
            "invoice_user_id": draft.user_id,
            "ref": draft.ref,
            "invoice_date": draft.date,
            "invoice_date_due": draft.date,
            "invoice_line_ids": [(0, 0, line)],
        }
    )
    move.action_post()
    return move


def _copy(env, drafts: list[Draft], prototypes) -> None:
    cr = env.cr
    cr.execute("DROP TABLE IF EXISTS crm_dev_draft")
    cr.execute(TABLE)
    journal = next(iter(prototypes.values())).journal_id
    names = _Numbers(env, next(iter(prototypes.values())))
    rows = [
        (
            prototypes[draft.kind].id,
            draft.partner_id,
            draft.ref,
            draft.date,
            draft.amount,
            draft.label,
            *names.next(draft.date),
        )
        for draft in drafts
    ]
    for start in range(0, len(rows), CHUNK):
        cr.execute(
            SQL(
                "INSERT INTO crm_dev_draft (prototype_id, partner_id, ref, date, "
                "amount, label, prefix, number, name) VALUES %s",
                SQL(", ").join(SQL("%s", row) for row in rows[start : start + CHUNK]),
            )
        )
    cr.execute(
        "UPDATE crm_dev_draft d SET partner_name = p.name "
        "FROM res_partner p WHERE p.id = d.partner_id"
    )
    cr.execute("ANALYZE crm_dev_draft")
    # one journal: its prototypes share the numbering
    assert all(move.journal_id == journal for move in prototypes.values())
    cr.execute(
        SQL(
            """
        INSERT INTO account_move
        SELECT copied.* FROM crm_dev_draft d
        JOIN account_move original ON original.id = d.prototype_id,
        LATERAL jsonb_populate_record(original, jsonb_build_object(%s)) copied
        """,
            SQL(MOVE),
        )
    )
    for display_type, columns in (("product", PRODUCT), ("payment_term", RECEIVABLE)):
        cr.execute(
            SQL(
                """
            INSERT INTO account_move_line
            SELECT copied.* FROM crm_dev_draft d
            JOIN account_move_line original ON original.move_id = d.prototype_id
                AND original.display_type = %s,
            LATERAL jsonb_populate_record(original, jsonb_build_object(%s, %s)) copied
            """,
                display_type,
                SQL(LINE),
                SQL(columns),
            )
        )


class _Numbers:
    """Numbers in the sequence that Odoo chose for a journal's invoices."""

    def __init__(self, env, move):
        self.format, self.values = move._get_sequence_format_param(move.name)
        env.cr.execute(
            "SELECT sequence_prefix, max(sequence_number) FROM account_move "
            "WHERE journal_id = %s GROUP BY sequence_prefix",
            [move.journal_id.id],
        )
        self.last = dict(env.cr.fetchall())

    def next(self, date: datetime.date) -> tuple[str, int, str]:
        """Return prefix, number and name of the next invoice of a date."""
        values = dict(self.values, year=date.year, month=date.month, seq=1)
        if values["year_length"] == 2:
            values["year"] %= 100
        # the number is the last run of digits, as in sequence.mixin
        prefix = re.sub(r"\d+\D*$", "", self.format.format(**values))
        number = self.last[prefix] = self.last.get(prefix, 0) + 1
        values["seq"] = number
        return prefix, number, self.format.format(**values)
