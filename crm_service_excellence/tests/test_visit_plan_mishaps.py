# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Visit plans when life has not gone by the plan."""

from datetime import date

from odoo import Command
from odoo.tests import freeze_time, tagged

from ..hooks import uninstall_hook
from .visit_plan_common import VisitPlanCommon

OCTOBER_8, OCTOBER_9, OCTOBER_19 = (date(2026, 10, day) for day in (8, 9, 19))


@tagged("post_install", "-at_install")
class TestVisitPlanMishaps(VisitPlanCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._four()
        cls.colleague = cls._create_user("care_test_colleague", "group_care_own")

    def _planned(self, plan, customer):
        return plan.visit_ids.filtered(
            lambda visit: visit.partner_id == customer.partner_id
        ).sorted("date")

    def _all_visits(self, customer):
        visits = self.env["crm.visit"].with_context(active_test=False)
        domain = [("partner_id", "=", customer.partner_id.id)]
        return visits.search(domain, order="date")

    # PROPOSALS THAT NOBODY CONFIRMED

    def test_a_proposal_whose_day_has_passed_blocks_nothing(self):
        """A plan that was never confirmed must not keep customers out of the next."""
        late = self._customer(self.gold, "2026-08-26", name="Late gold")
        early = self._plan_of(
            date_from="2026-09-25", date_to="2026-09-30", period="custom"
        )
        early.action_generate()
        self.assertEqual(len(self._all_visits(late)), 1)
        with freeze_time("2026-10-02 02:00:00"):
            plan = self._plan_of()
            plan.action_generate()
        need = [
            *self._days(plan, late),
            *plan.unplaced_ids.filtered(
                lambda line: line.partner_id == late.partner_id
            ),
        ]
        self.assertEqual(len(need), 1)
        self.assertLessEqual(self._all_visits(late).plan_id, plan)

    # VISITS FAR FROM THEIR DAY

    def test_a_visit_dragged_far_away_still_serves_its_need(self):
        """It takes no place a second time, on a day that others need."""
        plan = self._plan_of()
        plan.action_generate()
        gold = self._planned(plan, self.gold_one)
        self.assertEqual(gold.date, OCTOBER_9)
        gold.date = "2026-10-30"
        other = self._customer(self.gold, "2026-09-05", name="Other gold")
        plan.action_generate()
        self.assertEqual(gold.date, date(2026, 10, 30))
        self.assertEqual(self._days(plan, other), [OCTOBER_9])

    # HAND-OVER

    def test_a_proposal_handed_over_is_left_alone(self):
        plan = self._plan_of()
        plan.action_generate()
        gold = self._planned(plan, self.gold_one)
        gold = gold.sudo()
        gold._reassign(self.colleague)
        plan.action_generate()
        self.assertTrue(gold.exists())
        self.assertEqual(gold.user_id, self.colleague)
        self.assertEqual(gold.date, OCTOBER_9)
        self.gold_one.partner_id.user_id = self.colleague
        plan.action_generate()
        self.assertTrue(gold.exists())
        plan.action_confirm()
        self.assertEqual(gold.state, "proposed")
        self.assertEqual(len(self._all_visits(self.gold_one)), 1)

    # CONFIDENTIAL VISITS

    def test_a_mystery_visit_serves_no_need(self):
        mystery = self.env.ref("crm_service_excellence.crm_visit_type_mystery")
        self.env["crm.visit"].create(
            {
                "partner_id": self.gold_one.partner_id.id,
                "user_id": self.colleague.id,
                "date": "2026-10-08",
                "type_id": mystery.id,
            }
        )
        plan = self._plan_of()
        plan.action_generate()
        self.assertEqual(self._days(plan, self.gold_one), [OCTOBER_9])

    # PLACES AND TIMES

    def test_a_salesperson_on_the_other_side_of_the_world(self):
        """Noon in New York is tomorrow in Shanghai: such a visit has no time."""
        calendar = self.company.resource_calendar_id.copy({"tz": "America/New_York"})
        self.env["resource.resource"].create(
            {
                "name": "Seller",
                "user_id": self.seller.id,
                "company_id": self.company.id,
                "calendar_id": calendar.id,
            }
        )
        for number in range(4):
            self._customer(self.diamond, "2026-09-21", name=f"Diamond {number}")
        plan = self._plan_of(capacity=8)
        plan.action_generate()
        plan.action_confirm()
        self.assertEqual(set(plan.visit_ids.mapped("state")), {"planned"})
        for visit in plan.visit_ids.filtered("start"):
            self.assertEqual(visit._to_local(visit.start).date(), visit.date)
        self.assertTrue(plan.visit_ids.filtered(lambda visit: not visit.start))

    def test_a_salesperson_in_paris_when_the_clocks_change(self):
        """25 October 2026: from UTC+2 to UTC+1; the wall clock is kept."""
        calendar = self.company.resource_calendar_id.copy({"tz": "Europe/Paris"})
        self.env["resource.resource"].create(
            {
                "name": "Seller",
                "user_id": self.seller.id,
                "company_id": self.company.id,
                "calendar_id": calendar.id,
            }
        )
        worked, _away = self.seller._crm_workdays(
            self.company, date(2026, 10, 23), date(2026, 10, 26)
        )
        self.assertEqual(sorted(worked), [date(2026, 10, 23), date(2026, 10, 26)])
        self.assertEqual(worked[date(2026, 10, 23)][0][0].hour, 6)
        self.assertEqual(worked[date(2026, 10, 26)][0][0].hour, 7)
        plan = self._plan_of(capacity=8)
        plan.action_generate()
        plan.action_confirm()
        self.assertEqual(set(plan.visit_ids.mapped("state")), {"planned"})

    def test_half_a_day_off_does_not_close_a_customer_for_the_month(self):
        """The last Monday's afternoon off says nothing of the other Mondays."""
        self._close("2026-10-26 04:00:00", "2026-10-26 15:59:00")
        self.gold_one.partner_id.crm_contact_hours_ids = [
            Command.create({"weekday": "0", "hour_from": 13, "hour_to": 16})
        ]
        self.cadences.filtered(lambda c: c.grade_id == self.gold).tolerance_days = 9
        plan = self._plan_of()
        plan.action_generate()
        self.assertEqual(self._days(plan, self.gold_one), [date(2026, 10, 12)])

    # UNINSTALLING

    def test_plans_do_not_hold_their_types_at_uninstall(self):
        plan = self._plan_of()
        plan.action_generate()
        types = self.env["crm.visit.type"].with_context(active_test=False).search([])
        uninstall_hook(self.env)
        self.env.invalidate_all()
        types.unlink()
        self.env.flush_all()
        self.assertFalse(types.exists())
