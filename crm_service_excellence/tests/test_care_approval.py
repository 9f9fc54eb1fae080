# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from contextlib import contextmanager
from datetime import datetime, timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, LockError, UserError
from odoo.tests import freeze_time, new_test_user, tagged

from .care_task_common import MORNING, CareTaskCommon


@tagged("post_install", "-at_install")
class TestCareApproval(CareTaskCommon):
    """C18: important mail is read by a second person, and sent as it was read."""

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

    # APPROVE

    def test_approve(self):
        task = self._create_task()
        self._review()
        self._approve(task)
        self.assertRecordValues(
            task,
            [
                {
                    "state": "approved",
                    "approved_by_id": self.care_manager.id,
                    "approved_date": datetime(2026, 10, 8, 2),
                    # three working days are Tuesday: the window ends before
                    "approved_until": datetime(2026, 10, 12, 12),
                    "approved_hash": task._fingerprint(),
                }
            ],
        )
        self.assertIsNone(task._approval_problem(datetime(2026, 10, 12, 12)))

    def test_approval_holds_three_working_days(self):
        """From Thursday 8 October 10:00 to Tuesday 13 October 10:00."""
        task = self._create_task(not_after="2026-10-30 12:00:00")
        self._review()
        self._approve(task)
        until = datetime(2026, 10, 13, 2)
        self.assertEqual(task.approved_until, until)
        self.assertIsNone(task._approval_problem(until))
        words = task._approval_problem(until + timedelta(seconds=1))
        self.assertIn("too long ago", words)

    def test_approve_what_is_still_planned(self):
        task = self._create_task()
        self._approve(task)
        self.assertEqual(task.state, "approved")
        self.assertEqual(task.subject, "Happy birthday, Li Na")

    def test_approve_many(self):
        tasks = self._create_task() | self._create_task(occurrence_key="2")
        self._approve(tasks)
        self.assertEqual(tasks.mapped("state"), ["approved"] * 2)

    def test_all_or_nothing(self):
        done = self._create_task(occurrence_key="2", state="done")
        task = self._create_task()
        with self.assertRaisesRegex(UserError, "“Done”"), self.env.cr.savepoint():
            self._approve(task | done)
        self.assertEqual(task.state, "planned")

    def test_what_cannot_be_written_cannot_be_approved(self):
        self.template.subject = False
        task = self._create_task()
        with self.assertRaisesRegex(UserError, "has no subject"):
            self._approve(task)
        self.assertEqual(task.state, "planned")

    def test_too_late_to_approve(self):
        task = self._create_task()
        with self.assertRaisesRegex(UserError, "too late"):
            self._approve(task, moment="2026-10-12 12:00:01")

    def test_who_may_approve(self):
        """Who looks after it, and managers."""
        for user in (self.care_own, self.care_manager):
            task = self._create_task(occurrence_key=user.login)
            self.assertTrue(task.with_user(user).may_approve)
            self._approve(task, user)
            self.assertEqual(task.approved_by_id, user)
        task = self._create_task()
        self.assertFalse(task.with_user(self.care_all).may_approve)
        with self.assertRaisesRegex(AccessError, "for a manager"):
            self._approve(task, self.care_all)
        with self.assertRaises(AccessError):
            self._approve(task, self.care_other)
        portal = new_test_user(self.env, "care_portal", groups="base.group_portal")
        public = self.env.ref("base.public_user")
        for user in (portal, public):
            for method in ("action_approve", "action_skip", "action_edit_text"):
                with self.assertRaises(AccessError):
                    getattr(task.with_user(user), method)()
            with self.assertRaises(AccessError):
                task.with_user(user)._skip("No")

    def test_the_account_manager_skips_but_does_not_approve_for_a_colleague(self):
        task = self._create_task(user_id=self.care_other.id)
        with self.assertRaises(AccessError):
            self._approve(task, self.care_own)
        task.with_user(self.care_own)._skip("They moved")
        self.assertEqual(task.state, "skipped")

    def test_nobody_writes_a_task(self):
        task = self._create_task()
        for user in (self.care_own, self.care_manager):
            with self.assertRaises(AccessError):
                task.with_user(user).write({"state": "approved"})
            with self.assertRaises(AccessError):
                self.tasks.with_user(user).create(self._task_vals(occurrence_key="x"))
        with self.assertRaises(AccessError):
            task.with_user(self.care_manager).read(["approved_hash"])

    def test_search_for_mine(self):
        mine = self._create_task(state="to_approve")
        other = self._create_task(
            occurrence_key="2", state="to_approve", user_id=self.care_other.id
        )
        edited = self._create_task(
            occurrence_key="3", state="to_approve", text_author_id=self.care_own.id
        )
        self._create_task(occurrence_key="4", state="done")
        every = mine | other | edited
        for user, found in (
            (self.care_own, mine),
            (self.care_manager, every),
            (self.care_all, every.browse()),
        ):
            tasks = self.tasks.with_user(user)
            self.assertEqual(tasks.search([("may_approve", "=", True)]), found)
            rest = tasks.search([("may_approve", "=", False)])
            self.assertFalse(rest & found)
            for task in every.with_user(user):
                if task.has_access("read"):
                    self.assertEqual(task.may_approve, task in found)

    # EDIT

    def test_who_edits_does_not_approve(self):
        task = self._create_task()
        self._review()
        self._edit(task, self.care_manager, subject="Dear Li Na")
        self.assertRecordValues(
            task,
            [
                {
                    "subject": "Dear Li Na",
                    "is_edited": True,
                    "text_author_id": self.care_manager.id,
                    "state": "to_approve",
                    "short_text": "Happy birthday, Li Na",
                }
            ],
        )
        self.assertFalse(task.with_user(self.care_manager).may_approve)
        with self.assertRaisesRegex(UserError, "You wrote this text"):
            self._approve(task)
        self._approve(task, self.care_boss)
        self.assertEqual(task.approved_by_id, self.care_boss)

    def test_the_owner_edits_and_a_manager_approves(self):
        task = self._create_task()
        self._edit(task, self.care_own, subject="Dear Li Na")
        with self.assertRaises(UserError):
            self._approve(task, self.care_own)
        self._approve(task)

    def test_editing_drops_the_approval(self):
        task = self._create_task()
        self._approve(task)
        wizard = self._edit(task, short_text="Congratulations")
        self.assertTrue(wizard.needs_approval)
        self.assertRecordValues(
            task,
            [
                {
                    "state": "to_approve",
                    "approved_by_id": False,
                    "approved_until": False,
                    "approved_hash": False,
                }
            ],
        )
        self.assertEqual(
            task._approval_problem(datetime(2026, 10, 9)), "Nobody has agreed yet."
        )

    def test_saving_the_same_text_changes_nothing(self):
        task = self._create_task()
        self._approve(task)
        self._edit(task, subject="Happy birthday, Li Na")
        self.assertEqual((task.state, task.is_edited), ("approved", False))

    def test_edited_without_need_of_approval(self):
        task = self._create_task(needs_approval=False)
        self._edit(task, subject="Dear Li Na")
        self.assertEqual(task.state, "planned")
        self.assertIsNone(task._approval_problem(datetime(2026, 10, 9)))
        self._approve(task)
        self._edit(task, subject="Dear Li")
        self.assertEqual(task.state, "planned")

    def test_another_text_than_approved(self):
        """However it came in: the fingerprint differs."""
        task = self._create_task()
        self._approve(task)
        task.body = "<p>Buy now!</p>"
        words = task._approval_problem(datetime(2026, 10, 9))
        self.assertEqual(words, "The text has changed since it was approved.")

    def test_approved_is_what_was_read(self):
        task = self._create_task()
        self._review()
        seen = task.text_fingerprint
        self._edit(task, subject="Another")
        with self.assertRaisesRegex(UserError, "has changed since you read it"):
            self._approve(task, crm_care_text_seen=seen)
        self.assertEqual(task.state, "to_approve")
        self._approve(task, crm_care_text_seen=task.text_fingerprint)

    def test_two_edit_at_once(self):
        task = self._create_task()
        self._review()
        with freeze_time(MORNING):
            wizards = [
                self.env["crm.care.task.edit"]
                .with_user(user)
                .create({"task_ids": task.ids})
                for user in (self.care_all, self.care_manager)
            ]
            wizards[0].subject = "One"
            wizards[0].action_save()
            wizards[1].subject = "Two"
            with self.assertRaisesRegex(UserError, "changed the text meanwhile"):
                wizards[1].action_save()
        self.assertEqual(task.subject, "One")

    def test_edit_many_with_placeholders(self):
        other = self._create_partner("Wang & Wei")
        tasks = self._create_task() | self._create_task(other)
        tasks._write_text()
        self._edit(
            tasks,
            subject="Dear {{ object.partner_id.name }}",
            body="<p>Dear {{ object.partner_id.name }}</p>",
        )
        self.assertEqual(tasks.mapped("subject"), ["Dear Li Na", "Dear Wang & Wei"])
        self.assertEqual(tasks[1].body, "<p>Dear Wang &amp; Wei</p>")
        self.assertEqual(tasks[0].short_text, "Happy birthday, Li Na", "left as it was")
        self.assertTrue(all(tasks.mapped("is_edited")))

    def test_placeholders_evaluate_nothing(self):
        task = self._create_task()
        for source in (
            "{{ object.env.user.password }}",
            "{{ object.partner_id.unlink() }}",
            "{{ object.__class__ }}",
            "{{ 1 + 1 }}",
            "{{ object.partner_id.bank_ids }}",
        ):
            with self.assertRaisesRegex(UserError, "cannot be filled in"):
                self._edit(task, self.care_own, subject=source)

    def test_edit_needs_a_text_and_a_subject(self):
        task = self._create_task()
        with self.assertRaisesRegex(UserError, "There is no text"):
            self._edit(task, subject=False, body="<p><br></p>", short_text=False)
        with self.assertRaisesRegex(UserError, "needs a subject"):
            self._edit(task, subject=False)

    def test_edited_markup_is_sanitized(self):
        task = self._create_task()
        self._edit(task, body="<p>Dear<script>alert(1)</script></p>")
        self.assertEqual(task.body, "<p>Dear</p>")

    def test_edit_of_others(self):
        task = self._create_task()
        with self.assertRaises(AccessError):
            self._edit(task, self.care_other, subject="Mine")
        wizard = self.env["crm.care.task.edit"].with_user(self.care_other)
        with self.assertRaises(AccessError):
            wizard.create({"task_ids": task.ids, "subject": "x"}).action_save()

    # NO

    def test_refuse(self):
        task = self._create_task()
        self._review()
        with self.assertRaisesRegex(UserError, "Say why"):
            task.with_user(self.care_manager)._refuse("  ")
        with self.assertRaises(AccessError):
            task.with_user(self.care_all)._refuse("No")
        task.with_user(self.care_manager)._refuse("Not  now\n")
        self.assertRecordValues(
            task,
            [{"state": "skipped", "reason_code": "refused", "reason": "Not now"}],
        )
        with self.assertRaisesRegex(UserError, "“Skipped”"):
            self._approve(task)

    def test_skip(self):
        for state in ("planned", "to_approve", "approved", "by_hand"):
            task = self._create_task(
                occurrence_key=state, state=state, wait_reason="x", wait_code="hold"
            )
            task.with_user(self.care_own)._skip("Met them today")
            self.assertRecordValues(
                task,
                [
                    {
                        "state": "skipped",
                        "reason_code": "by_person",
                        "reason": "Met them today",
                        "wait_code": False,
                        "wait_reason": False,
                    }
                ],
            )
        with self.assertRaises(UserError):
            task.with_user(self.care_own)._skip("Again")
        with self.assertRaises(AccessError):
            self._create_task().with_user(self.care_other)._skip("No")

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
            self.assertEqual(
                activities.user_id, self.care_manager | self.care_boss
            )
            self.assertEqual(len(activities), 2, "one for the rule, not for each")
        self.assertIn("2 texts wait", activities[0].summary)
        self.assertEqual(tasks[0].activity_ids, activities)

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

    def test_never_without_approval(self):
        seen = self._create_task()
        self._review()
        missed = self._create_task(occurrence_key="2")  # during an outage
        approved = self._create_task(occurrence_key="3", state="approved")
        self._review("2026-10-12 12:00:00")
        self.assertEqual(seen.state, "to_approve")
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
                    "not_after": datetime(2026, 10, 8, 12),
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
        held = self._create_task(
            occurrence_key="3", state="skipped", is_holdout=True
        )
        with self.assertRaisesRegex(UserError, "held out"):
            self._again(held)

    # AT ONCE

    def test_somebody_else_is_at_it(self):
        task = self._create_task()
        with self._locked(), self.assertRaisesRegex(UserError, "A colleague is at it"):
            self._approve(task)
        self._approve(task)

    @contextmanager
    def _locked(self):
        def refuse(records, **_options):
            raise LockError("locked")

        with patch.object(self.registry["crm.care.task"], "lock_for_update", refuse):
            yield
