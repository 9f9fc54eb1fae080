# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What measures inside Odoo share: a settled start, counted work, results as a file."""

import dataclasses
import json
from pathlib import Path

from dev import database
from dev.benchmarks import counters, protocol


def settle(env, tables):
    """Fresh statistics and nothing left to write for the next arm; never timed."""
    env.invalidate_all()
    with database.connect(env.cr.dbname) as cursor:
        for table in tables:
            cursor.execute(f"VACUUM ANALYZE {table}")
        cursor.execute("CHECKPOINT")


def counted(cr, tables, action, *arguments):
    """Run ``action``; return its seconds, and what it wrote.

    :param tables: whose written rows are counted
    """
    before = counters.rows(cr, tables), counters.wal_bytes(cr)
    seconds, _outcome = protocol.timed(action, *arguments)
    after = counters.rows(cr, tables), counters.wal_bytes(cr)
    return seconds, {
        "rows written": counters.difference(after[0], before[0], "written"),
        "WAL bytes": after[1] - before[1],
    }


def save(path, wrong, results):
    """Write what a script found, for ``python3 -m dev bench`` to read.

    :param wrong: messages about wrong outcomes
    :param results: :class:`protocol.Result` of the measures
    """
    outcome = {
        "wrong": wrong,
        "results": [dataclasses.asdict(result) for result in results],
        "peak memory MB": counters.peak_memory(),
    }
    Path(path).write_text(json.dumps(outcome, default=str), encoding="utf-8")


class Planner:
    """The arms of ours and of its floor, each from an empty calendar.

    A measure of a planner adds :meth:`reset`, which empties the calendar and settles,
    and :meth:`generate` and :meth:`floor`, which each plan everything and commit.
    """

    PAIR = ()  # the table that ours writes, and its twin that the floor writes
    ASIDE = ()  # what ours writes besides
    ROUNDS = 3  # a round writes much, so that fewer than usual have to do

    def __init__(self, env):
        self.env = env
        self.cr = env.cr
        self.counted, self.samples = {}, {}

    def settle(self):
        """Ready for the next arm."""
        settle(self.env, (*self.PAIR, *self.ASIDE))

    def ours_arm(self):
        """Ours, and then once more."""
        self.reset()
        seconds = {"ours": self._counted("ours", self.generate)}
        self.settle()
        seconds["again"] = self._counted("again", self.generate)
        return seconds

    def floor_arm(self):
        """The same rows by one statement."""
        self.reset()
        return {"floor": self._counted("floor", self.floor)}

    def _counted(self, part, action):
        seconds, self.counted[part] = counted(self.cr, self.PAIR, action)
        return seconds

    def compare(self, names, limit):
        """Ours to the floor; ours once more, which writes no row.

        :param names: of the two results
        :param limit: highest ratio of the first that meets the target
        :return: the two results; the samples stay in ``samples``
        """
        self.samples = protocol.interleave(
            {"floor": self.floor_arm, "ours": self.ours_arm}, rounds=self.ROUNDS
        )
        first = protocol.compare(names[0], self.samples, "ours", "floor", limit=limit)
        first.counters = {part: self.counted[part] for part in ("ours", "floor")}
        again = protocol.compare(names[1], self.samples, "again", "ours")
        written = self.counted["again"]["rows written"]
        again.ok, again.broken = not written, bool(written)
        again.target, again.counters = "0 rows", {"again": self.counted["again"]}
        return first, again
