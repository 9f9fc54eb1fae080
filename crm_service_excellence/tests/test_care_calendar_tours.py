# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from unittest import skipUnless

from odoo.tests import HttpCase, tagged

from ..tools import lunar
from .care_calendar_common import CareCalendarCommon


@tagged("post_install", "-at_install")
class TestCareCalendarTours(CareCalendarCommon, HttpCase):
    @skipUnless(lunar.is_available(), "lunar_python is not installed")
    def test_read_a_year_and_open_what_is_planned(self):
        self._create_person("Zhang Wei", self.hengda, "lunar", 11, 25)
        self._create_tasks(self.rule, self.hengda, "2027-02-06", 3)
        self.start_tour(
            "/odoo/action-crm_service_excellence.crm_care_calendar_action",
            "crm_service_excellence_care_calendar",
            login=self.care_own.login,
        )

    def test_where_nothing_is_planned_the_calendar_says_what_to_do(self):
        self.rule.state = "stopped"
        self.start_tour(
            "/odoo/action-crm_service_excellence.crm_care_calendar_action",
            "crm_service_excellence_care_calendar_empty",
            login=self.care_manager.login,
        )


@tagged("post_install", "-at_install")
class TestCareCalendarPhone(CareCalendarCommon, HttpCase):
    browser_size = "375x667"
    touch_enabled = True

    def test_a_year_begins_at_today_and_a_day_opens_as_cards(self):
        today = self.company._crm_today().isoformat()
        self._create_tasks(self.rule, self.hengda, today, state="approved")
        self.start_tour(
            "/odoo/action-crm_service_excellence.crm_care_calendar_action",
            "crm_service_excellence_care_calendar_phone",
            login=self.care_own.login,
        )
