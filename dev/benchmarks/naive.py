# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What an average module does: grade the customers one by one through the ORM."""

import statistics

from dateutil.relativedelta import relativedelta

from odoo.addons.crm_service_excellence.tools import scoring

from . import protocol

#: facts that the loop computes, and that must equal what our engine computes
FACTS = (
    "revenue_total",
    "revenue_12m",
    "revenue_previous_12m",
    "revenue_180d",
    "revenue_previous_180d",
    "order_count",
    "order_count_12m",
    "first_order_date",
    "last_order_date",
    "median_gap_days",
    "score",
    "grade_id",
)


class Loop:
    """A loop that searches, sums and creates for each customer of a sample.

    It starts where our first run starts, and makes the same customer and history
    records, with fewer columns: no lifecycle, class, lifetime value or explanation. The
    thresholds of the ranks are given to it. ``child_of`` on the partner is what the
    partner form's own invoice button searches by, and has an index.
    """

    def __init__(self, env, as_of, size):
        """Choose the sample among graded customers, by hash."""
        self.env = env
        self.as_of = as_of
        env.cr.execute(
            "SELECT id FROM crm_customer ORDER BY hashint8extended(id, 2) LIMIT %s",
            [size],
        )
        customers = env["crm.customer"].browse([row[0] for row in env.cr.fetchall()])
        self.expected = {
            (row["partner_id"][0], row["company_id"][0]): {f: row[f] for f in FACTS}
            for row in customers.read(["partner_id", "company_id", *FACTS])
        }
        for values in self.expected.values():
            values["grade_id"] = values["grade_id"][0]
        self.size = len(self.expected)
        self.grades = env["crm.grade"].search([], order="min_score desc")
        self.ladders = {}
        for run in env["crm.grade.run"].search([]):
            self.ladders[run.company_id.id] = run.policy_id._ladders(run.cuts)

    def check(self):
        """Return what the loop computes otherwise than our engine did."""
        return [
            f"naive loop: {key}: {field} {value}, not {self.expected[key][field]}"
            for key in self.expected
            for field, value in self._facts(*key).items()
            if not _same(value, self.expected[key][field])
        ]

    def run(self):
        """Grade the sample and commit; return the seconds."""
        self.env.invalidate_all()
        seconds, _none = protocol.timed(self._grade_all)
        return seconds

    def _grade_all(self):
        for partner_id, company_id in self.expected:
            values = self._facts(partner_id, company_id)
            key = {"partner_id": partner_id, "company_id": company_id}
            customer = self.env["crm.customer"].search(
                [(name, "=", value) for name, value in key.items()]
            )
            if customer:
                customer.write(values)
            else:
                customer = customer.create({**key, **values, "grade_date": self.as_of})
            self.env["crm.grade.change"].create(
                {
                    "customer_id": customer.id,
                    "company_id": company_id,
                    "date": self.as_of,
                    "kind": "first",
                    "new_grade_id": values["grade_id"],
                    "score": values["score"],
                }
            )
        self.env.cr.commit()

    def _facts(self, partner_id, company_id):
        invoices = self.env["account.move"].search(
            [
                ("partner_id", "child_of", partner_id),
                ("company_id", "=", company_id),
                ("state", "=", "posted"),
                ("move_type", "in", ("out_invoice", "out_refund")),
                ("invoice_date", "<=", self.as_of),
            ]
        )
        orders = invoices.filtered(
            lambda move: (
                move.move_type == "out_invoice" and move.amount_total_signed > 0
            )
        )
        days = sorted(set(orders.mapped("invoice_date")))
        gaps = [(later - day).days for day, later in zip(days, days[1:], strict=False)]
        year = {"months": 12}
        values = {
            "revenue_total": sum(invoices.mapped("amount_untaxed_signed")),
            "revenue_12m": self._revenue(invoices, year),
            "revenue_previous_12m": self._revenue(invoices, {"months": 24}, year),
            "revenue_180d": self._revenue(invoices, {"days": 180}),
            "revenue_previous_180d": self._revenue(
                invoices, {"days": 360}, {"days": 180}
            ),
            "order_count": len(orders),
            "order_count_12m": len(self._within(orders, year)),
            "first_order_date": days[0] if days else False,
            "last_order_date": days[-1] if days else False,
            "median_gap_days": statistics.median(gaps) if gaps else 0.0,
        }
        values["score"] = self._score(values, self.ladders[company_id])
        values["grade_id"] = next(
            grade.id for grade in self.grades if values["score"] >= grade.min_score
        )
        return values

    def _revenue(self, invoices, start, end=None):
        return sum(self._within(invoices, start, end).mapped("amount_untaxed_signed"))

    def _within(self, invoices, start, end=None):
        first = self.as_of - relativedelta(**start)
        last = self.as_of - relativedelta(**end) if end else self.as_of
        return invoices.filtered(lambda move: first < move.invoice_date <= last)

    def _score(self, values, ladders):
        raw = {"spend": values["revenue_12m"], "frequency": values["order_count_12m"]}
        items = []
        for criterion, ladder in ladders.items():
            points = scoring.points_of(ladder.rungs, raw.get(criterion.metric))
            if ladder.ranked and not values["order_count_12m"]:
                points = 0
            items.append((criterion.weight, points and float(points)))
        total = sum(weight for weight, points in items if points is not None)
        earned = sum(weight * points for weight, points in items if points is not None)
        return round(earned / total, 2) if total else 0.0


def _same(value, expected):
    if isinstance(value, float) or isinstance(expected, float):
        return abs((value or 0) - (expected or 0)) < 0.051
    return value == expected
