# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Run the loaded CDNOW purchases through a loyalty program, month by month.

Each month's purchases earn as of their dates, then what has expired by the first of the
next month lapses, as the nightly job would have had it.  Afterwards the ledger has to
agree with itself, and with what :mod:`dev.cdnow_points` counts from the file.  Run
again, nothing is posted twice.
"""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from odoo import Command
from odoo.tools import SQL

from dev.cdnow import Purchase
from dev.cdnow_points import (
    MONTHS,
    Statement,
    first_of_next_month,
    months,
    statements,
)

PROGRAM = "CDNOW Club"
#: cards created in one call of the ORM
BATCH = 2000
#: members whose points differ that are shown one by one
SHOWN = 5


@dataclass(frozen=True)
class Result:
    """What a run posted."""

    members: int
    earnings: int
    lapses: int

    def __str__(self) -> str:
        return (
            f"{self.members} members, {self.earnings} entries of earned and "
            f"{self.lapses} of expired points posted now"
        )


def ensure_program(env):
    """Return the company's program: a point a dollar, twelve months of life."""
    programs = env["loyalty.program"].with_context(active_test=False)
    company = env.company
    found = programs.search(
        [("name", "=", PROGRAM), ("company_id", "=", company.id)], limit=1
    )
    return found or programs.create(
        {
            "name": PROGRAM,
            "program_type": "loyalty",
            "trigger": "auto",
            "applies_on": "both",
            "company_id": company.id,
            "currency_id": company.currency_id.id,
            "is_ledger": True,
            "expiry_months": MONTHS,
            "expiry_rounding": "month",
            "rounding_mode": "down",
            "rule_ids": [
                Command.create({"reward_point_mode": "money", "reward_point_amount": 1})
            ],
            "reward_ids": [
                Command.create(
                    {
                        "reward_type": "discount",
                        "discount_mode": "per_order",
                        "discount": 5,
                        "required_points": 100,
                    }
                )
            ],
        }
    )


def ensure_cards(env, program, partners: dict[int, int]) -> int:
    """Give every customer a card; return how many had none."""
    groups = env["loyalty.card"]._read_group(
        [("program_id", "=", program.id)], ["partner_id"]
    )
    members = {partner.id for (partner,) in groups}
    missing = [each for each in partners.values() if each not in members]
    for start in range(0, len(missing), BATCH):
        env["loyalty.card"].create(
            [
                {"program_id": program.id, "partner_id": partner}
                for partner in missing[start : start + BATCH]
            ]
        )
        env.flush_all()
        env.invalidate_all()
    return len(missing)


def run(env, purchases: list[Purchase], partners: dict[int, int]) -> Result:
    """Post what the purchases of the company earned, and what of it expired."""
    env = env(context=dict(env.context, loyalty_no_mail=True))
    program = ensure_program(env)
    ensure_cards(env, program, partners)
    # or PostgreSQL would plan for the tables as they were before
    env.cr.execute("ANALYZE loyalty_card")
    days = [purchase.date for purchase in purchases]
    earnings = lapses = 0
    for first in months(min(days), max(days)):
        after = first_of_next_month(first)
        earnings += _earn(env, program, first, after)
        lapses += env["loyalty.card"]._cron_expire_points(as_of=after)
    return Result(len(partners), earnings, lapses)


def _earn(env, program, first: datetime.date, after: datetime.date) -> int:
    """Credit the purchases of a month, each as of its date."""
    days = [first + datetime.timedelta(n) for n in range((after - first).days)]
    return env["loyalty.card"]._post_credits(
        SQL(
            """SELECT card.id AS card_id, FLOOR(move.amount_untaxed_signed) AS points,
                      'cdnow:' || move.ref AS key, move.id AS res_id,
                      life.day AS effective_date, life.last_day AS expiry_date
                 FROM account_move move
                 JOIN (VALUES %(days)s) AS life (day, last_day)
                   ON life.day = move.invoice_date
                 JOIN loyalty_card card ON card.partner_id = move.partner_id
                  AND card.program_id = %(program)s AND card.active
                WHERE move.company_id = %(company)s AND move.move_type = 'out_invoice'
                  AND move.state = 'posted' AND move.ref LIKE 'CDNOW-%%'""",
            days=SQL(", ").join(
                SQL("(%s::date, %s::date)", day, program._expiry_of(day))
                for day in days
            ),
            program=program.id,
            company=env.company.id,
        ),
        kind="earn",
        reason="Purchase",
        res_model="account.move",
        columns=("effective_date", "expiry_date", "res_id"),
    )


def check(env, purchases: list[Purchase], partners: dict[int, int]) -> str:
    """Stop unless the ledger agrees with itself and with the file.

    :return: what both say
    """
    program = ensure_program(env)
    as_of = first_of_next_month(max(purchase.date for purchase in purchases))
    expected = statements(purchases, as_of)
    found = posted(env, program, as_of)
    wrong = [
        f"customer {customer}: by the file {statement}, by the ledger "
        f"{found.get(partners[customer])}"
        for customer, statement in expected.items()
        if found.get(partners[customer], Statement()) != statement
    ]
    if wrong:
        raise SystemExit(
            f"The points of {len(wrong)} customers differ from the file, such as:\n"
            + "\n".join(wrong[:SHOWN])
        )
    reconciliation = env["crm.loyalty.check"]._reconcile()
    if reconciliation.difference_count:
        raise SystemExit(
            f"{reconciliation.difference_count} differences in the points ledger: "
            f"see the reconciliation of {reconciliation.date}."
        )
    total = sum(expected.values(), Statement())
    return (
        f"{total.earnings + total.lapses:,} entries as of {as_of}: {total.earned:,} "
        f"points earned, {total.expired:,} expired, {total.outstanding:,} outstanding; "
        f"file and ledger agree for each of {len(expected):,} customers\n"
        f"     reconciled {reconciliation.entry_count:,} entries of "
        f"{reconciliation.card_count:,} cards in {reconciliation.seconds:.2f} s: "
        "0 differences"
    )


def posted(env, program, as_of: datetime.date) -> dict[int, Statement]:
    """Return ``{partner id: Statement}`` of what the ledger has up to a day."""
    env.flush_all()
    env.cr.execute(
        """SELECT card.partner_id,
                  SUM(CASE entry.kind WHEN 'earn' THEN entry.points ELSE 0 END)::text,
                  (-SUM(CASE entry.kind WHEN 'expire' THEN entry.points END))::text,
                  COUNT(*) FILTER (WHERE entry.kind = 'earn'),
                  COUNT(*) FILTER (WHERE entry.kind = 'expire')
             FROM crm_loyalty_entry entry
             JOIN loyalty_card card ON card.id = entry.card_id
            WHERE entry.program_id = %s AND entry.effective_date <= %s
            GROUP BY card.partner_id""",
        [program.id, as_of],
    )
    # as text: Odoo has psycopg2 turn numbers into inexact floats
    return {
        partner: Statement(Decimal(earned), Decimal(expired or 0), earnings, lapses)
        for partner, earned, expired, earnings, lapses in env.cr.fetchall()
    }
