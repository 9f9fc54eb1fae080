# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Redeeming points: one after the other, at two tills at once, eight for one card.

Ours goes through ``call_kw`` and commits each redemption; a floor of one statement by
psycopg2 does the least, and Odoo's own way is to take points off the card of a program
without a ledger and note it in the history.
"""

import contextlib
import time
from concurrent.futures import ThreadPoolExecutor

from .. import database, paths, scratch, shell, templates
from ..console import DevError
from . import databases, protocol, report, workers

FOLDER = paths.ROOT / "dev" / "benchmarks"
#: redemptions of an arm, and at most so many statements for one
COUNT = 200
STATEMENTS = 10
CLIENTS = 8
ENTRIES = """
    SELECT card_id, points::int, balance_after::int FROM crm_loyalty_entry
     WHERE kind = 'redeem'
"""
FLOOR_ENTRIES = "SELECT account_id, points, balance_after FROM bm_entry"
#: what the floor began with, which ours rounds down to a third
BALANCES = """
    UPDATE bm_account SET balance = card.points FROM loyalty_card card
     WHERE card.id = bm_account.id
"""


def measure(names, facts):
    """Return the results of ``redeem`` and ``redeem_parallel``, as asked."""
    results = []
    clients = CLIENTS if "redeem_parallel" in names else 1
    with scratch.copy_of(templates.addons_template(False), "bench_redeem") as name:
        databases.settle(name)
        facts.setdefault("server", report.server(name))
        shell.check_script(name, str(FOLDER / "redeem_data.py"))
        with contextlib.ExitStack() as stack:
            worker = FOLDER / "redeem_worker.py"
            asks = [
                stack.enter_context(workers.worker(name, worker))
                for _each in range(clients)
            ]
            check_equal(name, asks[0])
            if "redeem" in names:
                results += one_by_one(asks[0])
            if "redeem_parallel" in names:
                results += [two_tills(asks), one_card(name, asks)]
            _seconds, differences = asks[0]("whole 0 0")
            if differences:
                raise DevError(f"The ledger differs in {differences} places.")
    return results


def check_equal(name, ask):
    """Stop unless ours and the floor write the same entries."""
    database.query(name, BALANCES + " RETURNING 1")
    for arm in ("ours", "floor"):
        for member in (0, 1):
            ask(f"{arm} 5 {member}")
    for one, other in ((ENTRIES, FLOOR_ENTRIES), (FLOOR_ENTRIES, ENTRIES)):
        odd = database.query(name, f"{one} EXCEPT ALL {other}")
        if odd:
            raise DevError(f"Nothing was timed: ours and the floor differ, {odd[0]}.")


def one_by_one(ask):
    """Ours to the floor, and Odoo's own way to ours."""
    numbers = {}

    def arm(part):
        def run():
            seconds, numbers[part] = ask(f"{part} {COUNT} 0")
            return {part: seconds / COUNT}

        return run

    samples = protocol.interleave(
        {part: arm(part) for part in ("floor", "ours", "peer")}
    )
    result = protocol.compare("redeem", samples, "ours", "floor", limit=8)
    result.counters = {"statements": numbers["ours"]}
    result.note = f"{COUNT} in turn, each committed; floor: one statement by psycopg2"
    if numbers["ours"] > STATEMENTS:
        result.ok = False
    result.target += f", {STATEMENTS} statements"
    peer = protocol.compare("redeem_peer", samples, "peer", "ours", at_least=1)
    peer.counters = {"statements": numbers["peer"]}
    peer.note = "points -= 1, tracked, and a loyalty.history, without a ledger / ours"
    return [result, peer]


def together(asks, count, arm="ours", members=None):
    """Have all workers redeem at once; return the seconds and the errors."""
    members = members or [0] * len(asks)
    with ThreadPoolExecutor(len(asks)) as pool:
        start = time.perf_counter()
        answers = list(
            pool.map(lambda ask, member: ask(f"{arm} {count} {member}"), asks, members)
        )
        return time.perf_counter() - start, sum(number for _time, number in answers)


def two_tills(asks):
    """Two processes with a card each, beside one of them alone."""
    pair = asks[:2]
    samples = protocol.interleave(
        {
            "one": lambda: {"one": together(pair[:1], COUNT)[0]},
            "two": lambda: {"two": together(pair, COUNT, members=[0, 1])[0]},
        }
    )
    result = protocol.compare(
        "redeem_two_tills", samples, "one", "two", at_least=1.6, scale=2
    )
    result.note = f"throughput of 2 processes with {COUNT} each / of 1"
    return result


def one_card(name, asks):
    """Eight clients who all redeem of one card, beside a single one."""
    errors, share = [], COUNT // CLIENTS

    def all_at_once():
        seconds, number = together(asks, share, "errors")
        errors.append(number)
        committed = COUNT - number
        return {"eight": seconds * COUNT / committed}

    before = redeemed(name)
    samples = protocol.interleave(
        {"one": lambda: {"one": together(asks[:1], COUNT)[0]}, "eight": all_at_once}
    )
    wanted = 2 * COUNT * len(errors) - sum(errors)
    if redeemed(name) - before != wanted:
        raise DevError(f"{redeemed(name) - before} points went instead of {wanted}.")
    result = protocol.compare("redeem_one_card", samples, "one", "eight", at_least=0.7)
    result.target += ", 0 errors"
    result.ok = result.ok and not sum(errors)
    result.counters = {"errors shown": sum(errors), "of": len(errors) * COUNT}
    result.note = f"committed a second, {CLIENTS} clients with {share} each / 1 client"
    return result


def redeemed(name):
    """Return the points of all redemptions."""
    rows = database.query(
        name, "SELECT -SUM(points) FROM crm_loyalty_entry WHERE kind = 'redeem'"
    )
    return rows[0][0]
