# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Compiled calendars: equal to Odoo's own where Odoo can express them, and cached."""

from datetime import date, datetime, timedelta
from unittest.mock import patch

from dateutil.tz import UTC
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..tools.working_time import HorizonError
from .common import CareCommon

SECOND = timedelta(seconds=1)  # Odoo ends a day a microsecond early

# Odoo ends a day at 23:59:59.999999, which loses a week when that microsecond counts.
LAST = 23.75
halves = st.integers(0, 46).map(lambda half: half / 2)
lines = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 1), halves, st.integers(1, 16)),
    min_size=1,
    max_size=8,
)
moments = st.datetimes(datetime(2026, 2, 1), datetime(2026, 12, 1)).map(
    lambda moment: moment.replace(second=0, microsecond=0)
)


@tagged("post_install", "-at_install")
class TestResourceCalendar(CareCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.calendar = cls.company.resource_calendar_id

    def _calendar(self, attendances, tz="Asia/Shanghai", two_weeks=False):
        return self.env["resource.calendar"].create(
            {
                "name": "Test hours",
                "company_id": self.company.id,
                "tz": tz,
                "two_weeks_calendar": two_weeks,
                "attendance_ids": [
                    Command.clear(),
                    *(
                        Command.create(
                            {
                                "name": "Work",
                                "dayofweek": str(day),
                                "week_type": str(week) if two_weeks else False,
                                "hour_from": start,
                                "hour_to": end,
                                "day_period": "morning",
                            }
                        )
                        for day, week, start, end in attendances
                    ),
                ],
            }
        )

    def _close(self, calendar, start, end, company=None):
        leaves = self.env["resource.calendar.leaves"]
        leave = leaves.with_company(company or self.company).create(
            {
                "name": "Closed",
                "calendar_id": calendar.id,
                "date_from": start,
                "date_to": end,
            }
        )
        leave.flush_recordset()
        return leave

    @settings(
        deadline=None,
        max_examples=25,
        phases=[Phase.explicit, Phase.generate],  # shrinking in a database takes ages
        suppress_health_check=list(HealthCheck),
    )
    @given(
        lines,
        st.booleans(),
        st.sampled_from(["Asia/Shanghai", "Europe/Paris", "America/New_York"]),
        st.lists(st.tuples(moments, st.integers(1, 72)), max_size=3),
        moments,
        st.integers(1, 400),
    )
    def test_equals_odoo(self, attendances, two_weeks, tz, closures, start, quarters):
        """``plan_hours`` and ``get_work_hours_count``, over random calendars."""
        free, unique = set(), []
        for day, week, opening, length in attendances:
            if (day, week) not in free:  # Odoo allows no overlap
                free.add((day, week))
                if not two_weeks:
                    free.add((day, 1 - week))
                unique.append((day, week, opening, min(LAST, opening + length / 2)))
        calendar = self._calendar(unique, tz, two_weeks)
        for begin, hours in closures:
            self._close(calendar, begin, begin + timedelta(hours=hours))
        worktime = calendar._working_time(self.company)
        aware = start.replace(tzinfo=UTC)
        theirs = calendar.plan_hours(quarters / 4, aware, compute_leaves=True)
        if not theirs:  # Odoo gives up after 1400 days, and so do we
            with self.assertRaises(HorizonError):
                worktime.add(start, quarters * 15)
            return
        ours = worktime.add(start, quarters * 15)
        self.assertAlmostEqual(
            ours, theirs.astimezone(UTC).replace(tzinfo=None), delta=SECOND
        )
        end = start + timedelta(days=40)
        worked = calendar.get_work_hours_count(aware, end.replace(tzinfo=UTC))
        self.assertAlmostEqual(worktime.between(start, end) / 60, worked, places=2)

    def test_makeup_days(self):
        """C7: Friday 2026-10-09 is followed by a working Saturday, in Shanghai."""
        makeups = self.env["resource.calendar.makeup"]
        values = {"name": "National Day", "date": date(2026, 10, 10), "weekday": "0"}
        self.assertEqual(self._next(date(2026, 10, 9)), date(2026, 10, 12))
        makeup = makeups.create(values)
        self.assertEqual(self._next(date(2026, 10, 9)), date(2026, 10, 10))
        makeup.date = date(2026, 10, 11)
        self.assertEqual(self._next(date(2026, 10, 9)), date(2026, 10, 11))
        makeup.unlink()
        self.assertEqual(self._next(date(2026, 10, 9)), date(2026, 10, 12))

    def _next(self, day):
        return self.calendar._working_time(self.company).next_working_day(day)

    def test_a_makeup_day_of_one_calendar(self):
        other = self._calendar([(0, 0, 9, 17)])
        self.env["resource.calendar.makeup"].create(
            {
                "name": "Stocktaking",
                "date": date(2026, 10, 10),
                "calendar_id": other.id,
            }
        )
        self.assertFalse(
            self.calendar._working_time(self.company).is_working_day(date(2026, 10, 10))
        )
        self.assertTrue(
            other._working_time(self.company).is_working_day(date(2026, 10, 10))
        )

    def test_another_company_never_counts(self):
        other = self._create_company("Other Company")
        leaves = self.env["resource.calendar.leaves"].with_company(other)
        leaf = leaves.create(
            {
                "name": "Closed",
                "date_from": datetime(2026, 10, 8, 16),
                "date_to": datetime(2026, 10, 9, 16),
            }
        )
        leaf.flush_recordset()
        self.assertEqual(leaf.company_id, other)
        self.env["resource.calendar.makeup"].create(
            {"name": "Theirs", "date": date(2026, 10, 10), "company_id": other.id}
        )
        self.assertEqual(self._next(date(2026, 10, 8)), date(2026, 10, 9))
        self.assertEqual(self._next(date(2026, 10, 9)), date(2026, 10, 12))

    def test_time_off_of_a_person_closes_nothing(self):
        resource = self.env["resource.resource"].create(
            {"name": "Somebody", "calendar_id": self.calendar.id}
        )
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "resource_id": resource.id,
                "calendar_id": self.calendar.id,
                "date_from": datetime(2026, 10, 8, 16),
                "date_to": datetime(2026, 10, 9, 16),
            }
        )
        self.assertEqual(self._next(date(2026, 10, 8)), date(2026, 10, 9))

    def test_compiled_once_until_something_changes(self):
        calendars = type(self.calendar)
        with patch.object(
            calendars,
            "_working_weeks",
            autospec=True,
            side_effect=calendars._working_weeks,
        ) as compiled:
            self.calendar._working_time(self.company)
            self.calendar.with_user(self.care_own)._working_time(self.company)
            self.assertEqual(compiled.call_count, 1)
            for number, change in enumerate(
                (
                    lambda: self._close(
                        self.calendar, datetime(2026, 5, 1), datetime(2026, 5, 2)
                    ),
                    lambda: self.calendar.write({"tz": "Europe/Paris"}),
                    lambda: self.calendar.attendance_ids[0].write({"hour_from": 7}),
                    lambda: self.calendar.attendance_ids[0].unlink(),
                ),
                2,
            ):
                change()
                self.calendar._working_time(self.company)
                self.assertEqual(compiled.call_count, number)
            self.calendar.name = "New name"
            self.calendar._working_time(self.company)
            self.assertEqual(compiled.call_count, 5)

    def test_no_query_once_compiled(self):
        worktime = self.calendar._working_time(self.company)
        worktime.add(datetime(2026, 3, 2), 60)
        with self.assertQueryCount(0):
            same = self.calendar._working_time(self.company)
            same.add(datetime(2026, 3, 2), 60)
        self.assertIs(same, worktime)

    def test_only_managers_change_makeup_days(self):
        makeups = self.env["resource.calendar.makeup"]
        values = {"name": "Fair", "date": date(2026, 10, 10)}
        with self.assertRaises(AccessError):
            makeups.with_user(self.care_all).create(values)
        makeup = makeups.with_user(self.care_manager).create(values)
        self.assertTrue(makeup.with_user(self.care_own).has_access("read"))
