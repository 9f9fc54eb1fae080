# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Visit plans: service.md C6 to the day, and what must never happen to a visit."""

from datetime import date, datetime

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged

from .common import CareCommon

# A Friday, before the plan's month: half past ten in the morning at the company
NOW = "2026-09-25 02:30:00"
INTERVALS = {"diamond": 14, "gold": 30, "silver": 60, "regular": 90}


class VisitPlanCommon(CareCommon):
    """China's October 2026, four customers due in it, and their salesperson."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(NOW))
        cls._close("2026-09-30 16:00:00", "2026-10-07 15:59:59")  # 1 to 7 October
        cls.env["resource.calendar.makeup"].create(
            {
                "name": "National Day",
                "company_id": cls.company.id,
                "date": "2026-10-10",
                "weekday": "3",
            }
        )
        cls.env["crm.cadence"].search([("kind", "=", "visit")]).active = False
        cls.cadences = cls.env["crm.cadence"].create(
            [
                {
                    "grade_id": getattr(cls, code).id,
                    "kind": "visit",
                    "interval_days": days,
                    "company_id": cls.company.id,
                }
                for code, days in INTERVALS.items()
            ]
        )
        cls.seller = cls.care_own

    @classmethod
    def _close(cls, start, end, **values):
        leaves = cls.env["resource.calendar.leaves"].with_company(cls.company)
        leave = leaves.create(
            {"name": "Closed", "date_from": start, "date_to": end, **values}
        )
        leave.flush_recordset()
        return leave

    @classmethod
    def _customer(cls, grade, last_visit=None, name=None, **values):
        values.setdefault("user_id", cls.seller.id)
        customer = cls._create_customer(name or grade.name, **values)
        # followed since long before the visits, so that only they count
        customer.sudo().write({"grade_id": grade.id, "cadence_start": "2026-01-01"})
        if last_visit:
            cls._visited(customer, last_visit)
        else:
            cls.customers._refresh(partner_ids=customer.partner_id.ids)
        return customer

    @classmethod
    def _visited(cls, customer, day):
        cls.env["crm.touchpoint"].create(
            {
                "partner_id": customer.partner_id.id,
                "date": f"{day} 03:00:00",
                "channel": "visit",
                "user_id": cls.seller.id,
            }
        )

    @classmethod
    def _plan_of(cls, **values):
        return (
            cls.env["crm.visit.plan"]
            .with_user(cls.seller)
            .create(
                {"user_id": cls.seller.id, "date_from": "2026-10-01", "capacity": 1}
                | values
            )
        )

    @classmethod
    def _four(cls):
        """The customers of C5 and C6."""
        cls.diamond_one = cls._customer(cls.diamond, "2026-09-21")
        cls.gold_one = cls._customer(cls.gold, "2026-09-05")
        cls.silver_one = cls._customer(cls.silver, "2026-08-03")
        cls.regular_one = cls._customer(cls.regular, "2026-07-06")

    def _days(self, plan, customer):
        visits = plan.visit_ids.filtered(
            lambda visit: (
                visit.partner_id == customer.partner_id and visit.state != "cancelled"
            )
        )
        return sorted(visits.mapped("date"))


@tagged("post_install", "-at_install")
class TestVisitPlan(VisitPlanCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._four()

    # THE EXAMPLE

    def test_october_2026(self):
        """C6: after the holiday week, on the make-up Saturday too, one a day."""
        plan = self._plan_of()
        self.assertEqual(plan.date_to, date(2026, 10, 31))
        plan.action_generate()
        self.assertEqual(
            self._days(plan, self.diamond_one), [date(2026, 10, 8), date(2026, 10, 19)]
        )
        self.assertEqual(self._days(plan, self.gold_one), [date(2026, 10, 9)])
        self.assertEqual(self._days(plan, self.silver_one), [date(2026, 10, 10)])
        self.assertEqual(self._days(plan, self.regular_one), [date(2026, 10, 12)])
        self.assertFalse(plan.unplaced_ids)
        self.assertEqual(set(plan.visit_ids.mapped("state")), {"proposed"})
        self.assertEqual(plan.state, "proposed")

    def test_what_a_proposal_knows(self):
        plan = self._plan_of()
        plan.action_generate()
        visit = plan.visit_ids.filtered(lambda v: v.grade_id == self.gold)
        self.assertRecordValues(
            visit,
            [
                {
                    "due_date": date(2026, 10, 5),
                    "target_date": date(2026, 10, 5),
                    "tolerance_days": 6,
                    "user_id": self.seller.id,
                    "company_id": self.company.id,
                    "is_pinned": False,
                    "previous_date": False,
                    "sequence": 10,
                }
            ],
        )

    def test_overdue_visits_are_due_when_planning_starts(self):
        late = self._customer(self.gold, "2026-06-01", name="Late")  # due 1 July
        plan = self._plan_of(capacity=4)
        plan.action_generate()
        # holidays until the 7th: due on the first day that is worked; the 8th and 9th
        # have a visit each by then
        self.assertRecordValues(
            plan.visit_ids.filtered(lambda v: v.partner_id == late.partner_id),
            [
                {
                    "due_date": date(2026, 7, 1),
                    "target_date": date(2026, 10, 8),
                    "date": date(2026, 10, 10),
                }
            ],
        )

    # AGAIN

    def test_again_changes_nothing(self):
        plan = self._plan_of()
        plan.action_generate()
        before = {visit: visit.date for visit in plan.visit_ids}
        plan.action_generate()
        self.assertEqual({visit: visit.date for visit in plan.visit_ids}, before)
        self.assertEqual(plan.changes["added"], 0)
        self.assertEqual(plan.changes["moved"], 0)

    def test_confirmed_and_pinned_visits_stay(self):
        plan = self._plan_of()
        plan.action_generate()
        visits = plan.visit_ids.sorted("date")
        gold, silver, regular = visits[1], visits[2], visits[3]
        gold._plan()
        silver.with_user(self.seller).date = "2026-10-14"
        self.assertTrue(silver.is_pinned)
        newcomer = self._customer(self.diamond, "2026-09-22", name="Newcomer")
        plan.action_generate()
        self.assertEqual(gold.date, date(2026, 10, 9))
        self.assertEqual(silver.date, date(2026, 10, 14))
        # 8 goes to the diamond and 9 is taken, so that nothing is left for the
        # newcomer until the 9th; 10 has become free, and is nearest for regular
        self.assertEqual(regular.date, date(2026, 10, 10))
        self.assertEqual(plan.unplaced_ids.partner_id, newcomer.partner_id)
        self.assertEqual(len(self._days(plan, self.gold_one)), 1)
        self.assertEqual(len(self._days(plan, self.silver_one)), 1)

    def test_moved_proposals_say_where_they_were(self):
        plan = self._plan_of()
        plan.action_generate()
        regular = plan.visit_ids.filtered(lambda v: v.grade_id == self.regular)
        self._customer(self.diamond, "2026-09-22", name="Newcomer")
        plan.action_generate()
        # 8 and 9 to the diamonds, 10 to gold, 12 to silver, 13 is left
        self.assertEqual(regular.date, date(2026, 10, 13))
        self.assertEqual(regular.previous_date, date(2026, 10, 12))
        names = [move["name"] for move in plan.changes["moves"]]
        self.assertIn("Regular", names)
        self.assertEqual(plan.changes["added"], 2)  # due 6 and 20 October

    def test_what_is_no_longer_due_goes(self):
        plan = self._plan_of()
        plan.action_generate()
        self._visited(self.gold_one, "2026-09-24")  # next due 24 October
        plan.action_generate()
        self.assertEqual(self._days(plan, self.gold_one), [date(2026, 10, 23)])
        self.assertEqual(plan.changes["gone"], 1)

    def test_a_cancelled_visit_leaves_the_need(self):
        plan = self._plan_of()
        plan.action_generate()
        visit = plan.visit_ids.filtered(lambda v: v.grade_id == self.gold)
        visit._cancel(self.env["crm.visit.reason"].search([], limit=1))
        plan.action_generate()
        self.assertEqual(len(self._days(plan, self.gold_one)), 1)
        self.assertEqual(visit.state, "cancelled")

    # TWO PLANS

    def test_two_plans_never_book_one_need_twice(self):
        month = self._plan_of(capacity=4)
        month.action_generate()
        quarter = self._plan_of(capacity=4, period="quarter")
        quarter.action_generate()
        self.assertEqual(quarter.date_to, date(2026, 12, 31))
        visits = self.env["crm.visit"].search(
            [("partner_id", "=", self.diamond_one.partner_id.id)]
        )
        # due on the 5th and 19th of October, then 2, 16, 30 November and so on
        self.assertEqual(
            sorted(visits.mapped("due_date")),
            [
                date(2026, 10, 5),
                date(2026, 10, 19),
                date(2026, 11, 2),
                date(2026, 11, 16),
                date(2026, 11, 30),
                date(2026, 12, 14),
                date(2026, 12, 28),
            ],
        )
        self.assertEqual(len(self._days(quarter, self.diamond_one)), 5)
        month.action_generate()
        self.assertEqual(len(self._days(month, self.diamond_one)), 2)

    def test_an_ad_hoc_visit_serves_the_need(self):
        self.env["crm.visit"].create(
            {
                "partner_id": self.gold_one.partner_id.id,
                "user_id": self.seller.id,
                "company_id": self.company.id,
                "date": "2026-10-08",
            }
        )
        plan = self._plan_of(capacity=4)
        plan.action_generate()
        self.assertFalse(self._days(plan, self.gold_one))

    # LIMITS

    def test_nothing_is_dropped_silently(self):
        for number in range(3):
            self._customer(self.diamond, "2026-09-21", name=f"Diamond {number}")
        plan = self._plan_of()
        plan.action_generate()
        # due on the 5th with 3 days' leeway: only the 8th is worked until then
        lines = plan.unplaced_ids.filtered(
            lambda line: line.target_date == date(2026, 10, 5)
        )
        self.assertEqual(len(lines), 3)
        self.assertEqual(set(lines.mapped("reason")), {"capacity"})
        self.assertIn("full", lines[0].explanation)
        plan.capacity = 4
        plan.action_generate()
        self.assertFalse(plan.unplaced_ids)

    def test_leave_of_the_salesperson(self):
        self.env["calendar.event"].create(
            {
                "name": "Leave",
                "allday": True,
                "start_date": "2026-10-08",
                "stop_date": "2026-10-08",
                "start": "2026-10-08 00:00:00",
                "stop": "2026-10-08 23:59:00",
                "user_id": self.seller.id,
                "show_as": "busy",
            }
        )
        plan = self._plan_of()
        plan.action_generate()
        self.assertEqual(self._days(plan, self.diamond_one), [date(2026, 10, 19)])
        self.assertRecordValues(
            plan.unplaced_ids,
            [{"partner_id": self.diamond_one.partner_id.id, "reason": "leave"}],
        )

    def test_recorded_time_off_of_the_salesperson(self):
        resource = self.env["resource.resource"].create(
            {
                "name": "Seller",
                "user_id": self.seller.id,
                "company_id": self.company.id,
                "calendar_id": self.company.resource_calendar_id.id,
            }
        )
        self._close(
            "2026-10-07 16:00:00", "2026-10-09 15:59:59", resource_id=resource.id
        )
        plan = self._plan_of()
        plan.action_generate()
        self.assertEqual(self._days(plan, self.gold_one), [date(2026, 10, 10)])

    def test_closed_weekdays_of_a_customer(self):
        """Received on Mondays only: the 12th is the first one in time for gold."""
        self.gold_one.partner_id.crm_contact_hours_ids = [
            Command.create({"weekday": "0", "hour_from": 9, "hour_to": 12})
        ]
        self.cadences.filtered(lambda c: c.grade_id == self.gold).tolerance_days = 9
        plan = self._plan_of()
        plan.action_generate()
        self.assertEqual(self._days(plan, self.gold_one), [date(2026, 10, 12)])

    def test_hours_outside_of_the_salespersons(self):
        self.gold_one.partner_id.crm_contact_hours_ids = [
            Command.create({"weekday": "workdays", "hour_from": 19, "hour_to": 22})
        ]
        plan = self._plan_of()
        plan.action_generate()
        self.assertEqual(plan.unplaced_ids.reason, "customer_closed")

    def test_a_pause_is_kept(self):
        self.gold_one.sudo().write(
            {
                "cadence_paused_until": "2026-10-14",
                "cadence_pause_reason": "Stocktaking",
            }
        )
        self.customers._refresh(partner_ids=self.gold_one.partner_id.ids)
        plan = self._plan_of()
        plan.action_generate()
        [day] = self._days(plan, self.gold_one)
        self.assertGreater(day, date(2026, 10, 14))

    def test_half_a_day_takes_half_the_visits(self):
        """Friday 9 October from noon to evening closed: four hours, four visits."""
        self._close("2026-10-09 04:00:00", "2026-10-09 15:59:59")
        plan = self._plan_of(capacity=6)
        worked, _away = self.seller._crm_workdays(
            self.company, date(2026, 10, 8), date(2026, 10, 9)
        )
        capacities = {day.date: day.capacity for day in plan._days(worked)}
        self.assertEqual(capacities, {date(2026, 10, 8): 6, date(2026, 10, 9): 4})

    def test_the_days_tour_goes_along(self):
        """From Suzhou: Wuxi, then Nanjing; who has no position comes last."""
        places = {
            "Nanjing": (32.06, 118.80),
            "Wuxi": (31.57, 120.30),
            "Nowhere": (0, 0),
        }
        for name, (latitude, longitude) in places.items():
            self._customer(
                self.diamond,
                "2026-09-21",
                name=name,
                partner_latitude=latitude,
                partner_longitude=longitude,
            )
        start = self._create_partner(
            "Suzhou", partner_latitude=31.30, partner_longitude=120.62
        )
        plan = self._plan_of(capacity=4, start_partner_id=start.id)
        plan.action_generate()
        stops = plan.visit_ids.filtered(lambda v: v.date == date(2026, 10, 8))
        stops = stops.sorted("sequence").mapped("partner_id.name")
        self.assertEqual(stops[:2], ["Wuxi", "Nanjing"])
        overview = {day["date"]: day for day in plan.day_overview}
        # about 42 and 153 kilometres as the crow flies
        self.assertAlmostEqual(overview["2026-10-08"]["km"], 195, delta=5)

    # CONFIRM

    def test_confirm_fills_the_salespersons_calendar_and_mails_nobody(self):
        plan = self._plan_of()
        plan.action_generate()
        mails = self.env["mail.mail"].sudo().search_count([])
        plan.action_confirm()
        self.assertEqual(plan.state, "confirmed")
        self.assertEqual(set(plan.visit_ids.mapped("state")), {"planned"})
        events = plan.visit_ids.calendar_event_id
        self.assertEqual(len(events), 5)
        self.assertEqual(events.partner_ids, self.seller.partner_id)
        self.assertEqual(events.attendee_ids.partner_id, self.seller.partner_id)
        self.assertEqual(self.env["mail.mail"].sudo().search_count([]), mails)
        # the day begins at eight in Shanghai
        first = plan.visit_ids.sorted("date")[0]
        self.assertEqual(first.start, datetime(2026, 10, 8, 0, 0))

    def test_times_keep_to_the_customers_hours(self):
        self.diamond_one.partner_id.crm_contact_hours_ids = [
            Command.create({"weekday": "workdays", "hour_from": 14, "hour_to": 16})
        ]
        self.diamond_one.partner_id.tz = "Asia/Shanghai"
        plan = self._plan_of()
        plan.action_generate()
        plan.action_confirm()
        visit = plan.visit_ids.sorted("date")[0]
        self.assertEqual(visit.start, datetime(2026, 10, 8, 6, 0))

    def test_nothing_to_confirm(self):
        with self.assertRaisesRegex(UserError, "no proposed visit"):
            self._plan_of().action_confirm()

    # DRAG

    def test_dragging_warns_and_lets_pass(self):
        plan = self._plan_of()
        plan.action_generate()
        visit = plan.visit_ids.filtered(lambda v: v.grade_id == self.gold)
        self.assertFalse(visit.day_warning)
        visit.with_user(self.seller).date = "2026-10-03"  # Saturday of the holidays
        self.assertIn("Not a working day", visit.day_warning)
        visit.with_user(self.seller).date = "2026-10-08"
        self.assertIn("2 visits on a day for 1", visit.day_warning)
        visit.with_user(self.seller).date = "2026-10-20"
        self.assertIn("Should be between", visit.day_warning)
        self.assertEqual(visit.date, date(2026, 10, 20))
        self.assertTrue(visit.is_pinned)

    # BAD INPUT

    def test_no_working_hours_in_the_period(self):
        self._close("2026-09-30 16:00:00", "2026-10-31 15:59:59")
        plan = self._plan_of()
        with self.assertRaisesRegex(UserError, "no working time"):
            plan.action_generate()
        self.assertFalse(plan.visit_ids)

    def test_a_period_that_is_over(self):
        plan = self._plan_of(date_from="2026-08-01")
        with self.assertRaisesRegex(UserError, "nothing left to plan"):
            plan.action_generate()

    def test_ten_years_ahead(self):
        with self.assertRaisesRegex(ValidationError, "a year at most"):
            self._plan_of(period="custom", date_to="2036-10-01")

    def test_capacity_out_of_range(self):
        with self.assertRaises(ValidationError):
            self._plan_of(capacity=-1)

    def test_archived_salesperson(self):
        plan = self._plan_of()
        self.seller.sudo().active = False
        with self.assertRaisesRegex(UserError, "archived"):
            plan.sudo().action_generate()

    def test_archived_customer_in_mid_plan(self):
        plan = self._plan_of()
        plan.action_generate()
        self.gold_one.partner_id.active = False
        plan.action_generate()
        self.assertFalse(self._days(plan, self.gold_one))

    def test_merged_customers_in_mid_plan(self):
        plan = self._plan_of(capacity=4)
        plan.action_generate()
        twin = self._customer(self.gold, "2026-09-05", name="Gold twin")
        plan.action_generate()
        partners = twin.partner_id | self.gold_one.partner_id
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge(partners.ids, self.gold_one.partner_id, extra_checks=False)
        self.env.invalidate_all()
        plan.action_generate()
        self.assertEqual(len(self._days(plan, self.gold_one)), 1)

    def test_deleted_calendar(self):
        plan = self._plan_of()
        resource = self.env["resource.resource"].create(
            {"name": "Seller", "user_id": self.seller.id, "company_id": self.company.id}
        )
        calendar = self.company.resource_calendar_id.copy()
        resource.calendar_id = calendar
        resource.calendar_id = False
        calendar.unlink()
        plan.action_generate()
        self.assertTrue(plan.visit_ids)

    # PEOPLE

    def test_form(self):
        form = Form(self.env["crm.visit.plan"].with_user(self.seller))
        self.assertEqual(form.date_from, date(2026, 10, 1))  # the month to come
        form.period = "quarter"
        self.assertEqual(form.date_to, date(2026, 12, 31))
        self.assertEqual(form.save().capacity, self.company.crm_visits_per_day)

    def test_plans_of_others(self):
        plan = self._plan_of()
        other = self._create_user("care_other", "group_care_own")
        with self.assertRaises(AccessError):
            plan.with_user(other).action_generate()
        with self.assertRaises(AccessError):
            self.env["crm.visit.plan"].with_user(other).create(
                {"user_id": self.seller.id, "date_from": "2026-10-01"}
            )

    def test_states_are_not_typed(self):
        with self.assertRaises(UserError):
            self._plan_of().state = "confirmed"

    def test_a_plan_with_confirmed_visits_stays(self):
        plan = self._plan_of()
        plan.action_generate()
        plan.action_confirm()
        with self.assertRaises(UserError):
            plan.with_user(self.care_manager).unlink()
        other = self._plan_of(date_from="2026-11-01")
        other.action_generate()
        visits = other.visit_ids
        self.assertTrue(visits)
        other.with_user(self.care_manager).unlink()
        self.assertFalse(visits.exists())

    # NUMBERS

    def test_queries_do_not_grow_with_customers(self):
        def queries(plan):
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            plan.action_generate()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        queries(self._plan_of(date_from="2026-12-01", capacity=20))  # warm caches
        few = queries(self._plan_of(capacity=20))
        for number in range(12):
            self._customer(self.gold, "2026-09-21", name=f"Gold {number}")
        many = queries(self._plan_of(date_from="2026-11-01", capacity=20))
        self.assertLessEqual(many, few + 2)
