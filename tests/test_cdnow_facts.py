# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Loaded purchases, measured by the addon and again from the text, must agree.

The text is made up here, with the oddities of the real log; where the real one is at
hand (``shared/data``), the first customers of it are compared as well.
"""

import random
from collections import defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal

from odoo.tests import TransactionCase, tagged

from dev import load_cdnow
from dev.cdnow import parse, split
from dev.paths import SHARED

SAMPLE = SHARED / "data" / "cdnow" / "CDNOW_sample.txt"
DAYS = (date(1997, 9, 30), date(1998, 1, 31), date(1998, 6, 30))
SLICE = 40  # customers of the real log


def independent_facts(text, as_of):
    """Facts per customer from the text alone: nothing of ours, nothing of Odoo's.

    :return: ``{customer: (revenue_total, order_count, revenue_12m, first, last)}``
    """
    purchases = defaultdict(list)
    for line in text.strip().split("\n"):
        columns = line.split()
        day = datetime.strptime(columns[-3], "%Y%m%d").date()
        if day <= as_of:
            purchases[int(columns[0])].append((day, Decimal(columns[-1])))
    year_ago = as_of.replace(year=as_of.year - 1)
    facts = {}
    for customer, rows in purchases.items():
        orders = [day for day, amount in rows if amount > 0]
        facts[customer] = (
            sum(amount for _day, amount in rows),
            len(orders),
            sum(amount for day, amount in rows if day > year_ago),
            min(orders, default=False),
            max(orders, default=False),
        )
    return facts


def measured_facts(env, company):
    """The same from ``crm.customer``, for those who bought at all."""
    rows = env["crm.customer"].search([("company_id", "=", company.id)])
    return {
        int(row.partner_id.ref.removeprefix("CDNOW-")): (
            Decimal(str(row.revenue_total)).quantize(Decimal("0.01")),
            row.order_count,
            Decimal(str(row.revenue_12m)).quantize(Decimal("0.01")),
            row.first_order_date,
            row.last_order_date,
        )
        for row in rows
    }


def made_up_log():
    """60 customers over 18 months: purchases of 0.00, and several on one day."""
    dice = random.Random(1997)
    lines = []
    for customer in range(1, 61):
        first = date(1997, 1, 1) + timedelta(days=dice.randrange(84))
        for _number in range(dice.randrange(1, 7)):
            day = first + timedelta(days=dice.choice((0, 0, 30, 200, 400, 450)))
            amount = dice.choice(("0.00", "11.77", "29.33", "77.00", "0.01"))
            lines.append(f" {customer:05d} {customer:04d} {day:%Y%m%d}  1  {amount}")
    # the very days on which the windows begin and end
    for day in ("19970930", "19970131", "19970201", "19980131", "19980201", "19980630"):
        lines.append(f" 00061 0061 {day}  1  10.00")
    return "\n".join(lines)


def real_slice():
    """All purchases of the first customers of the sample; empty without it."""
    if not SAMPLE.exists():
        return ""
    lines = SAMPLE.read_text(encoding="utf-8").strip().split("\n")
    first = sorted({line.split()[0] for line in lines})[:SLICE]
    return "\n".join(line for line in lines if line.split()[0] in first)


@tagged("standard", "post_install", "-at_install")
class TestCdnowFacts(TransactionCase):
    def _compare(self, text):
        purchases, bad = split(parse(text.split("\n")))
        self.assertFalse(bad)
        company = load_cdnow.ensure_company(self.env)
        env = self.env(
            context={
                **self.env.context,
                **load_cdnow.QUIET,
                "allowed_company_ids": company.ids,
            }
        )
        partners, _added = load_cdnow.ensure_customers(env, purchases, env.user)
        load_cdnow.ensure_invoices(env, purchases, partners)
        for as_of in DAYS:
            env["crm.customer"]._refresh(as_of=as_of)
            measured = measured_facts(env, company)
            expected = independent_facts(text, as_of)
            self.assertEqual(len(measured), len(partners))
            nothing = (Decimal(0), 0, Decimal(0), False, False)
            for customer in partners:
                self.assertEqual(
                    measured[customer],
                    expected.get(customer, nothing),
                    f"customer {customer} as of {as_of}",
                )

    def test_a_made_up_log(self):
        self._compare(made_up_log())

    def test_a_slice_of_the_real_log(self):
        text = real_slice()
        if text:
            self._compare(text)
