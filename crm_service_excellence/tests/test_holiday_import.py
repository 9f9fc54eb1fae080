# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Importing public holidays: China's official 2026, and 2027 before it is announced."""

from datetime import date, datetime
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from ..tools import public_holidays
from ..tools.public_holidays import PublicDay, PublicYear
from .common import CareCommon


@tagged("post_install", "-at_install")
class TestHolidayImport(CareCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.calendar = cls.company.resource_calendar_id
        cls.company.country_id = cls.env.ref("base.cn")
        cls.closures = cls.env["resource.calendar.leaves"].search([])
        cls.makeups = cls.env["resource.calendar.makeup"]

    def _form(self, year):
        wizard = Form(self.env["resource.holiday.import"].with_user(self.care_manager))
        wizard.country_id = self.env.ref("base.cn")
        wizard.year = year
        return wizard

    def _import(self, year):
        wizard = self._form(year).save()
        wizard.action_import()
        return wizard

    def _imported(self):
        domain = [("holiday_key", "!=", False)]
        return self.env["resource.calendar.leaves"].search(domain)

    def test_china_2026(self):
        """The State Council's list: 6 make-up days; October has 18 working days."""
        wizard = self._import(2026)
        self.assertFalse(wizard.is_predicted)
        days = self.makeups.search([]).mapped(lambda day: str(day.date))
        self.assertEqual(
            sorted(days),
            [
                "2026-01-04",
                "2026-02-14",
                "2026-02-28",
                "2026-05-09",
                "2026-09-20",
                "2026-10-10",
            ],
        )
        worktime = self.calendar._working_time(self.company)
        october = [
            day for day in range(1, 32) if worktime.is_working_day(date(2026, 10, day))
        ]
        self.assertEqual(
            october,
            [8, 9, 10, 12, 13, 14, 15, 16, 19, 20, 21, 22, 23, 26, 27, 28, 29, 30],
        )
        # 2026-10-10 pays for Wednesday 2026-10-07
        saturday = self.makeups.search([("date", "=", "2026-10-10")])
        self.assertEqual(saturday.weekday, "2")

    def test_closures_are_whole_local_days_of_the_company(self):
        self._import(2026)
        closure = self._imported().filtered(
            lambda leave: leave.holiday_key == "CN-2026-10-01"
        )
        self.assertEqual(closure.company_id, self.company)
        self.assertEqual(closure.date_from, datetime(2026, 9, 30, 16))
        self.assertEqual(closure.date_to, datetime(2026, 10, 1, 15, 59, 59))
        self.assertFalse(closure.calendar_id)

    def test_twice_changes_nothing(self):
        self._import(2026)
        before = (self._imported().read(), self.makeups.search([]).read())
        wizard = self._form(2026).save()
        self.assertEqual(set(wizard.line_ids.mapped("state")), {"there"})
        self.assertFalse(any(wizard.line_ids.mapped("is_chosen")))
        wizard.action_import()
        after = (self._imported().read(), self.makeups.search([]).read())
        self.assertEqual([len(rows) for rows in after], [len(rows) for rows in before])
        self.assertEqual(
            [row["date_to"] for row in after[0]], [row["date_to"] for row in before[0]]
        )

    def test_edits_by_hand_survive(self):
        self._import(2026)
        edited = self._imported().filtered(
            lambda leave: leave.holiday_key == "CN-2026-10-01"
        )
        edited.date_to = datetime(2026, 10, 1, 4)
        wizard = self._form(2026).save()
        line = wizard.line_ids.filtered(lambda line: line.date == date(2026, 10, 1))
        self.assertEqual(line.state, "edited")
        wizard.action_import()
        self.assertEqual(edited.date_to, datetime(2026, 10, 1, 4))

    def test_only_what_is_chosen(self):
        form = self._form(2026)
        for index in range(len(form.line_ids)):
            with form.line_ids.edit(index) as line:
                line.is_chosen = line.date == date(2026, 5, 1)
        form.save().action_import()
        self.assertEqual(self._imported().mapped("holiday_key"), ["CN-2026-05-01"])
        self.assertFalse(self.makeups.search([]))

    def test_a_predicted_year_is_marked(self):
        """2027 as the library has it before the announcement."""
        days = [PublicDay(date(2027, 2, 6), "Spring Festival")]
        self._import_as(PublicYear(days, True))
        self.assertTrue(self._imported().is_predicted)

    def test_official_replaces_predicted(self):
        first, second = date(2027, 2, 6), date(2027, 2, 10)
        self._import_as(
            PublicYear(
                [PublicDay(first, "Festival"), PublicDay(second, "Festival")], True
            )
        )
        makeup = PublicDay(date(2027, 2, 14), "", 4)
        official = PublicYear([PublicDay(first, "Festival"), makeup], False)
        wizard = self._import_as(official)
        self.assertIn("gone", wizard.line_ids.mapped("state"))
        self.assertEqual(self._imported().mapped("holiday_key"), ["CN-2027-02-06"])
        self.assertFalse(self._imported().is_predicted)
        self.assertEqual(self.makeups.search([]).weekday, "4")

    def _import_as(self, year):
        with patch.object(public_holidays, "public_year", return_value=year):
            return self._import(2027)

    def test_the_library_predicts_2027_and_says_so(self):
        """As of the pinned version 2027 has no make-up days, unlike 2022-2026."""
        self.assertTrue(public_holidays.public_year("CN", 2027).is_predicted)
        self.assertFalse(public_holidays.public_year("CN", 2025).is_predicted)
        self.assertFalse(public_holidays.public_year("US", 2027).is_predicted)

    def test_names_in_the_user_s_language(self):
        names = {
            item.day: item.name
            for item in public_holidays.public_year("CN", 2026, "zh_CN").days
        }
        self.assertEqual(names[date(2026, 10, 1)], "国庆节")

    def test_a_swap_says_for_which_day(self):
        """The library says "Day off (substituted from 10/10/2026)"."""
        lines = {line.date: line for line in self._form(2026).save().line_ids}
        self.assertEqual(
            lines[date(2026, 10, 7)].name, "Day off, made up for on Oct 10"
        )
        saturday = lines[date(2026, 10, 10)]
        self.assertEqual(saturday.name, "Make-up working day for Oct 7")
        self.assertEqual(saturday.day_of_week, "Saturday")
        self.assertEqual(saturday.kind, "makeup")
        self.assertEqual(lines[date(2026, 10, 1)].name, "National Day")

    def test_a_moved_holiday_is_no_swap(self):
        """Russia 2023: 8 May for New Year's Day on a Sunday, on which nobody works."""
        days = public_holidays.public_year("RU", 2023, "en_US").days
        moved = next(item for item in days if item.day == date(2023, 5, 8))
        self.assertIn("01/08/2023", moved.name)
        self.assertFalse(moved.swapped)

    def test_how_many_days(self):
        """2026: 13 holidays, 3 more as some fell on a weekend, and 6 swaps."""
        wizard = self._form(2026).save()
        counts = ("closure_count", "makeup_count", "chosen_count")
        self.assertEqual([wizard[name] for name in counts], [22, 6, 28])
        action = wizard.action_import()
        self.assertIn("28", action["params"]["message"])
        again = self._form(2026).save()
        self.assertEqual(again.chosen_count, 0)

    def test_refused_with_a_message(self):
        with (
            patch.object(public_holidays, "countries", return_value={"FR"}),
            self.assertRaisesRegex(UserError, "not known"),
        ):
            self._import(2026)
        with self.assertRaisesRegex(UserError, "between 1990 and 2100"):
            self._import(20266)
        with (
            patch.object(public_holidays, "holidays", None),
            self.assertRaisesRegex(UserError, "not installed"),
        ):
            self._import(2026)

    def test_demo_data_without_the_library(self):
        """Demo data import two years at once, or nothing at all."""
        with patch.object(public_holidays, "holidays", None):
            wizards = self.env["resource.holiday.import"].create(
                [
                    {"country_id": self.env.ref("base.cn").id, "year": year}
                    for year in (2025, 2026)
                ]
            )
            wizards._import_days()
            self.assertFalse(self._imported())
        wizards.invalidate_recordset()
        for wizard in wizards:
            wizard.year = wizard.year  # the library is back: look again
        wizards._import_days()
        self.assertEqual(
            {key[:7] for key in self._imported().mapped("holiday_key")},
            {"CN-2025", "CN-2026"},
        )

    def test_only_managers(self):
        with self.assertRaises(AccessError):
            self.env["resource.holiday.import"].with_user(self.care_all).create({})
