# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .care_calendar_common import CareCalendarCommon


@tagged("post_install", "-at_install")
class TestCareCalendar(CareCalendarCommon):
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
        self.assertEqual(
            len(calendar.get_days("2026-01-01", "2027-02-04")["days"]), 400
        )

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
