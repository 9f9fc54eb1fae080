# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Who gets the next complaint, and the grade it is promised by."""

from datetime import timedelta

from odoo import Command
from odoo.tests import freeze_time, tagged

from .complaint_common import ComplaintCommon

MONDAY = "2026-03-02 02:00:00"  # 10:00 in Shanghai
SUNDAY = "2026-03-01 02:00:00"


@tagged("post_install", "-at_install")
class TestComplaintAssign(ComplaintCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.third = cls._create_user("complaint_third", "group_complaint_own")
        cls.team.write(
            {"assignment": "load", "member_ids": [Command.link(cls.third.id)]}
        )

    def _create_batch(self, number, **values):
        return self.env["crm.complaint"].create(
            [
                {
                    "name": f"Complaint {n}",
                    "partner_id": self.customer.id,
                    "team_id": self.team.id,
                    **values,
                }
                for n in range(number)
            ]
        )

    def _take_leave(self, user, day):
        self.env["calendar.event"].create(
            {
                "name": "Away",
                "user_id": user.id,
                "allday": True,
                "show_as": "busy",
                "start": day,
                "stop": day,
                "start_date": day,
                "stop_date": day,
            }
        )

    @freeze_time(MONDAY)
    def test_the_fewest_open_complaints(self):
        self._create_batch(2, user_id=self.agent.id)
        self._create_batch(1, user_id=self.colleague.id)
        # loads 2, 1, 0: third, colleague, third, agent, colleague, third
        owners = self._create_batch(6).mapped("user_id.login")
        batch = self.env["crm.complaint"].search([], limit=6, order="id desc")
        counts = {user: len(rows) for user, rows in batch.grouped("user_id").items()}
        self.assertEqual(
            counts, {self.agent: 1, self.colleague: 2, self.third: 3}, owners
        )

    @freeze_time(MONDAY)
    def test_what_is_over_is_no_load(self):
        closed = self._create_batch(5, user_id=self.agent.id)
        closed.state = "closed"
        self._create_batch(1, user_id=self.colleague.id)
        self._create_batch(1, user_id=self.third.id)
        self.assertEqual(self._create_batch(1).user_id, self.agent)

    @freeze_time(MONDAY)
    def test_by_hand_nobody_is_chosen(self):
        self.team.assignment = "manual"
        self.assertFalse(self._create_batch(1).user_id)

    @freeze_time(MONDAY)
    def test_in_turn(self):
        self.team.assignment = "turn"
        members = self.agent | self.colleague | self.third
        owners = [self._create_batch(1).user_id for _ in range(3)]
        self.assertEqual(set(owners), set(members))
        self.assertEqual(self._create_batch(3).mapped("user_id"), members)
        # a busy member gets a turn like everybody
        self._create_batch(9, user_id=owners[0].id)
        self.assertEqual(self._create_batch(1).user_id, owners[0])

    @freeze_time(MONDAY)
    def test_who_is_away_is_passed_over(self):
        self._take_leave(self.agent, "2026-03-02")
        for rule in ("load", "turn"):
            with self.subTest(rule=rule):
                self.team.assignment = rule
                owners = self._create_batch(6).user_id
                self.assertEqual(owners, self.colleague | self.third)

    @freeze_time(MONDAY)
    def test_archived_and_foreign_members_get_nothing(self):
        self.agent.active = False
        main = self.env.ref("base.main_company")
        self.third.write(
            {"company_ids": [Command.set(main.ids)], "company_id": main.id}
        )
        self.assertEqual(self._create_batch(4).user_id, self.colleague)

    def test_nobody_works_on_sunday_and_monday_takes_over(self):
        with freeze_time(SUNDAY):
            complaint = self._create_batch(1)
            self.assertFalse(complaint.user_id)
            self.env["crm.complaint"]._cron_assign()
            self.assertFalse(complaint.user_id)
            # visible to the team all the same
            self.assertTrue(complaint.with_user(self.agent).has_access("read"))
        with freeze_time(MONDAY):
            self.env["crm.complaint"]._cron_assign()
            self.assertTrue(complaint.user_id)

    @freeze_time(MONDAY)
    def test_today_is_the_company_s(self):
        """Sunday 23:00 UTC is Monday 07:00 in Shanghai."""
        with freeze_time("2026-03-01 23:00:00"):
            self.assertTrue(self._create_batch(1).user_id)

    @freeze_time(MONDAY)
    def test_given_owner_and_what_is_over_are_left_alone(self):
        self.assertEqual(
            self._create_batch(1, user_id=self.third.id).user_id, self.third
        )
        self.assertFalse(self._create_batch(1, state="closed").user_id)

    @freeze_time(MONDAY)
    def test_hand_over_to_another_team(self):
        other = self.team.create(
            {
                "name": "Other",
                "company_id": self.company.id,
                "member_ids": [Command.set(self.third.ids)],
            }
        )
        complaint = self._create_batch(1, user_id=self.agent.id)
        complaint.with_user(self.agent).team_id = other
        self.assertEqual(complaint.user_id, self.third)
        other.assignment = "manual"
        back = self._create_batch(1, user_id=self.agent.id)
        back.with_user(self.agent).team_id = other
        self.assertFalse(back.user_id)
        to_colleague = self._create_batch(1, user_id=self.agent.id)
        to_colleague.with_user(self.agent).user_id = self.colleague
        self.assertEqual(to_colleague.user_id, self.colleague)
        kept = self._create_batch(1, user_id=self.third.id)
        kept.team_id = other
        self.assertEqual(kept.user_id, self.third)
        over = self._create_batch(1, user_id=self.agent.id, state="closed")
        over.team_id = other
        self.assertEqual(over.user_id, self.agent)

    @freeze_time(MONDAY)
    def test_queries_of_a_batch(self):
        """More complaints of a team ask nothing more of assignment and grade."""
        complaints = self.env["crm.complaint"]
        values = {"name": "X", "partner_id": self.customer.id, "team_id": self.team.id}

        def count(number):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            complaints._prepare_create([dict(values) for _ in range(number)])
            return self.cr.sql_log_count - before

        count(1)
        self.assertLessEqual(count(1), 30)
        few = count(10)
        self.assertEqual(count(500), few)

    # CUSTOMER

    @freeze_time(MONDAY)
    def test_filed_under_the_company_of_the_person(self):
        firm = self.env["res.partner"].create({"name": "Firm", "is_company": True})
        person = self.env["res.partner"].create(
            {
                "name": "Person",
                "parent_id": firm.id,
                "email": "person@example.com",
                "phone": "+86 21 5555 0100",
            }
        )
        complaint = self._create_batch(1, partner_id=person.id)
        self.assertEqual(complaint.partner_id, firm)
        self.assertEqual(complaint.contact_id, person)
        self.assertIn("person@example.com", complaint.email_from)
        self.assertEqual(complaint.phone, "+86 21 5555 0100")

    def test_grade_is_the_customer_s_of_this_company(self):
        customer = self.env["crm.customer"].create(
            {
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "grade_id": self.gold.id,
            }
        )
        complaint = self._create_batch(1)
        self.assertEqual(complaint.grade_id, self.gold)
        over = self._create_batch(1, state="closed")
        until = customer.company_id._crm_today() + timedelta(days=30)
        customer._set_override(self.diamond, "Promised", until)
        self.assertEqual(complaint.grade_id, self.diamond)
        self.assertEqual(over.grade_id, self.gold)
