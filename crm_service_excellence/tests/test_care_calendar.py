# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date, datetime
from unittest import skipUnless
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..tools import lunar
from .common import CareCommon

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


class CareCalendarCommon(CareCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.calendar = cls.env["crm.care.calendar"]
        # nothing of what the database has already; no rule plans anew for that
        cls.env.flush_all()
        cls.env.cr.execute("UPDATE crm_occasion SET active = FALSE")
        cls.env.cr.execute("UPDATE res_partner SET crm_birth_month = 0")
        cls.env.invalidate_all()
        cls.spring = cls._create_occasion("Spring Festival", "lunar", month=1, day=1)
        cls.rule = cls._create_rule("Spring Festival greeting", cls.spring)
        cls.hengda = cls._create_partner(
            "Hengda Precision", is_company=True, user_id=cls.care_own.id
        )
        cls.kaiyuan = cls._create_partner("Kaiyuan Textiles", is_company=True)

    @classmethod
    def _create_occasion(cls, name, kind, **values):
        return cls.env["crm.occasion"].create({"name": name, "kind": kind, **values})

    @classmethod
    def _create_rule(cls, name, occasion, **values):
        rule = cls.env["crm.care.rule"].create(
            {
                "name": name,
                "occasion_id": occasion.id,
                "company_id": cls.company.id,
                **values,
            }
        )
        rule.state = "active"
        return rule

    @classmethod
    def _create_tasks(cls, rule, partner, day, number=1, state="planned", **values):
        due = date.fromisoformat(day)
        first = rule.task_ids.search_count([("rule_id", "=", rule.id)])
        return cls.env["crm.care.task"].create(
            [
                {
                    "rule_id": rule.id,
                    "occasion_id": rule.occasion_id.id,
                    "kind": rule.kind,
                    "company_id": rule.company_id.id,
                    "partner_id": partner.id,
                    "commercial_partner_id": partner.commercial_partner_id.id,
                    "occurrence_key": f"test-{first + count}",
                    "occasion_date": due,
                    "due_date": due,
                    "not_before": datetime(due.year, due.month, due.day, 1),
                    "not_after": datetime(due.year, due.month, due.day, 12),
                    "state": state,
                    "purpose": rule.purpose,
                    "priority": rule.priority,
                    **values,
                }
                for count in range(number)
            ]
        )

    @classmethod
    def _create_person(cls, name, company, calendar, month, day, **values):
        return cls._create_partner(
            name,
            parent_id=company.id,
            crm_birth_calendar=calendar,
            crm_birth_month=month,
            crm_birth_day=day,
            **values,
        )

    def _entries(self, kind, start, end, user=None, **filters):
        """``[(date, entry)]`` of a kind, as a user of customer care sees them."""
        calendar = self.calendar.with_user(user or self.care_all)
        days = calendar.get_days(start, end, {"kinds": [kind], **filters})["days"]
        return [(day["date"], entry) for day in days for entry in day["entries"]]

    def _dates(self, *args, **kwargs):
        return [day for day, _entry in self._entries(*args, **kwargs)]


@tagged("post_install", "-at_install")
class TestCareCalendarDays(CareCalendarCommon):
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
                raise UserError("The package is missing.")
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


@tagged("post_install", "-at_install")
class TestCareCalendarTasks(CareCalendarCommon):
    """What is planned, and who sees it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_tasks(cls.rule, cls.hengda, "2027-02-06", 3)
        cls._create_tasks(cls.rule, cls.hengda, "2027-02-06", 1, "skipped")
        cls._create_tasks(cls.rule, cls.kaiyuan, "2027-02-06", 2, "expired")
        cls._create_tasks(cls.rule, cls.kaiyuan, "2027-02-06", 1, "to_approve")
        cls.year = ("tasks", "2027-01-01", "2027-12-31")

    def test_tasks_are_counted_by_state(self):
        ((day, entry),) = self._entries(*self.year)
        self.assertEqual(day, "2027-02-06")
        self.assertEqual(
            (entry["rule_id"], entry["name"], entry["group"], entry["total"]),
            (self.rule.id, "Spring Festival greeting", "festival", 7),
        )
        self.assertEqual(
            {state: number for state, number in entry["counts"].items() if number},
            {"planned": 3, "skipped": 3, "to_approve": 1},
        )

    def test_own_customers_only(self):
        for person, company in (("Mine", self.hengda), ("Theirs", self.kaiyuan)):
            self._create_person(person, company, "solar", 5, 20)
        ((_day, entry),) = self._entries(*self.year, user=self.care_own)
        self.assertEqual(entry["total"], 4)
        may = ("birthday", "2026-05-01", "2026-05-31")
        ((_day, entry),) = self._entries(*may, user=self.care_own)
        self.assertEqual(entry["names"], ["Mine (Hengda Precision)"])
        ((_day, entry),) = self._entries(*may, user=self.care_all)
        self.assertEqual(entry["count"], 2)
        self.assertFalse(self._entries(*may, user=self.care_all, mine=True))
        self.assertFalse(self._entries(*self.year, user=self.care_all, mine=True))

    def test_tasks_one_was_given_are_ones_own(self):
        self._create_tasks(
            self.rule, self.kaiyuan, "2027-02-07", user_id=self.care_own.id
        )
        self.assertEqual(
            self._dates(*self.year, user=self.care_own), ["2027-02-06", "2027-02-07"]
        )
        self._create_tasks(
            self.rule, self.kaiyuan, "2027-02-08", user_id=self.care_all.id
        )
        self.assertEqual(
            self._dates(*self.year, user=self.care_all, mine=True), ["2027-02-08"]
        )

    def test_other_companies_see_nothing(self):
        self._create_person(
            "Secret", self.hengda, "solar", 5, 20, company_id=self.company.id
        )
        other = self._create_company("Other Company")
        user = new_test_user(
            self.env,
            login="care_test_other",
            groups="base.group_user,crm_service_excellence.group_care_manager",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        self.env["resource.calendar.makeup"].create(
            {"name": "Swap", "company_id": self.company.id, "date": "2027-02-07"}
        )
        self._create_occasion(
            "Founding day", "solar", month=3, day=3, company_id=self.company.id
        )
        calendar = self.calendar.with_user(user).with_context(
            allowed_company_ids=other.ids
        )
        result = calendar.get_days("2027-01-01", "2027-12-31")
        self.assertFalse(result["has_rules"])
        self.assertEqual(
            {entry["name"] for day in result["days"] for entry in day["entries"]},
            {"Spring Festival"},
        )

    def test_only_users_of_customer_care(self):
        outsider = new_test_user(self.env, "care_test_nobody", "base.group_user")
        calendar = self.calendar.with_user(outsider)
        with self.assertRaises(AccessError):
            calendar.get_days("2027-01-01", "2027-12-31")
        with self.assertRaises(AccessError):
            calendar.action_birthdays("2027-01-01")

    def test_bad_input_is_refused_in_words(self):
        calendar = self.calendar.with_user(self.care_own)
        for start, end, filters in (
            ("2027-12-31", "2027-01-01", None),  # ends before it begins
            ("2026-01-01", "2027-02-05", None),  # 401 days
            ("2027-02-30", "2027-03-01", None),
            ("soon", "2027-03-01", None),
            ("", "2027-03-01", None),
            (None, None, None),
            (20270101, 20271231, None),
            (["2027-01-01"], "2027-12-31", None),
            ("2027-01-01", "2027-12-31' OR 1=1", None),
            ("1899-12-31", "1900-01-01", None),
            ("2100-12-31", "2101-01-01", None),
            ("2027-01-01", "2027-01-02", "mine"),
            ("2027-01-01", "2027-01-02", ["tasks"]),
            ("2027-01-01", "2027-01-02", {"kinds": "tasks"}),
            ("2027-01-01", "2027-01-02", {"kinds": ["visits"]}),
            ("2027-01-01", "2027-01-02", {"kinds": [["tasks"]]}),
            ("2027-01-01", "2027-01-02", {"mine": 1}),
            ("2027-01-01", "2027-01-02", {"domain": []}),
        ):
            with (
                self.subTest(start=start, end=end, filters=filters),
                self.assertRaises(UserError),
            ):
                calendar.get_days(start, end, filters)
        self.assertEqual(len(calendar.get_days("2026-01-01", "2027-02-04")["days"]), 400)

    def test_as_many_queries_for_a_full_year_as_for_an_empty_one(self):
        calendar = self.calendar.with_user(self.care_manager)

        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            calendar.get_days("2027-01-01", "2027-12-31")
            return self.env.cr.sql_log_count - before

        for _time in range(2):
            count()  # caches of access rules and working times
        few = count()
        for month in range(1, 13):
            occasion = self._create_occasion(
                f"Festival {month}", "solar", month=month, day=5
            )
            rule = self._create_rule(f"Rule {month}", occasion)
            self._create_tasks(rule, self.hengda, f"2027-{month:02}-05", 5)
            self._create_person(f"Person {month}", self.hengda, "solar", month, 7)
        count()
        self.assertEqual(count(), few)
        self.assertLessEqual(few, 12)
