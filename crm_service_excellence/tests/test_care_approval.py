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

    def test_what_is_agreed_to_or_a_colleague_s_is_not_approved(self):
        for state in ("approved", "by_hand"):
            task = self._create_task(occurrence_key=state, state=state)
            with self.subTest(state), self.assertRaisesRegex(UserError, "any more"):
                self._approve(task)
            self.assertFalse(task.approved_by_id)

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
        mine |= self._create_task(occurrence_key="5")
        other = self._create_task(
            occurrence_key="2", state="to_approve", user_id=self.care_other.id
        )
        edited = self._create_task(
            occurrence_key="3", state="to_approve", text_author_id=self.care_own.id
        )
        self._create_task(occurrence_key="4", state="done")
        self._create_task(occurrence_key="6", needs_approval=False)
        every = mine | other | edited
        for user, found in (
            (self.care_own, mine),
            (self.care_manager, every),
            (self.care_all, every.browse()),
        ):
            tasks = self.tasks.with_user(user)
            self.assertEqual(
                set(tasks.search([("may_approve", "=", True)])), set(found)
            )
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

    def test_what_is_over_is_not_edited(self):
        task = self._create_task(state="done", subject="Sent")
        wizard = self.env["crm.care.task.edit"].with_user(self.care_all)
        with self.assertRaisesRegex(UserError, "any more"):
            wizard.create({"task_ids": task.ids, "subject": "x"}).action_save()
        self.assertEqual(task.subject, "Sent")

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

    # AT ONCE

    def test_somebody_else_is_at_it(self):
        task = self._create_task()
        task._write_text()
        for attempt in (
            lambda: self._approve(task),
            lambda: task.with_user(self.care_own)._skip("No"),
            lambda: self._edit(task, subject="Another"),
        ):
            with self._locked(), self.assertRaisesRegex(UserError, "colleague is at"):
                attempt()
        self._approve(task)
        self.assertEqual(task.subject, "Happy birthday, Li Na")

    @contextmanager
    def _locked(self):
        def refuse(records, **_options):
            raise LockError("locked")

        with patch.object(self.registry["crm.care.task"], "lock_for_update", refuse):
            yield
