# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a client might send about touchpoints that no screen does."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import CareCommon


@tagged("post_install", "-at_install")
class TestTouchpointAbuse(CareCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls._create_partner("Hengda", user_id=cls.care_own.id)
        cls.touchpoints = cls.env["crm.touchpoint"].with_user(cls.care_own)

    def test_evidence_is_not_typed_as_a_default(self):
        forged = self.touchpoints.with_context(
            default_source="crm.visit,1",
            default_confirmation_state="sent",
            default_confirmation_date="2026-01-01 00:00:00",
        )
        touch = forged.create({"partner_id": self.partner.id})
        self.assertRecordValues(
            touch,
            [
                {
                    "source": False,
                    "confirmation_state": "none",
                    "confirmation_date": False,
                }
            ],
        )

    def test_the_document_is_not_typed(self):
        touch = self.touchpoints.create({"partner_id": self.partner.id})
        with self.assertRaises(UserError):
            touch.write({"res_model": "crm.visit", "res_id": 1})
        with self.assertRaises(UserError):
            self.touchpoints.create(
                {"partner_id": self.partner.id, "res_model": "res.users", "res_id": 1}
            )

    def test_a_touchpoint_without_a_document_opens_none(self):
        touch = self.touchpoints.create({"partner_id": self.partner.id})
        with self.assertRaises(UserError):
            touch.action_open_document()

    def test_what_is_evidence_is_not_deleted(self):
        touch = self.touchpoints.create({"partner_id": self.partner.id})
        with self.assertRaises(AccessError):
            touch.unlink()

    def test_a_touchpoint_is_not_moved_to_another_company(self):
        other = self._create_company("Other Care Company")
        touch = self.touchpoints.create({"partner_id": self.partner.id})
        with self.assertRaises(UserError):
            touch.company_id = other

    def test_a_touchpoint_is_not_put_in_a_colleagues_mouth(self):
        foreign = self._create_partner("Foreign", user_id=self.care_all.id)
        touch = self.touchpoints.create({"partner_id": foreign.id})
        with self.assertRaises(UserError):
            touch.user_id = self.care_manager
