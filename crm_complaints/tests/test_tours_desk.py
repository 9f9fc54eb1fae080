# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import HttpCase, tagged

from .complaint_common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestDeskTour(ComplaintCommon, HttpCase):
    def test_from_the_call_to_the_closing(self):
        """All that a clerk needs is on the screens, and each deadline is met."""
        self.env["crm.complaint.category"].create({"name": "Leaks"})
        self.env["res.partner"].create(
            {"name": "Hengda Tour", "email": "hengda@example.com", "phone": "123"}
        )
        self._create_sla({"ack": 30, "first_response": 240, "resolution": 1440})
        # a minute counts at any hour of the day on which this runs
        self.team.calendar_id = self._create_calendar(
            "Always", "UTC", [(0, 24, "full_day")], days=range(7)
        )
        self.start_tour("/odoo", "crm_complaints_desk", login=self.agent.login)
        complaint = self.env["crm.complaint"].search([("name", "=", "The pump leaks")])
        self.assertRecordValues(
            complaint,
            [
                {
                    "state": "closed",
                    "channel": "phone",
                    "user_id": self.agent.id,
                    "team_id": self.team.id,
                    "severity": "serious",
                    "decision": "justified",
                    "customer_answer": "accepted",
                    "confirmation_channel": "phone",
                }
            ],
        )
        self.assertTrue(complaint.date_first_response)
        self.assertEqual(
            {clock.metric: clock.state for clock in complaint.clock_ids},
            {"ack": "met", "first_response": "met", "resolution": "met"},
        )
