# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import datetime

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, new_test_user, tagged

from ..tools.effect import lift
from .care_effect_common import CareEffectCommon

SUMS = [
    "planned_count",
    "open_count",
    "done_count",
    "skipped_count",
    "expired_count",
    "failed_count",
    "responded_count",
    "holdout_count",
    "measured_count",
    "holdout_measured_count",
]
RATES = ["response_rate", "holdout_response_rate"]


@tagged("post_install", "-at_install")
@freeze_time("2026-10-25 06:00:00")
class TestCareReport(CareEffectCommon):
    """Care of 8 October: its 14 days are over on the 23rd."""

    def _sums(self, rule=None, **groups):
        self.env.flush_all()
        [row] = self.env["crm.care.report"]._read_group(
            [("rule_id", "=", (rule or self.rule).id)],
            [],
            [f"{name}:sum" for name in SUMS] + [f"{name}:avg" for name in RATES],
        )
        return dict(zip(SUMS + RATES, row, strict=True))

    def _effect(self, rule=None):
        rule = rule or self.rule
        self.env.flush_all()
        rule.invalidate_recordset()
        return rule

    def _many(self, number, responded, make):
        for index in range(number):
            make(response="order" if index < responded else False)

    def test_numbers_by_hand(self):
        """Twelve rows: 4 done (1 responded), 2 open, 2 skipped, 1 expired, 1 failed;
        2 held out, of whom 1 ordered anyway: 1 of 4 is 25 %, 1 of 2 is 50 %."""
        self._create_task(done=self.done, response="reply")
        for _number in range(3):
            self._create_task(done=self.done)
        self._create_task(state="planned")
        self._create_task(state="by_hand")
        self._create_task(state="skipped", reason_code="consent")
        self._create_task(state="skipped", reason_code="fatigue")
        self._create_task(state="expired", reason_code="window")
        self._create_task(state="failed", done_date=self.done, reason_code="delivery")
        self._hold_out(response="order")
        self._hold_out()
        self.assertEqual(
            self._sums(),
            {
                "planned_count": 10,
                "open_count": 2,
                "done_count": 4,
                "skipped_count": 2,
                "expired_count": 1,
                "failed_count": 1,
                "responded_count": 1,
                "holdout_count": 2,
                "measured_count": 4,
                "holdout_measured_count": 2,
                "response_rate": 0.25,
                "holdout_response_rate": 0.5,
            },
        )

    def test_rate_waits_for_the_days_to_be_over(self):
        """Done on the 15th: 14 days are not over on the 25th, response or not."""
        for response in ("order", False):
            self._create_task(done=datetime(2026, 10, 15, 2), response=response)
        sums = self._sums()
        self.assertEqual((sums["done_count"], sums["responded_count"]), (2, 1))
        self.assertEqual((sums["measured_count"], sums["response_rate"]), (0, False))
        with freeze_time("2026-10-30 02:00:00"):
            sums = self._sums()
        self.assertEqual((sums["measured_count"], sums["response_rate"]), (2, 0.5))

    def test_dimensions(self):
        task = self._create_task(
            self.contact, self.done, channel="phone", grade_id=self.gold.id
        )
        self.env.flush_all()
        row = self.env["crm.care.report"].search([("task_id", "=", task.id)])
        for name in (
            "rule_id",
            "occasion_id",
            "kind",
            "channel",
            "state",
            "reason_code",
            "grade_id",
            "user_id",
            "purpose",
            "due_date",
            "partner_id",
            "commercial_partner_id",
            "company_id",
            "is_holdout",
        ):
            self.assertEqual(row[name], task[name], name)
        self.assertEqual(row.action_open_task()["res_id"], task.id)

    # ACCESS

    def test_own_customers_then_all(self):
        stranger = self._create_user("care_effect_stranger", "group_care_own")
        theirs = self._create_partner("Theirs", user_id=stranger.id)
        own = self._create_task(self.contact)
        handed = self._create_task(theirs, user_id=self.care_own.id)
        foreign = self._create_task(theirs, user_id=stranger.id)
        tasks = own | handed | foreign
        self.env.flush_all()
        for user, seen in (
            (self.care_own, own | handed),
            (stranger, handed | foreign),
            (self.care_all, tasks),
            (self.care_manager, tasks),
        ):
            rows = self.env["crm.care.report"].with_user(user).search([])
            found = rows.sudo().task_id & tasks
            self.assertEqual(set(found.ids), set(seen.ids), user.login)

    def test_other_company_nothing(self):
        task = self._create_task()
        other = self._create_company("Elsewhere")
        self.care_manager.company_ids = [Command.set([self.company.id, other.id])]
        self.env.flush_all()
        rows = self.env["crm.care.report"].with_user(self.care_manager)
        domain = [("task_id", "=", task.id)]
        elsewhere = rows.with_context(allowed_company_ids=other.ids)
        self.assertFalse(elsewhere.search(domain))
        self.assertTrue(rows.search(domain))

    def test_nobody_else(self):
        for groups in ("base.group_user", "base.group_portal"):
            user = new_test_user(self.env, f"report_{groups}", groups=groups)
            with self.assertRaises(AccessError):
                self.env["crm.care.report"].with_user(user).search([])

    def test_effect_is_of_what_one_may_see(self):
        """Of two tasks done, one is with a customer of somebody else."""
        self._create_task(done=self.done)
        self._create_task(self._create_partner("Theirs"), self.done)
        self.env.flush_all()
        self.assertEqual(self.rule.with_user(self.care_own).treated_count, 1)
        self.assertEqual(self.rule.with_user(self.care_manager).treated_count, 2)

    # EFFECT

    def test_effect_by_hand(self):
        """12 of 40 treated, 3 of 30 held out: 30 % less 10 % is 20 points, give or
        take 1.96 * sqrt(0.3 * 0.7 / 40 + 0.1 * 0.9 / 30) = 1.96 * sqrt(0.00825) =
        17.80 points."""
        self._many(40, 12, lambda **v: self._create_task(done=self.done, **v))
        self._many(30, 3, self._hold_out)
        self._create_task(state="skipped", reason_code="consent")
        rule = self._effect()
        self.assertEqual((rule.treated_count, rule.skipped_count), (40, 1))
        self.assertEqual((rule.measured_count, rule.holdout_count), (40, 30))
        self.assertAlmostEqual(rule.response_rate, 0.3)
        self.assertAlmostEqual(rule.holdout_response_rate, 0.1)
        self.assertAlmostEqual(rule.lift, 20)
        self.assertTrue(rule.is_lift_clear)
        self.assertEqual(rule.lift_text, "+20.0 points, give or take 17.8")

    def test_effect_needs_thirty_of_each(self):
        self._many(30, 30, lambda **v: self._create_task(done=self.done, **v))
        self._many(29, 0, self._hold_out)
        rule = self._effect()
        self.assertEqual((rule.lift, rule.is_lift_clear), (0, False))
        self.assertEqual(rule.lift_text, "Too few: 30 treated, 29 held out, 30 needed")
        self._hold_out()
        self.assertEqual(self._effect().lift, 100)

    def test_effect_waits_for_the_days_to_be_over(self):
        late = {"not_before": datetime(2026, 10, 15, 1)}
        self._many(30, 9, lambda **v: self._create_task(done=self.done, **v))
        self._many(30, 9, lambda **v: self._hold_out(**late, **v))
        rule = self._effect()
        self.assertEqual((rule.measured_count, rule.holdout_count), (30, 0))
        self.assertTrue(rule.lift_text.startswith("Too few"))

    def test_effect_below_zero(self):
        """3 of 30 less 6 of 30: -10 points, within the margin of chance."""
        self._many(30, 3, lambda **v: self._create_task(done=self.done, **v))
        self._many(30, 6, self._hold_out)
        rule = self._effect()
        self.assertAlmostEqual(rule.lift, -10)
        self.assertFalse(rule.is_lift_clear)
        self.assertTrue(rule.lift_text.startswith("-10.0 points"), rule.lift_text)

    def test_rule_without_any_task(self):
        rule = self._create_rule("New")
        self.assertEqual((rule.treated_count, rule.response_rate, rule.lift), (0, 0, 0))
        self.assertEqual(rule.lift_text, "Nobody is held out")

    def test_one_query_for_a_list(self):
        rules = self.rule
        for number in range(9):
            rules |= self._create_rule(f"Rule {number}")
        self._create_task(done=self.done)
        self.env.flush_all()
        rules.invalidate_recordset()
        rules.mapped("holdout_percent")
        with self.assertQueryCount(1):
            rules.mapped("lift")

    def test_lift(self):
        self.assertIsNone(lift(0, 0, 0, 0))
        self.assertEqual(lift(30, 0, 30, 0), (0, 0))
        self.assertFalse(lift(30, 0, 30, 0).is_clear)
        self.assertTrue(lift(30, 1, 30, 0).is_clear)
        with self.assertRaises(ValueError):
            lift(30, 30, 30, 0)
