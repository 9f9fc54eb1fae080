# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What reads the ledger: the balance of a member, and the audit of all."""

from odoo.tools import SQL

from dev import paths
from dev.benchmarks import ledger_data, protocol

READS = 200
#: short operations: a median needs more of them than of whole runs
BALANCE_ROUNDS = 15
FEW = 10
REDEEMED = 2000
FIELDS = ["points", "available_points", "held_points", "pending_points"]
FOLDER = paths.ROOT / "bench"
#: what an audit must find, each by its rule
FAULTS = """
UPDATE loyalty_card SET points = points + 1 WHERE id = %(base)s + 5;
UPDATE loyalty_card SET ledger_seq = ledger_seq + 1 WHERE id = %(base)s + 6;
UPDATE loyalty_card SET debt_points = 3 WHERE id = %(base)s + 7;
UPDATE loyalty_card SET pending_points = 4 WHERE id = %(base)s + 8;
UPDATE crm_loyalty_lot SET remaining = remaining - 1 WHERE card_id = %(base)s + 9;
"""


def measure_balance(bench):
    """A balance of a member with very many entries, to one with few."""
    env, cr = bench.env, bench.cr
    bench.reset()
    cards = {}
    for part, code, number in (
        ("many", ledger_data.BIG, bench.entries),
        ("few", ledger_data.SMALL, FEW),
    ):
        cards[part] = env["loyalty.card"].search([("code", "=", code)])
        done = bench.credit(
            SQL(
                """SELECT %s AS card_id, points, %s || key AS key, res_id,
                          day AS effective_date, last_day AS expiry_date
                     FROM bm_fact LIMIT %s""",
                cards[part].id,
                code,
                number,
            )
        )
        assert done == number
    bench.settle()

    def arm(part):
        def run():
            def read():
                for _number in range(READS):
                    env.invalidate_all()
                    cards[part].read(FIELDS)

            return {part: protocol.timed(read)[0] / READS}

        return run

    samples = protocol.interleave(
        {part: arm(part) for part in ("many", "few")}, rounds=BALANCE_ROUNDS
    )
    result = protocol.compare("balance", samples, "many", "few", limit=1.05)
    queries = cr.sql_log_count
    env.invalidate_all()
    cards["many"].read(FIELDS)
    result.counters = {
        "queries": cr.sql_log_count - queries,
        "lots of many": len(cards["many"].lot_ids),
        "of few": len(cards["few"].lot_ids),
    }
    result.note = f"{bench.entries:,} entries / {FEW}, points and what is available"
    return result


def measure_audit(bench):
    """The audit to hand-written SQL, after both found the same faults.

    :return: messages about what is wrong, and the results
    """
    bench.reset()
    bench.credit()
    _redeem(bench)
    bench.settle()
    statements = {
        name: (FOLDER / f"{name}.sql").read_text(encoding="utf-8")
        for name in ("floor_audit", "floor_audit_sums")
    }
    wrong = _check(bench, statements)
    if wrong:
        return wrong, []

    def arm(name, action):
        def run():
            bench.env.invalidate_all()
            return {name: protocol.timed(action)[0]}

        return run

    def query(name):
        bench.cr.execute(statements[name])
        return bench.cr.fetchall()

    samples = protocol.interleave(
        {
            "ours": arm("ours", bench.env["loyalty.card"]._ledger_differences),
            "floor": arm("floor", lambda: query("floor_audit")),
            "sums": arm("sums", lambda: query("floor_audit_sums")),
        }
    )
    result = protocol.compare("audit", samples, "ours", "floor", limit=1.1)
    result.note = f"{bench.entries:,} entries, seven rules each"
    sums = protocol.compare("audit_sums", samples, "ours", "sums", limit=1.1)
    sums.note = "seven rules / the sums of entries alone"
    return [], [result, sums]


def _redeem(bench):
    """Points go from some members, so that there are allocations."""
    bench.cr.execute(
        """SELECT id FROM loyalty_card WHERE is_ledger AND points >= 50
            ORDER BY id LIMIT %s""",
        [REDEEMED],
    )
    cards = bench.env["loyalty.card"].browse([row[0] for row in bench.cr.fetchall()])
    cards._post_points(
        [
            {"card": card, "kind": "redeem", "points": 50, "key": f"bm:out:{card.id}"}
            for card in cards
        ]
    )
    bench.cr.commit()


def _check(bench, statements):
    """Nothing to find at first, and then the same faults by both; undone again."""
    cr, cards = bench.cr, bench.env["loyalty.card"]
    wrong = [f"found in a sound ledger: {row}" for row in cards._ledger_differences(3)]
    cr.execute(FAULTS, {"base": ledger_data.BASE})
    ours = sorted({row[:2] for row in cards._ledger_differences()}, key=str)
    found = []
    for name in ("floor_audit", "floor_audit_sums"):
        cr.execute(statements[name])
        found.append(sorted({row[:2] for row in cr.fetchall()}, key=str))
    cr.rollback()
    rules = {rule for _card, rule in ours}
    if rules != {"balance", "lots", "pending", "debt", "sequence", "lot"}:
        wrong.append(f"ours found {rules}")
    if found[0] != ours:
        wrong.append(f"ours found {ours}, the floor {found[0]}")
    if {card for card, _points in found[1]} != {
        card for card, rule in ours if rule == "balance"
    }:
        wrong.append(f"the sums found {found[1]}")
    return wrong
