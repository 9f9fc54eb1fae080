# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date, datetime, timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged

from .complaint_common import ComplaintCommon

NINE = datetime(2026, 3, 2, 1)  # Monday 2 March 2026, 09:00 in Shanghai
QUARTER = {"date_from": date(2026, 1, 1), "date_to": date(2026, 3, 31)}


def at(hours):
    return NINE + timedelta(hours=hours)


@tagged("post_install", "-at_install")
class TestSlaPreview(ComplaintCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls._create_sla({"resolution": 480})
        cls.reason = cls.env["crm.sla.pause.reason"].create({"name": "Waiting"})

    def solved(self, hours, pause=None, **values):
        """A complaint of Monday 09:00 that was solved so many hours later."""
        with freeze_time(NINE):
            complaint = self._create_complaint(date_received=NINE, **values)
        if pause:
            complaint._sla_pause(self.reason, at(pause[0]))
            complaint._sla_resume(moment=at(pause[1]))
        complaint._sla_reach("resolution", at(hours))
        # as the actions leave it, without the letters to the customer
        complaint.sudo()._write({"state": "closed"})
        complaint.invalidate_recordset()
        return complaint

    def results(self, matrix=None, **values):
        previews = self.env["crm.sla.preview"].with_user(self.manager)
        vals = {"policy_id": self.policy.id, **QUARTER, **values}
        if matrix:
            vals["target_matrix"] = matrix
        self.env.flush_all()
        preview = previews.create(vals)
        return {
            line.metric: (line.promise_count, line.kept_count, line.was_kept_count)
            for line in preview.line_ids
        }

    def test_by_hand(self):
        """Solved after 2, 6 (lunch: 7 on the wall) and 9 working hours (Tuesday)."""
        for hours in (2, 7, 25):
            self.solved(hours)
        self.assertEqual(self.results(), {"resolution": (3, 2, 2)})
        self.assertEqual(self.results({"resolution||": 360}), {"resolution": (3, 2, 2)})
        self.assertEqual(self.results({"resolution||": 359}), {"resolution": (3, 1, 2)})
        self.assertEqual(self.results({"resolution||": 540}), {"resolution": (3, 3, 2)})
        self.assertEqual(self.results({"ack||": 540}), {})

    def test_pauses_and_severity(self):
        """Six working hours less two of a pause; serious ones by their own line."""
        self.solved(7, pause=(1, 3))
        self.solved(7, severity="serious")
        matrix = {"resolution||": 240, "resolution|serious|": 480}
        self.assertEqual(self.results(matrix), {"resolution": (2, 2, 2)})
        matrix = {"resolution||": 239, "resolution|serious|": 300}
        self.assertEqual(self.results(matrix), {"resolution": (2, 0, 2)})

    def test_other_working_hours(self):
        """By day and night seven hours are seven."""
        self.solved(7)
        self.policy.calendar_id = self._create_calendar(
            "Day and night", "Asia/Shanghai", [(0, 24, "morning")], range(7)
        )
        self.assertEqual(self.results({"resolution||": 419}), {"resolution": (1, 0, 1)})
        self.assertEqual(self.results({"resolution||": 420}), {"resolution": (1, 1, 1)})

    def test_a_reopened_one_goes_on(self):
        complaint = self.solved(2)
        complaint.sudo()._write({"state": "investigating"})
        complaint.invalidate_recordset()
        complaint._sla_next_cycle(("resolution",), at(24))  # Tuesday 09:00
        complaint._sla_reach("resolution", at(26))
        complaint.sudo()._write({"state": "closed"})
        complaint.invalidate_recordset()
        self.assertEqual(self.results({"resolution||": 180}), {"resolution": (2, 1, 2)})
        self.policy.write({"reopen_mode": "fresh", "reopen_minutes": 120})
        self.assertEqual(self.results({"resolution||": 180}), {"resolution": (2, 2, 2)})

    def test_only_what_this_policy_promises(self):
        self.solved(2)
        with freeze_time(NINE):
            self._create_complaint(date_received=NINE)  # open
        self._create_sla({"resolution": 60}, team_id=self.team.id)
        self.assertEqual(self.results(), {})
        outside = {"date_from": date(2026, 3, 3)}
        self.assertEqual(self.results(**outside), {})

    def test_period_and_draft_in_a_form(self):
        self.solved(7)
        with freeze_time("2026-05-20 08:00:00"):
            form = Form(
                self.env["crm.sla.preview"]
                .with_user(self.manager)
                .with_context(default_policy_id=self.policy.id)
            )
        self.assertEqual(
            (form.date_from, form.date_to), (QUARTER["date_from"], QUARTER["date_to"])
        )
        self.assertIn("met 100.0 % (1 of 1 promises)", form.summary)
        form.target_matrix = {"resolution||": 60}
        self.assertIn("met 0.0 % (0 of 1 promises)", form.summary)
        self.assertEqual(self.policy.target_matrix, {"resolution||": 480})
        with self.assertRaises(ValidationError):
            self.results(date_to=date(2025, 1, 1))
        with self.assertRaises(AccessError):
            self.env["crm.sla.preview"].with_user(self.agent).create(
                {"policy_id": self.policy.id}
            )

    def test_queries_do_not_grow(self):
        for _count in range(3):
            self.solved(2, pause=(0, 1))
        self.results()
        few = self._queries()
        for _count in range(20):
            self.solved(7, pause=(0, 1))
        self.assertLessEqual(self._queries(), few)

    def _queries(self):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.results()
        return self.env.cr.sql_log_count - before
