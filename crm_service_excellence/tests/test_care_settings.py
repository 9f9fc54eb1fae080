# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from .care_effect_common import CareEffectCommon

SETTINGS = {
    "crm_care_paused": True,
    "crm_care_window_start": 10.5,
    "crm_care_window_end": 18.0,
    "crm_care_weekends": False,
    "crm_care_holidays": False,
    "crm_care_daily_cap": 2,
    "crm_care_weekly_cap": 3,
    "crm_care_customer_cap": 4,
    "crm_care_hourly_limit": 500,
    "crm_care_catch_up_days": 5,
    "crm_care_reach_share": 30,
    "crm_marketing_opt_in": False,
    "crm_leap_birthday": "next",
}


@tagged("post_install", "-at_install")
class TestCareSettings(CareEffectCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = new_test_user(
            cls.env,
            "care_test_admin",
            groups="base.group_system,crm_service_excellence.group_care_manager",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def _notes(self, record):
        return " ".join(record.message_ids.mapped("body"))

    def _pause(self, user, method="action_pause", reason="Wrong template"):
        wizard = self.env["crm.care.pause"].with_user(user).create({"reason": reason})
        return getattr(wizard, method)()

    # SETTINGS

    def test_every_setting_reaches_the_company(self):
        settings = self.env["res.config.settings"].with_user(self.admin).create({})
        with Form(settings) as form:
            for name, value in SETTINGS.items():
                form[name] = value
        settings.execute()
        for name, value in SETTINGS.items():
            self.assertEqual(self.company[name], value, name)

    def test_every_field_of_the_company_has_a_setting(self):
        fields = {
            name
            for name in self.company._fields
            if name.startswith("crm_care_") and not name.endswith("_ids")
        }
        fields |= {"crm_marketing_opt_in", "crm_leap_birthday"}
        self.assertEqual(fields, set(SETTINGS))

    @mute_logger("odoo.sql_db")
    def test_impossible_settings(self):
        for values in (
            {"crm_care_window_start": 20, "crm_care_window_end": 9},
            {"crm_care_window_start": 9, "crm_care_window_end": 9},
            {"crm_care_window_start": -1},
            {"crm_care_window_end": 24.5},
            {"crm_care_daily_cap": -1},
            {"crm_care_hourly_limit": -1},
            {"crm_care_catch_up_days": 61},
            {"crm_care_reach_share": 0},
            {"crm_care_reach_share": 101},
        ):
            with self.assertRaises(IntegrityError), self.cr.savepoint():
                self.company.write(values)
                self.env.flush_all()
            self.company.invalidate_recordset()
        self.assertEqual(self.company.crm_care_window_start, 9)

    # PAUSE

    def test_settings_pause_and_tell_it(self):
        stopped = self._create_rule("Stopped", state="stopped")
        settings = self.env["res.config.settings"].with_user(self.admin).create({})
        settings.crm_care_paused = True
        settings.execute()
        self.assertTrue(self.company.crm_care_paused)
        self.assertIn("is paused", self._notes(self.rule))
        self.assertIn("is paused", self._notes(self.company.partner_id))
        self.assertNotIn("is paused", self._notes(stopped))
        self.assertEqual(self.rule.message_ids[0].author_id, self.admin.partner_id)

    def test_saving_other_settings_tells_nothing(self):
        before = len(self.rule.message_ids)
        settings = self.env["res.config.settings"].with_user(self.admin).create({})
        settings.crm_care_daily_cap = 3
        settings.execute()
        self.company.crm_care_paused = False
        self.assertEqual(len(self.rule.message_ids), before)

    def test_manager_pauses_and_resumes_with_a_reason(self):
        self._pause(self.care_manager)
        self.assertTrue(self.company.crm_care_paused)
        self.assertIn(
            "is paused: nothing is sent. Wrong template", self._notes(self.rule)
        )
        self._pause(self.care_manager, "action_resume", "Mended")
        self.assertFalse(self.company.crm_care_paused)
        self.assertIn("goes on. Mended", self._notes(self.rule))

    def test_reason_is_text_and_no_markup(self):
        self._pause(self.care_manager, reason="<img src=x onerror=alert(1)>")
        self.assertNotIn("<img", self._notes(self.rule))

    def test_twice_says_so(self):
        self._pause(self.care_manager)
        with self.assertRaises(UserError):
            self._pause(self.care_manager)
        self._pause(self.care_manager, "action_resume")
        with self.assertRaises(UserError):
            self._pause(self.care_manager, "action_resume")

    def test_nobody_else_pauses(self):
        for user in (self.care_own, self.care_all):
            with self.assertRaises(AccessError):
                self._pause(user)
            with self.assertRaises(AccessError):
                self.company.with_user(user)._crm_pause_care(True, "No")
            with self.assertRaises(AccessError):
                self.company.with_user(user).crm_care_paused = True
        self.assertFalse(self.company.crm_care_paused)

    def test_no_other_company(self):
        other = self._create_company("Elsewhere")
        with self.assertRaises(AccessError):
            self.env["crm.care.pause"].with_user(self.care_manager).create(
                {"company_id": other.id, "reason": "No"}
            )
        with self.assertRaises(AccessError):
            other.with_user(self.care_manager)._crm_pause_care(True, "No")
        self.assertFalse(other.crm_care_paused)

    def test_message_for_screens(self):
        other = self._create_company("Elsewhere")
        both = self.company | other
        self.assertEqual(both._care_pause_message(), "")
        other.crm_care_paused = True
        self.assertIn("Elsewhere", both._care_pause_message())
        self.assertNotIn(self.company.name, both._care_pause_message())
        self.assertEqual(self.company._care_pause_message(), "")

    def test_calendar_and_open_tasks_say_that_care_is_paused(self):
        today = self.company._crm_today()
        task = self._create_task(due_date=today)
        done = self._create_task(due_date=today, state="done")
        calendar = self.env["crm.care.calendar"].with_user(self.care_manager)
        calendar = calendar.with_context(allowed_company_ids=self.company.ids)
        day = today.isoformat()
        self.assertEqual(calendar.get_days(day, day)["problems"], [])
        self.assertFalse(task.pause_text)
        self._pause(self.care_manager)
        message = self.company._care_pause_message()
        self.assertIn("is paused", message)
        self.assertEqual(calendar.get_days(day, day)["problems"], [message])
        self.assertEqual(task.with_user(self.care_manager).pause_text, message)
        self.assertFalse(done.pause_text)

    def test_wizard_counts_what_waits(self):
        today = self.company._crm_today()
        self._create_task(due_date=today)
        self._create_task(due_date=today, state="to_approve")
        self._create_task(due_date=today, state="done")
        self._create_task(due_date="2099-01-01")
        wizard = self.env["crm.care.pause"].with_user(self.care_manager).new({})
        self.assertEqual(wizard.waiting_count, 2)
