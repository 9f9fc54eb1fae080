# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Holidays, make-up days and working hours are edited under running clocks (S13)."""

from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.crm_complaints.tests.sla_common import SlaCommon, utc


@tagged("post_install", "-at_install")
class TestSlaReplan(SlaCommon):
    def close_day(self, day, name="Closed", **values):
        return self.env["resource.calendar.leaves"].create(
            {
                "name": name,
                "company_id": self.company.id,
                "calendar_id": False,
                "date_from": utc(f"{day} 00:00"),
                "date_to": utc(f"{day} 23:59"),
                **values,
            }
        )

    def commit(self):
        """What happens before a commit."""
        self.env.flush_all()
        self.env.cr.precommit.run()

    def test_t30_closure_added(self):
        complaint, done = self.complain(), self.complain()
        done._sla_reach("resolution", utc("Mon 10:00"))
        before = self.clock(done)._rows()
        leave = self.close_day("Tue")
        self.commit()
        self.assertEqual(self.clock(complaint).deadline, utc("Fri 09:00"))
        self.assertEqual(self.clock(complaint, "ack").deadline, utc("Mon 09:30"))
        self.assertEqual(self.clock(done)._rows(), before)
        self.assertEqual(self.kinds(self.clock(complaint)), ["start", "replan"])
        event = self.clock(complaint).event_ids[-1]
        self.assertEqual(event.old_deadline, utc("Thu 09:00"))
        self.assertEqual(event.new_deadline, utc("Fri 09:00"))
        self.assertEqual(self.kinds(self.clock(complaint, "ack")), ["start"])
        leave.write({"date_from": utc("Fri 00:00"), "date_to": utc("Fri 23:59")})
        self.commit()
        self.assertEqual(self.clock(complaint).deadline, utc("Thu 09:00"))
        leave.unlink()
        self.commit()
        self.assertEqual(self.clock(complaint).deadline, utc("Thu 09:00"))
        self.assertFalse(self.clocks._verify())

    def test_closure_that_had_begun(self):
        complaint = self.complain()
        self.close_day("Mon", date_to=utc("Mon 12:00"))
        # 4 h on Monday, 8 on Tuesday and Wednesday, 4 on Thursday
        self.assertEqual(self.clock(complaint).deadline, utc("Thu 12:00"))
        self.assertEqual(self.clock(complaint, "ack").deadline, utc("Mon 13:30"))

    def test_closure_removed(self):
        leave = self.close_day("Tue")
        complaint = self.complain()
        self.assertEqual(self.clock(complaint).deadline, utc("Fri 09:00"))
        leave.unlink()
        self.commit()
        self.assertEqual(self.clock(complaint).deadline, utc("Thu 09:00"))

    def test_make_up_day(self):
        complaint = self.complain("Fri 09:00")  # 7 h on Friday, 17 to go
        self.assertEqual(self.clock(complaint).deadline, utc("2026-03-11 09:00"))
        makeup = self.env["resource.calendar.makeup"].create(
            {
                "name": "调休",
                "company_id": self.company.id,
                "date": "2026-03-07",
                "weekday": "0",
            }
        )
        self.commit()
        self.assertEqual(self.clock(complaint).deadline, utc("2026-03-10 09:00"))
        makeup.unlink()
        self.commit()
        self.assertEqual(self.clock(complaint).deadline, utc("2026-03-11 09:00"))

    def test_working_hours(self):
        complaint = self.complain()
        monday = self.calendar.attendance_ids.filtered(
            lambda line: line.dayofweek == "0" and line.day_period == "afternoon"
        )
        monday.hour_to = 19
        self.commit()
        self.assertEqual(self.clock(complaint).deadline, utc("Wed 16:00"))
        self.calendar.tz = "Asia/Tokyo"  # an hour earlier: opens at 7, started at 9
        self.commit()
        # Monday 9-11, 12-18 is 8 h, Tuesday 8: Wednesday 7-11, 12-16 is the 24th
        self.assertEqual(self.clock(complaint).deadline, utc("Wed 16:00"))

    def test_a_pause_that_is_over_is_counted_anew(self):
        """Closed later on: the day in the pause was none, the run was shorter."""
        complaint = self.complain()
        complaint._sla_pause(self.supplier, utc("Tue 10:00"))
        complaint._sla_resume(moment=utc("Wed 10:00"))
        resolution = self.clock(complaint)
        self.assertEqual(resolution.consumed_minutes, 9 * 60)
        self.assertEqual(resolution.deadline, utc("Fri 09:00"))
        self.close_day("Tue")
        self.commit()
        self.assertEqual(resolution.consumed_minutes, 7 * 60)
        self.assertEqual(resolution.paused_minutes, 2 * 60)
        self.assertEqual(resolution.deadline, utc("Fri 11:00"))
        self.assertFalse(resolution._verify())

    def test_a_breach_stays(self):
        complaint = self.complain()
        self.clock(complaint, "ack")._process(utc("Mon 12:00"))
        self.close_day("Mon")
        self.commit()
        self.assertEqual(self.clock(complaint, "ack").state, "breached")
        self.assertEqual(self.clock(complaint, "ack").breached_at, utc("Mon 09:30"))
        self.assertFalse(complaint.clock_ids._verify())

    def test_time_off_of_one_person(self):
        resource = self.env["resource.resource"].create({"name": "Somebody"})
        with patch.object(type(self.clocks), "_schedule_replan") as schedule:
            self.close_day("Tue", resource_id=resource.id)
        schedule.assert_called_once_with([])

    def test_of_another_company(self):
        complaint = self.complain()
        other = self.env["res.company"].create({"name": "Elsewhere"})
        calendar = other.resource_calendar_id.id
        self.close_day("Tue", company_id=other.id, calendar_id=calendar)
        self.commit()
        self.assertEqual(self.clock(complaint).deadline, utc("Thu 09:00"))
        self.assertEqual(self.kinds(self.clock(complaint)), ["start"])

    def test_s4_an_import_plans_once(self):
        """Thirty holidays, and clocks that they do not meet are not looked at."""
        self.complain()
        calls = []
        model = type(self.clocks)
        original = model._apply_many

        def apply_many(clocks, changes, reason=None):
            calls.append([clock_id for clock_id, _event, _terms in changes])
            return original(clocks, changes, reason)

        complaint = self.complain("2026-05-04 09:00")
        self.commit()  # the calendar of the test itself is new
        with patch.object(model, "_apply_many", apply_many):
            for day in range(1, 31):
                self.close_day(f"2026-04-{day:02}")
            self.commit()
            self.assertEqual(calls, [])  # nobody's deadline is in April
            self.close_day("2026-05-05")
            self.close_day("2026-05-06")
            self.commit()
        self.assertEqual(len(calls), 1)
        late = complaint.clock_ids.filtered(
            lambda clock: clock.metric in ("resolution", "update")
        )
        self.assertEqual(set(calls[0]), set(late.ids))
        self.assertEqual(self.clock(complaint).deadline, utc("2026-05-11 09:00"))

    def test_calendar_under_clocks(self):
        always = self._create_calendar(
            "24x7", "Asia/Shanghai", [(0, 24, "morning")], days=range(7)
        )
        self.team.calendar_id = always
        self.complain()
        self.team.calendar_id = False
        with self.assertRaisesRegex(UserError, "4 deadlines"):
            always.unlink()
        unused = self._create_calendar("Unused", "UTC", [])
        unused.unlink()
        self.assertFalse(unused.exists())

    def test_a_calendar_that_opens_again(self):
        """No deadline while it is empty, one when it is not (S24)."""
        empty = self._create_calendar("Empty", "Asia/Shanghai", [], days=())
        self.team.calendar_id = empty
        complaint = self.complain()
        self.assertEqual(self.clock(complaint).state, "no_deadline")
        self.env["resource.calendar.attendance"].create(
            {
                "name": "Monday",
                "calendar_id": empty.id,
                "dayofweek": "0",
                "hour_from": 8,
                "hour_to": 20,
                "day_period": "morning",
            }
        )
        self.commit()
        self.assertEqual(self.clock(complaint).state, "running")
        self.assertEqual(self.clock(complaint).deadline, utc("2026-03-16 09:00"))
