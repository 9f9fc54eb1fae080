# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import HttpCase, tagged

from .visit_common import VisitCommon


@tagged("post_install", "-at_install")
class TestVisitTour(VisitCommon, HttpCase):
    """On the road, phone in hand."""

    browser_size = "375x667"
    touch_enabled = True

    def test_start_finish_and_report_on_a_phone(self):
        self.care_own.name = "Care Test Salesperson"
        today = self.company._crm_today()
        visit = self._create_visit(date=today)
        self.start_tour(
            "/odoo/my-visits",
            "crm_service_excellence_visit_phone",
            login=self.care_own.login,
        )
        self.assertRecordValues(
            visit,
            [
                {
                    "state": "reported",
                    "position_state": "on_site",
                    "check_in_accuracy": 12,
                    # the browser refused to say where it was
                    "check_out_position_state": "unknown",
                    "outcome": "achieved",
                    "satisfaction": "4",
                    "report": "They want 40 pumps",
                    "is_report_late": False,
                    "is_confidential": False,
                }
            ],
        )
        self.assertEqual(visit.followup_ids.name, "Send the offer")
        self.assertEqual(visit.followup_ids.activity_id.res_model, "crm.customer")
        self.assertTrue(visit.preparation_ids[0].is_done)
        touchpoint = self.env["crm.touchpoint"].search(
            [("source", "=", f"crm.visit,{visit.id}")]
        )
        self.assertEqual(len(touchpoint), 1)
