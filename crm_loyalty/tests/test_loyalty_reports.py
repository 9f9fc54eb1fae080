# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Issued, redeemed, expired; liability and deferral: numbers worked out by hand."""

from datetime import date

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ..tools import liability
from .common import DAY, LoyaltyCase

TODAY = "2026-07-01 10:00:00"
MEASURES = ("issued", "gifts", "redeemed", "expired", "reversed", "other", "net")


@tagged("standard", "post_install", "-at_install")
class TestLoyaltyReports(LoyaltyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(TODAY))
        cls.program.write({"point_value": 0.10, "breakage_rate": 0.15})

    def _sums(self, model, names, user=None, domain=()):
        """Sums of a report for the program, as a manager reads them."""
        ((*sums,),) = (
            self.env[model]
            .with_user(user or self.manager)
            ._read_group(
                [("program_id", "=", self.program.id), *domain],
                [],
                [name if ":" in name else f"{name}:sum" for name in names],
            )
        )
        return sums

    def _snapshot(self, *bases):
        return {
            "lines": [
                {"line_id": number, "amount": base, "base": base, "points": base}
                for number, base in enumerate(bases)
            ]
        }

    # POINTS ANALYSIS

    def test_analysis_adds_up(self):
        """Earned 100 + 40, gift 10, spent 60 of which 20 came back, refund 30 of which
        5 were undone, 15 lapsed, adjusted by -3: 140 + 10 - 40 - 15 - 25 - 3 = 67."""
        card = self.card()
        first = self.earn(card, 100, "a", date(2026, 6, 30))
        promise = self.post(card, "pending", 40, "p")
        self.post(card, "release", 40, "p:free", reverses=promise)
        self.post(card, "event", 10, "gift", expiry_date=None)
        spent = self.post(card, "redeem", 60, "r")
        self.post(card, "reverse_redeem", 20, "r:void", reverses=spent)
        back = self.post(card, "reverse_earn", 30, "cn", reverses=first)
        self.post(card, "earn", 5, "cn:undo", reverses=back)
        self.post(card, "adjust", -3, "typo", reason="Typing error")
        lapsed = sum(
            lot.remaining
            for lot in card.lot_ids
            if lot.expiry_date == date(2026, 6, 30)
        )
        self.env["loyalty.card"]._cron_expire_points()
        card.invalidate_recordset()
        sums = dict(
            zip(MEASURES, self._sums("crm.loyalty.report", MEASURES), strict=True)
        )
        self.assertEqual(
            sums,
            {
                "issued": 140,
                "gifts": 10,
                "redeemed": 40,
                "expired": lapsed,
                "reversed": 25,
                "other": -3,
                "net": card.points,
            },
        )
        self.assertEqual(
            sums["issued"]
            + sums["gifts"]
            - sums["redeemed"]
            - sums["expired"]
            - sums["reversed"]
            + sums["other"],
            sums["net"],
        )
        (july,) = self._sums(
            "crm.loyalty.report", ["expired"], domain=[("date", ">=", "2026-07-01")]
        )
        self.assertEqual(july, lapsed)

    # LIABILITY

    def test_liability_of_a_million_points(self):
        """E10: 1,000,000 x 0.05 x 0.85 = 42,500.00."""
        self.program.point_value = 0.05
        card = self.card()
        self.earn(card, 1_000_000, "a", date(2027, 1, 31))
        outstanding, value, breakage, owed = self._sums(
            "crm.loyalty.liability", ["outstanding", "value", "breakage", "liability"]
        )
        self.assertEqual(outstanding, 1_000_000)
        self.assertAlmostEqual(value, 50_000, 2)
        self.assertAlmostEqual(breakage, 7_500, 2)
        self.assertAlmostEqual(owed, 42_500, 2)
        program = self.program.with_user(self.manager)
        self.assertEqual(program.outstanding_points, 1_000_000)
        self.assertAlmostEqual(program.liability_amount, 42_500.00, 2)

    def test_what_has_passed_is_not_outstanding(self):
        """100 to 06-30, a day before today: 20 spent, 80 lapsed, settled or not."""
        card = self.card()
        self.earn(card, 100, "a", date(2026, 6, 30))
        self.earn(card, 50, "b", date(2026, 7, 1))
        self.earn(card, 30, "c", None)
        self.post(card, "redeem", 20, "r")
        names = ["outstanding", "closed_issued", "closed_expired", "measured_rate:avg"]
        for _round in ("before the job", "after it"):
            self.assertEqual(
                self._sums("crm.loyalty.liability", names), [80, 100, 80, 0.8]
            )
            self.env["loyalty.card"]._cron_expire_points()
            self.env.invalidate_all()
        program = self.program.with_user(self.manager)
        self.assertTrue(program.has_closed_lots)
        self.assertEqual(program.measured_breakage_rate, 0.8)
        self.assertEqual(program.breakage_rate, 0.15)

    def test_what_was_refunded_is_no_breakage(self):
        """100 issued, 40 taken back, 45 spent, 15 lapsed: 15 of 60."""
        card = self.card()
        earned = self.earn(card, 100, "a", date(2026, 6, 30))
        self.post(card, "reverse_earn", 40, "cn", reverses=earned)
        self.post(card, "redeem", 45, "r")
        self.env["loyalty.card"]._cron_expire_points()
        self.assertEqual(
            self._sums(
                "crm.loyalty.liability",
                ["closed_issued", "closed_expired", "measured_rate:avg"],
            ),
            [60, 15, 0.25],
        )

    def test_rates_of_many_are_those_of_their_sums(self):
        """10 of 10 and 0 of 90 lapsed: 10 %, not the mean of 100 % and 0 %."""
        first, second = self.card(), self.card(self.env.user.partner_id)
        self.earn(first, 10, "a", date(2026, 6, 30))
        self.earn(second, 90, "b", date(2026, 6, 30))
        self.post(second, "redeem", 90, "r")
        (rate,) = self._sums("crm.loyalty.liability", ["measured_rate:avg"])
        self.assertAlmostEqual(rate, 0.1)

    def test_debt_is_no_negative_liability(self):
        card = self.card()
        earned = self.earn(card, 50, "a", None)
        self.post(card, "redeem", 50, "r")
        self.post(card, "reverse_earn", 50, "cn", reverses=earned)
        self.assertEqual(card.points, -50)
        self.assertFalse(self._sums("crm.loyalty.liability", ["outstanding"])[0])

    def test_shared_card_belongs_to_the_companies_of_its_documents(self):
        """T22: 300 from here, 100 from there, 80 spent: 240 and 80 of 320."""
        other = self.env["res.company"].create({"name": "Other"})
        self.program.company_id = False
        card = self.card()
        self.earn(card, 300, "a", date(2027, 1, 31), company=self.company)
        self.earn(card, 100, "b", date(2027, 1, 31), company=other)
        self.post(card, "redeem", 80, "r", company=other)
        groups = self.env["crm.loyalty.liability"]._read_group(
            [("program_id", "=", self.program.id)],
            ["company_id"],
            ["outstanding:sum", "liability:sum"],
        )
        self.assertEqual(
            {company: round(points, 6) for company, points, _value in groups},
            {self.company: 240, other: 80},
        )
        self.assertEqual(self._sums("crm.loyalty.liability", ["outstanding"])[0], 240)

    def test_restored_points_alone_go_to_the_company_that_gave_them_back(self):
        self.program.company_id = False
        card = self.card()
        self.earn(card, 100, "a", date(2026, 6, 30), company=self.company)
        spent = self.post(card, "redeem", 100, "r", company=self.company)
        self.post(
            card,
            "reverse_redeem",
            100,
            "r:void",
            date(2026, 7, 1),
            reverses=spent,
            grace=date(2026, 8, 1),
            company=self.company,
        )
        rows = self.env["crm.loyalty.liability"].search(
            [("program_id", "=", self.program.id), ("outstanding", ">", 0)]
        )
        self.assertEqual(rows.company_id, self.company)
        self.assertEqual(rows.outstanding, 100)

    def test_liability_by_month_and_grade(self):
        gold = self.env["crm.grade"].search([], limit=1)
        card = self.card()
        self.env["crm.customer"]._follow(self.partner).grade_id = gold
        self.earn(card, 100, "a", date(2026, 8, 31))
        self.earn(card, 200, "b", date(2027, 1, 31))
        groups = self.env["crm.loyalty.liability"]._read_group(
            [("program_id", "=", self.program.id)],
            ["grade_id", "expiry_date:month"],
            ["liability:sum"],
        )
        self.assertEqual(
            [(grade, day, round(value, 6)) for grade, day, value in groups],
            [(gold, date(2026, 8, 1), 8.5), (gold, date(2027, 1, 1), 17)],
        )

    # DEFERRAL

    def test_deferred_revenue(self):
        """E10: 2000 sold as 1500 and 500, 2000 points: 156.68 is deferred."""
        card = self.card()
        self.earn(card, 2000, "a", None, snapshot=self._snapshot("1500", "500"))
        names = ["consideration", "points", "stand_alone", "deferred", "recognised"]
        sums = self._sums("crm.loyalty.deferral", names)
        self.assertEqual(
            [round(number, 2) for number in sums],
            [2000, 2000, 170, 156.68, 1843.32],
        )

    def test_refund_takes_back_its_part_of_the_deferral(self):
        """Half is refunded, a tenth of it undone: 156.68 x (1 - 0.5 + 0.05)."""
        card = self.card()
        sale = self.earn(card, 2000, "a", None, snapshot=self._snapshot("2000"))
        back = self.post(card, "reverse_earn", 1000, "cn", reverses=sale)
        self.post(card, "earn", 100, "cn:undo", reverses=back)
        sums = self._sums(
            "crm.loyalty.deferral", ["consideration", "points", "deferred"]
        )
        self.assertEqual([round(x, 2) for x in sums], [1100, 1100, 86.18])

    def test_pending_points_defer_with_the_sale(self):
        """Promised, a quarter voided, the rest released and 100 of that refunded."""
        card = self.card()
        promise = self.post(card, "pending", 2000, "p", snapshot=self._snapshot("2000"))
        self.post(card, "void_pending", 500, "v", reverses=promise)
        freed = self.post(card, "release", 1500, "f", reverses=promise)
        back = self.post(card, "reverse_earn", 100, "cn", reverses=freed)
        self.post(card, "earn", 50, "cn:undo", reverses=back)
        sums = self._sums("crm.loyalty.deferral", ["consideration", "points"])
        self.assertEqual([round(x, 2) for x in sums], [1450, 1450])

    def test_report_and_tool_agree(self):
        card = self.card()
        total = 0
        for number, (price, points) in enumerate(
            ((19.9, 19), (2000, 4000), (0.3, 7), (575.25, 1))
        ):
            self.earn(
                card, points, f"s{number}", None, snapshot=self._snapshot(str(price))
            )
            total += liability.deferred_revenue(price, points, 0.10, 0.15, places=9)
        (deferred,) = self._sums("crm.loyalty.deferral", ["deferred"])
        self.assertAlmostEqual(deferred, float(total), 6)

    def test_gifts_defer_nothing(self):
        card = self.card()
        self.post(card, "event", 100, "gift")
        self.post(card, "earn", 10, "no snapshot")
        self.assertFalse(self._sums("crm.loyalty.deferral", ["deferred"])[0])

    # WHO SEES THEM

    def test_reports_are_for_managers(self):
        for model in (
            "crm.loyalty.report",
            "crm.loyalty.liability",
            "crm.loyalty.deferral",
        ):
            with self.subTest(model=model), self.assertRaises(AccessError):
                self._sums(model, ["__count"], self.clerk)
            self.env[model].with_user(self.manager).search([])

    def test_reports_hide_other_companies(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.program.company_id = False
        card = self.card()
        self.earn(card, 10, "a", None, company=other, snapshot=self._snapshot("10"))
        for model, measure in (
            ("crm.loyalty.report", "net"),
            ("crm.loyalty.liability", "outstanding"),
            ("crm.loyalty.deferral", "points"),
        ):
            with self.subTest(model=model):
                self.assertFalse(self._sums(model, [measure])[0])
        theirs = new_test_user(
            self.env,
            login="their_manager",
            groups="base.group_user,crm_loyalty.group_loyalty_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        self.assertEqual(self._sums("crm.loyalty.report", ["net"], theirs), [10])

    def test_rows_open_what_they_are_about(self):
        card = self.card()
        entry = self.earn(card, 10, "a", None, snapshot=self._snapshot("10"))
        for model, method, record in (
            ("crm.loyalty.report", "action_open_entry", entry),
            ("crm.loyalty.deferral", "action_open_entry", entry),
            ("crm.loyalty.liability", "action_open_card", card),
        ):
            with self.subTest(model=model):
                row = self.env[model].search([("card_id", "=", card.id)])
                self.assertEqual(getattr(row, method)()["res_id"], record.id)

    def test_day_of_the_fixture(self):
        self.assertLess(DAY, date(2026, 6, 30))
