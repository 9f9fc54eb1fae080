# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date
from unittest import skipUnless
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..tools import lunar
from .care_calendar_common import CareCalendarCommon

# The table of the reference on service, C9
SPRING_FESTIVALS = {
    2026: "2026-02-17",
    2027: "2027-02-06",
    2028: "2028-01-26",
    2029: "2029-02-13",
    2030: "2030-02-03",
}
MID_AUTUMNS = {
    2026: "2026-09-25",
    2027: "2027-09-15",
    2028: "2028-10-03",
    2029: "2029-09-22",
    2030: "2030-09-12",
}


@tagged("post_install", "-at_install")
class TestCareCalendarDates(CareCalendarCommon):
    """What is celebrated and when the company is closed."""

    @skipUnless(lunar.is_available(), "lunar_python is not installed")
    def test_festivals_of_five_years(self):
        autumn = self._create_occasion("Mid-Autumn", "lunar", month=8, day=15)
        for year in range(2026, 2031):
            found = self._entries("occasion", f"{year}-01-01", f"{year}-12-31")
            self.assertEqual(
                [(day, entry["occasion_id"]) for day, entry in found],
                [
                    (SPRING_FESTIVALS[year], self.spring.id),
                    (MID_AUTUMNS[year], autumn.id),
                ],
            )

    @skipUnless(lunar.is_available(), "lunar_python is not installed")
    def test_festivals_far_away(self):
        self.assertEqual(
            self._dates("occasion", "2034-01-01", "2034-12-31"), ["2034-02-19"]
        )
        self.assertEqual(
            self._dates("occasion", "2100-01-01", "2100-12-31"), ["2100-02-09"]
        )

    def test_occasions_not_in_use_are_shown_on_demand(self):
        self._create_occasion("Christmas", "solar", month=12, day=25, active=False)
        december = ("occasion", "2026-12-01", "2026-12-31")
        self.assertFalse(self._entries(*december))
        ((day, entry),) = [
            item
            for item in self._entries(*december, all_occasions=True)
            if item[1]["name"] == "Christmas" and item[0] == "2026-12-25"
        ][:1]
        self.assertFalse(entry["is_used"])

    def test_occasion_without_dates_is_told_and_the_others_are_shown(self):
        self._create_occasion("Founding day", "solar", month=5, day=9)
        occasions = type(self.env["crm.occasion"])
        original = occasions._occurrences

        def fail(occasion, *args, **kwargs):
            if occasion.kind == "lunar":
                raise UserError(occasion.env._("The package is missing."))
            return original(occasion, *args, **kwargs)

        with patch.object(occasions, "_occurrences", fail):
            result = self.calendar.with_user(self.care_own).get_days(
                "2026-01-01", "2026-12-31", {"kinds": ["occasion"]}
            )
        self.assertEqual(result["problems"], ["The package is missing."])
        self.assertEqual(
            [day["date"] for day in result["days"] if day["entries"]], ["2026-05-09"]
        )

    @skipUnless(lunar.is_available(), "lunar_python is not installed")
    def test_lunar_birthdays_twice_a_year_and_never(self):
        """C9: lunar 11/25; with no rule that plans anything for birthdays."""
        self._create_person("Zhang Wei", self.hengda, "lunar", 11, 25)
        for year, dates in {
            2024: ["2024-01-06", "2024-12-25"],
            2025: [],
            2026: ["2026-01-13"],
            2027: ["2027-01-02", "2027-12-22"],
            2028: [],
        }.items():
            year_long = ("birthday", f"{year}-01-01", f"{year}-12-31")
            self.assertEqual(self._dates(*year_long, user=self.care_own), dates)

    @skipUnless(lunar.is_available(), "lunar_python is not installed")
    def test_lunar_birthdays_at_the_end_of_a_month_and_in_leap_months(self):
        """C9: 12/30 in short months; leap 4 in the regular month, or in leap ones."""
        self._create_person("Wang Min", self.hengda, "lunar", 12, 30)
        self.assertEqual(
            self._dates("birthday", "2026-01-01", "2027-01-31"),
            ["2026-02-16"],
        )
        self._create_person("Li Lei", self.hengda, "lunar", 6, 15, crm_birth_leap=True)
        self._create_person(
            "Liu Tao",
            self.hengda,
            "lunar",
            6,
            15,
            crm_birth_leap=True,
            crm_birth_leap_policy="leap",
        )
        found = self._entries("birthday", "2025-07-01", "2025-08-31")
        self.assertEqual(
            [(day, entry["names"]) for day, entry in found],
            [
                ("2025-07-09", ["Li Lei (Hengda Precision)"]),
                ("2025-08-08", ["Liu Tao (Hengda Precision)"]),
            ],
        )

    def test_29_february_as_the_company_has_it(self):
        self._create_person("Anna Berg", self.hengda, "solar", 2, 29)
        spring = ("birthday", "2027-02-01", "2027-03-31")
        self.assertEqual(self._dates(*spring), ["2027-02-28"])
        self.company.crm_leap_birthday = "next"
        self.assertEqual(self._dates(*spring), ["2027-03-01"])
        self.assertEqual(
            self._dates("birthday", "2028-02-01", "2028-03-31"), ["2028-02-29"]
        )

    def test_birthdays_of_a_day_are_counted_and_five_are_named(self):
        for number in range(7):
            self._create_person(f"Person {number}", self.hengda, "solar", 5, 20)
        self._create_person("Gone", self.hengda, "solar", 5, 20, active=False)
        ((day, entry),) = self._entries("birthday", "2026-05-01", "2026-05-31")
        self.assertEqual((day, entry["count"]), ("2026-05-20", 7))
        self.assertEqual(
            entry["names"], [f"Person {n} (Hengda Precision)" for n in range(5)]
        )

    def test_birthdays_open_the_contacts_that_were_counted(self):
        people = self._create_person("A", self.hengda, "solar", 2, 29)
        people += self._create_person("B", self.hengda, "solar", 2, 28)
        self._create_person("C", self.hengda, "solar", 3, 1)
        self._create_person("D", self.kaiyuan, "solar", 2, 28)
        calendar = self.calendar.with_user(self.care_own)
        action = calendar.action_birthdays("2027-02-28")
        self.assertEqual(action["res_model"], "res.partner")
        self.assertEqual(
            self.env["res.partner"].with_user(self.care_own).search(action["domain"]),
            people,
        )

    @skipUnless(lunar.is_available(), "lunar_python is not installed")
    def test_birthdays_open_those_of_leap_months_too(self):
        regular = self._create_person("A", self.hengda, "lunar", 6, 15)
        moved = self._create_person(
            "B", self.hengda, "lunar", 6, 15, crm_birth_leap=True
        )
        late = self._create_person(
            "C",
            self.hengda,
            "lunar",
            6,
            15,
            crm_birth_leap=True,
            crm_birth_leap_policy="leap",
        )
        partners = self.env["res.partner"]
        for day, people in {
            "2025-07-09": regular + moved,
            "2025-08-08": late,
        }.items():
            action = self.calendar.with_user(self.care_all).action_birthdays(day)
            self.assertEqual(partners.search(action["domain"]), people)

    def test_closures_and_make_up_days(self):
        """Closed 1 to 3 October 2026 in Shanghai; Saturday the 10th is worked."""
        self.env["resource.calendar.leaves"].create(
            {
                "name": "National Day",
                "company_id": self.company.id,
                "calendar_id": False,
                "resource_id": False,
                "date_from": "2026-09-30 16:00:00",
                "date_to": "2026-10-03 15:59:59",
            }
        )
        self.env["resource.calendar.makeup"].create(
            {
                "name": "Swap",
                "company_id": self.company.id,
                "date": "2026-10-10",
                "weekday": "4",
            }
        )
        days = self.calendar.with_user(self.care_own).get_days(
            "2026-09-30", "2026-10-11", {"kinds": ["closed"]}
        )["days"]
        self.assertEqual(
            [day["date"][-5:] for day in days if day["is_closed"]],
            ["10-01", "10-02", "10-03", "10-04", "10-11"],
        )
        self.assertEqual(
            [
                (day["date"][-5:], entry["name"], entry["is_makeup"])
                for day in days
                for entry in day["entries"]
            ],
            [
                ("10-01", "National Day", False),
                ("10-02", "National Day", False),
                ("10-03", "National Day", False),
                ("10-10", "Swap", True),
            ],
        )

    @skipUnless(lunar.is_available(), "lunar_python is not installed")
    def test_lunar_dates_in_numbers_and_in_chinese(self):
        calendar = self.calendar.with_user(self.care_own)
        asked = ("2025-07-24", "2025-07-26", {"kinds": [], "lunar": True})
        self.assertEqual(
            [day["lunar"] for day in calendar.get_days(*asked)["days"]],
            ["6/30", "leap 6/1", "leap 6/2"],
        )
        self.env["res.lang"]._activate_lang("zh_CN")
        calendar = calendar.with_context(lang="zh_CN")
        self.assertEqual(
            [calendar._lunar_text(date(2025, 7, day)) for day in (24, 25, 26)],
            ["三十", "闰六月", "初二"],
        )
        self.assertFalse(calendar.get_days(*asked[:2])["days"][0]["lunar"])
