# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Points for all members at once, balances of long histories, and the audit.

Run inside Odoo by ``bench``: ``ledger.py FILE SCALE MEASURE...``, on a database without
any points.
"""

import sys

from odoo.tools import SQL

from dev import paths
from dev.benchmarks import arms, floor, ledger_data, protocol, redeem_data

TWINS = {
    "loyalty_card": "bm_card",
    "crm_loyalty_lot": "bm_lot",
    "crm_loyalty_entry": "bm_entry",
}
LEDGER_TABLES = ("crm_loyalty_allocation", "crm_loyalty_entry", "crm_loyalty_lot")
#: numbered by a sequence, or the time of writing; what the lot of an entry is, is
#: compared by the lot's own columns
IGNORED = {"id", "lot_id", "create_date", "write_date"}
COLUMNS = ("effective_date", "expiry_date", "res_id")
#: cards that the ORM credits
SAMPLE = 200
NATIVE_SAMPLE = 100
FOLDER = paths.ROOT / "bench"


class Bench:
    """The arms, each from the same starting state."""

    def __init__(self, env, scale):
        self.env = env(context={**env.context, "tracking_disable": True})
        self.cr = env.cr
        self.cards, self.entries = ledger_data.SCALES[scale]
        self.program = ledger_data.fill(self.env, scale)
        floor.create_twins(self.env, TWINS)
        self.cr.execute("INSERT INTO bm_card SELECT * FROM loyalty_card")
        self.cr.commit()
        self.facts = SQL(
            "SELECT card_id, points, key, res_id, day AS effective_date, "
            "last_day AS expiry_date FROM bm_fact"
        )
        self.counted = {}

    # STATE, never timed

    def reset(self):
        """No points anywhere."""
        # the guards refuse it to everybody, but not to a replica
        self.cr.execute("SET LOCAL session_replication_role = replica")
        self.cr.execute(
            "TRUNCATE crm_loyalty_allocation, crm_loyalty_pending, crm_loyalty_entry, "
            "crm_loyalty_lot, crm_loyalty_hold, bm_entry, bm_lot CASCADE"
        )
        for table in ("loyalty_card", "bm_card"):
            self.cr.execute(
                SQL(
                    "UPDATE %s SET points = 0, pending_points = 0, debt_points = 0, "
                    "ledger_seq = 0 WHERE is_ledger AND ledger_seq <> 0",
                    SQL.identifier(table),
                )
            )
        self.cr.commit()
        self.settle()

    def settle(self):
        """Fresh statistics and nothing left to write for the next arm."""
        arms.settle(self.env, (*TWINS, *TWINS.values(), *LEDGER_TABLES, "bm_fact"))

    # ARMS

    def credit(self, facts=None):
        """Credit everybody through the addon, and commit."""
        done = self.env["loyalty.card"]._post_credits(
            facts or self.facts,
            "earn",
            reason="Bench",
            res_model="res.partner",
            columns=COLUMNS,
        )
        self.cr.commit()
        return done

    def floor(self):
        """The same rows by one hand-written statement, and commit."""
        self.cr.execute(
            (FOLDER / "floor_accrual.sql").read_text(encoding="utf-8"),
            {"uid": self.env.uid, "now": self.cr.now(), "program": self.program.id},
        )
        self.cr.commit()

    def arm(self, part, action):
        """An arm from the empty state, with its rows and WAL counted."""

        def run():
            self.reset()
            tables = (*TWINS, *TWINS.values())
            seconds, self.counted[part] = arms.counted(self.cr, tables, action)
            return {part: seconds}

        return run

    def create_by_orm(self):
        """Entries and lots of a sample of members in two ``create``, not committed.

        Balances and checks are left out, which makes it lighter than it may be.
        """
        lots, entries = self.env["crm.loyalty.lot"], self.env["crm.loyalty.entry"]
        buckets, values, balance, seq = {}, [], {}, {}
        for card, points, _key, _day, last_day in self.sample:
            buckets.setdefault((card, last_day), []).append(points)
        created = lots.create(
            [
                {
                    "card_id": card,
                    "expiry_date": last_day,
                    "initial": sum(points),
                    "remaining": sum(points),
                }
                for (card, last_day), points in buckets.items()
            ]
        )
        lot_ids = dict(zip(buckets, created.ids, strict=True))
        for card, points, key, day, last_day in self.sample:
            balance[card] = balance.get(card, 0) + points
            seq[card] = seq.get(card, 0) + 1
            values.append(
                {
                    "card_id": card,
                    "program_id": self.program.id,
                    "company_id": self.env.company.id,
                    "seq": seq[card],
                    "kind": "earn",
                    "points": points,
                    "balance_after": balance[card],
                    "qualifying_points": points,
                    "effective_date": day,
                    "expiry_date": last_day,
                    "lot_id": lot_ids[card, last_day],
                    "key": key,
                    "reason": "Bench",
                }
            )
        entries.create(values)
        self.env.flush_all()

    def orm_arm(self):
        """The ORM on the sample."""
        self.reset()
        seconds, _none = protocol.timed(self.create_by_orm)
        self.cr.rollback()
        self.env.invalidate_all()
        return {"orm": seconds}

    def native_arm(self):
        """Odoo's own way, credit by credit, in a program without a ledger."""
        self.reset()
        env = self.env(context={})  # tracked, as it is done
        program = redeem_data.create_program(env, redeem_data.NATIVE)
        card = env["loyalty.card"].create(
            {"program_id": program.id, "partner_id": self.env.user.partner_id.id}
        )
        env.flush_all()

        def credit():
            for number in range(NATIVE_SAMPLE):
                card.points += 1
                env["loyalty.history"].create(
                    {"card_id": card.id, "description": f"Bench {number}", "issued": 1}
                )
                env.flush_all()

        seconds, _none = protocol.timed(credit)
        self.cr.rollback()
        self.env.invalidate_all()
        return {"native": seconds}

    # GATES

    def check_accrual(self):
        """:return: messages about what ours and the floor write differently"""
        self.reset()
        done = self.credit()
        self.floor()
        wrong = [] if done == self.entries else [f"{done} entries posted"]
        for table, twin in TWINS.items():
            wrong += floor.rows_apart(self.cr, table, twin, ignored=IGNORED)
        lots = (
            "SELECT entry.key, lot.card_id, lot.expiry_date FROM {} entry "
            "JOIN {} lot ON lot.id = entry.lot_id"
        )
        ours = lots.format("crm_loyalty_entry", "crm_loyalty_lot")
        theirs = lots.format("bm_entry", "bm_lot")
        for one, other in ((ours, theirs), (theirs, ours)):
            self.cr.execute(f"SELECT COUNT(*) FROM ({one} EXCEPT ALL {other}) odd")
            if odd := self.cr.fetchone()[0]:
                wrong.append(f"{odd} entries of another lot")
        return wrong

    # MEASURES

    def measure_accrual(self):
        """Ours to the floor, and the ORM to ours."""
        samples = protocol.interleave(
            {
                "floor": self.arm("floor", self.floor),
                "ours": self.arm("ours", self.credit),
            }
        )
        result = protocol.compare("accrual", samples, "ours", "floor", limit=1.4)
        result.counters = {part: self.counted[part] for part in ("ours", "floor")}
        result.note = f"{self.entries:,} entries of {self.cards:,} members"
        yield result
        self.cr.execute(
            """SELECT card_id, points::float8, key, day, last_day FROM bm_fact
                WHERE card_id IN (SELECT DISTINCT card_id FROM bm_fact
                                   ORDER BY card_id DESC LIMIT %s)
                ORDER BY card_id, day, key""",
            [SAMPLE],
        )
        self.sample = self.cr.fetchall()
        samples |= protocol.interleave({"orm": self.orm_arm, "native": self.native_arm})
        scale = self.entries / len(self.sample)
        orm = protocol.compare(
            "accrual_orm", samples, "orm", "ours", at_least=30, scale=scale
        )
        orm.note = (
            f"sampled: batch create of {len(self.sample):,} entries and their lots, "
            "balances left out"
        )
        yield orm
        native = protocol.compare(
            "accrual_native",
            samples,
            "native",
            "ours",
            scale=self.entries / NATIVE_SAMPLE,
        )
        native.note = (
            f"sampled: {NATIVE_SAMPLE} credits by points +=, tracked, and a history, "
            "without a ledger"
        )
        yield native


def main(env, path, scale, *names):
    """Compare, then time, and write the results as JSON."""
    from dev.benchmarks import ledger_reads

    bench = Bench(env, scale)
    wrong, results = [], []
    if "accrual" in names:
        wrong = [f"ours and floor: {row}" for row in bench.check_accrual()]
        if not wrong:
            results += bench.measure_accrual()
    if not wrong and "balance" in names:
        results.append(ledger_reads.measure_balance(bench))
    if not wrong and "audit" in names:
        wrong, found = ledger_reads.measure_audit(bench)
        results += found
    arms.save(path, wrong, results)


if __name__ == "__main__":
    main(globals()["env"], *sys.argv[1:])
