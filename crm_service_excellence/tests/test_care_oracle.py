# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Planning against a calendar that is counted the other way round.

The addon asks of each day whose birthday it is. Here each birthday is looked for in
each year, by the library itself.
"""

from calendar import isleap
from datetime import date
from random import Random
from unittest import skipUnless

from freezegun import freeze_time

from odoo.tests import tagged

from odoo.addons.crm_service_excellence.tools import lunar

from .common import CareCommon

FIRST, LAST = date(2026, 1, 1), date(2028, 12, 31)


def solar_dates(month, day):
    """29 February is celebrated on the 28th of other years."""
    days = []
    for year in range(FIRST.year, LAST.year + 1):
        short = (month, day) == (2, 29) and not isleap(year)
        days.append(date(year, month, 28 if short else day))
    return days


def lunar_dates(month, day, leap, policy):
    """The lunar years 2025 to 2028 touch the solar ones 2026 to 2028."""
    from lunar_python import Lunar, LunarMonth, LunarYear

    days = []
    for year in range(FIRST.year - 1, LAST.year + 1):
        has_leap = LunarYear.fromYear(year).getLeapMonth() == month
        number = -month if leap and policy == "leap" and has_leap else month
        length = LunarMonth.fromYm(year, number).getDayCount()
        solar = Lunar.fromYmd(year, number, min(day, length)).getSolar()
        days.append(date(solar.getYear(), solar.getMonth(), solar.getDay()))
    return [day for day in days if FIRST <= day <= LAST]


@tagged("post_install", "-at_install")
@skipUnless(lunar.is_available(), "lunar_python is not installed")
class TestCareOracle(CareCommon):
    @freeze_time("2026-01-01 02:00:00")
    def test_three_years_of_birthdays(self):
        """300 persons with any birthday there can be: each celebrated day, once."""
        customer = self._create_customer("Clan")
        random = Random(20260101)
        birthdays = [
            ("solar", 2, 29, False, False),
            ("lunar", 12, 30, False, False),
            ("lunar", 11, 25, False, False),
            ("lunar", 6, 15, True, "leap"),
            ("lunar", 6, 30, True, "leap"),
            ("lunar", 5, 29, True, "leap"),
        ]
        while len(birthdays) < 300:
            calendar = random.choice(("solar", "lunar"))
            leap = calendar == "lunar" and random.random() < 0.4
            policy = random.choice(("regular", "leap")) if leap else False
            last = 30 if calendar == "lunar" else 28
            birthdays.append(
                (calendar, random.randint(1, 12), random.randint(1, last), leap, policy)
            )
        persons = self.env["res.partner"].create(
            [
                {
                    "name": f"Person {number}",
                    "parent_id": customer.partner_id.id,
                    "crm_birth_calendar": calendar,
                    "crm_birth_month": month,
                    "crm_birth_day": day,
                    "crm_birth_leap": leap,
                    "crm_birth_leap_policy": policy,
                }
                for number, (calendar, month, day, leap, policy) in enumerate(birthdays)
            ]
        )
        rule = self.env["crm.care.rule"].create(
            {
                "name": "Birthdays",
                "company_id": self.company.id,
                "occasion_id": self.env["crm.occasion"]
                .create({"name": "Birthday", "kind": "birthday"})
                .id,
            }
        )
        rule.sudo().write({"state": "active"})
        inserted = rule._generate(FIRST, LAST)
        expected = set()
        for person, (calendar, month, day, leap, policy) in zip(
            persons, birthdays, strict=True
        ):
            days = (
                solar_dates(month, day)
                if calendar == "solar"
                else lunar_dates(month, day, leap, policy)
            )
            expected |= {(person.id, day) for day in days}
        tasks = self.env["crm.care.task"].search([("rule_id", "=", rule.id)])
        found = [(task.partner_id.id, task.occasion_date) for task in tasks]
        self.assertEqual(len(found), len(set(found)))
        self.assertEqual(set(found), expected)
        self.assertEqual(inserted, len(expected))
        self.assertEqual(rule._generate(FIRST, LAST), 0)
