# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The job that notes what is due: late, twice, and with a clock that is broken."""

from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.crm_complaints.models.crm_sla_clock_apply import (
    CrmSlaClock as Apply,
)
from odoo.addons.crm_complaints.tests.sla_common import SlaCommon, utc

LOGGER = "odoo.addons.crm_complaints.models.crm_sla_clock_process"


@tagged("post_install", "-at_install")
class TestSlaProcess(SlaCommon):
    def process(self, text):
        self.clocks._cron_process(as_of=utc(text))

    def picture(self, complaint):
        """All that is known of the clocks, and what was logged of them."""
        rows = complaint.clock_ids._rows()
        return (
            [row._replace(id=0, complaint_id=0) for row in rows.values()],
            [
                (event.clock_id.metric, event.kind, event.date, event.new_deadline)
                for event in self.env["crm.sla.event"].search(
                    [("clock_id", "in", complaint.clock_ids.ids)]
                )
            ],
            complaint.sla_state,
            complaint.sla_deadline,
        )

    def test_t26_late_and_twice(self):
        """One late run says the same as many, and a second adds nothing (S20)."""
        often, late = self.complain(), self.complain()
        rows = late.clock_ids._rows()
        for row in rows.values():
            self.hide(row)
        for text in ("Mon 09:10", "Mon 09:30", "Mon 12:00", "Tue 09:00", "Wed 10:00"):
            self.process(text)
        self.clocks._update_rows(list(rows.values()))
        self.clocks.invalidate_model()
        self.process("Wed 10:00")
        self.assertEqual(self.picture(late), self.picture(often))
        self.assertEqual(self.clock(late, "ack").breached_at, utc("Mon 09:30"))
        self.assertEqual(self.clock(late).state, "running")
        before = self.picture(late)
        self.process("Wed 10:00")
        self.assertEqual(self.picture(late), before)

    def hide(self, row):
        state = row.state._replace(next_event_at=None)
        self.clocks._update_rows([row._replace(state=state)])

    def test_t27_met_while_the_job_was_down(self):
        complaint = self.complain()
        complaint._sla_reach("resolution", utc("Thu 08:59"))
        self.process("Fri 09:00")
        self.assertEqual(self.clock(complaint).state, "met")
        self.assertFalse(self.clock(complaint).breached_at)

    def test_nothing_before_its_time(self):
        complaint = self.complain()
        before = self.picture(complaint)
        self.process("Mon 09:00")
        self.assertEqual(self.picture(complaint), before)

    def test_pause_ends_at_its_limit(self):
        """However late the job runs; the owner is told once (S8)."""
        self.waiting.limit_minutes = 480
        complaint = self.complain(user_id=self.agent.id)
        pause = complaint._sla_pause(self.waiting, utc("Mon 11:00"))
        self.process("Tue 10:59")
        self.assertFalse(pause.date_to)
        self.process("Wed 11:00")
        self.assertEqual(pause.date_to, utc("Tue 11:00"))
        self.assertTrue(pause.is_expired)
        self.assertEqual(self.clock(complaint).deadline, utc("Fri 09:00"))
        activity = complaint.activity_ids.filtered(lambda one: "pause" in one.summary)
        self.assertEqual(activity.user_id, self.agent)
        self.process("Wed 11:00")
        self.assertEqual(complaint.activity_ids.filtered("summary"), activity)

    def poisoned(self, clock):
        original = Apply._advance

        def advance(model, row, event, terms, steps=None):
            if row.id == clock.id and steps is None:
                raise ZeroDivisionError("poison")
            return original(model, row, event, terms, steps)

        return patch.object(Apply, "_advance", advance)

    def test_s6_poison(self):
        """The first in the queue is broken: the others are noted, it says why."""
        broken, sound = self.complain("Mon 08:00"), self.complain()
        clock = self.clock(broken, "ack")
        with self.poisoned(clock), self.assertLogs(LOGGER, "ERROR"):
            self.process("Mon 11:00")
        self.assertIn("poison", clock.error)
        self.assertFalse(clock.next_event_at)
        self.assertEqual(clock.state, "breached")  # that does not wait
        self.assertEqual(self.clock(sound, "ack").state, "breached")
        self.assertFalse(self.clock(sound, "ack").error)
        with self.poisoned(clock):
            self.process("Mon 12:00")  # left out: no error again
        self.assertEqual(self.clocks.search([("error", "!=", False)]), clock)

    def test_s6_retry(self):
        complaint = self.complain()
        clock = self.clock(complaint)
        with self.poisoned(clock), self.assertLogs(LOGGER, "ERROR"):
            self.process("Thu 08:00")
        with self.assertRaises(AccessError):
            clock.with_user(self.all_complaints).action_retry()
        clock.with_user(self.manager).action_retry()
        self.assertFalse(clock.error)
        self.clocks._cron_process()
        self.assertEqual(clock.state, "breached")
        self.assertFalse(clock.next_event_at)

    def test_s6_managers_have_a_button(self):
        for user, expected in ((self.manager, True), (self.all_complaints, False)):
            for view_type in ("list", "form"):
                view = self.clocks.with_user(user).get_view(view_type=view_type)
                self.assertEqual("action_retry" in view["arch"], expected, view_type)

    def test_a_marked_clock_can_be_met(self):
        complaint = self.complain()
        clock = self.clock(complaint)
        with self.poisoned(clock), self.assertLogs(LOGGER, "ERROR"):
            self.process("Wed 16:00")
        complaint._sla_pause(self.waiting, utc("Wed 16:10"))
        complaint._sla_resume(moment=utc("Wed 16:20"))
        self.assertFalse(clock.next_event_at)  # until somebody looked at it
        complaint._sla_reach("resolution", utc("Wed 16:30"))
        self.assertEqual(clock.state, "met")

    def test_a_batch_costs_as_much_as_one(self):
        for _number in range(24):
            self.complain()
        self.env.flush_all()
        self.process("Mon 09:25")
        with self.assertQueryCount(12):
            self.process("Mon 11:00")
        self.assertEqual(
            len(
                self.clocks.search([("metric", "=", "ack"), ("state", "=", "breached")])
            ),
            24,
        )

    def test_s7_killed_and_run_again(self):
        """Each batch is a transaction of its own: what was done stays done."""
        complaints = [self.complain() for _number in range(3)]
        module = "odoo.addons.crm_complaints.models.crm_sla_clock_process.BATCH"
        cron = type(self.env["ir.cron"])
        stops = iter([999, 0])  # pauses, then the time is over after one batch
        with (
            patch(module, 2),
            patch.object(cron, "_commit_progress", lambda *a, **k: next(stops)),
        ):
            self.clocks.with_context(ir_cron_progress_id=1)._cron_process(
                as_of=utc("Mon 11:00")
            )
        acks = self.clocks.search([("metric", "=", "ack")])
        self.assertEqual(len(acks.filtered(lambda one: one.state == "breached")), 2)
        with patch(module, 2):
            self.process("Mon 11:00")
        self.assertEqual(set(acks.mapped("state")), {"breached"})
        for complaint in complaints:
            kinds = self.kinds(self.clock(complaint, "ack"))
            self.assertEqual(kinds, ["start", "warn", "breach"])
