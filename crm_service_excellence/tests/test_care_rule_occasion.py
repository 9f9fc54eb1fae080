# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""C12: a key has no occasion, so that a rule keeps the one it has served people on."""

from odoo.exceptions import UserError
from odoo.tests import Form, freeze_time, tagged

from .care_generate_common import CareGenerateCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-06-01 04:00:00")
class TestCareRuleOccasion(CareGenerateCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = cls._create_festival_rule(month=6, day=1, validity_days=7)
        cls._plan(cls.rule)
        cls.autumn = cls._create_occasion("solar", month=9, day=25)
        cls.mine = cls.rule.with_user(cls.care_manager)

    def _tasks(self):
        return self._tasks_of(self.rule)

    def test_what_is_only_planned_follows(self):
        self.assertFalse(self.mine.is_occasion_fixed)
        self._tasks()[0].state = "to_approve"
        self.mine.occasion_id = self.autumn
        self.assertEqual(self._planned(self.rule), [("2026", "2026-09-25")])
        self.assertEqual(self._tasks().occasion_id, self.autumn)

    def test_what_was_due_before_does_not_stay(self):
        """It would go out for one festival with the words for another."""
        with freeze_time("2026-06-05 04:00:00"):
            self.mine.occasion_id = self.autumn
        self.assertEqual(self._planned(self.rule), [("2026", "2026-09-25")])

    def test_who_was_served_is_not_left_out_on_another_occasion(self):
        task = self._tasks()[0]
        for values in (
            {"state": "done"},
            {"state": "skipped"},
            {"state": "expired"},
            {"state": "failed"},
            {"state": "approved"},
            {"state": "by_hand"},
            {"state": "planned", "is_edited": True},
            {"is_edited": False, "occurrence_key": "2026#2"},
        ):
            task.write(values)
            self.env.invalidate_all()
            with (
                self.subTest(values),
                self.assertRaisesRegex(UserError, "duplicate the rule instead"),
            ):
                self.mine.occasion_id = self.autumn
        self.assertEqual(self.rule.occasion_id.month, 6, "nothing changed")
        self.mine.write({"occasion_id": self.rule.occasion_id.id, "lead_days": 1})
        copied = self.mine.copy({"occasion_id": self.autumn.id})
        copied.occasion_id = self.rule.occasion_id
        self.assertFalse(copied.is_occasion_fixed)

    def test_the_form_says_so(self):
        with Form(self.mine) as form:
            form.occasion_id = self.autumn
        self._tasks().state = "done"
        self.env.invalidate_all()
        with (
            self.assertRaisesRegex(AssertionError, "readonly"),
            Form(self.mine) as form,
        ):
            form.occasion_id = self.autumn
