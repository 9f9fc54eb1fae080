# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Random histories on the real ledger, at each step compared with one on paper."""

from collections import Counter
from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import LoyaltyCase
from .plain_account import NEVER, PlainAccount, Refused

START = date(2026, 1, 5)
HISTORIES = 1000
GRACE = timedelta(days=30)

points = st.integers(1, 60)
which = st.integers(0, 5)
STEPS = st.one_of(
    st.tuples(st.just("earn"), points, st.sampled_from([20, 40, 40, 90, None])),
    st.tuples(st.just("redeem"), points),
    st.tuples(st.just("cancel"), which, st.booleans()),
    st.tuples(st.just("give_back"), which, points),
    st.tuples(st.just("refund"), which, points),
    st.tuples(st.just("promise"), points),
    st.tuples(st.just("release"), which),
    st.tuples(st.just("void"), which, points),
    st.tuples(st.just("expire")),
    st.tuples(st.just("merge"), points, st.sampled_from([-5, 20, 40, None]), points),
    st.tuples(st.just("wait"), st.integers(1, 35)),
)


class History:
    """One story, told to the ledger and to the paper."""

    def __init__(self, case):
        self.case, self.today, self.number = case, START, 0
        self.card = case.card(case.env["res.partner"].create({"name": "M"}))
        self.paper = PlainAccount()
        self.earned, self.spent, self.promised = [], [], []

    def post(self, kind, number, **values):
        self.number += 1
        key = f"h:{self.card.id}:{self.number}"
        return self.case.post(self.card, kind, number, key, self.today, **values)

    def play(self, step):
        getattr(self, step[0])(*step[1:])
        self.compare()

    def compare(self):
        case, card = self.case, self.card
        card.invalidate_recordset()
        case.assertEqual(
            (card.points, card.debt_points, card.pending_points),
            (self.paper.balance, self.paper.owed, self.paper.waiting),
        )
        lots = {lot.expiry_date or NEVER: lot.remaining for lot in card.lot_ids}
        case.assertEqual(lots, dict(Counter(self.paper.days)))
        case.assertEqual(
            case.available(card, self.today), self.paper.spendable(self.today)
        )

    # STEPS

    def wait(self, days):
        self.today += timedelta(days=days)

    def earn(self, number, days):
        last = self.today + timedelta(days=days) if days else None
        entry = self.post("earn", number, effective_date=self.today, expiry_date=last)
        self.paper.earn(number, last or NEVER)
        self.earned.append([entry, number, last or NEVER])

    def redeem(self, number):
        try:
            out = self.paper.redeem(number, self.today)
        except Refused:
            self.case.assertRaises(UserError, self.post, "redeem", number)
            return
        self.spent.append([self.post("redeem", number), number, out])

    def cancel(self, index, grace):
        self._restore(index, None, grace)

    def give_back(self, index, number):
        self._restore(index, number, False)

    def _restore(self, index, number, grace):
        if not self.spent:
            return
        spent = self.spent[index % len(self.spent)]
        entry, left, out = spent
        number = min(left, number or left)
        if not number:
            with self.case.assertRaises(UserError):
                self.post("reverse_redeem", 1, reverses=entry)
            return
        until = self.today + GRACE
        self.post(
            "reverse_redeem", number, reverses=entry, grace=until if grace else None
        )
        # a debt is paid first: so many points have no lot to go back to any more
        self.paper.give_back(number, out, grace, until)
        spent[1] -= number

    def refund(self, index, number):
        if not self.earned:
            return
        earned = self.earned[index % len(self.earned)]
        entry, left, last = earned
        number = min(left, number)
        if not number:
            with self.case.assertRaises(UserError):
                self.post("reverse_earn", 1, reverses=entry)
            return
        self.post("reverse_earn", number, reverses=entry)
        self.paper.refund(number, last, self.today)
        earned[1] -= number

    def promise(self, number):
        self.promised.append([self.post("pending", number), number])
        self.paper.waiting += number

    def release(self, index):
        promise = self.promised and self.promised[index % len(self.promised)]
        if not promise or not promise[1]:
            return
        last = self.today + timedelta(days=50)
        entry = self.post(
            "release",
            promise[1],
            reverses=promise[0],
            effective_date=self.today,
            expiry_date=last,
        )
        self.paper.waiting -= promise[1]
        self.paper.earn(promise[1], last)
        self.earned.append([entry, promise[1], last])
        promise[1] = 0

    def void(self, index, number):
        promise = self.promised and self.promised[index % len(self.promised)]
        number = promise and min(number, promise[1])
        if not number:
            return
        self.post("void_pending", number, reverses=promise[0])
        self.paper.waiting -= number
        promise[1] -= number

    def merge(self, number, days, refunded):
        """Another card of the same person joins; refunded points of it were spent."""
        case, day = self.case, self.today - timedelta(days=40)
        last = days and self.today + timedelta(days=days)  # below 0: it has passed
        other = case.card(case.env["res.partner"].create({"name": "Twin"}))
        paper, name = PlainAccount(), f"twin:{other.id}"
        spent = min(number, refunded)
        entry = case.earn(other, number, name, last, day)
        case.post(other, "redeem", spent, f"{name}:r", day)
        case.post(other, "reverse_earn", number, f"{name}:c", day, reverses=entry)
        case.post(other, "pending", refunded, f"{name}:p", day)
        paper.earn(number, last or NEVER)
        paper.redeem(spent, day)
        paper.refund(number, last or NEVER, day)
        paper.waiting += refunded
        if refunded % 2:
            case.earn(other, number * 2, f"{name}:e", last, day)
            paper.earn(number * 2, last or NEVER)
        self.card._absorb(other, as_of=self.today)
        self.paper.absorb(paper, self.today)
        case.assertFalse(other.points or other.debt_points or other.pending_points)

    def expire(self):
        self.case.env["loyalty.card"]._cron_expire_points(as_of=self.today)
        self.paper.expire(self.today)


@tagged("standard", "post_install", "-at_install")
class TestLedgerHistories(LoyaltyCase):
    """Whatever happens in whatever order: the ledger says what the paper says."""

    def test_random_histories(self):
        told = 0

        @settings(
            max_examples=HISTORIES,
            deadline=None,
            database=None,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
        )
        @given(st.lists(STEPS, min_size=3, max_size=14))
        def tell(steps):
            nonlocal told
            told += 1
            savepoint = self.env.cr.savepoint()
            try:
                history = History(self)
                for step in steps:
                    history.play(step)
                self.assert_whole()
            finally:
                savepoint.close(rollback=True)
                self.env.invalidate_all()

        tell()
        self.assertGreaterEqual(told, HISTORIES)
