# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import HttpCase, tagged

from .common import CareCommon


@tagged("post_install", "-at_install")
class TestPlanTour(CareCommon, HttpCase):
    def test_generate_drag_and_confirm(self):
        """Three diamonds due today are planned into the next plan's first days."""
        today = self.company._crm_today()
        for name in ("Hengda Precision", "Nordwind", "Torino Meccanica"):
            customer = self._create_customer(name, user_id=self.care_own.id)
            # never visited, and followed for longer than the visit's interval
            customer.sudo().write(
                {
                    "grade_id": self.diamond.id,
                    "cadence_start": f"{today.year - 1}-01-01",
                }
            )
            self.customers._refresh(partner_ids=customer.partner_id.ids)
        mails = self.env["mail.mail"].search_count([])
        self.start_tour(
            "/odoo", "crm_service_excellence_plan", login=self.care_own.login
        )
        visits = self.env["crm.visit"].search([("company_id", "=", self.company.id)])
        self.assertEqual(set(visits.mapped("state")), {"planned"})
        moved = visits.filtered("is_pinned")
        self.assertEqual(moved.partner_id.name, "Hengda Precision")
        self.assertEqual(moved.date.weekday(), 6)
        self.assertEqual(visits.calendar_event_id.partner_ids, self.care_own.partner_id)
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)
