# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Deadlines that fall due among a million open ones, and those that a holiday moves.

Run inside Odoo by ``bench``: ``clocks.py FILE MEASURE...``, on a database without any
complaint.
"""

import random
import sys
from datetime import timedelta, timezone

from odoo import fields

from dev import paths
from dev.benchmarks import arms, clocks_data, protocol

DUE = 1000
FEW, MANY = 10_000, 1_000_000
#: of the measures that compare two sizes of the table, which has to be filled for each
ROUNDS = 5
SQL_FILE = paths.ROOT / "bench" / "floor_due_clocks.sql"
TABLES = ("crm_sla_clock", "crm_sla_event", "crm_complaint")
#: differ by nature
IGNORED = {
    "id",
    "create_date",
    "write_date",
    "create_uid",
    "write_uid",
    "recorded_at",
}
REPLANNED = 20_000
SAMPLE = 200
SECONDS = 3.0  # a re-plan of all of them may take


class Due:
    """The arms of the due scan, each from the same due clocks."""

    def __init__(self, env):
        self.env = env
        self.cr = env.cr
        self.as_of = clocks_data.AS_OF
        self.counted = {}

    # STATE, never timed

    def fill(self, clocks):
        """So many open clocks, the first of them due."""
        clocks_data.fill(self.env, clocks, DUE)
        self._settle()

    def reset(self):
        """What is due is open again, its log is gone."""
        clocks_data.reset(self.env)
        self._settle()

    def _settle(self):
        arms.settle(self.env, TABLES)

    # ARMS

    def ours_arm(self, part="ours"):
        """The job."""
        self.reset()
        return {part: self._counted(part, self.process)}

    def process(self):
        """Note what is due and commit."""
        self.env["crm.sla.clock"]._cron_process(as_of=self.as_of)
        self.cr.commit()

    def floor_arm(self):
        """The same rows by one statement."""
        self.reset()
        return {"floor": self._counted("floor", self.floor)}

    def floor(self):
        """Run the hand-written statement and commit."""
        self.cr.execute(
            SQL_FILE.read_text(encoding="utf-8"),
            {"as_of": self.as_of, "batch": DUE, "uid": self.env.uid},
        )
        self.cr.commit()

    def scan(self):
        """Only find what is due, as the job does."""
        self.cr.execute(
            "SELECT id FROM crm_sla_clock WHERE next_event_at <= %s "
            "ORDER BY next_event_at LIMIT %s FOR NO KEY UPDATE SKIP LOCKED",
            [self.as_of, DUE],
        )
        self.cr.fetchall()
        self.cr.rollback()

    def _counted(self, part, action):
        def work():
            before = self.cr.sql_log_count
            action()
            self.counted[f"queries {part}"] = self.cr.sql_log_count - before

        seconds, self.counted[part] = arms.counted(self.cr, TABLES, work)
        return seconds

    # GATE

    def check_equal(self):
        """Compare what both write.

        :return: messages about what differs; none when all is equal
        """
        written = []
        for action in (self.process, self.floor):
            self.reset()
            action()
            written.append(self._written())
        wrong = [
            f"{table}: {len(ours - theirs)} rows of ours are not the floor's, "
            f"{len(theirs - ours)} the other way round"
            for table, ours, theirs in zip(TABLES, *written, strict=True)
            if ours != theirs
        ]
        if len(written[0][1]) != DUE:
            wrong.append(f"{len(written[0][1])} events instead of {DUE}")
        return wrong

    def _written(self):
        wheres = (
            ("id = ANY(%s)", clocks_data.due_ids(DUE)),
            ("clock_id = ANY(%s)", clocks_data.due_ids(DUE)),
            ("id = ANY(%s)", clocks_data.due_complaints(DUE)),
        )
        found = []
        for table, (condition, ids) in zip(TABLES, wheres, strict=True):
            self.cr.execute(f"SELECT * FROM {table} WHERE {condition}", [ids])
            columns = [column.name for column in self.cr.description]
            found.append(
                {
                    tuple(
                        str(value)
                        for name, value in zip(columns, row, strict=True)
                        if name not in IGNORED or (name == "id" and condition[0] == "i")
                    )
                    for row in self.cr.fetchall()
                }
            )
        return found

    # MEASURES

    def measure(self):
        """Yield ours to the floor, and ours among many to ours among few."""
        samples = {}
        self.fill(FEW)
        self.ours_arm()  # as the other size, it begins warm
        few = protocol.interleave(
            {
                "ours": lambda: self.ours_arm("ours of few"),
                "scan": lambda: self._scan_arm("scan of few"),
            },
            rounds=ROUNDS,
        )
        self.fill(MANY)
        samples = protocol.interleave(
            {
                "floor": self.floor_arm,
                "ours": self.ours_arm,
                "scan": lambda: self._scan_arm("scan"),
            },
            rounds=ROUNDS,
        )
        samples.update(few)
        result = protocol.compare("duescan", samples, "ours", "floor", limit=1.5)
        result.note = f"{DUE:,} due of {MANY:,} open"
        names = ("ours", "floor", "queries ours")
        result.counters = {name: self.counted[name] for name in names}
        yield result
        flat = protocol.compare("duescan_flat", samples, "ours", "ours of few", 1.5)
        flat.note = f"among {MANY:,} / among {FEW:,}"
        yield flat
        scan = protocol.compare("duescan_only", samples, "scan", "scan of few")
        scan.note = "finding them alone, among as many"
        yield scan

    def _scan_arm(self, part):
        self.reset()
        return {part: protocol.timed(self.scan)[0]}


class Replan:
    """A holiday of the company moves every running deadline."""

    def __init__(self, env):
        self.env = env
        self.clocks = clocks_data.create_running(env, REPLANNED)
        self.now = fields.Datetime.now()
        self.sample = random.Random(20).sample(self.clocks, SAMPLE)
        self.calendar = env.company.resource_calendar_id

    def ours_arm(self):
        """Add a holiday and commit; taken back afterwards, untimed."""
        self.env.invalidate_all()
        queries = self.env.cr.sql_log_count
        seconds, leave = protocol.timed(self.close)
        self.queries = self.env.cr.sql_log_count - queries
        leave.unlink()
        self.env.cr.commit()
        return {"ours": seconds}

    def close(self):
        """Close the company for a day on which all clocks run."""
        day = fields.Datetime.start_of(self.now + timedelta(days=3), "day")
        leave = self.env["resource.calendar.leaves"].create(
            {
                "name": "Bench holiday",
                "calendar_id": self.calendar.id,
                "company_id": self.env.company.id,
                "date_from": day,
                "date_to": day + timedelta(days=2),
            }
        )
        self.env.flush_all()
        self.env.cr.commit()
        return leave

    def loop_arm(self):
        """The deadlines of a sample, computed one by one as any module on Odoo does."""
        self.env.invalidate_all()
        return {"plan_hours": protocol.timed(self.loop)[0]}

    def loop(self):
        """Return the deadlines that Odoo's own calendar computes for the sample."""
        clocks = self.env["crm.sla.clock"].browse(self.sample)
        found = {}
        for clock in clocks:
            left = clock.allowance_minutes - clock.consumed_minutes
            found[clock.id] = (
                self.calendar.plan_hours(
                    left / 60,
                    clock.running_since.replace(tzinfo=timezone.utc),
                    compute_leaves=True,
                )
                .astimezone(timezone.utc)
                .replace(tzinfo=None)
            )
        return found

    def check_equal(self):
        """Every clock moved, and to where Odoo's calendar says."""
        before = self._deadlines()
        leave = self.close()
        after = self._deadlines()
        moved = sum(before[clock] != after[clock] for clock in before)
        wrong = [] if moved == len(before) else [f"{moved} of {len(before)} moved"]
        for clock, deadline in self.loop().items():
            if abs(after[clock] - deadline) > timedelta(seconds=1):
                wrong.append(f"deadline {clock}: {after[clock]}, by Odoo {deadline}")
        leave.unlink()
        self.env.cr.commit()
        if self._deadlines() != before:
            wrong.append("deadlines do not return when the holiday is taken back")
        return wrong

    def _deadlines(self):
        self.env.cr.execute(
            "SELECT id, deadline FROM crm_sla_clock WHERE id = ANY(%s)", [self.clocks]
        )
        return dict(self.env.cr.fetchall())

    def measure(self):
        """Yield the loop to ours, and ours in seconds."""
        samples = protocol.interleave(
            {"loop": self.loop_arm, "ours": self.ours_arm}, rounds=ROUNDS
        )
        result = protocol.compare(
            "replan", samples, "plan_hours", "ours", scale=REPLANNED / SAMPLE
        )
        seconds = result.medians["ours"]
        result.ok, result.target = seconds < SECONDS, f"ours < {SECONDS:g} s"
        result.note = (
            f"{REPLANNED:,} running clocks; plan_hours on {SAMPLE}, without writing"
        )
        result.counters = {"queries": self.queries}
        yield result


def main(env, path, *measures):
    """Compare, then time, and write the results as JSON."""
    wrong, results = [], []
    if "replan" in measures:
        bench = Replan(env)
        wrong += [f"re-plan: {line}" for line in bench.check_equal()[:5]]
        if not wrong:
            results += bench.measure()
    if "duescan" in measures:
        bench = Due(env)
        bench.fill(FEW)
        wrong += [f"ours and floor: {line}" for line in bench.check_equal()]
        if not wrong:
            results += bench.measure()
    arms.save(path, wrong, results)


if __name__ == "__main__":
    main(globals()["env"], *sys.argv[1:])
