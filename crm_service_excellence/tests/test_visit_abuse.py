# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a salesperson's client might send that no screen does."""

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, new_test_user, tagged

from .visit_common import VisitCommon


@tagged("post_install", "-at_install")
class TestVisitAbuse(VisitCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stranger = cls._create_user("care_test_stranger", "group_care_own")
        cls.foreign = cls._create_partner("Foreign", user_id=cls.stranger.id)
        cls.visit = cls._create_visit()

    def _as(self, record, user=None):
        return record.with_user(user or self.care_own)

    # OTHER COMPANIES, OTHER PEOPLE

    def test_a_visit_is_not_moved_to_another_company(self):
        other = self._create_company("Other Care Company")
        with self.assertRaises(UserError):
            self._as(self.visit).company_id = other

    def test_a_visit_is_not_forged_by_writing_after_creating(self):
        mine = self._as(self.visits).create({"partner_id": self.foreign.id})
        with self.assertRaises(AccessError):
            mine.write({"user_id": self.care_all.id})

    def test_portal_users_visit_nobody(self):
        portal = new_test_user(
            self.env, login="care_portal", groups="base.group_portal"
        )
        with self.assertRaises(UserError):
            self._as(self.visit).user_id = portal
        with self.assertRaises(UserError):
            self._as(self.visits).create(
                {"partner_id": self.partner.id, "user_id": portal.id}
            )

    def test_a_visitor_works_for_the_company(self):
        other = self._create_company("Other Care Company")
        elsewhere = self._create_user("care_test_elsewhere", "group_care_own")
        elsewhere.write(
            {"company_ids": [Command.set(other.ids)], "company_id": other.id}
        )
        with self.assertRaises(UserError):
            self._as(self.visit).user_id = elsewhere

    # PLANS

    def _plan(self, user=None, **values):
        user = user or self.care_own
        with freeze_time("2026-09-25 02:30:00"):
            return (
                self.env["crm.visit.plan"]
                .with_user(user)
                .create({"user_id": user.id, "date_from": "2026-10-01"} | values)
            )

    def test_plan_state_is_not_typed_on_creation(self):
        for values in ({"state": "confirmed"}, {"generated_at": "2020-01-01"}):
            with self.assertRaises(UserError):
                self._plan(**values)
        plans = self.env["crm.visit.plan"].with_context(default_state="confirmed")
        plan = plans.with_user(self.care_own).create({"date_from": "2026-10-01"})
        self.assertEqual(plan.state, "draft")

    def test_a_visit_is_not_put_into_somebodys_plan(self):
        plan = self._plan(self.stranger)
        with self.assertRaises(UserError):
            self._as(self.visit).plan_id = plan
        colleagues = self._create_visit(user=self.stranger)
        mine = self._plan()
        with self.assertRaises(UserError):
            mine.visit_ids = [Command.link(colleagues.id)]

    def test_a_plan_is_not_given_away(self):
        plan = self._plan()
        with self.assertRaises(UserError):
            plan.user_id = self.stranger

    # EVIDENCE

    def test_open_visits_are_cancelled_rather_than_archived(self):
        with self.assertRaises(UserError):
            self._as(self.visit).active = False
        with self.assertRaises(UserError):
            self._as(self.visit).action_archive()

    def test_amendments_are_recorded_whatever_the_client_says(self):
        visit = self._report(self._made(self.visit))
        self.env.flush_all()
        self.cr.precommit.run()
        visit = self.env["crm.visit"].with_user(self.care_own).browse(visit.id)
        visit = visit.with_context(tracking_disable=True, mail_notrack=True)
        before = len(visit.sudo().message_ids.tracking_value_ids)
        visit.write({"report": "All was very well"})
        self.env.flush_all()
        self.cr.precommit.run()
        after = len(visit.sudo().message_ids.tracking_value_ids)
        self.assertEqual(after, before + 1)

    def test_followups_are_not_linked_to_others_activities(self):
        secret = self.partner.activity_schedule(
            "mail.mail_activity_data_todo", summary="Secret", user_id=self.stranger.id
        )
        with self.assertRaises(UserError):
            self.env["crm.visit.followup"].with_user(self.care_own).create(
                {
                    "visit_id": self.visit.id,
                    "name": "Call",
                    "activity_id": secret.id,
                    "is_scheduled": True,
                }
            )

    def test_lines_are_not_moved_to_others_visits(self):
        other = self._create_visit(user=self.stranger, partner_id=self.foreign.id)
        line = self.env["crm.visit.preparation"].with_user(self.care_own)
        line = line.create({"visit_id": self.visit.id, "name": "Samples"})
        with self.assertRaises(UserError):
            line.visit_id = other

    def test_one_sees_nothing_of_others_through_a_wizard(self):
        customer = self.customers._follow(self.foreign)
        customer.sudo().write(
            {
                "cadence_paused_until": "2027-01-01",
                "cadence_pause_reason": "In litigation",
            }
        )
        with self.assertRaises(AccessError):
            wizard = (
                self.env["crm.customer.cadence"]
                .with_user(self.care_own)
                .create({"customer_id": customer.id})
            )
            wizard.flush_recordset()
            self.assertFalse(wizard.read(["pause_reason"])[0]["pause_reason"])

    # NONSENSE

    def test_a_visit_in_a_thousand_years(self):
        """A typing mistake neither hangs the list nor is let through."""
        with self.assertRaises(ValidationError):
            self._as(self.visits).create(
                {"partner_id": self.partner.id, "date": "3026-10-08"}
            )

    def test_a_plan_at_the_end_of_time(self):
        with self.assertRaises(UserError):
            self._plan(date_from="9999-12-01", period="quarter")
        with self.assertRaises(UserError):
            self._plan(date_from="9999-12-01")

    def test_capacity_at_the_end_of_time(self):
        with self.assertRaises(UserError):
            check = self.env["crm.capacity.check"].with_user(self.care_own)
            check.create({"date_from": "9999-12-01", "months": 3})
