# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Plan the visits of 100,000 customers in eight weeks: ours, hand-written SQL, the ORM.

Run inside Odoo (:mod:`dev.script`) on a copy of the data set with our addons:
``visits.py FILE [CUSTOMERS]``; the results go to FILE as JSON.
"""

import sys
from unittest.mock import patch

from dev import database, paths
from dev.benchmarks import arms, floor, naive_visits, protocol, visits_data

CUSTOMERS = 100_000
SAMPLE = 500  # customers whose visits the ORM creates: it takes milliseconds for each
LOCATED = 200  # customers of one salesperson with coordinates, about 23 visits a day
SQL_FILE = paths.ROOT / "bench" / "floor_visits.sql"
TWINS = {"crm_visit": "bm_visit"}
#: the floor balances no days and orders no stops
IGNORED = {"id", "create_date", "write_date", "date", "sequence"}


class Bench(arms.Planner):
    """The arms, each from plans without any visit."""

    PAIR = ("crm_visit", "bm_visit")
    ASIDE = ("crm_visit_plan", "crm_visit_plan_unplaced")

    def __init__(self, env, customers):
        super().__init__(env)
        self.plans = visits_data.fill(env, customers)

    # STATE, never timed

    def reset(self):
        """No visit planned, nothing written by the floor."""
        self.cr.execute("TRUNCATE crm_visit, bm_visit RESTART IDENTITY CASCADE")
        self.cr.execute("DELETE FROM crm_visit_plan_unplaced")
        self.cr.execute(
            "UPDATE crm_visit_plan "
            "SET state = 'draft', changes = NULL, generated_at = NULL"
        )
        self.cr.commit()
        self.settle()

    # ARMS

    def generate(self):
        """Generate every plan and commit."""
        self.plans.action_generate()
        self.cr.commit()

    def floor(self):
        """The same rows by one statement."""
        self.cr.execute(
            SQL_FILE.read_text(encoding="utf-8"),
            {"plans": self.plans.ids, "now": self.cr.now()},
        )
        self.cr.commit()

    # GATE

    def check_equal(self):
        """Compare ours with the floor, before any timing.

        :return: messages about what differs; none when all is equal
        """
        self.reset()
        self.generate()
        self.floor()
        wrong = floor.rows_apart(self.cr, *self.PAIR, ignored=IGNORED)
        self.cr.execute(
            "SELECT (SELECT COUNT(*) FROM crm_visit),"
            " (SELECT COUNT(*) FROM crm_visit_plan_unplaced),"
            " (SELECT COUNT(*) FROM crm_visit"
            "   WHERE abs(date - target_date) > tolerance_days)"
        )
        self.visits, unplaced, late = self.cr.fetchone()
        if not self.visits or unplaced or late:
            wrong.append(f"{self.visits} visits, {unplaced} not placed, {late} late")
        return wrong

    # MEASURES

    def measure_plan(self):
        """Ours to the floor; a second generation, which writes no visit."""
        result, again = self.compare(("visits", "visits_again"), limit=1.6)
        result.counters["queries of a plan"] = self._queries()
        return result, again

    def _queries(self):
        self.reset()
        before = self.cr.sql_log_count
        self.plans[0].action_generate()
        self.env.flush_all()
        queries = self.cr.sql_log_count - before
        self.cr.rollback()
        return queries

    def measure_naive(self, sample):
        """The ORM to ours, on a sample: a visit at a time, and all in one batch."""
        loop = naive_visits.Loop(self.env, self.plans, sample)
        runs = {}
        for name, action in (("loop", loop.one_by_one), ("batch", loop.in_one_batch)):

            def arm(name=name, action=action):
                self.reset()
                return {name: protocol.timed(action)[0]}

            runs[name] = arm
        samples = protocol.interleave(runs, rounds=self.ROUNDS)
        samples["ours"] = self.samples["ours"]
        wrong = loop.check()
        targets = (("loop", "visits_naive", 10), ("batch", "visits_batch", None))
        for name, title, at_least in targets:
            result = protocol.compare(
                title,
                samples,
                name,
                "ours",
                at_least=at_least,
                scale=self.visits / loop.visits,
            )
            result.note = f"sampled: {loop.visits:,} of {self.visits:,} visits"
            if wrong:
                result.broken, result.note = True, "; ".join(wrong[:3])
            yield result

    def measure_tours(self):
        """What the order of the stops costs where customers have coordinates."""
        plan = self.plans[0]
        visits_data.keep_customers(self.env, plan, LOCATED)

        def arm(name, spread):
            visits_data.locate(self.env, plan, spread)
            self.reset()
            return {name: protocol.timed(self._generate_one, plan)[0]}

        samples = protocol.interleave(
            {
                "located": lambda: arm("located", 1),
                "nowhere": lambda: arm("nowhere", None),
            }
        )
        result = protocol.compare("visits_tours", samples, "located", "nowhere")
        result.note = f"one plan of {LOCATED} customers with coordinates / without"
        return result

    def _generate_one(self, plan):
        plan.action_generate()
        self.cr.commit()


def main(env, path, customers=CUSTOMERS):
    """Compare, then time, and write the results as JSON."""
    company = type(env["res.company"])
    with patch.object(company, "_crm_today", lambda self: visits_data.START):
        bench = Bench(env, int(customers))
        floor.create_twins(env, TWINS)
        with database.connect(env.cr.dbname) as cursor:
            cursor.execute("VACUUM ANALYZE res_partner, crm_customer")
        wrong, results = bench.check_equal(), []
        if not wrong:
            results += bench.measure_plan()
            results += bench.measure_naive(SAMPLE)
            results.append(bench.measure_tours())
    arms.save(path, [f"ours and floor: {row}" for row in wrong], results)


if __name__ == "__main__":
    main(globals()["env"], *sys.argv[1:])
