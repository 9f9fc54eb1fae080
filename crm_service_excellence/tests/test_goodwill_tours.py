# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields
from odoo.tests import HttpCase, tagged

from .goodwill_common import GoodwillCommon


@tagged("post_install", "-at_install")
class TestGoodwillTours(GoodwillCommon, HttpCase):
    """Asked by one, approved by another, on the screens."""

    def test_a_grant_that_needs_approval(self):
        self.voucher.sequence = 0  # the first one is offered
        self._use(1900, fields.Datetime.to_string(fields.Datetime.now()))
        self.start_tour(
            "/odoo/goodwill",
            "crm_service_excellence_goodwill_ask",
            login=self.care_own.login,
        )
        goodwill = self.goodwills.search([("state", "=", "requested")])
        self.assertEqual(goodwill.requested_by_id, self.care_own)
        self.start_tour(
            "/odoo/goodwill-approval",
            "crm_service_excellence_goodwill_approve",
            login=self.care_manager.login,
        )
        self.assertRecordValues(
            goodwill,
            [
                {
                    "state": "granted",
                    "value": 150,
                    "approved_by_id": self.care_manager.id,
                    "is_over_budget": True,
                }
            ],
        )
