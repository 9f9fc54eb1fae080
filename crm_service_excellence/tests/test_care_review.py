# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import datetime
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .care_task_common import MORNING, CareTaskCommon


@tagged("post_install", "-at_install")
class TestCareReview(CareTaskCommon):
    """C18: read in time, asked for before it is late, and never sent without."""

    # REVIEW

    def test_review_begins_three_working_days_ahead(self):
        """For Monday 12 October 9:00: Thursday 8 October 9:00 is three working days
        before, as 10 and 11 October are a weekend for this company.
        Working days after Wednesday 7: 8, 9, 12; after Thursday 8: 9, 12, 13."""
        task = self._create_task()
        self._review("2026-10-07 00:59:00")
        self.assertEqual(task.state, "planned")
        self._review("2026-10-07 01:00:00")
        self.assertEqual(task.state, "to_approve")
        self.assertEqual(task.subject, "Happy birthday, Li Na")

    def test_review_leaves_what_needs_no_approval(self):
        task = self._create_task(needs_approval=False)
        self._review()
        self.assertEqual((task.state, task.subject), ("planned", False))

    def test_review_where_nobody_works(self):
        self.company.resource_calendar_id.attendance_ids.unlink()
        task = self._create_task()
        self._review("2026-10-09 00:59:00")
        self.assertEqual(task.state, "planned")
        self._review("2026-10-09 01:00:00")
        self.assertEqual(task.state, "to_approve")

    def test_review_in_batches(self):
        tasks = self.tasks.concat(
            *(self._create_task(occurrence_key=str(number)) for number in range(7))
        )
        module = "odoo.addons.crm_service_excellence.models.crm_care_task_review"
        with patch(f"{module}.BATCH", 3):
            self._review()
        self.assertEqual(set(tasks.mapped("state")), {"to_approve"})
        self.assertEqual(set(tasks.mapped("subject")), {"Happy birthday, Li Na"})
        messages = tasks.message_ids
        self._review()
        self.assertEqual(tasks.message_ids, messages)

    def test_a_text_that_cannot_be_written_fails_alone(self):
        self.template.subject = "{{ 1 / (len(object.partner_id.name) - 5) }}"
        other = self._create_task(self._create_partner("Wang Wei"))
        task = self._create_task()  # “Li Na” has five letters
        self._review()
        self.assertRecordValues(task, [{"state": "failed", "reason_code": "text"}])
        self.assertIn("division by zero", task.reason)
        self.assertEqual(other.state, "to_approve")

    # NOBODY AGREED

    def test_managers_are_asked_four_hours_before(self):
        """Until 20:00 in Shanghai, 12:00 UTC: at 8:00 UTC."""
        tasks = self._create_task() | self._create_task(occurrence_key="2")
        self._review()
        self._review("2026-10-12 07:59:00")
        self.assertFalse(tasks.activity_ids)
        for moment in ("08:00", "09:00", "10:00"):
            self._review(f"2026-10-12 {moment}:00")
            activities = tasks.activity_ids
            self.assertEqual(activities.user_id, self.care_manager | self.care_boss)
            self.assertEqual(len(activities), 2, "one for the rule, not for each")
        self.assertIn("2 texts wait", activities[0].summary)
        self.assertEqual(tasks[0].activity_ids, activities)

    def test_managers_are_asked_once_for_each_rule_and_day(self):
        """Those of the company; about tasks of two rules, and of two days of one."""
        far = self._create_company("Other Company")
        stranger = self._create_user("care_test_far", "group_care_manager")
        stranger.write({"company_ids": [Command.set(far.ids)], "company_id": far.id})
        tasks = (
            self._create_task()
            | self._create_task(occurrence_key="2", due_date="2026-10-11")
            | self._create_task(rule=self._create_rule(name="Other birthdays"))
        )
        self._review()
        self._review("2026-10-12 08:00:00")
        managers = self.care_manager | self.care_boss
        for task in tasks:
            self.assertEqual(task.activity_ids.user_id, managers)

    def test_the_activity_goes_when_it_is_decided(self):
        for name, decide in (
            ("approve", lambda task: self._approve(task, moment="2026-10-12 09:00:00")),
            ("skip", lambda task: task.with_user(self.care_own)._skip("No")),
            ("refuse", lambda task: task.with_user(self.care_manager)._refuse("No")),
        ):
            task = self._create_task(occurrence_key=name, state="to_approve")
            self._review("2026-10-12 08:00:00")
            self.assertTrue(task.activity_ids)
            decide(task)
            self.assertFalse(task.activity_ids)
        task = self._create_task(state="to_approve")
        self._review("2026-10-12 08:00:00")
        task._settle("skipped", "consent", "Not wanted")
        self._review("2026-10-12 08:30:00")
        self.assertFalse(task.activity_ids, "decided by somebody else")

    def test_agreed_to_too_early_is_asked_again_in_time(self):
        """Due on Tuesday 20 October: three working days before is Thursday 15th.

        What was approved on the 8th was good until the 12th (the 10th is a make-up
        Saturday or not): no use on the 20th. The gateway alone would find out on the
        20th, when nobody is left to ask.
        """
        times = {
            "not_before": "2026-10-20 01:00:00",
            "not_after": "2026-10-20 12:00:00",
        }
        early = self._create_task(occurrence_key="1", **times)
        self._approve(early)
        self._review("2026-10-14 02:00:00")
        self.assertEqual(early.state, "approved", "there is time")
        late = self._create_task(occurrence_key="2", **times)
        self._approve(late, moment="2026-10-16 02:00:00")
        self._review("2026-10-16 02:00:00")
        self.assertEqual((early.state, late.state), ("to_approve", "approved"))
        self.assertIn("too long ago", early.wait_reason)
        self.assertFalse(early.approved_by_id)

    def test_good_until_it_is_sent(self):
        """Approved on Thursday the 8th, 10:00: good until Tuesday the 13th, 10:00."""
        soon = self._create_task(
            occurrence_key="1",
            not_before="2026-10-14 01:00:00",  # Wednesday
            not_after="2026-10-14 12:00:00",
        )
        due = self._create_task(occurrence_key="2", not_after="2026-10-16 12:00:00")
        self._approve(soon | due)
        self._review("2026-10-12 02:00:00")
        self.assertEqual((soon.state, due.state), ("to_approve", "approved"))
        self._review("2026-10-14 02:00:00")
        self.assertEqual(due.state, "to_approve")

    def test_never_without_approval(self):
        seen = self._create_task()
        self._review()
        approved = self._create_task(
            occurrence_key="3",
            state="approved",
            approved_until="2026-10-12 12:00:00",
        )
        approved.approved_hash = approved._fingerprint()
        self._review("2026-10-12 12:00:00")
        self.assertEqual(seen.state, "to_approve")
        missed = self._create_task(occurrence_key="2")  # during an outage
        self._review("2026-10-12 12:00:01")
        self.assertRecordValues(
            seen | missed,
            [
                {
                    "state": "expired",
                    "reason_code": "approval",
                    "reason": "Nobody agreed in time.",
                }
            ]
            * 2,
        )
        self.assertEqual(approved.state, "approved", "the dispatcher's")

    # AGAIN

    def _again(self, task, user=None, moment=MORNING):
        with freeze_time(moment):
            return task.with_user(user or self.care_manager)._send_again("Came back")

    def test_send_again(self):
        task = self._create_task(state="skipped", reason="No", occurrence_key="L2026")
        new = self._again(task)
        self.assertRecordValues(
            new,
            [
                {
                    "state": "planned",
                    "occurrence_key": "L2026#2",
                    "partner_id": self.contact.id,
                    "user_id": self.care_own.id,
                    "needs_approval": True,
                    "reason": False,
                    "not_before": datetime(2026, 10, 8, 2),
                    "not_after": datetime(2026, 10, 9, 12),
                }
            ],
        )
        self.assertIn("Came back", new.message_ids[0].body)
        self.assertEqual(task.state, "skipped", "history stays")
        new._settle("failed", "delivery", "Bounced")
        third = self._again(new)
        self.assertEqual(third.occurrence_key, "L2026#3")
        self.assertEqual(self._again(task).occurrence_key, "L2026#4")

    def test_again_in_the_evening_and_at_night(self):
        """20:30 in Shanghai: tomorrow at 9. 7:00: at 9."""
        self.rule.validity_days = 1
        task = self._create_task(state="expired")
        new = self._again(task, moment="2026-10-08 12:30:00")
        self.assertEqual(new.not_before, datetime(2026, 10, 9, 1))
        self.assertEqual(new.not_after, datetime(2026, 10, 10, 12))
        new = self._again(task, moment="2026-10-07 23:00:00")
        self.assertEqual(new.not_before, datetime(2026, 10, 8, 1))
        self.contact.tz = "America/New_York"  # Wednesday 22:00 there
        new = self._again(task, moment="2026-10-08 02:00:00")
        self.assertEqual(new.not_before, datetime(2026, 10, 8, 13))
        self.assertEqual(str(new.due_date), "2026-10-08")

    def test_again_is_for_managers_and_for_what_is_over(self):
        task = self._create_task(state="done")
        for user in (self.care_own, self.care_all):
            with self.assertRaisesRegex(AccessError, "manager"):
                self._again(task, user)
        with self.assertRaises(UserError):
            self._again(self._create_task(occurrence_key="2"))
        held = self._create_task(occurrence_key="3", state="skipped", is_holdout=True)
        with self.assertRaisesRegex(UserError, "held out"):
            self._again(held)
