# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import HttpCase, tagged

from .common import CareCommon


@tagged("post_install", "-at_install")
class TestToursHolidays(CareCommon, HttpCase):
    def test_import_public_holidays(self):
        """China 2026, without New Year's Day; 2030 is only looked at."""
        self.start_tour(
            "/odoo", "crm_service_excellence_holidays", login=self.care_manager.login
        )
        closures = self.env["resource.calendar.leaves"].search(
            [("company_id", "=", self.company.id)]
        )
        self.assertEqual(len(closures), 21)
        self.assertNotIn("CN-2026-01-01", closures.mapped("holiday_key"))
        self.assertFalse(any(closures.mapped("is_predicted")))
        makeups = self.env["resource.calendar.makeup"].search(
            [("company_id", "=", self.company.id)]
        )
        self.assertEqual(len(makeups), 6)
