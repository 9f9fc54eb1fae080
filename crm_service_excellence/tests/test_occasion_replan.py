# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""An occasion on other dates: what was planned for the former ones is gone."""

from odoo.tests import freeze_time, tagged

from .care_generate_common import CareGenerateCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-06-01 04:00:00")
class TestOccasionReplan(CareGenerateCommon):
    def setUp(self):
        super().setUp()
        self.rule = self._create_festival_rule(month=10, day=1)
        self._plan(self.rule)
        self.assertEqual(self._planned(self.rule), [("2026", "2026-10-01")])
        self.occasion = self.rule.occasion_id.with_user(self.care_manager)

    def test_another_day(self):
        self.occasion.write({"month": 8, "day": 15})
        self.assertEqual(self._planned(self.rule), [("2026", "2026-08-15")])

    def test_another_calendar(self):
        self.occasion.write({"kind": "lunar", "month": 8, "day": 15})
        self.assertEqual(self._planned(self.rule), [("L2026", "2026-09-25")])

    def test_not_in_use_and_in_use_again(self):
        self.occasion.active = False
        self.assertEqual(self._planned(self.rule), [])
        self.occasion.active = True
        self.assertEqual(self._planned(self.rule), [("2026", "2026-10-01")])

    def test_archived_contacts_stay_out(self):
        gone = self._create_customer("Gone").partner_id
        gone.action_archive()
        self.occasion.day = 2
        self.assertEqual(self._tasks_of(self.rule).partner_id, self.partner)

    def test_what_is_no_date_changes_nothing(self):
        task = self._tasks_of(self.rule)
        self.occasion.write({"name": "National Day", "color": 3})
        self.assertTrue(task.exists())
