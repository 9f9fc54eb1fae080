# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Planning of festivals and birthdays: each once, on the contact's own day."""

from datetime import date, datetime, timedelta

from odoo.tests import tagged

from .care_generate_common import TODAY, CareGenerateCommon

KEPT = "crm_care_catch_up_days"


@tagged("post_install", "-at_install")
class TestCareGenerate(CareGenerateCommon):
    def test_a_festival_is_planned_a_year_ahead_and_once(self):
        rule = self._create_festival_rule(lead_days=2)
        self.assertEqual(self._plan(rule), 1)
        task = self._tasks_of(rule)
        self.assertEqual(
            (task.occurrence_key, task.occasion_date, task.due_date, task.state),
            ("2026", date(2026, 10, 1), date(2026, 9, 29), "planned"),
        )
        # 09:00 to 20:00 in Shanghai
        self.assertEqual(task.not_before, datetime(2026, 9, 29, 1))
        self.assertEqual(task.not_after, datetime(2026, 9, 29, 12))
        self.assertEqual(
            (task.partner_id, task.commercial_partner_id, task.company_id, task.kind),
            (self.partner, self.partner, self.company, "solar"),
        )
        self.assertEqual((task.purpose, task.priority), ("greeting", "3"))
        self.assertFalse(task.needs_approval or task.is_holdout or task.is_edited)
        self.assertEqual(task.user_id, self.care_own)
        self.assertEqual(self._plan(rule), 0)
        self.assertEqual(self._tasks_of(rule), task, "planned anew, not kept")
        # half a year later the next one comes into view
        self.assertEqual(self._plan(rule, date(2026, 12, 1)), 1)
        self.assertEqual(
            self._planned(rule), [("2026", "2026-10-01"), ("2027", "2027-10-01")]
        )

    def test_lunar_festivals_by_their_lunar_year(self):
        rule = self._create_rule("lunar", {"month": 8, "day": 15})
        self._plan(rule)
        self._plan(rule, date(2027, 6, 1))
        self.assertEqual(
            self._planned(rule), [("L2026", "2026-09-25"), ("L2027", "2027-09-15")]
        )

    def test_validity_lengthens_the_window(self):
        rule = self._create_festival_rule(validity_days=3)
        self._plan(rule)
        self.assertEqual(self._tasks_of(rule).not_after, datetime(2026, 10, 4, 12))

    def test_closed_days_move_the_window_and_may_leave_none(self):
        self.company.crm_care_weekends = False
        saturday = self._create_festival_rule(month=6, day=6, validity_days=2)
        never = self._create_festival_rule(month=6, day=6)
        self._plan(saturday | never)
        task = self._tasks_of(saturday)
        self.assertEqual(task.not_before, datetime(2026, 6, 8, 1))
        self.assertEqual(task.not_after, datetime(2026, 6, 8, 12))
        task = self._tasks_of(never)
        self.assertEqual(task.not_before, task.not_after)

    def test_public_holidays_of_the_company(self):
        self.company.crm_care_holidays = False
        self.env["resource.calendar.leaves"].create(
            {
                "name": "National Day",
                "company_id": self.company.id,
                "date_from": "2026-09-30 16:00:00",
                "date_to": "2026-10-03 15:59:59",
            }
        )
        rule = self._create_festival_rule(validity_days=5)
        self._plan(rule)
        self.assertEqual(self._tasks_of(rule).not_before, datetime(2026, 10, 4, 1))

    # WHEN

    def test_outage_of_three_days(self):
        """C2: each once, or not at all; what is older than two days is never sent."""
        rule = self._create_rule("birthday")
        people = [self._create_customer(f"Born {day}").partner_id for day in range(4)]
        for number, person in enumerate(people):
            self._set_birthday(person, 6, number + 1)  # 1 to 4 June
        today = date(2026, 6, 4)
        # all of next year, and three of this one: the first is past catching up
        self.assertEqual(self._plan(rule, today), 7)
        dates = {
            task.partner_id: task.occasion_date.isoformat()
            for task in self._tasks_of(rule).sorted("occasion_date", reverse=True)
        }
        self.assertEqual(
            [dates[person] for person in people],
            ["2027-06-01", "2026-06-02", "2026-06-03", "2026-06-04"],
        )
        self.assertEqual(self._plan(rule, today), 0)

    def test_nothing_past_by_whatever_span(self):
        rule = self._create_festival_rule(month=5, day=29)
        self.assertEqual(
            rule._generate(date(2020, 1, 1), date(2026, 6, 30), as_of=TODAY), 0
        )
        self.company[KEPT] = 3
        self.assertEqual(
            rule._generate(date(2020, 1, 1), date(2026, 6, 30), as_of=TODAY), 1
        )

    def test_zones_at_the_ends_of_the_world(self):
        """C3, and Auckland of C11: greeted on the date that it is there."""
        places = {
            "Pacific/Kiritimati": ("2026-11-21 19:00", "2026-11-22 06:00"),
            "Pacific/Pago_Pago": ("2026-11-22 20:00", "2026-11-23 07:00"),
            "Pacific/Auckland": ("2026-11-21 20:00", "2026-11-22 07:00"),
            "America/New_York": ("2026-11-22 14:00", "2026-11-23 01:00"),
        }
        rule = self._create_rule("birthday")
        for zone in places:
            partner = self._create_customer(zone, tz=zone).partner_id
            self._set_birthday(partner, 11, 22)
        self.assertEqual(self._plan(rule), 4)
        for task in self._tasks_of(rule):
            found = (f"{task.not_before:%F %H:%M}", f"{task.not_after:%F %H:%M}")
            self.assertEqual(found, places[task.partner_id.name], task.partner_id.name)
            self.assertEqual(task.due_date, date(2026, 11, 22))

    def test_zone_of_the_country_and_of_the_company(self):
        rule = self._create_festival_rule()
        paris = self._create_customer(
            "Paris", tz=False, country_id=self.env.ref("base.fr").id
        ).partner_id
        home = self._create_customer("Home", tz=False, country_id=False).partner_id
        odd = self._create_customer("Odd", country_id=False).partner_id
        self.env.cr.execute(
            "UPDATE res_partner SET tz = 'Mars/Olympus' WHERE id = %s", [odd.id]
        )
        odd.invalidate_recordset(["tz"])
        self._plan(rule)
        shanghai = datetime(2026, 10, 1, 1)
        for partner, start in (
            (paris, datetime(2026, 10, 1, 7)),
            (home, shanghai),
            (odd, shanghai),
        ):
            task = self._tasks_of(rule, partner)
            self.assertEqual(task.not_before, start, partner.name)
            zone = partner._care_timezone(self.company)
            windows = self.company._care_windows([task.due_date], [zone])
            self.assertEqual(windows[task.due_date, zone].not_before, start)

    def test_validity_of_the_rule(self):
        rule = self._create_festival_rule(date_from="2026-10-02")
        self.assertEqual(self._plan(rule), 0)
        rule = self._create_festival_rule(date_to="2026-09-30")
        self.assertEqual(self._plan(rule), 0)
        rule = self._create_festival_rule(date_from="2026-10-01", date_to="2026-10-01")
        self.assertEqual(self._plan(rule), 1)

    def test_only_rules_in_use(self):
        for state in ("draft", "stopped"):
            self.assertEqual(self._plan(self._create_festival_rule(state=state)), 0)
        rule = self._create_festival_rule()
        rule.occasion_id.active = False
        self.assertEqual(self._plan(rule), 0)
        rule.occasion_id.active = True
        rule.active = False
        self._tasks_of(rule).sudo().unlink()
        self.assertEqual(self._plan(rule), 0)

    # BIRTHDAYS

    def test_29_february(self):
        rule = self._create_rule("birthday")
        self._set_birthday(self.partner, 2, 29)
        self._plan(rule)
        self.assertEqual(self._planned(rule), [("2027", "2027-02-28")])
        self._tasks_of(rule).unlink()
        self.company.crm_leap_birthday = "next"
        self._plan(rule)
        self.assertEqual(self._planned(rule), [("2027", "2027-03-01")])

    def test_lunar_birthday_twice_in_a_year_and_never_in_another(self):
        """C9: lunar 11/25 falls on two days of 2027, and on none of 2028."""
        rule = self._create_rule("birthday")
        self._set_birthday(self.partner, 11, 25, "lunar")
        for year in (2026, 2027, 2028):
            self._plan(rule, date(year, 1, 20))
        self.assertEqual(
            self._planned(rule),
            [("L2026", "2027-01-02"), ("L2027", "2027-12-22"), ("L2028", "2029-01-09")],
        )

    def test_lunar_30_and_leap_month(self):
        rule = self._create_rule("birthday")
        self._set_birthday(self.partner, 12, 30, "lunar")
        leap = self._create_customer("Leap").partner_id
        self._set_birthday(leap, 4, 8, "lunar", crm_birth_leap=True)
        self._plan(rule, date(2026, 2, 1))
        # in a month of 29 days on its last; the leap month as the regular one
        self.assertEqual(self._planned(rule, self.partner)[0], ("L2025", "2026-02-16"))
        self.assertEqual(self._planned(rule, leap), [("L2026", "2026-05-24")])

    def test_a_birthday_changed_after_the_greeting(self):
        rule = self._create_rule("birthday")
        self._set_birthday(self.partner, 6, 10)
        self._plan(rule)
        first = self._tasks_of(rule)
        first.state = "done"
        self._set_birthday(self.partner, 9, 1)  # same key
        self.assertEqual(self._plan(rule), 0)
        self._set_birthday(self.partner, 6, 15, "lunar")  # 2026-07-28
        self.assertEqual(self._plan(rule), 0)
        self.assertEqual(self._tasks_of(rule), first)
        # next year as usual: lunar 6/15 of 2027 is 18 July
        self.assertEqual(self._plan(rule, date(2027, 3, 1)), 1)
        self.assertEqual(self._planned(rule)[1], ("L2027", "2027-07-18"))

    def test_a_birthday_changed_before_the_greeting(self):
        rule = self._create_rule("birthday")
        self._set_birthday(self.partner, 6, 10)
        self._plan(rule)
        self._set_birthday(self.partner, 9, 1)
        self.assertEqual(self._plan(rule), 1)
        self.assertEqual(self._planned(rule), [("2026", "2026-09-01")])

    def test_what_was_settled_keeps_its_key(self):
        rule = self._create_festival_rule()
        self._plan(rule)
        for state in ("skipped", "expired", "failed", "done", "approved", "by_hand"):
            self._tasks_of(rule).state = state
            self.assertEqual(self._plan(rule), 0, state)

    # WHAT IS PLANNED

    def test_owner_and_approval(self):
        other = self._create_customer("Nobody's").partner_id
        gone = self._create_customer("Former", user_id=self.care_all.id).partner_id
        self.care_all.active = False
        self.zhang.grade_id = self.diamond
        rule = self._create_festival_rule(
            user_id=self.care_manager.id,
            approval="grades",
            approval_grade_ids=self.diamond.ids,
        )
        self._plan(rule)
        task = self._tasks_of(rule, self.partner)
        self.assertEqual((task.user_id, task.grade_id), (self.care_own, self.diamond))
        self.assertTrue(task.needs_approval)
        for partner in (other, gone):
            task = self._tasks_of(rule, partner)
            self.assertEqual(task.user_id, self.care_manager, partner.name)
            self.assertFalse(task.needs_approval)
        rule.write({"owner": "user", "approval": "always"})
        self._tasks_of(rule).unlink()
        self._plan(rule)
        tasks = self._tasks_of(rule)
        self.assertEqual(tasks.user_id, self.care_manager)
        self.assertEqual(set(tasks.mapped("needs_approval")), {True})

    def test_hold_out_is_always_the_same(self):
        partners = self.env["res.partner"].create(
            [{"name": f"Many {number}"} for number in range(400)]
        )
        self.customers._follow(partners[0])
        self.customers.create(
            [
                {"partner_id": partner.id, "company_id": self.company.id}
                for partner in partners[1:]
            ]
        )
        rule = self._create_festival_rule(holdout_percent=20)
        self._plan(rule)
        out = self._tasks_of(rule).filtered("is_holdout")
        # 80 expected; more than 5 standard deviations of 8 would be no chance
        self.assertTrue(40 < len(out) < 120, len(out))
        self.assertEqual(set(out.mapped("state")), {"skipped"})
        self.assertEqual(set(out.mapped("reason_code")), {"holdout"})
        self.assertTrue(all(out.mapped("reason")))
        self._plan(rule, date(2027, 6, 1))
        again = self._tasks_of(rule).filtered(
            lambda task: task.is_holdout and task.occurrence_key == "2027"
        )
        self.assertEqual(again.partner_id, out.partner_id)
        planned = self._tasks_of(rule).filtered(lambda task: not task.is_holdout)
        self.assertEqual(set(planned.mapped("state")), {"planned"})

    def test_each_company_for_itself(self):
        other = self._create_company("Other Company")
        env = self.env(context={**self.env.context, "allowed_company_ids": other.ids})
        there = self._create_partner("There")
        env["crm.customer"]._follow(there.with_env(env))
        mine = self._create_festival_rule()
        theirs = self._create_festival_rule(company_id=other.id)
        self._plan(mine | theirs)
        self.assertEqual(self._tasks_of(mine).partner_id, self.partner)
        tasks = self.tasks.search([("rule_id", "=", theirs.id)])
        self.assertEqual((tasks.partner_id, tasks.company_id), (there, other))

    def test_horizon(self):
        rule = self._create_festival_rule()
        self.assertEqual(
            rule._horizon(TODAY), (date(2026, 5, 30), TODAY + timedelta(days=365))
        )
        rule = self._create_rule("dormancy", {"days": 120})
        self.assertEqual(
            rule._horizon(TODAY), (date(2026, 5, 30), TODAY + timedelta(days=35))
        )
