# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import tagged
from odoo.tools import SQL

from .complaint_common import ComplaintCommon

START = "2026-03-02 01:00:00"


@tagged("post_install", "-at_install")
class TestSlaReport(ComplaintCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.complaint = cls._create_complaint(user_id=cls.agent.id)

    def _insert_clock(self, state, complaint=None, **minutes):
        """A clock as the service left it; nobody else may create one."""
        complaint = complaint or self.complaint
        cycle = len(complaint.clock_ids) + 1
        values = {
            "consumed_minutes": 0,
            "paused_minutes": 0,
            "overdue_minutes": 0,
            **minutes,
        }
        self.env.cr.execute(
            SQL(
                """INSERT INTO crm_sla_clock (complaint_id, company_id, metric, cycle,
                       state, started_at, target_minutes, %s)
                   VALUES (%s, %s, 'resolution', %s, %s, %s, 480, %s)""",
                SQL(", ").join(map(SQL.identifier, values)),
                complaint.id,
                complaint.company_id.id,
                cycle,
                state,
                START,
                SQL(", ").join(SQL("%s", value) for value in values.values()),
            )
        )
        complaint.invalidate_recordset(["clock_ids"])

    def _totals(self, *aggregates, user=None):
        self.env.flush_all()
        report = self.env["crm.sla.report"].with_user(user or self.agent)
        (row,) = report._read_group(
            [("company_id", "=", self.company.id)], [], aggregates
        )
        return row

    def test_compliance_is_met_of_met_and_late(self):
        """Three met, one late, one each open, paused, cancelled: 75 % (S16)."""
        states = ["met", "met", "met", "breached", "running", "paused", "cancelled"]
        for state in states:
            self._insert_clock(state)
        self.assertEqual(
            self._totals(
                "met_count:sum",
                "late_count:sum",
                "open_count:sum",
                "cancelled_count:sum",
                "compliance:avg",
            ),
            (3, 1, 2, 1, 0.75),
        )

    def test_nothing_decided_is_no_compliance(self):
        """Neither 0 nor 100 %: nothing."""
        self._insert_clock("running")
        self._insert_clock("cancelled")
        self.assertFalse(self._totals("compliance:avg")[0])

    def test_paused_share_is_that_of_the_sums(self):
        """60 of 120 and 0 of 360 minutes stood still: 60 of 480, not a mean of 25 %."""
        self._insert_clock("met", consumed_minutes=60, paused_minutes=60)
        self._insert_clock("met", consumed_minutes=360, paused_minutes=0)
        (share,) = self._totals("paused_share:avg")
        self.assertAlmostEqual(float(share), 0.125)

    def test_overdue_is_working_time(self):
        self._insert_clock("breached", overdue_minutes=90)
        self._insert_clock("breached", overdue_minutes=30)
        self.assertEqual(
            self._totals("overdue_minutes:sum", "overdue_hours:sum"), (120, 2)
        )

    def test_own_rows_only(self):
        """A colleague sees neither the agent's clocks nor another company's."""
        self._insert_clock("met")
        others = self._create_complaint(user_id=self.colleague.id)
        self._insert_clock("breached", others)
        counts = ("met_count:sum", "late_count:sum")
        self.assertEqual(self._totals(*counts), (1, 0))
        self.assertEqual(self._totals(*counts, user=self.colleague), (0, 1))
        self.assertEqual(self._totals(*counts, user=self.all_complaints), (1, 1))
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        self.all_complaints.company_ids += elsewhere
        report = self.env["crm.sla.report"].with_user(self.all_complaints)
        self.assertFalse(
            report.with_context(allowed_company_ids=elsewhere.ids).search([])
        )

    def test_archived_complaints_are_left_out(self):
        self._insert_clock("met")
        self.complaint.active = False
        self.assertFalse(self._totals("met_count:sum")[0])
