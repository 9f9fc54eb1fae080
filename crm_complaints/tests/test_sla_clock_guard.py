# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Who may do what with deadlines, and what they cost."""

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.crm_complaints.tests.sla_common import SlaCommon, utc
from odoo.addons.crm_complaints.tools.sla_clock import Event


@tagged("post_install", "-at_install")
class TestSlaClockGuard(SlaCommon):
    def test_nobody_writes(self):
        """Not the manager by RPC, nor through the complaint."""
        complaint = self.complain(user_id=self.manager.id)
        clock = self.clock(complaint).with_user(self.manager)
        event = clock.event_ids[0]
        self.assertTrue(event.kind)  # may read
        for record in (clock, event):
            with self.assertRaises(AccessError):
                record.write({"company_id": self.company.id})
            with self.assertRaises(AccessError):
                record.unlink()
            with self.assertRaises(AccessError):
                record.copy()
        for command in (
            Command.update(clock.id, {"deadline": utc("Fri 09:00")}),
            Command.delete(clock.id),
            Command.clear(),
            Command.create({"metric": "ack", "cycle": 9}),
        ):
            with self.assertRaises(AccessError):
                complaint.with_user(self.manager).write({"clock_ids": [command]})

    def test_not_even_the_superuser(self):
        clock = self.clock(self.complain())
        for record in (clock, clock.event_ids[0]):
            with self.assertRaises(AccessError):
                record.write({"company_id": self.company.id})
            with self.assertRaises(AccessError):
                record.unlink()
            with self.assertRaises(AccessError):
                record.create({})

    def test_go_with_the_complaint(self):
        complaint = self.complain()
        complaint._sla_pause(self.waiting, utc("Mon 10:00"))
        clocks, events = complaint.clock_ids, complaint.clock_ids.event_ids
        complaint.unlink()
        self.assertFalse(clocks.exists() or events.exists())

    def test_copy_has_clocks_of_its_own(self):
        complaint = self.complain()
        copy = complaint.copy()
        copy._sla_start()
        self.assertFalse(copy.clock_ids & complaint.clock_ids)
        self.assertFalse(copy.pause_ids)

    def test_others_do_not_see_them(self):
        complaint = self.complain(user_id=self.agent.id)
        clocks = self.clocks.with_user(self.colleague)
        mine = self.clocks.with_user(self.agent)
        domain = [("complaint_id", "=", complaint.id)]
        self.assertEqual(len(mine.search(domain)), 4)
        self.assertFalse(clocks.search(domain))


@tagged("post_install", "-at_install")
class TestSlaClockQueries(SlaCommon):
    def test_start_of_a_batch(self):
        """As many statements for ten times as many complaints (R11)."""
        complaints = self.env["crm.complaint"].create(
            [
                {
                    "name": "Complaint",
                    "company_id": self.company.id,
                    "partner_id": self.customer.id,
                    "team_id": self.team.id,
                    "severity": "general",
                    "date_received": utc("Mon 09:00"),
                    "state": "closed",
                }
                for _number in range(44)
            ]
        )
        complaints.state = "received"
        self.env.flush_all()
        complaints[:4]._sla_start()  # warm
        counts = []
        for batch in (complaints[4:8], complaints[8:44]):
            before = self.cr.sql_log_count
            batch._sla_start()
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(counts, [3, 3])
        self.assertEqual(len(complaints.clock_ids), 44 * 4)

    def test_events_of_a_batch(self):
        complaints = self.env["crm.complaint"].browse()
        for _number in range(22):
            complaints |= self.complain()
        clocks = complaints.clock_ids
        clocks[:4]._apply(Event("acknowledge", utc("Mon 09:01")))
        for batch in (clocks[4:8], clocks[8:88]):
            with self.assertQueryCount(5):
                batch._apply(Event("acknowledge", utc("Mon 09:01")))
