# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Do no harm: stock operations on contacts with our addons and without.

Two Odoo processes, one on a database with the addons and one on a copy of the same data
without them, take turns; the two databases have the same partners and invoices.
"""

from .. import paths
from . import protocol, workers

WORKER = paths.ROOT / "dev" / "benchmarks" / "partner_worker.py"
OPERATIONS = ("create_100", "create_1", "write", "search_name", "search_read")
LIMIT = 1.05
#: short operations: a median needs more of them than of whole runs
ROUNDS = 30
WARM_UPS = 3


def measure(ours: str, stock: str):
    """Return a result for each operation."""
    with (
        workers.worker(ours, WORKER) as ask_ours,
        workers.worker(stock, WORKER) as ask_stock,
    ):
        queries = {}

        def arm(ask, operation, part):
            def run():
                seconds, queries[part] = ask(operation)
                return {part: seconds}

            return run

        # the two of an operation next to each other: the machine changes its pace
        arms = {}
        for operation in OPERATIONS:
            for ask, suffix in ((ask_ours, "with"), (ask_stock, "without")):
                part = f"{operation} {suffix}"
                arms[part] = arm(ask, operation, part)
        samples = protocol.interleave(arms, ROUNDS, WARM_UPS)
    results = []
    for operation in OPERATIONS:
        over, under = f"{operation} with", f"{operation} without"
        result = protocol.compare(f"partners {operation}", samples, over, under, LIMIT)
        # single rounds of some ms say nothing; the quartiles of the ratios do
        pairs = sorted(
            one / other
            for one, other in zip(samples[over], samples[under], strict=True)
        )
        result.low, result.high = pairs[len(pairs) // 4], pairs[-1 - len(pairs) // 4]
        result.noisy = []
        result.counters = {
            "queries with": queries[over],
            "without": queries[under],
        }
        result.note = f"processor time, {ROUNDS} rounds, range: middle half"
        results.append(result)
    return results
