# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.mail.models.mail_activity import MailActivity

from .escalation_common import START, EscalationCommon, shanghai


@tagged("post_install", "-at_install")
class TestEscalationTell(EscalationCommon):
    # TAKING IT UP

    def test_taking_it_up_stops_the_chain(self):
        moment = shanghai("09 14:30")
        self.process(moment)
        self.tell(moment)
        self.assertEqual(len(self.activities()), 2)
        with freeze_time(moment):
            self.complaint.with_user(self.leader).action_acknowledge_escalation()
        told = self.complaint.escalation_ids.filtered(
            lambda notice: notice.state == "notified"
        )
        self.assertEqual(told.acknowledged_by_id, self.leader)
        self.assertEqual(told.acknowledged_at, moment)
        self.assertFalse(self.activities())
        self.process(shanghai("11 15:00"))
        self.tell(shanghai("11 15:00"))
        states = {name: state for name, (state, _who) in self.found().items()}
        self.assertEqual(
            states,
            {
                50: "skipped",
                75: "skipped",
                90: "notified",
                "+0": "skipped",
                "+120": "skipped",
                "+480": "skipped",
            },
        )
        self.assertEqual(self.complaint.clock_ids.state, "breached")
        with self.assertRaises(UserError):
            self.complaint.with_user(self.leader).action_acknowledge_escalation()

    def test_who_may_take_it_up(self):
        self.process(shanghai("09 10:00"))
        with self.assertRaises(AccessError):
            self.complaint.with_user(self.colleague).action_acknowledge_escalation()
        with self.assertRaises(AccessError):  # reads, but was not told
            self.complaint.with_user(self.head).action_acknowledge_escalation()
        self.assertEqual(self.found()[50][0], "pending")
        with freeze_time(shanghai("09 10:00")):
            self.complaint.with_user(self.agent).action_acknowledge_escalation()
        self.assertEqual(self.found()[50][0], "skipped")

    # WHO MAY READ

    def test_who_is_told_may_read(self):
        complaint = self.complaint.with_user(self.colleague)
        self.assertFalse(complaint.has_access("read"))
        self.steps[50].user_ids = self.colleague
        self.process(shanghai("09 10:00"))
        complaint.invalidate_recordset()
        self.assertEqual(complaint.name, "It does not work")
        self.assertTrue(complaint.clock_ids.deadline)
        self.assertTrue(complaint.clock_ids.event_ids)
        self.assertEqual(len(complaint.escalation_ids.recipient_ids), 2)
        with self.assertRaises(AccessError):
            complaint.name = "Mine now"
        self.assertTrue(self.complaint.with_user(self.head).has_access("read"))
        self.assertTrue(self.complaint.with_user(self.director).has_access("read"))

    def test_nobody_makes_notices_by_hand(self):
        self.process(shanghai("09 10:00"))
        notice = self.complaint.escalation_ids.with_user(self.manager)
        row = notice.recipient_ids
        for action in (
            lambda: notice.write({"state": "cancelled"}),
            lambda: row.write({"state": "notified"}),
            lambda: row.copy({"user_id": self.colleague.id}),
            lambda: notice.unlink(),
        ):
            with self.assertRaises(AccessError):
                action()

    # TELLING

    def test_one_activity_and_one_mail(self):
        """Two complaints, several steps: one activity each, one mail for both."""
        with freeze_time(START):
            other = self._create_complaint(user_id=self.agent.id, date_received=START)
        for moment in ("09 12:00", "09 15:00"):
            self.process(shanghai(moment))
            self.tell(shanghai(moment))
        mine = self.activities().filtered(lambda one: one.user_id == self.agent)
        self.assertEqual(len(mine), 1)
        self.assertEqual(mine.summary, "Resolution: At the deadline")
        mails = self.env["mail.mail"].search(
            [("recipient_ids", "in", self.agent.partner_id.ids)]
        )
        self.assertEqual(len(mails), 1)
        for complaint in self.complaint | other:
            self.assertIn(complaint.number, mails.body_html)
        self.assertNotIn(self.agent.partner_id, self.complaint.message_partner_ids)

    def test_a_poisoned_notice_stops_nobody(self):
        with freeze_time(START):
            bad = self._create_complaint(
                name="Poison", user_id=self.agent.id, date_received=START
            )
        create = MailActivity.create

        def poisoned(activities, vals_list):
            if any(vals["res_id"] == bad.id for vals in vals_list):
                raise ValueError("Poison")
            return create(activities, vals_list)

        moment = shanghai("09 15:00")
        self.process(moment)
        with patch.object(MailActivity, "create", poisoned):
            self.tell(moment)
        self.assertEqual(self.found()["+0"][0], "notified")
        self.assertEqual(len(self.activities()), 2)
        (notice,) = bad.escalation_ids.filtered(lambda one: one.state == "pending")
        self.assertIn("Poison", notice.fault)
        self.assertEqual(set(notice.recipient_ids.mapped("state")), {"pending"})
        self.tell(moment)  # not before an hour has passed
        self.assertEqual(notice.state, "pending")
        self.tell(moment + timedelta(hours=1))
        self.assertEqual((notice.state, notice.fault), ("notified", False))
        self.assertEqual(len(self.activities()), 2)
