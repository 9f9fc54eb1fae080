# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The job: what is due, what is too late, what breaks alone; and who may send."""

from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.crm_service_excellence.models import crm_care_task_dispatch

from .care_send_common import NOW, CareTaskCommon

LOGGER = crm_care_task_dispatch.__name__
HOUR = timedelta(hours=1)


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestCareDispatch(CareTaskCommon):
    def _run(self):
        self.tasks._cron_dispatch()

    def test_what_is_due(self):
        due = self._create_task(not_before=NOW)
        early = self._create_task(
            self._create_contact("Bo"), not_before=NOW + timedelta(seconds=1)
        )
        approval = self._create_task(self._create_contact("Cy"), needs_approval=True)
        waits = self._create_task(
            self._create_contact("Di"), state="to_approve", needs_approval=True
        )
        self._run()
        tasks = due | early | approval | waits
        self.assertEqual(
            tasks.mapped("state"), ["done", "planned", "planned", "to_approve"]
        )
        self.assertEqual(approval.not_before, NOW - HOUR, "not even looked at")
        self.assertFalse(approval.wait_code)

    def test_the_longest_due_first(self):
        """Of two that matter the same the one that was planned for 9:00, not 10:00."""
        later = self._create_task(not_before=NOW)
        sooner = self._create_task(self._create_contact("Bo"), not_before=NOW - HOUR)
        with patch.object(crm_care_task_dispatch, "BATCH_SIZE", 1):
            self.assertEqual(self.tasks._lock_due(NOW), sooner.ids)
        self.assertEqual(self.tasks._lock_due(NOW), [sooner.id, later.id])

    def test_again_sends_nothing(self):
        task = self._create_task()
        self._run()
        mail = task.mail_id
        self._run()
        self._send(task)
        mails = self.env["mail.mail"].search(
            [("model", "=", "crm.care.task"), ("res_id", "=", task.id)]
        )
        self.assertEqual(mails, mail)

    def test_batches(self):
        """Five in batches of two, the important ones first."""
        tasks = self.tasks.concat(
            *(
                self._create_task(self._create_contact(f"P{number}"), priority=priority)
                for number, priority in enumerate("53215")
            )
        )
        batches = []
        dispatch = type(tasks)._dispatch

        def spy(batch, now):
            batches.append(batch.mapped("priority"))
            return dispatch(batch, now)

        with (
            patch.object(crm_care_task_dispatch, "BATCH_SIZE", 2),
            patch.object(type(tasks), "_dispatch", spy),
        ):
            self._run()
        self.assertEqual(batches, [["1", "2"], ["3", "5"], ["5"]])
        self.assertEqual(set(tasks.mapped("state")), {"done"})

    def test_waiting_is_not_looked_at_again(self):
        """A job with everything paused ends, and looks at each task once."""
        self.company.crm_care_paused = True
        tasks = self.tasks.concat(
            *(self._create_task(self._create_contact(f"P{n}")) for n in range(3))
        )
        with patch.object(crm_care_task_dispatch, "BATCH_SIZE", 1):
            self._run()
        self.assertEqual(tasks.mapped("not_before"), [NOW + HOUR] * 3)

    def test_gate_that_leaves_it_due(self):
        """Even a gate that forgets to put it off does not make the job spin."""
        task = self._create_task()
        with patch.object(type(task), "_dispatch", lambda tasks, now: None):
            self._run()
        self.assertEqual(task.not_before, NOW + HOUR)

    def test_too_late(self):
        """Whatever it still waits for, with what it waited for last."""
        past = {"not_after": NOW - HOUR}
        cases = [
            ({"wait_code": "hold", "wait_reason": "Open complaint."}, "hold"),
            ({"state": "to_approve", "needs_approval": True}, "approval"),
            ({"needs_approval": True}, "approval"),
            ({"state": "by_hand", "channel": "phone"}, "late"),
            ({"state": "approved", "needs_approval": True}, "late"),
            ({}, "late"),
        ]
        tasks = [self._create_task(**past, **values) for values, _code in cases]
        kept = self._create_task(not_after=NOW, state="to_approve")
        self._run()
        for task, (_values, code) in zip(tasks, cases, strict=True):
            self._assert_ended(task, "expired", code)
        self.assertEqual(tasks[0].reason, "Open complaint.")
        self.assertEqual(kept.state, "to_approve")

    def test_call_that_nobody_made(self):
        task = self._create_task(rule=self._create_rule(("phone",)))
        self._run()
        self.assertTrue(task.activity_ids)
        with freeze_time(NOW + timedelta(days=1)):
            self._run()
        self._assert_ended(task, "expired", "late", "Nobody did it in time")
        self.assertFalse(task.activity_ids)

    # WHAT BREAKS

    def test_text_that_cannot_be_written(self):
        """One contact's text fails: its own task, nothing else."""
        self.template.subject = "{{ 12 / (object.partner_id.name != 'Ann') }}"
        bad = self._create_task()
        good = self._create_task(self._create_contact("Bo"))
        self.assertEqual(self._send(bad | good), ["failed", "done"])
        self._assert_ended(bad, "failed", "text")
        self.assertFalse(bad.mail_id)

    def test_template_without_subject(self):
        self.template.subject = False
        task = self._create_task()
        self._send(task)
        self._assert_ended(task, "failed", "text")

    def test_poisoned(self):
        """What breaks the sending of one does not stop the others."""
        tasks = self.tasks.concat(
            *(self._create_task(self._create_contact(n)) for n in ("Ann", "Bo", "Cy"))
        )
        headers = type(tasks)._mail_headers

        def broken(task, url):
            if task.partner_id.name == "Bo":
                task.partner_id.ref = "half done"
                raise ValueError("broken address book")
            return headers(task, url)

        with (
            patch.object(type(tasks), "_mail_headers", broken),
            self.assertLogs(LOGGER, "WARNING") as log,
        ):
            self._send(tasks)
        self.assertEqual(tasks.mapped("state"), ["done", "failed", "done"])
        self._assert_ended(tasks[1], "failed", "delivery", "broken address book")
        self.assertFalse(tasks[1].partner_id.ref, "wholly or not at all")
        self.assertEqual(len(log.output), 1)
        self.assertEqual(self._mails(tasks), 2)

    def test_poisoned_and_the_more_important_first(self):
        """In halves, too, what matters most takes the one place of the day."""
        ann, bo = self._create_contact(), self._create_contact("Bo")
        birthday = self._create_task(ann, priority="2")
        poisoned = self._create_task(bo, priority="3")
        offer = self._create_task(ann, priority="5", not_after=NOW + timedelta(days=2))
        deliver = type(offer)._deliver

        def broken(batch, choices, now):
            if poisoned in batch:
                raise ValueError("broken")
            return deliver(batch, choices, now)

        with (
            patch.object(type(offer), "_deliver", broken),
            self.assertLogs(LOGGER, "ERROR"),
        ):
            self._send(birthday | poisoned | offer)
        self.assertEqual((birthday.state, poisoned.state), ("done", "failed"))
        self._assert_waits(offer, "fatigue", NOW.replace(day=19, hour=1))

    def test_somebody_was_faster(self):
        """Nobody's data is wrong: the transaction is run again, and nothing fails."""
        task = self._create_task()
        for name in ("_gate_paused", "_deliver"):
            with (
                self.subTest(name),
                patch.object(type(task), name, side_effect=SerializationFailure),
                self.assertRaises(SerializationFailure),
            ):
                self._send(task)
            self.assertEqual((task.state, task.wait_code), ("planned", False))

    def test_poisoned_in_the_database(self):
        """Not even what breaks the transaction."""
        tasks = self._create_task() | self._create_task(self._create_contact("Bo"))
        deliver = type(tasks)._deliver

        def broken(batch, choices, now):
            deliver(batch, choices, now)
            if tasks[0] in batch:
                self.env.cr.execute("SELECT 1 / 0")

        with (
            patch.object(type(tasks), "_deliver", broken),
            self.assertLogs(LOGGER, "WARNING"),
            mute_logger("odoo.sql_db"),
        ):
            self._send(tasks)
        self.assertEqual(tasks.mapped("state"), ["failed", "done"])
        self.assertEqual(self._mails(tasks), 1)
        self.assertFalse(tasks[0].mail_id)

    def test_gate_that_raises_for_one(self):
        """Whether that one may be sent is unknown: it waits, and the others go."""
        tasks = self.tasks.concat(
            *(self._create_task(self._create_contact(n)) for n in ("Ann", "Bo", "Cy"))
        )
        for name in ("_gate_hold", "_choose_channels", "_allot"):
            with self.subTest(name), self._broken(name, tasks[1]) as log:
                self._send(tasks)
                self.assertEqual(tasks.mapped("state"), ["done", "planned", "done"])
                self._assert_waits(tasks[1], "delivery", NOW + HOUR)
                self.assertIn("no such table", tasks[1].wait_reason)
                self.assertEqual(self._mails(tasks), 2)
                self.assertEqual(len(log.output), 1)
                self.assertIn(f"[{tasks[1].id}]", log.output[0])
            # after an hour it is asked again
            tasks[1].write({"not_before": NOW, "wait_code": False})
        self._send(tasks)
        self.assertEqual(tasks.mapped("state"), ["done"] * 3)
        self.assertEqual(self._mails(tasks), 3)

    def test_gate_that_raises_in_the_database(self):
        task, other = self._create_task(), self._create_task(self._create_contact("Bo"))
        gate = type(task)._gate_paused

        def broken(batch, now):
            if task in batch:
                self.env.cr.execute("SELECT 1 / 0")
            return gate(batch, now)

        with (
            patch.object(type(task), "_gate_paused", broken),
            self.assertLogs(LOGGER, "ERROR"),
            mute_logger("odoo.sql_db"),
        ):
            self._send(task | other)
        self._assert_waits(task, "delivery", NOW + HOUR)
        self.assertEqual(other.state, "done")

    def test_gate_that_raises_for_all(self):
        """The job goes on and is over soon: few are tracked down, nobody fails."""
        tasks = self.tasks.concat(
            *(self._create_task(self._create_contact(f"C{n}")) for n in range(16))
        )
        with (
            patch.object(crm_care_task_dispatch, "BROKEN_MAX", 2),
            self._broken("_gate_hold", *tasks) as log,
        ):
            self._run()
        self.assertEqual(set(tasks.mapped("state")), {"planned"})
        self.assertEqual(set(tasks.mapped("wait_code")), {"delivery"})
        self.assertEqual(set(tasks.mapped("not_before")), {NOW + HOUR})
        # 16 > 8 > 4 > 2 > the first and the second; the rest as 2, 4 and 8
        self.assertEqual(len(log.output), 5)

    @contextmanager
    def _broken(self, name, *tasks):
        """A gate that raises where one of these is asked about."""
        method = getattr(type(self.tasks), name)

        def broken(batch, *arguments):
            if batch & self.tasks.concat(*tasks):
                raise ValueError("no such table")
            return method(batch, *arguments)

        with (
            patch.object(type(self.tasks), name, broken),
            self.assertLogs(LOGGER, "ERROR") as log,
        ):
            yield log

    def _mails(self, tasks):
        return self.env["mail.mail"].search_count(
            [("model", "=", "crm.care.task"), ("res_id", "in", tasks.ids)]
        )

    # WHO MAY SEND

    def test_send_now(self):
        task = self._create_task(not_before=NOW)
        task.with_user(self.care_own).action_send_now()
        self.assertEqual(task.state, "done")
        self.assertEqual(task.mail_id.create_uid, self.env.ref("base.user_root"))

    def test_send_now_passes_the_gates(self):
        self.company.crm_care_paused = True
        task = self._create_task()
        task.with_user(self.care_manager).action_send_now()
        self.assertEqual((task.state, task.wait_code), ("planned", "paused"))
        self.company.crm_care_paused = False
        task.with_user(self.care_manager).action_send_now()
        self.assertEqual(task.state, "done")

    def test_send_now_says_why_not(self):
        cases = [
            ({"state": "to_approve", "needs_approval": True}, "agree to"),
            ({"needs_approval": True}, "agree to"),
            ({"state": "skipped"}, "is skipped: there is nothing to send"),
            ({"not_before": NOW + HOUR}, "not due before 09/18/2026"),
        ]
        for values, words in cases:
            task = self._create_task(**values).with_user(self.care_all)
            with self.subTest(words), self.assertRaisesRegex(UserError, words):
                task.action_send_now()

    def test_who_may_not_send(self):
        colleague = self._create_user("care_test_own_2", "group_care_own")
        portal = new_test_user(
            self.env, login="care_portal", groups="base.group_portal"
        )
        clerk = new_test_user(self.env, login="care_clerk", groups="base.group_user")
        task = self._create_task()
        for user in (colleague, portal, clerk):
            own = task.with_user(user)
            with self.subTest(user.login):
                for name in ("action_send_now", "action_done"):
                    with self.assertRaises(AccessError):
                        getattr(own, name)()
                with self.assertRaises(AccessError):
                    own.read(["state"])
        with self.assertRaises(AccessError):
            task.with_user(self.care_manager).write({"state": "done"})
        self.assertEqual(task.state, "planned")
