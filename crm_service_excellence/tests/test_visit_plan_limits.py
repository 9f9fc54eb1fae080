# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Visit plans: capacity, leaves, closed customers, pauses, tours."""

from datetime import date

from odoo import Command
from odoo.tests import tagged

from .visit_plan_common import VisitPlanCommon


@tagged("post_install", "-at_install")
class TestVisitPlanLimits(VisitPlanCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._four()

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
