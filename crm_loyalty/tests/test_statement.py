# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Opening + movements = closing, whatever was posted when."""

from datetime import date

from odoo.tests import tagged

from .portal_common import TODAY, StatementCase

JANUARY = (date(2026, 1, 1), date(2026, 1, 31))
FEBRUARY = (date(2026, 2, 1), date(2026, 2, 28))
MARCH = (date(2026, 3, 1), date(2026, 3, 31))


@tagged("standard", "post_install", "-at_install")
class TestStatement(StatementCase):
    def assert_adds_up(self, statement):
        """Line by line, and by the totals."""
        balance = statement["opening"]
        for line in statement["lines"]:
            balance += line["points"]
            self.assertEqual(line["balance"], balance)
        self.assertEqual(balance, statement["closing"])
        totals = [
            statement[name] for name in ("issued", "redeemed", "expired", "corrected")
        ]
        self.assertEqual(statement["opening"] + sum(totals), statement["closing"])

    def test_months_follow_each_other(self):
        """300 -> 230 -> 300: each month opens with what the one before closed with."""
        card = self.history()
        january, february, march = (
            card._statement(*month) for month in (JANUARY, FEBRUARY, MARCH)
        )
        for statement in (january, february, march):
            self.assert_adds_up(statement)
        self.assertEqual((january["opening"], january["closing"]), (0, 300))
        self.assertEqual((february["opening"], february["closing"]), (300, 230))
        self.assertEqual((march["opening"], march["closing"]), (230, 300))
        self.assertEqual((february["issued"], february["redeemed"]), (50, -120))
        self.assertEqual((march["issued"], march["corrected"]), (100, -30))
        self.assertEqual(card.points, 300)
        self.assert_whole()

    def test_a_month_without_movements(self):
        card = self.card()
        self.earn(card, 10, "a", None, date(2026, 1, 10))
        card.invalidate_recordset()
        statement = card._statement(*FEBRUARY)
        self.assertEqual((statement["opening"], statement["closing"]), (10, 10))
        self.assertEqual((statement["lines"], statement["count"]), ([], 0))
        before = card._statement(date(2025, 12, 1), date(2025, 12, 31))
        self.assertEqual((before["opening"], before["closing"]), (0, 0))

    def test_back_dated_entry_is_booked_where_the_ledger_is(self):
        """5 for February, posted after a March entry: late in March; months add up."""
        card = self.history()
        closed = card._statement(*FEBRUARY)["closing"]
        self.earn(card, 5, "late", None, date(2026, 2, 20))
        card.invalidate_recordset()
        february, march = card._statement(*FEBRUARY), card._statement(*MARCH)
        self.assertEqual(february["closing"], closed)
        self.assert_adds_up(february)
        self.assert_adds_up(march)
        self.assertEqual((march["opening"], march["closing"]), (230, 305))
        self.assertEqual(
            [(line["date"], line["is_late"]) for line in march["lines"]],
            [
                (date(2026, 3, 2), False),
                (date(2026, 3, 9), False),
                (date(2026, 2, 20), True),
            ],
        )

    def test_entry_of_a_day_to_come_hides_nothing(self):
        """Dated 2027 by mistake: the current month shows it, and all that follow."""
        card = self.history()
        self.earn(card, 7, "typo", None, date(2027, 6, 1))
        self.earn(card, 1, "after", None, TODAY)
        card.invalidate_recordset()
        march = card._statement(*MARCH)
        self.assert_adds_up(march)
        self.assertEqual((march["closing"], march["count"]), (308, 4))

    def test_pages_of_a_month(self):
        card = self.history()
        statement = card._statement(*MARCH, offset=1, limit=1)
        self.assertEqual((statement["opening"], statement["closing"]), (230, 300))
        self.assertEqual((statement["carried"], statement["count"]), (330, 2))
        self.assertEqual([line["points"] for line in statement["lines"]], [-30])

    def test_what_is_as_of_today(self):
        """All days of expiry, what is pending and for what, what is owed."""
        card = self.history()
        self.post(card, "pending", 40, "p", TODAY, release_date=date(2026, 4, 3))
        self.post(card, "pending", 60, "q", TODAY)
        card.invalidate_recordset()
        statement = card._statement(*MARCH)
        self.assertEqual(
            statement["expiring"],
            [
                {"date": date(2026, 4, 30), "points": 100},
                {"date": date(2026, 12, 31), "points": 150},
            ],
        )
        self.assertEqual((statement["pending"], statement["available"]), (100, 300))
        self.assertEqual(statement["closing"], 300, "promises are no balance")
        self.assertEqual(
            [(part["points"], part["date"]) for part in statement["promises"]],
            [(40, date(2026, 4, 3)), (60, None)],
        )
        self.assertFalse(statement["promises"][0]["words"])
        self.assertTrue(statement["promises"][1]["words"])

    def test_owed_and_expired(self):
        card = self.card()
        earned = self.earn(card, 50, "a", date(2026, 2, 28), date(2026, 2, 1))
        self.post(card, "redeem", 40, "b", date(2026, 2, 2))
        self.env["loyalty.card"]._cron_expire_points(as_of="2026-03-01")
        self.post(card, "reverse_earn", 25, "c", date(2026, 3, 5), reverses=earned)
        card.invalidate_recordset()
        march = card._statement(*MARCH)
        self.assert_adds_up(march)
        self.assertEqual((march["opening"], march["closing"]), (10, -25))
        self.assertEqual((march["expired"], march["owed"]), (-10, 25))
        self.assertEqual(card._points_text(march["closing"]), "\N{MINUS SIGN}25")

    def test_costs_the_same_for_a_long_history(self):
        """The number of queries depends neither on the history nor on the month."""

        def count(card):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            card._statement(*MARCH)
            return self.env.cr.sql_log_count - before

        short = self.history()
        member = self.env["res.partner"].create({"name": "Regular"})
        long = self.history(member)
        orders = self.env["sale.order"].create(
            [{"partner_id": member.id} for _number in range(20)]
        )
        for number, order in enumerate(orders):
            self.post(
                long,
                "earn",
                1,
                f"x{number}",
                TODAY,
                source=order,
                effective_date=date(2026, 3, 1 + number % 20),
            )
        count(short)
        # the orders themselves are read once, however many
        self.assertLessEqual(count(long), count(short) + 3)
        statement = long._statement(*MARCH)
        self.assert_adds_up(statement)
        self.assertEqual(statement["lines"][-1]["document"], orders[-1].name)

    def test_words_of_staff_are_not_for_members(self):
        card = self.card()
        self.post(card, "adjust", 5, "a", TODAY, reason="SECRET: suspected fraud")
        gift = self.post(card, "event", 5, "b", TODAY, reason="Birthday")
        self.post(
            card, "reverse_earn", 5, "c", TODAY, reason="SECRET: liar", reverses=gift
        )
        card.invalidate_recordset()
        page = card._statement_page(MARCH[0])
        self.assertNotIn("SECRET", str(page))
        self.assertEqual(page["lines"][1]["words"], "Birthday")

    def test_waits_for_what_the_program_says(self):
        self.program.write({"earn_on": "payment", "earn_delay_days": 14})
        card = self.card()
        order = self.env["sale.order"].create({"partner_id": self.partner.id})
        self.post(card, "pending", 40, "p", TODAY, source=order)
        card.invalidate_recordset()
        words = card._statement(*MARCH)["promises"][0]["words"]
        self.assertEqual(
            words, f"Once {order.name} is paid in full, and 14 days have passed"
        )

    def test_rewards_in_reach_and_the_next_one(self):
        """100 points for 5 off; 250 more expensive ones are the next, 25 missing."""
        rewards = self.program.reward_ids
        rewards |= rewards.create(
            [
                {
                    "program_id": self.program.id,
                    "reward_type": "discount",
                    "discount_mode": "per_order",
                    "discount": discount,
                    "required_points": points,
                }
                for discount, points in ((20, 250), (50, 800))
            ]
        )
        card = self.card()
        self.earn(card, 225, "a", None, TODAY)
        card.invalidate_recordset()
        offer = card._portal_rewards()
        self.assertEqual([reward["points"] for reward in offer["reach"]], ["100"])
        self.assertEqual(
            (offer["next"]["points"], offer["next"]["missing"]), ("250", "25")
        )
        self.program.date_to = date(2026, 3, 1)
        self.assertEqual(card._portal_rewards(), {"reach": [], "next": None})

    def test_rewards_of_other_grades_are_not_offered(self):
        card = self.card()
        self.earn(card, 100, "a", None, TODAY)
        card.invalidate_recordset()
        grade = self.env["crm.grade"].search([], limit=1)
        self.program.reward_ids.grade_ids = grade
        self.assertEqual(card._portal_rewards(), {"reach": [], "next": None})

    def test_months_of_a_card(self):
        card = self.history()
        months = card._statement_months()
        self.assertEqual(months, [date(2026, 3, 1), date(2026, 2, 1), date(2026, 1, 1)])
        for text in ("2026-04", "2025-12", "0000-00", "x", "2026-3", "", None):
            with self.subTest(text):
                self.assertEqual(card._portal_month(text), months[0])
        self.assertEqual(card._portal_month("2026-02"), months[1])

    def test_staff_sends_a_statement(self):
        card = self.history()
        action = card.with_user(self.clerk).action_send_statement()
        context = action["context"]
        composer = (
            self.env["mail.compose.message"]
            .with_user(self.clerk)
            .with_context(**context)
            .create({})
        )
        self.assertIn("Ms Member", composer.body)
        self.assertIn("300", composer.body)
        self.assertEqual(composer.partner_ids, self.partner)
        composer._action_send_mail()
        self.assertIn("Club", card.message_ids[0].subject)

    def test_paper(self):
        card = self.history()
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "crm_loyalty.report_loyalty_statement",
            card.ids,
            data={"month": "2026-02"},
        )
        text = html.decode()
        for part in ("February 2026", "Opening balance", "5 off your order", "230"):
            self.assertIn(part, text)
        self.assertNotIn("\N{MINUS SIGN}30<", text, "that is of March")
