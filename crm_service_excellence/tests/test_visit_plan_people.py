# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Visit plans: confirmed, dragged, misused, and kept from others."""

from datetime import date, datetime

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .visit_plan_common import VisitPlanCommon


@tagged("post_install", "-at_install")
class TestVisitPlanPeople(VisitPlanCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._four()

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
