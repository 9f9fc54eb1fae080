# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Measure the grading engine against hand-written SQL and a naive loop.

Run inside Odoo (:mod:`dev.script`) on a copy of the data set with our addons:
``grading.py FILE MEASURE...``; the results go to FILE as JSON.
"""

import datetime
import sys

from odoo.addons.crm_service_excellence.models import crm_customer_refresh

from dev.benchmarks import arms, counters, floor, naive, protocol
from dev.benchmarks.dataset import AS_OF

TABLES = ("crm_customer", "crm_grade_change", "crm_grade_run", "crm_grade_run_line")
WRITTEN = ("crm_customer", "crm_grade_change", *floor.TWINS.values())
SCANNED = ("account_move", "res_partner", "crm_customer", "crm_grade_change")
WHOLE = 10**9  # batch size that no base exceeds: one batch, one commit
ONE_SAMPLE = 25  # customers that are refreshed one by one


class Bench:
    """The arms of the grading measures, each from the same starting state."""

    def __init__(self, env):
        self.env = env
        self.cr = env.cr
        self.companies = env["res.company"].search([], order="id")
        self.batch_size = crm_customer_refresh.BATCH_SIZE
        crm_customer_refresh.BATCH_SIZE = WHOLE
        self.counted = {}

    # STATE, never timed

    def reset(self):
        """Nobody graded yet, nothing written by the floor."""
        tables = ", ".join((*TABLES, *floor.TWINS.values()))
        self.cr.execute(f"TRUNCATE {tables} RESTART IDENTITY CASCADE")
        self.cr.commit()
        self.settle()

    def settle(self):
        """Fresh statistics and nothing left to write for the next arm."""
        arms.settle(self.env, (*TABLES, *floor.TWINS.values()))

    # ARMS

    def grade(self, as_of=AS_OF):
        """Grade every company and commit, once unless batches do."""
        policies = self.env["crm.grade.policy"]
        for company in self.companies:
            policies.with_company(company)._run(as_of=as_of)
        self.cr.commit()

    def floor_arm(self):
        """The floor, from the empty state."""
        self.reset()
        return {"floor": self._counted("floor", self._floor)}

    def _floor(self):
        floor.grade(self.env, self.companies, AS_OF)
        self.cr.commit()

    def ours_arm(self):
        """Our first run, the same again, and the next day's."""
        self.reset()
        seconds = {"ours": self._counted("ours", self.grade)}
        self.settle()
        seconds["rerun"] = self._counted("rerun", self.grade)
        self.settle()
        tomorrow = AS_OF + datetime.timedelta(days=1)
        seconds["next_day"] = self._counted("next_day", self.grade, tomorrow)
        return seconds

    def batched_arm(self):
        """Our first run with a commit after each batch."""
        self.reset()
        crm_customer_refresh.BATCH_SIZE = self.small_batch()
        try:
            return {"batches": self._counted("batches", self.grade)}
        finally:
            crm_customer_refresh.BATCH_SIZE = WHOLE

    def small_batch(self):
        """The engine's own batch, or a fifth of a base that it would swallow whole."""
        partners = self.env["res.partner"].with_context(active_test=False)
        number = partners.search_count([("is_company", "=", True)])
        return min(self.batch_size, number // 5)

    def _counted(self, part, action, *arguments):
        seconds, self.counted[part] = arms.counted(self.cr, WRITTEN, action, *arguments)
        return seconds

    # GATE

    def check_equal(self):
        """Compare ours with the floor, and batches with one run, before any timing.

        :return: messages about what differs; none when all is equal
        """
        self.reset()
        self.grade()
        self._floor()
        wrong = [f"ours and floor: {row}" for row in floor.differences(self.env)]
        self.cr.execute("CREATE TEMPORARY TABLE bm_whole AS TABLE crm_customer")
        self.cr.commit()
        self.batched_arm()
        wrong += [
            f"one batch and many: {row}"
            for row in floor.rows_apart(self.cr, "crm_customer", "bm_whole")
        ]
        self.cr.execute("SELECT COUNT(*) FROM crm_customer")
        self.customers = self.cr.fetchone()[0]
        self.cr.execute("DROP TABLE bm_whole")
        self.cr.commit()
        return wrong

    # MEASURES

    def measure_runs(self, names):
        """The measures that share the arms of whole runs."""
        turns = {"floor": self.floor_arm, "ours": self.ours_arm}
        if "batches" in names:
            turns["batches"] = self.batched_arm
        self.samples = protocol.interleave(turns)
        limits = {
            "grading": ("ours", "floor", 1.35),
            "batches": ("batches", "floor", 1.8),
            "rerun": ("rerun", "ours", None),
            "next_day": ("next_day", "ours", None),
        }
        for name in names:
            over, under, limit = limits[name]
            result = protocol.compare(name, self.samples, over, under, limit)
            result.counters = {part: self.counted[part] for part in (over, under)}
            result.counters["customers"] = self.customers
            if name == "rerun":
                written = self.counted["rerun"]["rows written"]
                result.ok, result.broken = not written, bool(written)
                result.target = "0 rows"
            if name == "batches":
                result.note = f"batches of {self.small_batch():,} partners"
            yield result

    def measure_naive(self, size):
        """An ORM loop over a sample, per customer, against ours."""
        self.reset()
        self.grade()
        loop = naive.Loop(self.env, AS_OF, size)
        wrong = loop.check()

        def arm():
            self.reset()
            return {"naive": loop.run()}

        samples = protocol.interleave({"naive": arm})
        samples["ours"] = self.samples["ours"]
        result = protocol.compare(
            "naive",
            samples,
            "naive",
            "ours",
            at_least=100,
            scale=self.customers / loop.size,
        )
        result.note = f"sampled: {loop.size:,} of {self.customers:,} customers"
        result.counters = {"customers": self.customers, "sample": loop.size}
        if wrong:
            result.broken, result.note = True, "; ".join(wrong[:3])
        return result

    def measure_one(self):
        """Refresh single customers: their time, queries, and rows scanned."""
        self.reset()
        self.grade()
        self.settle()
        self.cr.execute(
            "SELECT partner_id FROM crm_customer "
            "ORDER BY hashint8extended(partner_id, 1) LIMIT %s",
            [ONE_SAMPLE + 1],
        )
        partner_ids = [row[0] for row in self.cr.fetchall()]
        customers = self.env["crm.customer"]
        samples, queries = {"one": []}, []
        before = counters.rows(self.cr, SCANNED)
        for number, partner_id in enumerate(partner_ids):
            self.env.invalidate_all()
            count = self.cr.sql_log_count
            seconds, _written = protocol.timed(
                lambda one: (customers._refresh(partner_ids=[one]), self.cr.commit()),
                partner_id,
            )
            if number:  # the first one warms up
                samples["one"].append(seconds)
                queries.append(self.cr.sql_log_count - count)
        scanned = counters.difference(
            counters.rows(self.cr, SCANNED), before, "scanned"
        )
        result = protocol.compare("one", samples, "one", "one")
        result.ratio = result.low = result.high = None
        result.noisy = []
        result.target, result.ok = "no scan", not scanned
        result.counters = {"queries": max(queries), "rows scanned": scanned}
        return result


def main(env, path, *names):
    """Measure ``names``; write what is wrong, or the results, to ``path``."""
    floor.create_twins(env)
    bench = Bench(env)
    wrong, results = bench.check_equal(), []
    if not wrong:
        runs = [n for n in ("grading", "batches", "rerun", "next_day") if n in names]
        results += bench.measure_runs(runs or ["grading"])
        if "naive" in names:
            results.append(
                bench.measure_naive(500 if bench.customers < 50_000 else 2000)
            )
        if "one" in names:
            results.append(bench.measure_one())
    results = [result for result in results if result.name in names]
    arms.save(path, wrong, results)


if __name__ == "__main__":
    main(globals()["env"], *sys.argv[1:])
