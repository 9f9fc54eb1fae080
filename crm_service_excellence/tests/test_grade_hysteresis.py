# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Up at once, down late: the table of service.md C3, day by day."""

from datetime import date

from odoo.tests import tagged

from .common import CareCommon


@tagged("post_install", "-at_install")
class TestGradeHysteresis(CareCommon):
    """Grace 90 days, minimum stay 30 days, buffer 3 points: the defaults."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls._create_score_policy()
        cls.partner = cls._create_partner("Diamond & Sons", user_id=cls.care_own.id)

    def _run(self, day, score=None):
        """Let the customer score ``score`` on ``day`` and grade it."""
        if score is not None:
            self._set_spend(self.partner, score, day)
        self.run = self.policies._run(as_of=day)
        return self._customer_of(self.partner)

    def assertGrade(self, customer, grade, below_since=False):
        self.assertEqual(customer.computed_grade_id.name, grade.name)
        self.assertEqual(customer.grade_id.name, grade.name)
        self.assertEqual(customer.below_since, below_since)

    def test_the_table(self):
        customer = self._run(date(2026, 3, 1), 86)
        self.assertGrade(customer, self.diamond)
        self.assertEqual(customer.grade_date, date(2026, 3, 1))
        # 83 >= 85 - 3: inside the buffer
        self.assertGrade(self._run(date(2026, 6, 1), 83), self.diamond)
        # below it: the clock starts, and the account manager is told
        self.assertGrade(
            self._run(date(2026, 7, 1), 80), self.diamond, date(2026, 7, 1)
        )
        self.assertEqual(customer.grace_end, date(2026, 9, 29))  # 90 days later
        self.assertEqual(self.run.warned_count, 1)
        self.assertEqual(self.run.activity_ids.user_id, self.care_own)
        # recovers: the clock is cleared
        self.assertGrade(self._run(date(2026, 8, 15), 88), self.diamond)
        self.assertGrade(
            self._run(date(2026, 9, 1), 60), self.diamond, date(2026, 9, 1)
        )
        # day 89: stays; day 90: one step, though the score says silver
        self.assertGrade(self._run(date(2026, 11, 29)), self.diamond, date(2026, 9, 1))
        self.assertGrade(self._run(date(2026, 11, 30)), self.gold, date(2026, 11, 30))
        kinds = customer.change_ids.sorted("id").mapped("kind")
        self.assertEqual(kinds, ["first", "downgrade"])

    def test_one_warning_however_many_customers(self):
        """A diamond and a gold customer fall on one day: one activity about two."""
        other = self._create_partner("Gold & Sons", user_id=self.care_own.id)
        self._set_spend(other, 75, date(2026, 3, 1))
        self._run(date(2026, 3, 1), 86)
        self._set_spend(other, 10, date(2026, 7, 1))
        self._run(date(2026, 7, 1), 60)
        self.assertEqual(self.run.warned_count, 2)
        self.assertEqual(len(self.run.activity_ids), 1)
        self.assertTrue(self.run.activity_ids.summary.startswith("2 of your customers"))
        self._run(date(2026, 7, 1))
        self.assertFalse(self.run.activity_ids)  # said already

    def test_the_next_step_needs_its_own_grace(self):
        self._run(date(2026, 3, 1), 86)
        self._run(date(2026, 6, 1), 40)
        # 2026-06-01 + 90 days = 2026-08-30
        self.assertGrade(self._run(date(2026, 8, 30)), self.gold, date(2026, 8, 30))
        # + 89, + 90 days
        self.assertGrade(self._run(date(2026, 11, 27)), self.gold, date(2026, 8, 30))
        self.assertGrade(self._run(date(2026, 11, 28)), self.silver, date(2026, 11, 28))

    def test_upgrade_jumps_several_grades(self):
        self.assertGrade(self._run(date(2026, 3, 1), 10), self.regular)
        self.assertGrade(self._run(date(2026, 3, 2), 85), self.diamond)

    def test_the_buffer_is_inclusive(self):
        """82 is 85 - 3: not below; 81 is."""
        self._run(date(2026, 3, 1), 86)
        self.assertGrade(self._run(date(2026, 6, 1), 82), self.diamond)
        self.assertGrade(
            self._run(date(2026, 6, 2), 81), self.diamond, date(2026, 6, 2)
        )

    def test_recovery_to_the_very_edge_of_the_buffer(self):
        """82 on the day the grace ends: kept, and the clock cleared."""
        self._run(date(2026, 3, 1), 86)
        self._run(date(2026, 6, 1), 60)
        self.assertGrade(self._run(date(2026, 8, 30), 82), self.diamond)

    def test_minimum_stay(self):
        """Without grace a grade is still kept for 30 days."""
        self.policy = self._replace_policy(grace_days=0)
        self._run(date(2026, 3, 1), 86)
        self.assertGrade(
            self._run(date(2026, 3, 30), 60), self.diamond, date(2026, 3, 30)
        )
        self.assertGrade(self._run(date(2026, 3, 31)), self.gold, date(2026, 3, 31))

    def test_without_any_patience_one_step_a_day(self):
        """Even then a second run of the same day changes nothing."""
        self._replace_policy(grace_days=0, min_stay_days=0)
        self._run(date(2026, 3, 1), 86)
        self.assertGrade(self._run(date(2026, 3, 2), 0), self.gold, date(2026, 3, 2))
        self.assertGrade(self._run(date(2026, 3, 2)), self.gold, date(2026, 3, 2))
        self.assertEqual(self.run.written_count, 0)
        self.assertGrade(self._run(date(2026, 3, 3)), self.silver, date(2026, 3, 3))

    def test_the_same_day_twice_changes_nothing(self):
        for day, score in (
            (date(2026, 3, 1), 86),
            (date(2026, 7, 1), 60),
            (date(2026, 9, 29), None),  # the downgrade
        ):
            self._run(day, score)
            self.assertEqual(self.run.written_count, 1)
            self._run(day)
            self.assertEqual(self.run.written_count, 0)
            self.assertFalse(self.run.change_ids)

    def test_refund_within_14_days_takes_the_upgrade_back(self):
        """The refunded invoice made it gold: back to regular, without grace."""
        self._run(date(2026, 3, 1), 10)
        invoice = self._create_invoice(self.partner, date(2026, 3, 2), 65)
        self.assertGrade(self._run(date(2026, 3, 2)), self.gold)
        self._refund(invoice, date(2026, 3, 16))
        self.assertGrade(self._run(date(2026, 3, 16)), self.regular)
        customer = self._customer_of(self.partner)
        self.assertEqual(customer.change_ids[0].kind, "refund")

    def test_refund_after_14_days_has_grace(self):
        self._run(date(2026, 3, 1), 10)
        invoice = self._create_invoice(self.partner, date(2026, 3, 2), 65)
        self._run(date(2026, 3, 2))
        self._refund(invoice, date(2026, 3, 17))
        self.assertGrade(self._run(date(2026, 3, 17)), self.gold, date(2026, 3, 17))

    def test_refund_never_leads_below_the_grade_before(self):
        """Silver before the upgrade: a score of regular still falls to silver only."""
        self._run(date(2026, 3, 1), 55)
        invoice = self._create_invoice(self.partner, date(2026, 3, 2), 20)
        self.assertGrade(self._run(date(2026, 3, 2)), self.gold)
        self._refund(invoice, date(2026, 3, 5))
        self._create_invoice(self.partner, date(2026, 3, 5), 50, "out_refund")
        self.assertGrade(self._run(date(2026, 3, 5)), self.silver, date(2026, 3, 5))

    def _refund(self, invoice, day):
        self._create_invoice(
            self.partner,
            day,
            invoice.amount_untaxed,
            "out_refund",
            reversed_entry_id=invoice.id,
        )

    def _replace_policy(self, **values):
        return self._create_score_policy(**values)
