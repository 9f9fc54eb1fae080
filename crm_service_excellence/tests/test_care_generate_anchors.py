# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Planning of what hangs on orders, visits, grades and silences."""

from datetime import date, datetime

from odoo.tests import tagged
from odoo.tools import SQL

from .care_generate_common import TODAY, CareGenerateCommon


@tagged("post_install", "-at_install")
class TestCareAnchors(CareGenerateCommon):
    def _measure_by_orders(self):
        self._create_policy(basis="order")

    # ANNIVERSARIES

    def test_anniversary_of_the_first_order(self):
        self.zhang.first_order_date = date(2024, 2, 29)
        rule = self._create_rule("first_order")
        self.assertEqual(self._plan(rule), 1)
        self.assertEqual(self._planned(rule), [("2027", "2027-02-28")])
        task = self._tasks_of(rule)
        self.assertEqual((task.res_model, task.res_id), ("crm.customer", self.zhang.id))
        self.assertEqual(self._plan(rule), 0)
        # the order itself is no anniversary
        self.zhang.first_order_date = date(2026, 6, 1)
        self._plan(rule)
        self.assertEqual(self._planned(rule), [("2027", "2027-06-01")])

    def test_anniversaries_of_29_february(self):
        """C9, both ways; the day itself is none."""
        rule = self._create_rule("first_order")

        def returns(first, last):
            day = SQL(
                """SELECT 1 AS customer_id, '2024-02-29'::date AS day,
                          NULL::varchar AS res_model, NULL::int AS res_id"""
            )
            found = rule._anniversaries_sql(day, date(first, 1, 1), date(last, 12, 31))
            rows = self.env.execute_query(
                SQL("SELECT occasion_date, key FROM (%s) again ORDER BY 1", found)
            )
            return [(str(day), key) for day, key in rows]

        self.assertEqual(
            returns(2023, 2028),
            [
                ("2025-02-28", "2025"),
                ("2026-02-28", "2026"),
                ("2027-02-28", "2027"),
                ("2028-02-29", "2028"),
            ],
        )
        self.company.crm_leap_birthday = "next"
        self.assertEqual(returns(2025, 2025), [("2025-03-01", "2025")])
        self.assertEqual(returns(2028, 2028), [("2028-02-29", "2028")])

    def test_anniversary_of_the_first_visit(self):
        visit = {
            "partner_id": self.partner.id,
            "user_id": self.care_own.id,
            "type_id": self.env.ref("crm_service_excellence.crm_visit_type_routine").id,
        }
        rows = [
            ("2024-03-01", "cancelled"),
            ("2025-09-10", "done"),
            ("2025-09-20", "done"),
        ]
        for day, state in rows:
            self.env["crm.visit"].create({**visit, "date": day}).state = state
        rule = self._create_rule("visit_anniversary")
        self.assertEqual(self._plan(rule), 1)
        self.assertEqual(self._planned(rule), [("2026", "2026-09-10")])

    # AFTER A PURCHASE

    def test_thirty_days_after_an_invoice(self):
        bill = self._create_invoice(self.partner, "2026-05-20", 100)
        rule = self._create_rule("after_purchase", {"days": 30})
        self.assertEqual(self._plan(rule), 1)
        task = self._tasks_of(rule)
        self.assertEqual(self._planned(rule), [(f"inv:{bill.id}", "2026-06-19")])
        self.assertEqual((task.res_model, task.res_id), ("account.move", bill.id))
        self.assertEqual(
            task.not_after, datetime(2026, 6, 26, 12), "a week of validity"
        )
        self.assertEqual(self._plan(rule), 0)

    def test_purchases_within_the_days_are_one_matter(self):
        rule = self._create_rule("after_purchase", {"days": 30})
        first = self._create_invoice(self.partner, "2026-05-20", 100)
        self._plan(rule)
        second = self._create_invoice(self.partner, "2026-05-28", 50)
        self.assertEqual(self._plan(rule), 1)
        self.assertEqual(self._planned(rule), [(f"inv:{second.id}", "2026-06-27")])
        # what waits for approval is superseded, too; what is approved is not ours
        self._tasks_of(rule).state = "to_approve"
        third = self._create_invoice(self.partner, "2026-05-29", 50)
        self._plan(rule)
        self.assertEqual(self._planned(rule), [(f"inv:{third.id}", "2026-06-28")])
        task = self._tasks_of(rule)
        task.state = "approved"
        fourth = self._create_invoice(self.partner, "2026-05-30", 50)
        self._plan(rule)
        self.assertEqual(
            self._planned(rule),
            [
                (f"inv:{third.id}", "2026-06-28"),
                (f"inv:{fourth.id}", "2026-06-29"),
            ],
        )
        self.assertEqual(task._care_mismatches()[task.id][0], "anchor")
        self.assertNotIn(f"inv:{first.id}", dict(self._planned(rule)))

    def test_purchases_further_apart_are_two(self):
        rule = self._create_rule("after_purchase", {"days": 10})
        one = self._create_invoice(self.partner, "2026-05-20", 100)
        two = self._create_invoice(self.partner, "2026-05-31", 100)
        self._plan(rule)
        self.assertEqual(
            self._planned(rule),
            [(f"inv:{one.id}", "2026-05-30"), (f"inv:{two.id}", "2026-06-10")],
        )

    def test_what_was_refunded_or_cancelled_is_none(self):
        rule = self._create_rule("after_purchase", {"days": 30})
        bill = self._create_invoice(self.partner, "2026-05-20", 100)
        self._plan(rule)
        task = self._tasks_of(rule)
        self.assertFalse(task._care_mismatches())
        part = self._create_invoice(
            self.partner, "2026-05-22", 40, "out_refund", reversed_entry_id=bill.id
        )
        self.assertEqual(self._plan(rule), 0)
        self.assertTrue(task.exists(), "a part is left")
        self._create_invoice(
            self.partner, "2026-05-23", 60, "out_refund", reversed_entry_id=bill.id
        )
        self.assertTrue(part)
        self.assertEqual(task._care_mismatches()[task.id][0], "anchor")
        self._plan(rule)
        self.assertFalse(task.exists())

    def test_ten_years_of_old_invoices_mail_nothing(self):
        for year in range(2016, 2026):
            self._create_invoice(self.partner, f"{year}-05-20", 100)
        self.customers._refresh(partner_ids=self.partner.ids, as_of=TODAY)
        rules = self.rules.browse()
        for kind, days in (
            ("after_purchase", 30),
            ("dormancy", 120),
            ("warranty_end", 30),
        ):
            rules |= self._create_rule(kind, {"days": days})
        self.assertEqual(self._plan(rules), 0)
        anniversary = self._create_rule("first_order")
        self.assertEqual(self._plan(anniversary), 1, "the next one, no former ones")
        self.assertEqual(self._planned(anniversary), [("2027", "2027-05-20")])

    def test_orders_where_the_company_measures_by_orders(self):
        self._measure_by_orders()
        rule = self._create_rule("after_purchase", {"days": 30})
        # 16:30 UTC is the next day in Shanghai
        order = self._create_order(self.partner, "2026-05-19 16:30:00")
        self._create_order(self.partner, "2026-05-01 04:00:00").action_cancel()
        self._plan(rule)
        self.assertEqual(self._planned(rule), [(f"so:{order.id}", "2026-06-19")])
        self.assertEqual(self._tasks_of(rule).res_model, "sale.order")
        task = self._tasks_of(rule)
        order._action_cancel()
        self.assertEqual(task._care_mismatches()[task.id][0], "anchor")
        self._plan(rule)
        self.assertFalse(self._tasks_of(rule))

    def test_the_promised_date_counts_where_there_are_no_deliveries(self):
        self._measure_by_orders()
        rule = self._create_rule("after_purchase", {"days": 30})
        order = self._create_order(
            self.partner, "2026-05-10 04:00:00", commitment_date="2026-05-25 04:00:00"
        )
        self._plan(rule)
        self.assertEqual(self._planned(rule), [(f"so:{order.id}", "2026-06-24")])

    # SILENCE

    def test_once_for_each_silence(self):
        rule = self._create_rule("dormancy", {"days": 120})
        self.zhang.last_order_date = date(2026, 2, 10)
        self.assertEqual(self._plan(rule), 1)
        # 18 days of February, 31 + 30 + 31, and 10 of June
        self.assertEqual(self._planned(rule), [("last:2026-02-10", "2026-06-10")])
        self.assertEqual(self._plan(rule), 0)
        task = self._tasks_of(rule)
        task.state = "done"
        self.assertEqual(self._plan(rule, date(2026, 6, 11)), 0)
        self.zhang.last_order_date = date(2026, 6, 20)
        self.assertEqual(task._care_mismatches()[task.id][0], "anchor")
        self.assertEqual(self._plan(rule, date(2026, 10, 1)), 1)
        self.assertEqual(self._planned(rule)[1], ("last:2026-06-20", "2026-10-18"))

    def test_who_buys_again_is_not_missed(self):
        rule = self._create_rule("dormancy", {"days": 120})
        self.zhang.last_order_date = date(2026, 2, 10)
        self._plan(rule)
        self.zhang.last_order_date = date(2026, 5, 31)
        self.assertEqual(self._plan(rule), 0)
        self.assertFalse(self._tasks_of(rule))

    def test_horizon_of_what_happened_is_short(self):
        rule = self._create_rule("dormancy", {"days": 120})
        self.zhang.last_order_date = date(2026, 3, 9)  # 120 days later is 7 July
        self.assertEqual(self._plan(rule), 0)
        self.assertEqual(self._plan(rule, date(2026, 6, 2)), 1)

    # GRADES

    def _change_grade(self, day, old, new, kind="upgrade"):
        self.zhang.grade_id = new
        return self.env["crm.grade.change"].create(
            {
                "customer_id": self.zhang.id,
                "company_id": self.company.id,
                "date": day,
                "kind": kind,
                "old_grade_id": old.id,
                "new_grade_id": new.id,
            }
        )

    def test_grade_reached(self):
        rule = self._create_rule("grade_reached")
        self._change_grade("2026-05-31", self.regular, self.silver)
        change = self._change_grade("2026-06-01", self.silver, self.gold)
        self.assertEqual(self._plan(rule), 1)
        self.assertEqual(
            self._planned(rule), [(f"grade:{self.gold.id}:2026-06-01", "2026-06-01")]
        )
        task = self._tasks_of(rule)
        self.assertEqual(task.res_id, change.id)
        self._change_grade("2026-06-01", self.gold, self.silver, "downgrade")
        self.assertEqual(task._care_mismatches()[task.id][0], "anchor")
        self._plan(rule)
        self.assertFalse(self._tasks_of(rule))

    def test_grade_at_risk(self):
        self._create_policy(grace_days=90)
        self.zhang.write({"grade_id": self.gold.id, "below_since": "2026-06-01"})
        at_once = self._create_rule("grade_at_risk")
        before = self._create_rule("grade_at_risk", {"days": 60})
        self._plan(at_once | before)
        key = f"risk:{self.gold.id}:2026-06-01"
        self.assertEqual(self._planned(at_once), [(key, "2026-06-01")])
        self.assertEqual(self._planned(before), [(key, "2026-07-01")])
        self.zhang.below_since = False
        task = self._tasks_of(before)
        self.assertEqual(task._care_mismatches()[task.id][0], "anchor")
        self._plan(before)
        self.assertFalse(self._tasks_of(before))
