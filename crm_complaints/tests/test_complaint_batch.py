# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import tagged

from .complaint_common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestComplaintBatch(ComplaintCommon):
    """Many complaints at once cost few queries: chatter, numbers, owners, clocks."""

    def test_a_thousand_cost_less_than_half_a_query_each(self):
        self._create_sla(
            {"ack": 30, "first_response": 240, "update": 960, "resolution": 1440}
        )
        customers = self.env["res.partner"].create(
            [{"name": f"C{n}", "email": f"c{n}@example.com"} for n in range(1000)]
        )
        complaints = (
            self.env["crm.complaint"]
            .with_user(self.all_complaints)
            .with_context(
                tracking_disable=False,
                mail_notrack=False,
                mail_create_nolog=False,
                mail_create_nosubscribe=False,
            )
        )
        vals_list = [
            {
                "name": f"Complaint {n}",
                "partner_id": customer.id,
                "team_id": self.team.id,
                "severity": "general",
                "user_id": self.agent.id,
                "date_received": "2026-03-02 01:00:00",
            }
            for n, customer in enumerate(customers)
        ]
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        made = complaints.create(vals_list)
        self.env.flush_all()
        self.env.cr.precommit.run()
        queries = self.env.cr.sql_log_count - before
        self.assertEqual(len(made.sudo().clock_ids), 4000)
        self.assertEqual(len(set(made.mapped("number"))), 1000)
        self.assertLessEqual(queries / len(made), 0.5)
