# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""100,000 deadlines: ours, Odoo's ``plan_hours`` in a loop, and a bare bisection.

Run inside Odoo by ``bench``; argument: where to write the results.
"""

import dataclasses
import json
import random
import sys
import time
from bisect import bisect_right
from datetime import datetime, timedelta, timezone
from pathlib import Path

from dev.benchmarks import protocol

COUNT = 100_000
SAMPLE = 300  # deadlines that plan_hours computes: it takes milliseconds for each
TARGETS = (60, 240, 480, 960, 2400)  # working minutes, of SLAs from an hour to a week
CLOSURES = 20
FIRST = datetime(2026, 1, 1)
DAYS = 365
EPOCH = datetime(1970, 1, 1)
SECOND = timedelta(seconds=1)


def dataset():
    """Moments of 2026, to the second, and working minutes; always the same."""
    dice = random.Random(2026)
    return [
        (
            FIRST + timedelta(seconds=dice.randrange(DAYS * 86_400)),
            dice.choice(TARGETS),
        )
        for _number in range(COUNT)
    ]


def close(env, company):
    """Close the company on some days, as a year of public holidays does."""
    leaves = env["resource.calendar.leaves"].with_company(company)
    leaves.create(
        [
            {
                "name": f"Closed {number}",
                "date_from": FIRST + timedelta(days=17 * number),
                "date_to": FIRST + timedelta(days=17 * number + 1, seconds=-1),
            }
            for number in range(CLOSURES)
        ]
    ).flush_recordset()


def slots(worktime):
    """Working intervals of two years with running totals, for the bare bisection."""
    ends, lasting, before, starts, total = [], [], [], [], 0
    for offset in range(-1, 2 * DAYS):
        for start, end in worktime.intervals((FIRST + timedelta(days=offset)).date()):
            starts.append(start)
            ends.append(end)
            before.append(total)
            total += (end - start) // timedelta(seconds=1)
            lasting.append(total)
    return starts, ends, before, lasting


def bare(rows, starts, ends, before, lasting):
    """The least that finds a deadline: two bisections and an addition."""
    found = []
    for moment, minutes in rows:
        index = bisect_right(ends, moment)
        need = before[index] + minutes * 60
        if moment > starts[index]:
            need += int((moment - starts[index]).total_seconds())
        slot = bisect_right(lasting, need - 1)
        found.append(starts[slot] + timedelta(seconds=need - before[slot]))
    return found


def ours(rows, worktime):
    """The same through the addon."""
    add = worktime.add
    return [add(moment, minutes) for moment, minutes in rows]


def theirs(rows, calendar):
    """The same, one by one, as any module on Odoo does."""
    return [
        calendar.plan_hours(
            minutes / 60, moment.replace(tzinfo=timezone.utc), compute_leaves=True
        )
        .astimezone(timezone.utc)
        .replace(tzinfo=None)
        for moment, minutes in rows
    ]


def differences(one, other, title):
    """Lines that tell where two ways of computing deadlines differ."""
    return [
        f"{title}: {first} and {second}"
        for first, second in zip(one, other, strict=True)
        if abs(first - second) > SECOND
    ][:5]


def main(env, path):
    """Compare, then time, and write the results as JSON."""
    company = env.company
    calendar = company.resource_calendar_id
    close(env, company)
    rows = dataset()
    worktime = calendar._working_time(company)
    layout = slots(worktime)
    sample = rows[:SAMPLE]
    deadlines = ours(rows, worktime)
    wrong = differences(deadlines, bare(rows, *layout), "ours and the bisection")
    wrong += differences(
        deadlines[:SAMPLE], theirs(sample, calendar), "ours and Odoo's"
    )
    results = []
    if not wrong:
        samples = protocol.interleave(
            {
                "ours": lambda: {"ours": protocol.timed(ours, rows, worktime)[0]},
                "bisection": lambda: {
                    "bisection": protocol.timed(bare, rows, *layout)[0]
                },
                "plan_hours": lambda: {
                    "plan_hours": protocol.timed(theirs, sample, calendar)[0]
                },
            }
        )
        loop = protocol.compare(
            "deadlines",
            samples,
            "plan_hours",
            "ours",
            at_least=50,
            scale=COUNT / SAMPLE,
        )
        loop.note = f"plan_hours on {SAMPLE} of {COUNT:,}"
        floor = protocol.compare("deadlines_floor", samples, "ours", "bisection")
        start = time.perf_counter()
        env.registry.clear_cache()
        fresh = calendar._working_time(company)
        fresh.add(FIRST, 60)
        floor.counters["compile and first use, ms"] = round(
            1000 * (time.perf_counter() - start), 1
        )
        results = [dataclasses.asdict(loop), dataclasses.asdict(floor)]
    Path(path).write_text(
        json.dumps({"wrong": wrong, "results": results, "peak memory MB": None}),
        encoding="utf-8",
    )


if __name__ == "__main__":
    main(globals()["env"], sys.argv[1])
