# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Overrides: a manager's decision, with a reason and an end."""

from datetime import date

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged

from .common import CareCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-01 04:00:00")  # noon in Shanghai
class TestCustomerOverride(CareCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_score_policy()
        cls.customer = cls._create_customer("Promising", [("2026-02-01", 55)])
        cls.policies._run(as_of=date(2026, 3, 1))
        cls.mine = cls.customer.with_user(cls.care_manager)

    def _override(self, until, grade=None, reason="Signed a framework contract"):
        self.mine._set_override(grade or self.gold, reason, until)

    def test_wizard(self):
        action = self.mine.action_override()
        wizard = Form(
            self.env[action["res_model"]]
            .with_user(self.care_manager)
            .with_context(**action["context"])
        )
        self.assertEqual(wizard.until, date(2026, 5, 30))  # 90 days from today
        wizard.grade_id = self.diamond
        wizard.reason = "Opens ten shops"
        wizard.until = date(2026, 12, 31)
        wizard.save().action_confirm()
        self.assertEqual(self.customer.grade_id, self.diamond)
        self.assertEqual(self.customer.computed_grade_id, self.silver)
        self.assertEqual(self.customer.customer_class, "vip")
        change = self.customer.change_ids[0]
        self.assertEqual(change.kind, "override")
        self.assertEqual(change.reason, "Opens ten shops")
        self.assertEqual(change.user_id, self.care_manager)
        self.assertEqual(
            (change.old_grade_id, change.new_grade_id), (self.silver, self.diamond)
        )

    def test_counts_up_to_and_with_its_last_day(self):
        self._override(date(2026, 4, 10))
        self.policies._run(as_of=date(2026, 4, 10))
        self.assertEqual(self.customer.grade_id, self.gold)
        self.policies._run(as_of=date(2026, 4, 11))
        self.assertEqual(self.customer.grade_id, self.silver)
        self.assertFalse(self.customer.override_grade_id)
        self.assertFalse(self.customer.override_reason)
        self.assertEqual(self.customer.change_ids[0].kind, "override_end")

    def test_the_computed_grade_goes_on_beside_it(self):
        self._override(date(2026, 6, 1))
        self._set_spend(self.customer.partner_id, 90, date(2026, 4, 1))
        self.policies._run(as_of=date(2026, 4, 1))
        self.assertEqual(self.customer.grade_id, self.gold)
        self.assertEqual(self.customer.computed_grade_id, self.diamond)

    def test_normal_grace_from_the_day_it_expires(self):
        """Below silver since 03-02; expired 04-11: silver until 90 days later."""
        self._override(date(2026, 4, 10))
        self._set_spend(self.customer.partner_id, 10, date(2026, 3, 2))
        self.policies._run(as_of=date(2026, 3, 2))
        self.assertEqual(self.customer.below_since, date(2026, 3, 2))
        self.policies._run(as_of=date(2026, 4, 11))
        self.assertEqual(self.customer.grade_id, self.silver)
        self.assertEqual(self.customer.below_since, date(2026, 4, 11))
        self.policies._run(as_of=date(2026, 7, 9))
        self.assertEqual(self.customer.grade_id, self.silver)
        self.policies._run(as_of=date(2026, 7, 10))
        self.assertEqual(self.customer.grade_id, self.regular)

    def test_ended_by_hand(self):
        self._override(date(2026, 6, 1))
        self.mine.action_end_override()
        self.assertEqual(self.customer.grade_id, self.silver)
        self.assertEqual(self.customer.change_ids[0].kind, "override_end")
        with self.assertRaises(UserError):
            self.mine.action_end_override()

    def test_a_year_at_most(self):
        self._override(date(2027, 3, 1))  # 365 days
        with self.assertRaisesRegex(ValidationError, "365 days at most"):
            self._override(date(2027, 3, 2))

    def test_refused_and_nothing_changed(self):
        for until, reason, pattern in (
            (date(2026, 2, 28), "Because", "cannot end in the past"),
            (date(2026, 4, 1), "  ", "Say why"),
            (date(2026, 4, 1), False, "Say why"),
        ):
            with self.assertRaisesRegex(ValidationError, pattern):
                self._override(until, reason=reason)
        self.assertEqual(self.customer.grade_id, self.silver)
        self.assertEqual(len(self.customer.change_ids), 1)

    @freeze_time("2026-03-01 17:00:00")  # 2026-03-02 01:00 in Shanghai
    def test_today_is_the_company_s(self):
        with self.assertRaisesRegex(ValidationError, "in the past"):
            self._override(date(2026, 3, 1))
        self._override(date(2026, 3, 2))

    def test_only_managers(self):
        self.customer.partner_id.user_id = self.care_own
        for user in (self.care_own, self.care_all):
            customer = self.customer.with_user(user)
            with self.assertRaises(AccessError):
                customer._set_override(self.gold, "Nice people", date(2026, 4, 1))
            with self.assertRaises(AccessError):
                customer.action_toggle_vip()
            with self.assertRaises(AccessError):
                customer.action_end_override()

    def test_nobody_writes_measured_fields(self):
        for values in ({"grade_id": self.diamond.id}, {"score": 100}, {"is_vip": True}):
            with self.assertRaises(AccessError):
                self.mine.write(values)
        with self.assertRaises(AccessError):
            self.mine.create(
                {
                    "partner_id": self.env.user.partner_id.id,
                    "company_id": self.company.id,
                }
            )
