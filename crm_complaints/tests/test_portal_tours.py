# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from unittest.mock import patch

from odoo.tests import tagged

from ..controllers import public_form
from .portal_common import PortalCommon


@tagged("post_install", "-at_install")
class TestPortalTours(PortalCommon):
    def _decide(self, complaint, text):
        """Bring a complaint to its decision, and tell the customer by phone."""
        complaint.write(
            {
                "category_id": self.env["crm.complaint.category"]
                .create({"name": "Test category"})
                .id,
                "solution": "Exchange",
                "decision": "justified",
                "decision_text": text,
            }
        )
        complaint.action_resolve()
        complaint._tell_decision(channel="phone")

    def test_customer_follows_appeals_and_accepts(self):
        complaint = self._create_complaint(name="The pump leaks")
        complaint._confirm_receipt(channel="phone")
        complaint.category_id = self.env["crm.complaint.category"].create(
            {"name": "Test category"}
        )
        complaint.action_assess()
        complaint.action_investigate()
        self._decide(complaint, "A new seal was put in.")
        self.start_tour(
            "/my/home", "crm_complaints_portal", login=self.portal_user.login
        )
        self.assertRecordValues(
            complaint,
            [{"state": "investigating", "customer_answer": "appealed", "cycle": 2}],
        )
        self._decide(complaint, "A new pump.")
        self.start_tour(
            "/my/complaints",
            "crm_complaints_portal_accept",
            login=self.portal_user.login,
        )
        self.assertRecordValues(
            complaint, [{"state": "closed", "customer_answer": "accepted"}]
        )

    def test_stranger_complains(self):
        with patch.object(public_form, "MIN_SECONDS", 0):
            self.start_tour("/complaint", "crm_complaints_public_form")
        complaint = self.env["crm.complaint"].search(
            [("email_normalized", "=", "carla@example.com")]
        )
        self.assertRecordValues(
            complaint,
            [
                {
                    "name": "Wrong colour",
                    "channel": "web",
                    "partner_id": False,
                    "partner_name": "Carla Rossi",
                    "remedy_sought": "replacement",
                    "company_id": self.company.id,
                }
            ],
        )
        self.assertIn("SO-4711", complaint.description)
