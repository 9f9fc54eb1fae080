# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Fill a database with partners and posted invoices, alike in every run.

Run inside Odoo (:mod:`dev.script`) with the number of partners and of invoices. Odoo
creates and posts one invoice and one refund in each company; all others are copies
of these headers with other values (``bench/dataset.sql``). Raw SQL, since the ORM needs
hours for a million; headers without journal items, since none of the measures reads
those. Columns are copied by name: ten times as fast as ``jsonb_populate_record``.
"""

import datetime
import sys

from odoo.tools import SQL

from dev import paths

#: the day customers are graded as of; purchases go on for ten days after it
AS_OF = datetime.date(2025, 12, 31)
SQL_FILE = paths.ROOT / "bench" / "dataset.sql"
SELLER = "bench_seller"
#: ids of partners and invoices begin above these, well apart from Odoo's own
PARTNER_BASE = 10_000_000
MOVE_BASE = 10_000_000


def fill(env, partners: int, invoices: int) -> None:
    """Create the companies, users, partners and invoices, and commit."""
    companies = ensure_companies(env)
    users = ensure_users(env, companies)
    prototype, moves = create_prototypes(env, companies)
    env.flush_all()
    cr = env.cr
    # copies of valid rows: checking their twenty references takes half the time
    cr.execute("SET LOCAL session_replication_role = replica")
    cr.execute("SET LOCAL work_mem = '512MB'")
    cr.execute(
        SQL_FILE.read_text(encoding="utf-8"),
        {
            "partners": partners,
            "invoices": invoices,
            "companies": companies.ids,
            "users": users.ids,
            "as_of": AS_OF,
            "partner_base": PARTNER_BASE,
            "move_base": MOVE_BASE,
            "prototype_partner": prototype.id,
            "prototype_moves": moves.ids,
        },
    )
    copy_rows(cr, "res_partner", "bm_party")
    copy_rows(cr, "account_move", "bm_bill")
    cr.commit()


def ensure_companies(env):
    """Return three companies of one currency, each with a chart of accounts."""
    companies = env["res.company"].search([], order="id")
    for number in range(len(companies), 3):
        # no country: Odoo would install that country's localisation
        companies += env["res.company"].create(
            {"name": f"Bench {number + 1}", "currency_id": companies[0].currency_id.id}
        )
    for company in companies:
        if not company.chart_template:
            env["account.chart.template"].try_loading(
                "generic_coa", company, install_demo=False
            )
    return companies


def ensure_users(env, companies):
    """Return ten salespeople; the first one is the user of the partner measures."""
    groups = ("sales_team.group_sale_salesman", "base.group_partner_manager")
    return (
        env["res.users"]
        .with_context(no_reset_password=True)
        .create(
            [
                {
                    "name": f"Bench seller {number}",
                    "login": f"{SELLER}{number or ''}",
                    "company_id": companies[0].id,
                    "company_ids": [(6, 0, companies.ids)],
                    "group_ids": [(4, env.ref(group).id) for group in groups],
                }
                for number in range(10)
            ]
        )
    )


def create_prototypes(env, companies):
    """Return a partner, and a posted invoice and refund of each company."""
    partner = env["res.partner"].create({"name": "Bench prototype"})
    moves = env["account.move"]
    for company in companies:
        for move_type in ("out_invoice", "out_refund"):
            line = {"name": "Prototype", "price_unit": 100.0, "tax_ids": []}
            moves += (
                env["account.move"]
                .with_company(company)
                .create(
                    {
                        "move_type": move_type,
                        "partner_id": partner.id,
                        "invoice_date": AS_OF,
                        "invoice_line_ids": [(0, 0, line)],
                    }
                )
            )
    moves.action_post()
    return partner, moves


def copy_rows(cr, table: str, draft: str) -> None:
    """Insert a row for each of ``draft``: its columns, the others of its prototype."""
    cr.execute(
        "SELECT attrelid::regclass::text, attname FROM pg_attribute "
        "WHERE attrelid IN (%s::regclass, %s::regclass) "
        "AND attnum > 0 AND NOT attisdropped AND attgenerated = ''",
        [table, draft],
    )
    columns = {table: [], draft: []}
    for owner, column in cr.fetchall():
        columns[owner.rpartition(".")[2]].append(column)
    strange = set(columns[draft]) - set(columns[table]) - {"prototype_id"}
    assert not strange, f"{table} has no {strange}"
    values = [
        SQL.identifier("d" if column in columns[draft] else "t", column)
        for column in columns[table]
    ]
    cr.execute(
        SQL(
            "INSERT INTO %s (%s) "
            "SELECT %s FROM %s d JOIN %s t ON t.id = d.prototype_id",
            SQL.identifier(table),
            SQL(", ").join(map(SQL.identifier, columns[table])),
            SQL(", ").join(values),
            SQL.identifier(draft),
            SQL.identifier(table),
        )
    )
    cr.execute(
        SQL(
            "SELECT setval(pg_get_serial_sequence(%s, 'id'), MAX(id)) FROM %s",
            table,
            SQL.identifier(table),
        )
    )


if __name__ == "__main__":
    fill(globals()["env"], *map(int, sys.argv[1:]))
