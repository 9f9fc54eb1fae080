# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Redeem points, ours, Odoo's way or by bare SQL, when told to.

Run inside Odoo (:mod:`dev.script`). Reads ``ARM COUNT MEMBER`` per line on standard
input: so many redemptions of a point, one after the other, each committed, of the
member with that number. Writes the seconds, and how many statements the last one took;
of ``errors``, which does the same as ``ours``, how many users saw an error; of
``whole``, what the ledger does not agree on.
"""

import gc
import sys
import time
import uuid
from functools import partial

import psycopg2

from odoo.service.model import call_kw, retrying
from odoo.sql_db import connection_info_for

from dev import paths
from dev.benchmarks import redeem_data

ANSWER = "BENCH "
FLOOR = paths.ROOT / "bench" / "floor_redeem.sql"


class Counter:
    """Someone at a counter who redeems points of members."""

    def __init__(self, env):
        user = env["res.users"].search([("login", "=", redeem_data.LOGIN)])
        self.env = env(user=user, context=user.context_get())
        self.ledger = redeem_data.cards(env, redeem_data.LEDGER).ids
        self.native = redeem_data.cards(env, redeem_data.NATIVE).ids
        _name, options = connection_info_for(env.cr.dbname)
        self.connection = psycopg2.connect(**options)
        self.floor_sql = FLOOR.read_text(encoding="utf-8")
        env.cr.commit()

    def ours(self, member):
        """One redemption over RPC, as the server calls it."""
        arguments = [[self.ledger[member]], 1, str(uuid.uuid4()), "Bench"]
        cards = self.env["loyalty.card"]
        retrying(partial(call_kw, cards, "redeem_points", arguments, {}), self.env)

    def peer(self, member):
        """Points off a card of a program without a ledger, and Odoo's note of it."""
        retrying(partial(self._take, self.native[member]), self.env)

    def _take(self, card_id):
        card = self.env["loyalty.card"].browse(card_id)
        card.points -= 1
        self.env["loyalty.history"].create(
            {"card_id": card.id, "description": "Bench", "used": 1}
        )

    def floor(self, member):
        """The hand-written statement, on a connection without Odoo."""
        with self.connection.cursor() as cursor:
            cursor.execute(
                self.floor_sql,
                {"key": str(uuid.uuid4()), "account": self.ledger[member], "points": 1},
            )
            if not cursor.fetchall():
                raise SystemExit("The floor redeemed nothing.")
        self.connection.commit()

    def whole(self):
        """The number of differences in the ledger."""
        found = len(self.env["loyalty.card"].sudo()._ledger_differences())
        self.env.cr.commit()
        return found

    def measure(self, arm, count, member):
        """Return the seconds of all, and the statements of the last, or the errors."""
        action = self.ours if arm == "errors" else getattr(self, arm)
        errors = statements = 0
        gc.collect()
        gc.disable()
        try:
            start = time.perf_counter()
            for _number in range(count):
                before = self.env.cr.sql_log_count
                try:
                    action(member)
                except Exception:
                    if arm != "errors":
                        raise
                    errors += 1
                    self.env.cr.rollback()
                statements = self.env.cr.sql_log_count - before
            seconds = time.perf_counter() - start
        finally:
            gc.enable()
        return seconds, errors if arm == "errors" else statements


def main(env):
    """Serve until told to stop."""
    counter = Counter(env)
    for line in sys.stdin:
        if not line.strip():
            break
        arm, count, member = line.split()
        if arm == "whole":
            seconds, number = 0, counter.whole()
        else:
            seconds, number = counter.measure(arm, int(count), int(member))
        sys.stdout.write(f"{ANSWER}{seconds} {number}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(globals()["env"])
