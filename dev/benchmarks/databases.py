# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Databases of the benchmark: the data set of a scale, without and with our addons.

The data set is filled once, into a copy of what our addons depend on, and kept under a
name that says what made it. Every run installs the addons into a copy of that, as they
are now; so the install on a database with customers is exercised too.
"""

import contextlib
import hashlib

from .. import database, odoo, paths, scratch, shell, templates
from ..console import step

FILL = paths.ROOT / "dev" / "benchmarks" / "dataset.py"
SOURCES = (FILL, paths.ROOT / "bench" / "dataset.sql")
SCALES = {  # scale -> (commercial partners, invoices)
    "S": (10_000, 100_000),
    "M": (100_000, 1_000_000),
    "L": (1_000_000, 10_000_000),
}
#: the same for every arm; work_mem is what our own engine sets (reliability_perf.md b2)
SETTINGS = {
    "work_mem": "256MB",
    "max_parallel_workers_per_gather": "1",
    "jit": "off",
    "synchronous_commit": "on",
}
#: tables that the measures read or write: no autovacuum while the clock runs
TABLES = (
    "res_partner",
    "account_move",
    "crm_customer",
    "crm_grade_change",
    "crm_grade_run",
    "crm_visit",
    "crm_visit_plan",
    "crm_care_task",
    "crm_complaint",
    "crm_sla_clock",
    "crm_sla_event",
    "loyalty_card",
    "crm_loyalty_entry",
    "crm_loyalty_lot",
    "crm_loyalty_allocation",
)


def dataset(scale: str) -> str:
    """Return the database with the data set of a scale, filled where missing."""
    template = templates.base_template(False)
    digest = hashlib.sha256(template.encode())
    for source in SOURCES:
        digest.update(source.read_bytes())
    kin = f"crm_bench_{_clone()}_{scale.lower()}_"
    name = kin + digest.hexdigest()[:10]
    with paths.lock(paths.DEV / f"{kin}.lock"):
        if database.exists(name):
            return name
        for old in database.names(kin):
            database.drop(old)
        partners, invoices = SCALES[scale]
        with step(f"Data set {scale}: {partners:,} partners, {invoices:,} invoices"):
            draft = f"{kin}draft"
            database.clone(template, draft)
            shell.check_script(draft, str(FILL), str(partners), str(invoices))
            _analyse(draft)
            database.rename(draft, name)
    return name


@contextlib.contextmanager
def without_addons(scale: str):
    """Yield a copy of the data set; it is dropped afterwards."""
    with scratch.copy_of(dataset(scale), f"bench_stock_{scale.lower()}") as name:
        settle(name)
        yield name


@contextlib.contextmanager
def with_addons(scale: str):
    """Yield a copy of the data set with our addons; it is dropped afterwards."""
    with scratch.copy_of(dataset(scale), f"bench_ours_{scale.lower()}") as name:
        with step(f"Install {', '.join(paths.addons())} into the data set"):
            odoo.install(name, paths.addons())
            settle(name)
        yield name


def settle(name: str) -> None:
    """Give a copy the settings of the benchmark and the statistics a copy lacks."""
    from psycopg2 import sql

    with database.connect(name) as cursor:
        for setting, value in SETTINGS.items():
            cursor.execute(
                sql.SQL("ALTER DATABASE {} SET {} = {}").format(
                    sql.Identifier(name), sql.Identifier(setting), sql.Literal(value)
                )
            )
        for table in TABLES:
            cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [table])
            if cursor.fetchone()[0]:
                cursor.execute(
                    sql.SQL("ALTER TABLE {} SET (autovacuum_enabled = off)").format(
                        sql.Identifier(table)
                    )
                )
    _analyse(name)


def _analyse(name: str) -> None:
    with database.connect(name) as cursor:
        cursor.execute("VACUUM ANALYZE")


def _clone() -> str:
    return hashlib.sha256(str(paths.ROOT).encode()).hexdigest()[:6]
