# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""1,000 complaints with four clocks each in one batch, beside OCA's help desk.

Two Odoo processes on copies of one database take turns: ours creates complaints with
four deadlines, OCA's ``helpdesk_mgmt_sla`` as many tickets with three.
"""

from .. import paths, scratch, templates
from . import peers, protocol, report, workers

WORKER = paths.ROOT / "dev" / "benchmarks" / "complaint_worker.py"
COUNT = 1000
#: queries a complaint, at most
QUERIES = 0.5
AT_LEAST = 3


def measure(facts):
    """Return the ratio to the peer, and the queries of a complaint."""
    queries = {}
    with (
        peers.helpdesk() as (theirs, source),
        scratch.copy_of(templates.addons_template(False), "bench_complaints") as ours,
        workers.worker(theirs, WORKER, "peer", source=source) as ask_peer,
        workers.worker(ours, WORKER, "ours") as ask_ours,
    ):

        def arm(ask, part):
            def run():
                seconds, queries[part] = ask(COUNT)
                return {part: seconds}

            return run

        facts.setdefault("server", report.server(ours))
        samples = protocol.interleave(
            {"peer": arm(ask_peer, "peer"), "ours": arm(ask_ours, "ours")}, rounds=3
        )
        _seconds, single = ask_ours(1)
    result = protocol.compare("complaints", samples, "peer", "ours", at_least=AT_LEAST)
    result.note = f"{COUNT:,} complaints with 4 clocks / tickets with 3"
    result.counters = {"a second": round(COUNT / result.medians["ours"])}
    result.counters["peer"] = round(COUNT / result.medians["peer"])
    return [result, per_record(queries, single)]


def per_record(queries: dict, single: int):
    """Return the result for the queries of a complaint, which no machine slows down."""
    ratio = queries["ours"] / COUNT
    return protocol.Result(
        "complaints_queries",
        f"<= {QUERIES:g}",
        ratio,
        counters={"queries of 1,000": queries["ours"], "of one": single},
        ok=ratio <= QUERIES,
        note=f"queries a complaint; peer {queries['peer'] / COUNT:.1f} a ticket",
    )
