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

    # E-MAILS THAT COME BACK

    def _bounce(self, message, partner):
        message.notification_ids.filtered(
            lambda notification: notification.res_partner_id == partner
        ).notification_status = "bounce"
        self.env["mail.thread"]._routing_handle_bounce(
            None,
            {
                "bounced_email": partner.email_normalized,
                "bounced_partner": partner,
                "bounced_msg_ids": [message.message_id],
                "bounced_message": message,
                "body": "User unknown",
                "email_from": "MAILER-DAEMON@x.example",
                "to": "bounce@example.com",
                "message_id": "<bounce@x.example>",
            },
        )

    def _post(self, record, *partners):
        return (
            record.with_user(self.care_own)
            .sudo()
            .message_post(
                body="Our offer",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                partner_ids=[partner.id for partner in partners],
            )
        )

    def test_an_e_mail_that_came_back_reached_nobody(self):
        people = self._create_partner(
            "A", parent_id=self.partner.id, email="a@x.example"
        )
        people |= self._create_partner(
            "B", parent_id=self.partner.id, email="b@x.example"
        )
        message = self._post(self.partner.sudo(), *people)
        touch = self.env["crm.touchpoint"].search(
            [("source", "=", f"mail.message,{message.id}")]
        )
        self.assertTrue(touch.is_effective)
        self._bounce(message.sudo(), people[0])
        self.assertTrue(touch.is_effective, "the other one got it")
        self._bounce(message.sudo(), people[1])
        self.assertFalse(touch.is_effective)

    def test_a_confirmation_that_came_back_is_due_again(self):
        contact = self._create_partner(
            "A", parent_id=self.partner.id, email="a@x.example"
        )
        touch = self.touchpoints.create(
            {"partner_id": self.partner.id, "contact_id": contact.id, "important": True}
        )
        message = self._post(touch, contact)
        self.assertEqual(touch.confirmation_state, "sent")
        self._bounce(message.sudo(), contact)
        self.assertEqual(touch.confirmation_state, "due")
        self.assertEqual(len(touch.sudo().activity_ids), 1)
