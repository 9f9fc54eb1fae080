# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The day of a posting: locked accounts know it without reading the program."""

from datetime import date

from freezegun import freeze_time

from odoo.tests import tagged

from .common import LoyaltyCase

#: 21:30 in New York, already the 9th in Shanghai
EVENING = "2026-03-09 01:30:00"


@tagged("standard", "post_install", "-at_install")
class TestLedgerToday(LoyaltyCase):
    def _today(self, card):
        """What the locked account says; the same as the program."""
        self.env.flush_all()
        today = card._lock_accounts()[card.id].today()
        self.assertEqual(today, card.program_id._crm_today())
        return today

    @freeze_time(EVENING)
    def test_in_the_zone_of_the_programs_company(self):
        card = self.card()
        calendar = self.company.resource_calendar_id
        for zone, day in (
            ("Asia/Shanghai", date(2026, 3, 9)),
            ("America/New_York", date(2026, 3, 8)),
        ):
            calendar.tz = zone
            self.assertEqual(self._today(card), day)

    @freeze_time(EVENING)
    def test_without_working_hours_it_is_the_contacts_zone(self):
        card = self.card()
        self.company.resource_calendar_id = False
        self.company.partner_id.tz = "America/New_York"
        self.assertEqual(self._today(card), date(2026, 3, 8))
        self.company.partner_id.tz = False
        self.assertEqual(self._today(card), date(2026, 3, 9))

    @freeze_time(EVENING)
    def test_a_shared_program_has_the_main_companys(self):
        card = self.card()
        self.program.company_id = False
        main = self.env.ref("base.main_company")
        main.resource_calendar_id.tz = "America/New_York"
        other = self.env["res.company"].create({"name": "Elsewhere"})
        other.resource_calendar_id.tz = "Asia/Shanghai"
        self.assertEqual(self._today(card.with_company(other)), date(2026, 3, 8))

    @freeze_time(EVENING)
    def test_entries_are_of_that_day(self):
        self.company.resource_calendar_id.tz = "America/New_York"
        entry = self.card()._post_points([{"kind": "earn", "points": 5, "key": "e"}])
        self.assertEqual(entry.effective_date, date(2026, 3, 8))
        self.assertEqual(entry.company_id, self.company)
        self.assert_whole()
