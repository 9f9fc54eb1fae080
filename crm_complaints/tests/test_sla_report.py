# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import tagged

from .complaint_common import ComplaintCommon

START = "2026-03-02 01:00:00"


@tagged("post_install", "-at_install")
class TestSlaReport(ComplaintCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.complaint = cls._create_complaint(user_id=cls.agent.id)
        cls.complaint.clock_ids.unlink()

    def _create_clock(self, state, complaint=None, **values):
        complaint = complaint or self.complaint
        return self.env["crm.sla.clock"].create(
            {
                "complaint_id": complaint.id,
                "company_id": complaint.company_id.id,
                "metric": "resolution",
                "cycle": len(complaint.clock_ids) + 1,
                "state": state,
                "started_at": START,
                "target_minutes": 480,
                **values,
            }
        )

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
            self._create_clock(state)
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
        self._create_clock("running")
        self._create_clock("cancelled")
        self.assertFalse(self._totals("compliance:avg")[0])

    def test_paused_share_is_that_of_the_sums(self):
        """60 of 120 and 0 of 360 minutes stood still: 60 of 480, not a mean of 25 %."""
        self._create_clock("met", consumed_minutes=60, paused_minutes=60)
        self._create_clock("met", consumed_minutes=360, paused_minutes=0)
        (share,) = self._totals("paused_share:avg")
        self.assertAlmostEqual(float(share), 0.125)

    def test_overdue_is_working_time(self):
        self._create_clock("breached", overdue_minutes=90)
        self._create_clock("breached", overdue_minutes=30)
        self.assertEqual(
            self._totals("overdue_minutes:sum", "overdue_hours:sum"), (120, 2)
        )

    def test_own_rows_only(self):
        """A colleague sees neither the agent's clocks nor another company's."""
        self._create_clock("met")
        others = self._create_complaint(user_id=self.colleague.id)
        others.clock_ids.unlink()
        self._create_clock("breached", others)
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
        self._create_clock("met")
        self.complaint.active = False
        self.assertFalse(self._totals("met_count:sum")[0])
