# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The hand-written SQL that the grading is measured against, and the equality gate."""

from dateutil.relativedelta import relativedelta

from odoo.tools import SQL

from dev import paths

SQL_FILE = paths.ROOT / "bench" / "floor_grading.sql"
#: our table -> its twin that the floor writes: same columns, indexes and references
TWINS = {"crm_customer": "bm_customer", "crm_grade_change": "bm_change"}
#: differ by nature: numbered by a sequence, or the time of writing
IGNORED = {
    "crm_customer": {"id", "create_date", "write_date"},
    "crm_grade_change": {"id", "customer_id", "run_id"},
}


def create_twins(env, twins=TWINS):
    """Create the empty tables the floor writes to."""
    cr = env.cr
    for table, twin in twins.items():
        cr.execute(
            SQL(
                "CREATE TABLE %s (LIKE %s INCLUDING ALL)",
                SQL.identifier(twin),
                SQL.identifier(table),
            )
        )
        cr.execute(
            SQL("ALTER TABLE %s SET (autovacuum_enabled = off)", SQL.identifier(twin))
        )
        cr.execute(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE conrelid = %s::regclass AND contype = 'f'",
            [table],
        )
        for name, definition in cr.fetchall():
            for ours, other in twins.items():
                definition = definition.replace(
                    f"REFERENCES {ours}(", f"REFERENCES {other}("
                )
            cr.execute(
                SQL(
                    "ALTER TABLE %s ADD CONSTRAINT %s %s",
                    SQL.identifier(twin),
                    SQL.identifier(f"bm_{name}"),
                    SQL(definition),
                )
            )
    cr.commit()


def grade(env, companies, as_of):
    """Grade the customers of all companies by the floor's one statement."""
    env.cr.execute(
        SQL_FILE.read_text(encoding="utf-8"), _parameters(env, companies, as_of)
    )


def _parameters(env, companies, as_of):
    grades = env["crm.grade"].search([], order="min_score desc")
    tops = [1000.0, *grades.mapped("min_score")[:-1]]
    cadences = {company: env["crm.cadence"]._terms(company) for company in companies}

    def days(company, grade, kind):
        cadence = cadences[company].get((grade, kind))
        return cadence.interval_days if cadence else None

    terms = [
        (grade.id, company.id, grade.min_score, top, grade.customer_class,
         company._crm_clv_factor(grade), days(company, grade, "contact"),
         days(company, grade, "visit"))
        for company in companies
        for grade, top in zip(grades, tops, strict=True)
    ]  # fmt: skip
    ids, owners, lowest, highest, classes, factors, contact_days, visit_days = map(
        list, zip(*terms, strict=True)
    )
    return {
        "companies": companies.ids,
        "zones": [company._crm_timezone() for company in companies],
        "policy": env["crm.grade.policy"]._get_active(companies[0]).id,
        "as_of": as_of,
        "y1": as_of - relativedelta(months=12),
        "y2": as_of - relativedelta(months=24),
        "h1": as_of - relativedelta(days=180),
        "h2": as_of - relativedelta(days=360),
        "grade_ids": ids,
        "grade_companies": owners,
        "grade_mins": [str(value) for value in lowest],
        "grade_tops": [str(value) for value in highest],
        "grade_classes": classes,
        "grade_factors": [str(value) for value in factors],
        "contact_days": contact_days,
        "visit_days": visit_days,
        "now": env.cr.now(),
    }


def differences(env, limit=5):
    """Return what only one of a table and its twin has; empty when all is equal."""
    return [
        f"{table} {row}"
        for table, twin in TWINS.items()
        for row in rows_apart(env.cr, table, twin, limit)
    ]


def rows_apart(cr, table, other, limit=5, ignored=None):
    """Return rows of one table that the other lacks; duplicates count (EXCEPT ALL).

    :param ignored: columns that may differ; by default those of :data:`IGNORED`
    :return: at most ``limit`` messages each way
    """
    cr.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass "
        "AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
        [table],
    )
    ignored = IGNORED[table] if ignored is None else ignored
    columns = SQL(", ").join(
        SQL.identifier(name) for (name,) in cr.fetchall() if name not in ignored
    )
    found = []
    for one, two in ((table, other), (other, table)):
        cr.execute(
            SQL(
                "SELECT to_jsonb(odd) FROM (SELECT %s FROM %s "
                "EXCEPT ALL SELECT %s FROM %s) odd LIMIT %s",
                columns,
                SQL.identifier(one),
                columns,
                SQL.identifier(two),
                limit,
            )
        )
        found += [f"only in {one}: {row}" for (row,) in cr.fetchall()]
    return found
