# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Occasions: their dates, what may be typed, and what is shipped."""

from datetime import date
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged

from ..models.crm_occasion import FESTIVAL_KINDS, KINDS
from ..tools import lunar, public_holidays
from .common import CareCommon

YEAR = (date(2026, 1, 1), date(2026, 12, 31))
SHIPPED = {
    "spring_festival": ("lunar", "2026-02-17"),
    "lantern_festival": ("lunar", "2026-03-03"),
    "qingming": ("solar_term", "2026-04-05"),
    "dragon_boat": ("lunar", "2026-06-19"),
    "mid_autumn": ("lunar", "2026-09-25"),
    "national_day": ("solar", "2026-10-01"),
    "new_year": ("solar", "2026-01-01"),
    "christmas": ("solar", "2026-12-25"),
    "birthday": ("birthday", None),
    "after_purchase": ("after_purchase", None),
    "warranty_end": ("warranty_end", None),
    "dormancy": ("dormancy", None),
}


@tagged("post_install", "-at_install")
class TestOccasion(CareCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.occasions = cls.env["crm.occasion"].with_user(cls.care_manager)

    def _occasion(self, kind, **values):
        return self.occasions.create({"name": "Occasion", "kind": kind, **values})

    def _days(self, occasion, start=YEAR[0], end=YEAR[1], company=None):
        found = occasion._occurrences(start, end, company)
        return [str(one.day) for one in found]

    def _refused(self, words, kind, **values):
        with self.assertRaisesRegex(ValidationError, words), self.cr.savepoint():
            self._occasion(kind, **values)

    # SHIPPED

    def test_shipped_and_not_in_use(self):
        """By installing, nobody is written to."""
        for code, (kind, day) in SHIPPED.items():
            with self.subTest(code):
                occasion = self.env.ref(f"crm_service_excellence.crm_occasion_{code}")
                # a database may have put them in use since: what the file says counts
                self.assertEqual(occasion.kind, kind)
                self.assertFalse(occasion.company_id)
                self.assertTrue(occasion.description)
                self.assertEqual(self._days(occasion), [day] if day else [])
        known = self.env["ir.model.data"].search(
            [("module", "=", "crm_service_excellence"), ("model", "=", "crm.occasion")]
        )
        names = {name.removeprefix("crm_occasion_") for name in known.mapped("name")}
        names = {name for name in names if not name.endswith("_demo")}
        self.assertEqual(names, set(SHIPPED))
        self.assertEqual(set(known.mapped("noupdate")), {True})
        shipped = self.env["crm.occasion"].browse(known.mapped("res_id"))
        self.assertFalse(shipped.filtered("active"))
        days = {occasion.kind: occasion.days for occasion in shipped if occasion.days}
        self.assertEqual(
            days, {"after_purchase": 30, "warranty_end": 30, "dormancy": 120}
        )

    def test_put_in_use(self):
        for code in SHIPPED:
            occasion = self.env.ref(f"crm_service_excellence.crm_occasion_{code}")
            occasion.with_user(self.care_manager).active = True
            self.assertTrue(occasion.active)

    # DATES

    def test_dates_of_each_kind(self):
        self.assertEqual(
            self._days(self._occasion("solar", month=7, day=1)), ["2026-07-01"]
        )
        self.assertEqual(
            self._days(self._occasion("lunar", month=12, day=30)), ["2026-02-16"]
        )
        self.assertEqual(
            self._days(self._occasion("solar_term", solar_term="dongzhi")),
            ["2026-12-22"],
        )
        china = self.env.ref("base.cn")
        holiday = self._occasion(
            "public_holiday", country_id=china.id, holiday_name="mid-autumn festival"
        )
        self.assertEqual(self._days(holiday), ["2026-09-25"])
        monthly = self._occasion("monthly", day=31)
        self.assertEqual(
            self._days(monthly, date(2026, 1, 31), date(2026, 3, 30)),
            ["2026-01-31", "2026-02-28"],
        )
        keys = [one.key for one in monthly._occurrences(*YEAR)]
        self.assertEqual(keys[:2], ["2026-01", "2026-02"])

    def test_contacts_have_their_own(self):
        for kind, _label in KINDS:
            if kind not in FESTIVAL_KINDS:
                occasion = self._occasion(kind, days=1)
                self.assertEqual(occasion._occurrences(*YEAR), [])
                self.assertFalse(occasion.next_dates)

    def test_29_february_by_the_policy_of_the_company(self):
        occasion = self._occasion("solar", month=2, day=29)
        self.company.crm_leap_birthday = "prev"
        other = self._create_company("Other company")
        other.crm_leap_birthday = "next"
        self.assertEqual(self._days(occasion), ["2026-02-28"])
        self.assertEqual(self._days(occasion, company=other), ["2026-03-01"])
        occasion.sudo().company_id = other
        self.assertEqual(self._days(occasion.sudo()), ["2026-03-01"])

    @freeze_time("2026-11-28 12:00:00")
    def test_the_next_five(self):
        occasion = self._occasion("lunar", month=8, day=15)
        self.assertEqual(
            occasion.next_dates.splitlines(),
            [
                "Wednesday, September 15, 2027",
                "Tuesday, October 3, 2028",
                "Saturday, September 22, 2029",
                "Thursday, September 12, 2030",
                "Wednesday, October 1, 2031",
            ],
        )
        self.assertEqual(occasion.next_date, date(2027, 9, 15))
        self.assertEqual(
            len(self._occasion("monthly", day=31).next_dates.split("\n")), 5
        )

    def test_the_next_five_as_of_the_companys_today(self):
        occasion = self._occasion("solar", month=11, day=28)
        self.company.resource_calendar_id.tz = "Asia/Shanghai"
        with freeze_time("2026-11-28 15:59:00"):
            self.assertEqual(occasion.next_date, date(2026, 11, 28))
        occasion.invalidate_recordset()
        with freeze_time("2026-11-28 16:01:00"):  # the 29th in Shanghai
            self.assertEqual(occasion.next_date, date(2027, 11, 28))

    @freeze_time("2026-11-28 12:00:00")
    def test_form_shows_dates_while_typing(self):
        form = Form(self.occasions)
        form.name = "Double Ninth"
        form.kind = "lunar"
        self.assertFalse(form.next_dates)
        form.month = 9
        form.day = 9
        self.assertEqual(form.next_dates.splitlines()[0], "Friday, October 8, 2027")
        form.day = 31
        self.assertFalse(form.next_dates)
        form.kind = "public_holiday"
        form.country_id = self.env.ref("base.cn")
        self.assertIn("National Day", form.known_holidays)

    # BAD INPUT

    def test_days_that_no_year_has(self):
        self._refused("no year has a day 30 of month 2", "solar", month=2, day=30)
        self._refused("say the month and the day", "solar", month=2)
        self._refused("say the month and the day", "lunar", day=30)
        self._refused("at most 30 days", "lunar", month=1, day=31)
        self._refused("at most 30 days", "lunar", month=13, day=1)
        self._refused("between 1 and 31", "monthly", day=32)
        self._refused("between 1 and 31", "monthly")
        self._refused("choose the solar term", "solar_term")
        self._refused("choose the country", "public_holiday")
        self._refused("between 0 and 3650", "after_purchase", days=-1)
        self._refused("between 1 and 3650", "dormancy", days=0)
        self._refused("no year has a day", "solar", month=2, day=30, active=False)

    def test_holidays_that_are_not_known(self):
        china = self.env.ref("base.cn")
        values = {"country_id": china.id, "holiday_name": "Christmas"}
        self._refused(
            "China has no public holiday Christmas. It has: New Year's Day",
            "public_holiday",
            **values,
        )
        draft = self._occasion("public_holiday", active=False, **values)
        self.assertEqual(draft.next_dates, "There is none in the years that are known.")
        with patch.object(public_holidays, "countries", set):
            self._refused(
                "public holidays of China are not known",
                "public_holiday",
                country_id=china.id,
                holiday_name="National Day",
            )

    def test_missing_packages_are_named(self):
        lunar._months.cache_clear()
        china = self.env.ref("base.cn")
        festival = self._occasion("lunar", month=8, day=15)
        with patch.object(lunar, "LunarYear", None):
            self._refused("Python package lunar_python", "lunar", month=1, day=1)
            self._refused(
                "Python package lunar_python", "solar_term", solar_term="qingming"
            )
            with self.assertRaisesRegex(UserError, "lunar_python"):
                festival._occurrences(*YEAR)
            festival.invalidate_recordset()
            self.assertIn("lunar_python", festival.next_dates)
            self._occasion("lunar", month=1, day=1, active=False)  # as it is shipped
        with patch.object(public_holidays, "holidays", None):
            self._refused(
                "Python package holidays",
                "public_holiday",
                country_id=china.id,
                holiday_name="National Day",
            )

    # RULES

    def _rule(self, occasion, company=None):
        return self.env["crm.care.rule"].create(
            {
                "name": "Rule",
                "occasion_id": occasion.id,
                "company_id": (company or self.company).id,
            }
        )

    def test_other_dates_are_planned_anew(self):
        """For the rules of all companies, of which the manager sees one."""
        occasion = self._occasion("solar", month=7, day=1)
        other = self._create_company("Other company")
        rules = self._rule(occasion) + self._rule(occasion, other)
        planned = []
        model = type(self.env["crm.care.rule"])

        def replan(rules):
            planned.append(rules.ids)

        with patch.object(model, "_replan", replan, create=True):
            occasion.name = "Founded"
            occasion.description = "Cake"
            self.assertEqual(planned, [])
            occasion.day = 2
            self.assertEqual(planned, [rules.ids])
            occasion.active = False
            self.assertEqual(planned, [rules.ids] * 2)

    def test_occasion_of_another_company_than_its_rules(self):
        occasion = self._occasion("solar", month=7, day=1)
        self._rule(occasion, self._create_company("Other company"))
        model = type(self.env["crm.care.rule"])
        with (
            patch.object(model, "_replan", lambda rules: None, create=True),
            self.assertRaisesRegex(ValidationError, "rules of other companies"),
        ):
            occasion.company_id = self.company

    # ACCESS

    def test_who_may_change_it(self):
        occasion = self._occasion("solar", month=7, day=1)
        reader = occasion.with_user(self.care_own)
        self.assertEqual(reader.month, 7)
        self.assertTrue(reader.next_dates)
        for change in (
            lambda: reader.write({"month": 8}),
            lambda: reader.copy(),
            lambda: reader.unlink(),
        ):
            with self.assertRaises(AccessError):
                change()

    def test_labels_of_solar_terms(self):
        labels = dict(self.env["crm.occasion"]._select_solar_term())
        self.assertEqual(labels["qingming"], "Qingming (清明)")
        self.assertEqual(list(labels), list(lunar.TERM_OF_CODE))
        for code, term in lunar.TERM_OF_CODE.items():
            self.assertIn(term, labels[code])
