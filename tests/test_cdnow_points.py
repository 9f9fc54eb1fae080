# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Loaded purchases as points: the ledger, and a count from the file, must agree."""

import dataclasses
from datetime import date
from decimal import Decimal

from odoo.tests import TransactionCase, tagged

from dev import load_cdnow, load_cdnow_points
from dev.cdnow import parse, split
from dev.cdnow_points import Statement

from .test_cdnow_facts import made_up_log, real_slice

#: customer 70: 29 + 29 points to the end of January 1998, 14 to that of August
BY_HAND = """
 00070 0070 19970101  2  29.33
 00070 0070 19970118  2  29.73
 00070 0070 19970802  1  14.96
 00070 0070 19980215  1   0.99
"""


@tagged("standard", "post_install", "-at_install")
class TestCdnowPoints(TransactionCase):
    def _load(self, text):
        self.purchases, bad = split(parse(text.split("\n")))
        self.assertFalse(bad)
        company = load_cdnow.ensure_company(self.env)
        env = self.env(
            context={
                **self.env.context,
                **load_cdnow.QUIET,
                "allowed_company_ids": company.ids,
            }
        )
        self.partners, _added = load_cdnow.ensure_customers(
            env, self.purchases, env.user
        )
        load_cdnow.ensure_invoices(env, self.purchases, self.partners)
        return env

    def _run(self, env):
        return load_cdnow_points.run(env, self.purchases, self.partners)

    def _check(self, env):
        return load_cdnow_points.check(env, self.purchases, self.partners)

    def test_by_hand(self):
        env = self._load(BY_HAND)
        result = self._run(env)
        self.assertEqual((result.members, result.earnings, result.lapses), (1, 3, 1))
        program = load_cdnow_points.ensure_program(env)
        card = env["loyalty.card"].search([("program_id", "=", program.id)])
        self.assertEqual(card.points, 14)
        self.assertEqual(
            [
                (entry.kind, entry.points, entry.balance_after, entry.effective_date)
                for entry in card.entry_ids.sorted("seq")
            ],
            [
                ("earn", 29, 29, date(1997, 1, 1)),
                ("earn", 29, 58, date(1997, 1, 18)),
                ("earn", 14, 72, date(1997, 8, 2)),
                ("expire", -58, 14, date(1998, 2, 1)),
            ],
        )
        self.assertEqual(
            env[card.entry_ids[-1].res_model].browse(card.entry_ids[-1].res_id).ref,
            "CDNOW-00070-19970101-1",
        )
        self.assertIn("0 differences", self._check(env))

    def test_twice_is_once(self):
        env = self._load(made_up_log())
        first = self._run(env)
        self.assertGreater(first.earnings, 100)
        self.assertGreater(first.lapses, 10)
        text = self._check(env)
        again = self._run(env)
        self.assertEqual((again.earnings, again.lapses), (0, 0))
        # nor does the job, which runs at a much later date
        env["loyalty.card"]._cron_expire_points()
        self.assertEqual(self._check(env).partition("\n")[0], text.partition("\n")[0])

    def test_a_difference_stops(self):
        env = self._load(BY_HAND)
        self._run(env)
        self.purchases[0] = dataclasses.replace(
            self.purchases[0], amount=Decimal("30.00")
        )
        with self.assertRaisesRegex(SystemExit, "points of 1 customers differ"):
            self._check(env)

    def test_a_slice_of_the_real_log(self):
        text = real_slice()
        if text:
            env = self._load(text)
            self._run(env)
            self.assertIn("0 differences", self._check(env))
            as_of = date(1998, 7, 1)
            program = load_cdnow_points.ensure_program(env)
            total = sum(
                load_cdnow_points.posted(env, program, as_of).values(), Statement()
            )
            self.assertGreater(total.outstanding, 0)
