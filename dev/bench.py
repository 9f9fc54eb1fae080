# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Measure speed as ratios: ours to hand-written SQL, a naive loop to ours, stock
contacts with our addons to without.

Arms take turns, one warm-up and five timed rounds; medians of seconds, the lowest and
highest ratio of a round. Before any timing ours must equal the hand-written SQL, row by
row. Exit status: 0 all targets met, 2 one missed, 1 a wrong result or a failure.
"""

import json
import tempfile
from pathlib import Path

from . import setup
from .console import DevError, say, step, warn

#: name -> what it compares
MEASURES = {
    "grading": "a first grading of all customers / the SQL floor",
    "batches": "the same with a commit per batch / the SQL floor",
    "rerun": "a second run of the same day / the first; writes nothing",
    "next_day": "a run as of the next day / the first",
    "naive": "an ORM loop, per customer / ours",
    "one": "refreshing one customer; no scan of a table",
    "deadlines": "100,000 deadlines: a plan_hours loop / ours, ours / a bare bisection",
    "partners": "stock operations on contacts with our addons / without",
    "visits": "visit plans of 100,000 customers: ours / the SQL floor, the ORM / ours",
    "care_generate": "a year of care for 100,000 contacts: ours / the SQL floor",
    "complaints": "1,000 complaints with four clocks each: OCA's help desk / ours",
    "duescan": "1,000 due clocks of a million: ours / SQL, and / those of 10,000",
    "replan": "20,000 running clocks after a new holiday: a plan_hours loop / ours",
    "redeem": "a redemption of points: ours / one SQL statement, Odoo's way / ours",
    "redeem_parallel": "redemptions at two tills / one, and by 8 for one card / by 1",
    "accrual": "points for all members: ours / the SQL floor, the ORM / ours",
    "balance": "a balance with as many entries as the scale has / with 10",
    "care_dispatch": "20,000 greetings sent: ours / a bare create of the e-mails",
    "audit": "reconciling the ledger: ours / hand-written SQL",
}
#: what does not need the data set of a scale, with a database of its own
CLOCKS = ("duescan", "replan")
REDEEM = ("redeem", "redeem_parallel")
LEDGER = ("accrual", "balance", "audit")
CARE = {"care_generate": "care", "care_dispatch": "care_dispatch"}
ALONE = ("complaints", *CARE, *CLOCKS, *REDEEM, *LEDGER)
SCALES = ("S", "M", "L")


def add_arguments(parser) -> None:
    """Add the options of ``bench``."""
    parser.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help="measures, all by default: "
        + "; ".join(f"{name} ({text})" for name, text in MEASURES.items()),
    )
    parser.add_argument(
        "--scale",
        choices=SCALES,
        default="S",
        help="S 10,000 partners and 100,000 invoices or entries of points, M ten "
        "times, L a hundred times as many (default: %(default)s)",
    )
    parser.add_argument("--json", metavar="FILE", type=Path, help="keep the results")
    setup.add_arguments(parser)


def run(args) -> int:
    """Measure, print the table and return the exit status."""
    names = chosen(args.names)
    with setup.ensure_all(args):
        from .benchmarks import protocol, report

        before = report.neighbours()
        results, facts = _measure(names, args.scale)
        facts["machine was"] = report.quiet(before, report.neighbours())
    say(f"\n{report.table(results)}\n")
    for name, value in facts.items():
        if isinstance(value, dict):
            value = ", ".join(f"{key} {item}" for key, item in value.items())
        say(f"{name}: {value}")
    if args.json:
        data = report.as_data(results, **facts)
        args.json.write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")
    return protocol.status(results)


def chosen(names: list[str]) -> list[str]:
    """Return the measures to take, in our order.

    :raise DevError: naming what is not one
    """
    strange = [name for name in names if name not in MEASURES]
    if strange:
        raise DevError(
            f"No such measure: {', '.join(strange)}. There are: {', '.join(MEASURES)}."
        )
    return [name for name in MEASURES if not names or name in names]


def _measure(names: list[str], scale: str):
    """Return the results and the facts about where they come from."""
    from . import scratch, templates
    from .benchmarks import complaints, databases, redeem, report

    facts = {"scale": scale, "machine": report.machine()}
    results = []
    if not set(ALONE).issuperset(names):
        results += _with_data(names, scale, facts)
    if "complaints" in names:
        with step("Measure complaints"):
            results += complaints.measure(facts)
    for measure in [name for name in names if name in CARE]:
        with scratch.copy_of(templates.addons_template(False), "bench_care") as name:
            databases.settle(name)
            facts.setdefault("server", report.server(name))
            with step(f"Measure {measure}"):
                results += _script(name, CARE[measure])[0]
    clocks = [name for name in names if name in CLOCKS]
    if clocks:
        with scratch.copy_of(templates.addons_template(False), "bench_clocks") as name:
            databases.settle(name)
            facts.setdefault("server", report.server(name))
            with step(f"Measure {', '.join(clocks)}"):
                results += _script(name, "clocks", clocks)[0]
    redeeming = [name for name in names if name in REDEEM]
    if redeeming:
        with step(f"Measure {', '.join(redeeming)}"):
            results += redeem.measure(redeeming, facts)
    ledger = [name for name in names if name in LEDGER]
    if ledger:
        with scratch.copy_of(templates.addons_template(False), "bench_ledger") as name:
            databases.settle(name)
            facts.setdefault("server", report.server(name))
            with step(f"Measure {', '.join(ledger)}"):
                results += _script(name, "ledger", (scale, *ledger))[0]
    return results, facts


def _with_data(names: list[str], scale: str, facts: dict) -> list:
    """Return the results of the measures that need the data set of a scale."""
    from .benchmarks import databases, partners, report

    results = []
    with databases.with_addons(scale) as ours:
        facts["server"] = report.server(ours)
        others = ("deadlines", "partners", "visits", *ALONE)
        engine = [name for name in names if name not in others]
        if engine:
            with step(f"Measure {', '.join(engine)}"):
                found, facts["peak memory MB"] = _script(ours, "grading", engine)
                results += found
        if "deadlines" in names:
            with step("Measure deadlines"):
                results += _script(ours, "deadlines")[0]
        if "partners" in names:
            with databases.without_addons(scale) as stock, step("Measure partners"):
                results += partners.measure(ours, stock)
        if "visits" in names:  # the last: it adds partners, and drops who is graded
            with step("Measure visits"):
                results += _script(ours, "visits")[0]
    return results


def _script(name: str, module: str, measures=()):
    """Have Odoo run a module of benchmarks on a database.

    :return: its results and its peak memory in MB
    :raise DevError: where ours and what it is compared with differ
    """
    from . import paths, shell
    from .benchmarks import protocol

    script = paths.ROOT / "dev" / "benchmarks" / f"{module}.py"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "results.json"
        shell.check_script(name, str(script), str(path), *measures)
        outcome = json.loads(path.read_text(encoding="utf-8"))
    if outcome["wrong"]:
        for line in outcome["wrong"]:
            warn(line)
        raise DevError(
            "Nothing was timed: results that should be equal differ, see above. If the "
            "engine is meant to work otherwise now, change the floor in bench/ too."
        )
    results = [protocol.Result(**result) for result in outcome["results"]]
    return results, outcome["peak memory MB"]
