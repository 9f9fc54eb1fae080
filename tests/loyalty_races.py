# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Points on real connections, run inside Odoo by ``test_loyalty_races.py``.

``env`` is the superuser's. Everything is committed: the database is thrown away.
Names: C1 to C7 of ``loyalty.md``, L1 to L8 of ``reliability_perf.md``.
"""

import contextlib
import os
import random
import signal
import sys
import time
from datetime import date
from functools import partial
from unittest.mock import patch

import psycopg2

from odoo import sql_db
from odoo.api import Environment
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.tools import SQL

from odoo.addons.crm_loyalty.models import loyalty_card_expire, loyalty_card_store

from tests.racing import race

env = globals()["env"]  # given by dev.script
TODAY = date(2026, 3, 2)
KILLS = 50
MEMBERS = 1500


def fixture():
    return env["loyalty.program"].create(
        {
            "name": "Races",
            "program_type": "loyalty",
            "applies_on": "future",
            "trigger": "auto",
            "is_ledger": True,
        }
    )


def members(program, count, points=0, last=None):
    """Cards with points in one lot, committed."""
    partners = env["res.partner"].create(
        [{"name": f"Member {number}"} for number in range(count)]
    )
    cards = env["loyalty.card"].create(
        [{"program_id": program.id, "partner_id": one.id} for one in partners]
    )
    if points:
        env["loyalty.card"]._post_points(
            [
                {
                    "card": card,
                    "kind": "earn",
                    "points": points,
                    "key": f"begin:{card.id}",
                    "effective_date": date(2026, 1, 5),
                    "expiry_date": last,
                }
                for card in cards
            ],
            as_of=TODAY,
        )
    env.cr.commit()
    return cards


def post(card, kind, points, key, own, **values):
    """Post one movement in a transaction of its own; return the entry's id."""
    moves = [{"kind": kind, "points": points, "key": key, **values}]
    return own["loyalty.card"].browse(card.id)._post_points(moves, as_of=TODAY).id


def check(cards, balances):
    """The ledger is whole, and the cards hold what they shall."""
    assert env["loyalty.card"]._ledger_differences() == []
    found = cards.mapped("points")
    assert found == balances, (found, balances)


def one_wins(program, contenders, points):
    """C1, L1: 100 points, each contender spends some: one can, the others are told."""
    card = members(program, 1, 100)
    results = race(
        env,
        *(
            partial(post, card, "redeem", points, f"one:{card.id}:{number}")
            for number in range(contenders)
        ),
    )
    won = [one for one in results if isinstance(one, int)]
    told = [one for one in results if isinstance(one, UserError)]
    assert len(won) == 1 and len(told) == contenders - 1, results
    assert all("Insufficient points" in str(one) for one in told), told
    check(card, [100 - points])


def numbering_guards_too(program):
    """L2: even without the update of the card, only one of two entries gets its number.

    What the first guard misses would be a double spending; the second refuses it.
    """
    card = members(program, 1, 100)
    mutant = loyalty_card_store.WRITE.replace(
        "WHERE c.id = balance.card_id", "WHERE c.id = balance.card_id AND false"
    )
    assert mutant != loyalty_card_store.WRITE
    with patch.object(loyalty_card_store, "WRITE", mutant):
        results = race(
            env,
            *(
                partial(post, card, "redeem", 80, f"mutant:{card.id}:{number}")
                for number in range(2)
            ),
        )
    assert sum(isinstance(one, int) for one in results) == 1, results
    differences = env["loyalty.card"]._ledger_differences()
    assert {row[1] for row in differences} >= {"balance"}, differences
    # the mutant's harm is mended by hand, so that the other races start whole
    env.cr.execute(
        "UPDATE loyalty_card SET points = 20, ledger_seq = 2 WHERE id = %s", [card.id]
    )
    env.cr.commit()
    env.invalidate_all()
    check(card, [20])


def same_key(program):
    """C3, L3: twenty workers bring the same movement; it is there once, for all."""
    card = members(program, 1, 100)
    results = race(
        env, *(partial(post, card, "earn", 7, f"same:{card.id}") for _n in range(20))
    )
    assert len(set(results)) == 1 and isinstance(results[0], int), results
    check(card, [107])
    assert post(card, "earn", 7, f"same:{card.id}", env) == results[0]  # an hour later


def spend_or_lapse(program):
    """C2, L13: points are spent or they lapse, never both."""
    card = members(program, 1, 100, date(2026, 2, 28))
    fresh = members(program, 1, 100, date(2026, 3, 31))

    def expire(own):
        own["loyalty.card"]._cron_expire_points(as_of=date(2026, 4, 1))

    results = race(
        env,
        expire,
        partial(post, fresh, "redeem", 80, f"lapse:{fresh.id}"),
        partial(post, card, "redeem", 80, f"lapse:{card.id}"),
    )
    assert isinstance(results[2], UserError), results  # its day had passed
    # a card that somebody had is left to the next pass of the job
    env["loyalty.card"]._cron_expire_points(as_of=date(2026, 4, 1))
    env.cr.commit()
    kinds = fresh.entry_ids.sorted("seq").mapped("kind")
    assert kinds in (["earn", "redeem", "expire"], ["earn", "expire"]), kinds
    check(card + fresh, [0, 0])


def promise_and_spend(program):
    """C4: a promise touches no lot, and still the other sees what it left."""
    card = members(program, 1, 100)
    results = race(
        env,
        partial(post, card, "pending", 10, f"p:{card.id}"),
        partial(post, card, "redeem", 60, f"r:{card.id}"),
        partial(post, card, "redeem", 60, f"s:{card.id}"),
    )
    assert sum(isinstance(one, int) for one in results) == 2, results
    check(card, [40])
    assert card.pending_points == 10
    assert card.entry_ids.sorted("seq").mapped("seq") == [1, 2, 3]


def merge_and_spend(program):
    """C6: two cards become one while points of the first are spent: none is lost."""
    source, target = members(program, 2, 100)

    def merge(own):
        own["loyalty.card"].browse(target.id)._absorb(
            own["loyalty.card"].browse(source.id), as_of=TODAY
        )
        own.cr.flush()

    results = race(env, merge, partial(post, source, "redeem", 60, f"m:{source.id}"))
    assert results[0] is None, results
    if isinstance(results[1], int):  # spent before the merge
        check(source + target, [0, 140])
    else:  # the card was archived when it was its turn
        assert isinstance(results[1], UserError), results
        check(source + target, [0, 200])
    assert not source.active and source.merged_into_id == target


def opposite_orders(program):
    """C5, L5: two cards, named in opposite orders by two workers, over and over."""
    cards = members(program, 2, 1000)

    def transfer(source, target, name, own):
        for number in range(20):
            own["loyalty.card"]._post_points(
                [
                    {
                        "card": own["loyalty.card"].browse(card.id),
                        "kind": kind,
                        "points": 5,
                        "key": f"{name}:{number}:{kind}:{card.id}",
                    }
                    for card, kind in (
                        (source, "transfer_out"),
                        (target, "transfer_in"),
                    )
                ],
                as_of=TODAY,
            )

    results = race(
        env,
        partial(transfer, cards[0], cards[1], f"there:{cards.ids}"),
        partial(transfer, cards[1], cards[0], f"back:{cards.ids}"),
    )
    assert results == [None, None], results
    check(cards, [1000, 1000])


def hold_or_spend(program):
    """H1: what a cart holds, nobody else spends; the cart itself does."""
    card = members(program, 1, 100)

    def hold(own):
        return own["loyalty.card"].browse(card.id)._hold_points(80, "cart").id

    results = race(env, hold, partial(post, card, "redeem", 80, f"hold:{card.id}"))
    won = [one for one in results if isinstance(one, int)]
    assert len(won) == 1 and isinstance(sum_errors(results)[0], UserError), results
    if isinstance(results[0], int):
        post(card, "redeem", 80, f"cart:{card.id}", env, hold="cart")
        env.cr.commit()
    check(card, [20])


def sum_errors(results):
    return [one for one in results if isinstance(one, Exception)]


def lost_connection(program):
    """L6: the connection is cut before the commit: nothing; once more: once."""
    card = members(program, 1, 100)
    key = f"cut:{card.id}"
    cr = Registry(env.cr.dbname).cursor()
    post(card, "redeem", 60, key, Environment(cr, env.uid, {}))
    cr.execute("SELECT pg_backend_pid()")
    env.cr.execute("SELECT pg_terminate_backend(%s)", [cr.fetchone()[0]])
    env.cr.commit()
    try:
        cr.commit()
    except psycopg2.Error:
        pass
    else:
        raise AssertionError("the connection was not cut")
    with contextlib.suppress(psycopg2.Error):
        cr.close()
    check(card, [100])
    entry = post(card, "redeem", 60, key, env)
    env.cr.commit()
    check(card, [40])
    # L7: it was committed, and the answer got lost: the caller asks again
    assert post(card, "redeem", 60, key, env) == entry
    env.cr.commit()
    check(card, [40])


def killed(program):
    """C7, L8: killed fifty times while it grants and lapses; nothing is half done."""
    cards = members(program, MEMBERS)
    low, high = cards.ids[0], cards.ids[-1]
    dice = random.Random(20261128)
    unfinished = 0
    env.cr.commit()
    for number in range(KILLS):
        child = os.fork()
        if not child:
            work_alone(low, high, number)
        time.sleep(dice.uniform(0.01, 0.35))
        os.kill(child, signal.SIGKILL)
        _child, status = os.waitpid(child, 0)
        unfinished += os.WIFSIGNALED(status)
        env.cr.rollback()  # a fresh view of what the child had committed
        env.invalidate_all()
        assert env["loyalty.card"]._ledger_differences() == [], number
    assert unfinished >= KILLS // 2, unfinished
    for number in range(KILLS):
        grant(env, low, high, number)
    lapse(env, KILLS)
    env.cr.commit()
    env.cr.execute(
        """SELECT COUNT(*), COUNT(DISTINCT key) FROM crm_loyalty_entry
            WHERE kind = 'event' AND card_id BETWEEN %s AND %s""",
        [low, high],
    )
    assert env.cr.fetchone() == (MEMBERS * KILLS,) * 2
    # round n lives until day n + 1 of April: as of its last day all have lapsed but one
    check(cards, [1.0] * MEMBERS)
    sys.stdout.write(f"killed {KILLS} times, {unfinished} in the middle of its work\n")


def work_alone(low, high, number):
    """The child: connections of its own, the parent's are left as they are."""
    kept = sql_db._Pool  # not closed, or the parent's connections would be
    sql_db._Pool = None
    try:
        with Registry(env.cr.dbname).cursor() as cr:
            own = Environment(cr, env.uid, {})
            grant(own, low, high, number)
            lapse(own, number)
    finally:
        os._exit(0 if kept else 1)


def grant(own, low, high, number):
    """A point for each member, a hundred members a transaction."""
    for start in range(low, high + 1, 100):
        own["loyalty.card"]._post_credits(
            SQL(
                """SELECT id AS card_id, 1 AS points,
                          'grant:' || %s || ':' || id AS key,
                          DATE '2026-04-01' + %s AS expiry_date
                     FROM loyalty_card WHERE id BETWEEN %s AND %s""",
                number,
                number,
                start,
                min(start + 99, high),
            ),
            kind="event",
            columns=("expiry_date",),
        )
        own.cr.commit()


def lapse(own, number):
    """Lapse what the former rounds gave, a hundred members a transaction."""
    with patch.object(loyalty_card_expire, "BATCH", 100):
        today = date.fromordinal(date(2026, 4, 1).toordinal() + max(number - 1, 0))
        after = 0
        while after is not None:
            _done, after = own["loyalty.card"]._expire_batch(
                own["loyalty.program"].search([("is_ledger", "=", True)]).ids,
                today,
                after,
            )
            own.cr.commit()


def main():
    program = fixture()
    if sys.argv[-1] == "kill":
        return killed(program)
    one_wins(program, 2, 80)
    one_wins(program, 8, 60)
    numbering_guards_too(program)
    same_key(program)
    spend_or_lapse(program)
    promise_and_spend(program)
    merge_and_spend(program)
    opposite_orders(program)
    hold_or_spend(program)
    lost_connection(program)


main()
