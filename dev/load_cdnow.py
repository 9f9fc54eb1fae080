# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Load a CDNOW purchase log: customers, invoices, grades, points, visits.

Run by ``demo --data`` inside Odoo (:mod:`dev.script`) with the file's path as
its argument.  All of the log is loaded in one transaction; a purchase that is
there already, from this file or another one, is not loaded again.
"""

import random
import sys
import time
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

from odoo.exceptions import UserError

from dev import load_cdnow_points, plan_cdnow
from dev.cdnow import BadLine, Purchase, customer_key, parse, split
from dev.clone_invoices import Draft, post, post_one

COMPANY = "CDNOW"
#: customers created in one call of the ORM
BATCH = 2000
#: bad lines that are shown one by one
SHOWN = 20
#: loaded invoices that the ORM is asked to compute again, as a check
CHECKED = 20
#: the context for a bulk load: no chatter, no mails
QUIET = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_notrack": True,
    "mail_notify_force_send": False,
}


def say(text: str) -> None:
    """Print a line at once."""
    print(text, flush=True)  # noqa: T201 - a script for the terminal


@contextmanager
def timed(what: str):
    """Print what was done and how long it took."""
    start = time.monotonic()
    yield
    say(f"   {what:<12}{time.monotonic() - start:7.1f} s")


def load(env, path: Path) -> None:
    """Load a file, check that Odoo agrees with it, grade, post points, plan visits."""
    start = time.monotonic()
    with timed("read"):
        purchases, bad = read_file(path)
    report(purchases, bad)
    with timed("company"):
        company = ensure_company(env)
        env = env(context=dict(env.context, **QUIET, allowed_company_ids=company.ids))
        ensure_users(env, company)
        salespeople = plan_cdnow.ensure_salespeople(env, company)
    with timed("customers"):
        partners, added = ensure_customers(env, purchases, salespeople)
        moved = plan_cdnow.share(env, partners, salespeople)
    say(f"     {added} new of {len(partners)} customers, {moved} changed hands")
    with timed("invoices"):
        added = ensure_invoices(env, purchases, partners)
    say(f"     {added} new of {len(purchases)} invoices")
    with timed("check"):
        check(env, purchases)
    # or PostgreSQL would plan the grading for the tables as they were before
    env.cr.execute("ANALYZE res_partner, account_move, account_move_line")
    env.cr.commit()
    with timed("grading"):
        result = grade(env, last_day(env))
    env.cr.commit()
    say(f"     {result}")
    post_points(env, purchases, partners)
    plan_visits(env, salespeople)
    say(f"   {'all':<12}{time.monotonic() - start:7.1f} s")


def read_file(path: Path) -> tuple[list[Purchase], list[BadLine]]:
    """Read a purchase log."""
    text = path.read_bytes().decode("utf-8", errors="replace")
    # not splitlines(): it breaks lines at more than line ends
    purchases, bad = split(parse(text.split("\n")))
    if not purchases:
        report(purchases, bad)
        raise SystemExit(f"{path} has no purchase in it that can be read.")
    return purchases, bad


def report(purchases: list[Purchase], bad: list[BadLine]) -> None:
    """Say what was read and what is skipped."""
    for line in bad[:SHOWN]:
        say(f"     skipped {line}")
    if len(bad) > SHOWN:
        say(f"     skipped {len(bad) - SHOWN} more bad lines")
    customers = {purchase.customer for purchase in purchases}
    say(
        f"     {len(purchases)} purchases of {len(customers)} customers, "
        f"{len(bad)} bad lines"
    )


def ensure_company(env):
    """Return the company of its own, with a chart of accounts."""
    company = env["res.company"].search([("name", "=", COMPANY)], limit=1)
    if not company:
        dollar = env.ref("base.USD")
        dollar.active = True
        company = env["res.company"].create(
            {
                "name": COMPANY,
                # no country: Odoo would install that country's localisation, and commit
                "currency_id": dollar.id,
            }
        )
    if not company.chart_template:
        env["account.chart.template"].try_loading(
            "generic_coa", company, install_demo=False
        )
    return company


def ensure_users(env, company) -> None:
    """Let the demo's users in."""
    users = env["res.users"].search(
        [("share", "=", False), ("id", "!=", env.ref("base.user_root").id)],
        order="id",
        limit=3,
    )
    names = ("base.user_admin", "base.user_demo")
    at_home = env["res.users"].union(
        *(env.ref(name, raise_if_not_found=False) or users[:0] for name in names)
    )
    (users | at_home).company_ids = [(4, company.id)]
    at_home.company_id = company


def ensure_customers(env, purchases: list[Purchase], salespeople):
    """Return ``{customer: partner id}``, and how many had to be created."""
    company = env.company
    known = dict(
        env["res.partner"]
        .with_context(active_test=False)
        ._read_group(
            [("company_id", "=", company.id), ("ref", "=like", f"{COMPANY}-%")],
            ["ref"],
            ["id:min"],
        )
    )
    wanted = sorted({purchase.customer for purchase in purchases})
    missing = [number for number in wanted if customer_key(number) not in known]
    for start in range(0, len(missing), BATCH):
        batch = missing[start : start + BATCH]
        partners = env["res.partner"].create(
            [
                {
                    "name": f"Customer {number:05d}",
                    "ref": customer_key(number),
                    "company_id": company.id,
                    "customer_rank": 1,
                    "user_id": salespeople[number % len(salespeople)].id,
                }
                for number in batch
            ]
        )
        known.update(zip(map(customer_key, batch), partners.ids, strict=True))
        env.flush_all()
        env.invalidate_all()
    return {number: known[customer_key(number)] for number in wanted}, len(missing)


def ensure_invoices(env, purchases: list[Purchase], partners: dict[int, int]) -> int:
    """Post the invoices that are missing; return how many."""
    done = loaded(env)
    managers = {
        partner.id: partner.user_id.id
        for partner in env["res.partner"].browse(partners.values())
    }
    drafts = []
    for purchase in sorted(purchases, key=lambda each: (each.date, each.line)):
        if purchase.key not in done:
            partner = partners[purchase.customer]
            drafts.append(
                Draft(
                    purchase.key,
                    partner,
                    managers[partner],
                    purchase.date,
                    purchase.amount,
                    f"{purchase.units} CD",
                )
            )
    if drafts:
        post(env, drafts)
    return len(drafts)


def loaded(env) -> dict[str, tuple[int, Decimal]]:
    """Return ``{key: (invoice, untaxed amount)}`` of what is there."""
    env.cr.execute(
        "SELECT ref, id, amount_untaxed_signed::text FROM account_move "
        "WHERE company_id = %s AND move_type = 'out_invoice' "
        "AND state = 'posted' AND ref LIKE 'CDNOW-%%'",
        [env.company.id],
    )
    # as text: Odoo has psycopg2 turn numbers into inexact floats
    return {ref: (move, Decimal(text)) for ref, move, text in env.cr.fetchall()}


def last_day(env):
    """Return the day of the last purchase, of this file or one loaded before."""
    env.cr.execute(
        "SELECT max(invoice_date) FROM account_move WHERE company_id = %s "
        "AND move_type = 'out_invoice' AND state = 'posted' AND ref LIKE 'CDNOW-%%'",
        [env.company.id],
    )
    return env.cr.fetchone()[0]


def check(env, purchases: list[Purchase]) -> None:
    """Stop, before anything is kept, unless Odoo agrees with the file."""
    done = loaded(env)
    wrong = [
        purchase
        for purchase in purchases
        if done.get(purchase.key, (0, None))[1] != purchase.amount
    ]
    if wrong:
        raise SystemExit(
            f"{len(wrong)} invoices differ from the file, first {wrong[0].key} of "
            f"line {wrong[0].line}: {done.get(wrong[0].key)}. Nothing was loaded."
        )
    total = sum(done[purchase.key][1] for purchase in purchases)
    say(f"     sum of the untaxed amounts, file and Odoo: {total:,.2f}")
    env.cr.execute(
        "SELECT count(*) FROM (SELECT move_id FROM account_move_line "
        "WHERE company_id = %s GROUP BY move_id HAVING sum(balance) != 0) unbalanced",
        [env.company.id],
    )
    [unbalanced] = env.cr.fetchone()
    if unbalanced:
        raise SystemExit(f"{unbalanced} entries do not balance. Nothing was loaded.")
    chosen = random.Random(0).sample(purchases, min(CHECKED, len(purchases)))
    free = [purchase for purchase in purchases if not purchase.amount]
    check_computed(env, [done[purchase.key][0] for purchase in chosen + free[:1]])
    check_next_number(env, max(purchases, key=lambda each: each.date), done)


def check_computed(env, ids: list[int]) -> None:
    """Have the ORM compute some invoices again: nothing may change."""
    moves = env["account.move"].browse(ids)
    names = [
        name
        for name, field in moves._fields.items()
        if field.store and field.type in ("monetary", "float", "integer", "selection")
    ]
    before = moves.read(names)
    for name in (*names, "name", "payment_state"):
        if moves._fields[name].compute and name.startswith(("amount_", "payment_")):
            env.add_to_compute(moves._fields[name], moves)
    after = moves.read(names)
    lines = all(
        move.amount_total
        == move.currency_id.round(sum(move.invoice_line_ids.mapped("price_total")))
        for move in moves
    )
    if before != after or not lines:
        raise SystemExit("Odoo computes other amounts than loaded. Nothing was loaded.")


def check_next_number(env, last: Purchase, done) -> None:
    """Post one more invoice as a user would, see its number, take it back."""
    partner = env["account.move"].browse(done[last.key][0]).partner_id
    draft = Draft("next", partner.id, env.uid, last.date, Decimal(1), "next")

    class TakeBack(Exception):
        """End the savepoint."""

    try:
        with env.cr.savepoint():
            move = post_one(env, draft)
            env.flush_all()
            twins = env["account.move"].search_count(
                [
                    ("name", "=", move.name),
                    ("journal_id", "=", move.journal_id.id),
                ]
            )
            gap = move.made_sequence_gap
            name = move.name
            raise TakeBack
    except TakeBack:
        env.invalidate_all()
    if twins != 1 or gap:
        raise SystemExit(f"The next invoice would get {name}. Nothing was loaded.")


def grade(env, as_of) -> str:
    """Grade the customers as of the log's last day."""
    if "crm.grade.policy" not in env:
        return "no grading: the addon has no crm.grade.policy yet"
    stopped = archive_jobs(env)
    try:
        run = env["crm.grade.policy"].with_company(env.company)._run(as_of=as_of)
    except UserError as error:
        raise SystemExit(
            f"The purchases are loaded, but not graded: {error}\n"
            "A demo database from before the addon could grade needs --fresh."
        ) from None
    return f"graded as of {as_of} ({run.display_name}); {stopped}"


def post_points(env, purchases: list[Purchase], partners: dict[int, int]) -> None:
    """Have the purchases earn points, and see that the ledger and the file agree."""
    if "crm.loyalty.entry" not in env:
        return
    with timed("points"):
        result = load_cdnow_points.run(env, purchases, partners)
    say(f"     {result}")
    with timed("reconcile"):
        text = load_cdnow_points.check(env, purchases, partners)
    env.cr.commit()
    say(f"     {text}")


def plan_visits(env, salespeople) -> None:
    """Plan a quarter of visits, and say what that cost."""
    if "crm.visit.plan" not in env:
        return
    queries = env.cr.sql_log_count
    with timed("planning"):
        result = plan_cdnow.plan(env, salespeople)
        env.cr.commit()
    say(f"     {result}; {env.cr.sql_log_count - queries} queries")


def archive_jobs(env) -> str:
    """Stop the addon's nightly jobs: as of today, nobody has bought for years."""
    models = ("crm.customer", "crm.grade.policy")
    jobs = env["ir.cron"].search([("model_id.model", "in", models)])
    jobs.action_archive()
    names = ", ".join(jobs.mapped("name")) or "none"
    return f"nightly jobs stopped, the data being of the past: {names}"


if __name__ == "__main__":
    load(globals()["env"], Path(sys.argv[1]))
