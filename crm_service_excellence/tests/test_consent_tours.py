# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import HttpCase, tagged

from .consent_common import ConsentCommon


@tagged("post_install", "-at_install")
class TestConsentTours(ConsentCommon, HttpCase):
    def test_record_what_somebody_said_on_the_phone(self):
        self.start_tour(
            "/odoo/care-consents",
            "crm_service_excellence_consent_record",
            login=self.care_own.login,
        )
        rows = self.consents.search([("partner_id", "=", self.ana.id)])
        self.assertEqual(set(rows.mapped("answer")), {"refused"})
        self.assertEqual(set(rows.mapped("purpose")), {"marketing"})
        self.assertEqual(set(rows.mapped("user_id")), {self.care_own})
