# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .complaint_common import ComplaintCommon

NINE = datetime(2026, 3, 2, 1)  # Monday 2 March 2026, 09:00 in Shanghai

FACTS = ["state", "deadline", "reached_at", "policy_version", "target_minutes"]


def at(hours):
    return NINE + timedelta(hours=hours)


@tagged("post_install", "-at_install")
class TestSlaReapply(ComplaintCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls._create_sla(
            {"resolution": 480, "ack": 30}, retarget_mode="retain"
        )

    def complain(self, moment=NINE, **values):
        with freeze_time(moment):
            return self._create_complaint(date_received=moment, **values)

    def clock(self, complaint, metric="resolution"):
        return complaint.clock_ids.filtered(lambda clock: clock.metric == metric)

    def wizard(self, **values):
        wizards = self.env["crm.sla.reapply"].with_user(self.manager)
        return wizards.create({"policy_id": self.policy.id, **values})

    def counts(self, wizard):
        return [
            wizard[f"{name}_count"]
            for name in ("clock", "late", "earlier", "later", "same")
        ]

    def test_t31_open_clocks_wait_for_the_manager(self):
        """8 h become 6 h; due Tuesday 09:00, then Monday 16:00 (lunch 12 to 13)."""
        complaint = self.complain()
        clock = self.clock(complaint)
        self.assertEqual(clock.deadline, datetime(2026, 3, 3, 1))
        self.policy.target_matrix = {"resolution||": 360, "ack||": 30}
        self.assertEqual(
            (clock.deadline, clock.policy_version), (datetime(2026, 3, 3, 1), 1)
        )
        newer = self.clock(self.complain())
        self.assertEqual((newer.deadline, newer.policy_version), (at(7), 2))
        self.assertEqual(self.policy.outdated_clock_count, 2)
        with freeze_time(at(0.25)):
            wizard = self.wizard(reason="The new contract")
            self.assertEqual(self.counts(wizard), [2, 0, 1, 0, 1])
            self.assertEqual(
                (wizard.line_ids.old_deadline, wizard.line_ids.new_deadline),
                (datetime(2026, 3, 3, 1), at(7)),
            )
            self.assertEqual(clock.policy_version, 1)
            wizard.action_apply()
        self.assertEqual((clock.deadline, clock.policy_version), (at(7), 2))
        self.assertEqual(self.clock(complaint, "ack").policy_version, 2)
        event = clock.event_ids.filtered(lambda event: event.kind == "retarget")
        self.assertEqual(
            (event.reason, event.user_id), ("The new contract", self.manager)
        )
        self.assertIn("The new contract", self.policy.message_ids[0].body)
        self.policy.invalidate_recordset()
        self.assertEqual(self.policy.outdated_clock_count, 0)
        with freeze_time(at(0.25)):
            self.assertEqual(self.counts(self.wizard()), [0] * 5)

    def test_late_at_once_and_later(self):
        late = self.complain()
        later = self.complain(severity="serious")
        done = self.complain()
        done._sla_reach("resolution", at(1))
        with freeze_time(at(5)):  # 4 h used up
            self.policy.target_matrix = {
                "resolution||": 120,
                "resolution|serious|": 960,
                "ack||": 30,
            }
            wizard = self.wizard(reason="Stricter")
        before = self.clock(done).read(FACTS)
        with freeze_time(at(5)):
            self.assertEqual(wizard.late_count, 1)
            self.assertEqual(wizard.later_count, 1)
            wizard.action_apply()
        self.assertEqual(self.clock(late).state, "breached")
        self.assertEqual(self.clock(late).breached_at, at(2))
        self.assertEqual(self.clock(later).deadline, datetime(2026, 3, 4, 1))
        self.assertEqual(self.clock(done).read(FACTS), before)

    def test_who_and_why(self):
        self.complain()
        self.policy.target_matrix = {"resolution||": 360}
        with freeze_time(at(0.25)):
            for reason in (False, "", "  "):
                with self.assertRaises(UserError):
                    self.wizard(reason=reason).action_apply()
            with self.assertRaises(AccessError):
                self.wizard(reason="I like it").with_user(self.agent).action_apply()
            with self.assertRaises(AccessError):
                self.env["crm.sla.reapply"].with_user(self.agent).create(
                    {"policy_id": self.policy.id}
                )

    def test_no_longer_promised(self):
        complaint = self.complain()
        self.policy.target_matrix = {"resolution||": 480}
        with freeze_time(at(0.25)):
            wizard = self.wizard(reason="Acknowledgements are not promised any more")
            self.assertEqual(wizard.cancelled_count, 1)
            wizard.action_apply()
        self.assertEqual(self.clock(complaint, "ack").state, "cancelled")
        self.assertEqual(self.clock(complaint).policy_version, 2)

    def test_hours_that_never_open_are_foreseen(self):
        complaint = self.complain()
        self.policy.calendar_id = self._create_calendar("Never open", "UTC", [])
        with freeze_time(at(0.25)):
            wizard = self.wizard(reason="A mistake")
            self.assertEqual((wizard.lost_count, wizard.clock_count), (2, 2))
            self.assertEqual(set(wizard.line_ids.mapped("effect")), {"lost"})
        self.assertTrue(self.clock(complaint).deadline)
