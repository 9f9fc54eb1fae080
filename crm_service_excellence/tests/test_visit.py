# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import CareCommon


@tagged("post_install", "-at_install")
class TestVisitGuard(CareCommon):
    """What is measured is written by the actions only."""

    def test_nobody_types_evidence(self):
        visits = self.env["crm.visit"].with_user(self.care_own)
        partner = self._create_partner("Hengda")
        visit = visits.create({"partner_id": partner.id})
        self.assertEqual(visit.state, "planned")
        with self.assertRaises(AccessError):
            visit.state = "done"
        with self.assertRaises(AccessError):
            visits.create({"partner_id": partner.id, "check_in": "2026-10-08 01:00:00"})
