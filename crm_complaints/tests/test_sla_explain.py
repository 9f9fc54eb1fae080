# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Why a deadline is what it is, and the proof that it is what it should be."""

from odoo.tests import tagged

from odoo.addons.crm_complaints.tests.sla_common import SlaCommon, utc


@tagged("post_install", "-at_install")
class TestSlaExplain(SlaCommon):
    def lines(self, clock):
        return [
            (
                line["kind"],
                line["from"],
                line["to"],
                line["minutes"],
                line["text"],
            )
            for line in clock._explain()
        ]

    def test_explain(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Tomb Sweeping Day",
                "company_id": self.company.id,
                "calendar_id": False,
                "date_from": utc("2026-04-04 00:00"),
                "date_to": utc("2026-04-06 23:59"),
            }
        )
        complaint = self.complain("2026-04-03 15:00", severity="serious")
        complaint._sla_pause(self.supplier, utc("2026-04-07 09:00"))
        complaint._sla_resume(moment=utc("2026-04-07 10:00"))
        clock = self.clock(complaint)
        self.assertEqual(clock.deadline, utc("2026-04-07 16:00"))
        work, out = "Working hours", "Outside of working hours"
        start, noon, one = "2026-04-03 15:00", "2026-04-07 12:00", "2026-04-07 13:00"
        close, open_ = "2026-04-03 17:00", "2026-04-07 08:00"
        nine, ten, end = "2026-04-07 09:00", "2026-04-07 10:00", "2026-04-07 16:00"
        self.assertEqual(
            self.lines(clock)[:4],
            [
                ("counted", utc(start), utc(close), 120, work),
                ("closed", utc(close), utc(open_), 0, "Tomb Sweeping Day"),
                ("counted", utc(open_), utc(nine), 60, work),
                ("paused", utc(nine), utc(ten), 60, self.supplier.name),
            ],
        )
        self.assertEqual(
            self.lines(clock)[4:],
            [
                ("counted", utc(ten), utc(noon), 120, work),
                ("closed", utc(noon), utc(one), 0, out),
                ("counted", utc(one), utc(end), 180, work),
            ],
        )
        total = sum(line[3] for line in self.lines(clock) if line[0] == "counted")
        self.assertEqual(total, clock.allowance_minutes)

    def test_explain_a_long_one_by_the_day(self):
        self.policy.target_ids.filtered(
            lambda line: line.metric == "resolution" and not line.severity
        ).target_minutes = 15 * 480
        complaint = self.complain("Mon 08:00")
        lines = self.lines(self.clock(complaint))
        counted = [line for line in lines if line[0] == "counted"]
        self.assertEqual([line[3] for line in counted], [480] * 15)
        closed = [line for line in lines if line[0] == "closed"]
        self.assertEqual(len(closed), 2)  # the weekends
        self.assertEqual(closed[0][1:3], (utc("Fri 17:00"), utc("2026-03-09 08:00")))

    def test_explain_a_pause_that_lasts(self):
        complaint = self.complain()
        complaint._sla_pause(self.waiting, utc("Mon 11:00"))
        with self.at("Mon 14:00"):
            line = self.clock(complaint)._explain()[-1]
        self.assertEqual(
            (line["kind"], line["to"], line["minutes"]), ("paused", None, 120)
        )

    def test_explain_reached_late(self):
        """Until it was reached, not only until it was due."""
        complaint = self.complain()
        complaint._sla_reach("ack", utc("Mon 10:00"))
        lines = self.lines(self.clock(complaint, "ack"))
        self.assertEqual([line[3] for line in lines], [60])

    def test_explain_what_was_carried_over(self):
        complaint = self.complain()
        complaint.state = "resolved"
        complaint._sla_on_move("resolve", "investigating", utc("Tue 11:00"))
        complaint.state = "investigating"
        complaint._sla_on_move("reopen", "resolved", utc("Wed 09:00"))
        clock = self.clock(complaint, cycle=2)
        lines = self.lines(clock)
        self.assertEqual(lines[0][0], "counted")
        self.assertEqual(lines[0][3], 600)
        total = sum(line[3] for line in lines if line[0] == "counted")
        self.assertEqual(total, clock.allowance_minutes)

    def test_explain_as_a_reader(self):
        complaint = self.complain(user_id=self.agent.id)
        self.assertTrue(self.clock(complaint).with_user(self.agent)._explain())

    def test_explain_without_calendar(self):
        self.company.resource_calendar_id = False
        self.assertEqual(self.lines(self.clock(self.complain())), [])

    def test_verify(self):
        complaint = self.complain()
        complaint._sla_pause(self.waiting, utc("Mon 10:00"))
        complaint._sla_resume(moment=utc("Mon 11:00"))
        with self.at("Mon 14:00"):
            complaint.severity = "serious"
        self.assertFalse(complaint.clock_ids._verify())
        clock = self.clock(complaint)
        self.cr.execute(
            "UPDATE crm_sla_clock SET deadline = deadline + INTERVAL '1 hour', "
            "consumed_minutes = 5 WHERE id = %s",
            [clock.id],
        )
        clock.invalidate_recordset()
        text = clock._verify()[clock]
        self.assertIn("deadline: ", text)
        self.assertIn("consumed_minutes: 5.0 ≠ 60.0", text)
        self.assertEqual(self.clocks._cron_verify(), 1)
        self.assertEqual(self.clocks.search([("difference", "!=", False)]), clock)
        self.cr.execute(
            "UPDATE crm_sla_clock SET deadline = deadline - INTERVAL '1 hour', "
            "consumed_minutes = 60 WHERE id = %s",
            [clock.id],
        )
        clock.invalidate_recordset()
        self.assertEqual(self.clocks._cron_verify(), 0)
        self.assertFalse(clock.difference)

    def test_verify_finds_a_clock_that_nobody_would_wake(self):
        clock = self.clock(self.complain())
        self.cr.execute(
            "UPDATE crm_sla_clock SET next_event_at = NULL WHERE id = %s", [clock.id]
        )
        self.assertIn("next_event_at", clock._verify()[clock])
