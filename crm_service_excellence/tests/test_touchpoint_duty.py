# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What was said is confirmed in writing; a next step is not forgotten."""

from datetime import date, datetime

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, freeze_time, tagged

from odoo.addons.mail.tests.common import MailCase

from .common import CareCommon

CONFIRMATION = "crm_service_excellence.mail_activity_type_confirmation"


@tagged("post_install", "-at_install")
@freeze_time("2026-09-18 09:30:00")
class TestTouchpointDuty(CareCommon, MailCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.care_own.email = "own@example.com"
        cls.partner = cls._create_partner("Hengda", user_id=cls.care_own.id)
        cls.contact = cls._create_partner(
            "Ms Chen", parent_id=cls.partner.id, email="chen@hengda.example.com"
        )
        cls.touchpoints = cls.env["crm.touchpoint"].with_user(cls.care_own)

    def _call(self, **values):
        """An important call on Friday 2026-09-18, 17:00 in Shanghai."""
        return self.touchpoints.create(
            {
                "partner_id": self.contact.id,
                "date": "2026-09-18 09:00:00",
                "summary": "Two lots, the first on 30 September",
                "important": True,
                **values,
            }
        )

    def _open(self, touch):
        return touch.activity_ids.filtered(
            lambda a: a.activity_type_id == self.env.ref(CONFIRMATION)
        )

    # CONFIRMATION

    def test_by_the_same_time_of_the_next_working_day(self):
        """C7 of the reference: a make-up Sunday counts."""
        call = self._call()
        self.assertEqual(call.confirmation_state, "due")
        self.assertEqual(call.confirmation_deadline, datetime(2026, 9, 21, 9))
        self.env["resource.calendar.makeup"].create(
            {
                "company_id": self.company.id,
                "date": "2026-09-20",
                "weekday": "4",
                "name": "Make-up",
            }
        )
        self.assertEqual(self._call().confirmation_deadline, datetime(2026, 9, 20, 9))
        activity = self._open(call)
        self.assertEqual(activity.user_id, self.care_own)
        self.assertEqual(activity.date_deadline, date(2026, 9, 21))

    def test_only_what_was_spoken(self):
        for channel in ("phone", "meeting", "video", "visit"):
            self.assertEqual(self._call(channel=channel).confirmation_state, "due")
        for channel in ("email", "wechat", "letter"):
            call = self._call(channel=channel)
            self.assertEqual(call.confirmation_state, "none")
            self.assertFalse(self._open(call))
        self.assertEqual(self._call(important=False).confirmation_state, "none")

    def test_no_longer_important(self):
        call = self._call()
        call.important = False
        self.assertEqual(call.confirmation_state, "none")
        self.assertFalse(call.confirmation_deadline)
        self.assertFalse(self._open(call))
        call.important = True
        self.assertEqual(call.confirmation_state, "due")
        call.date = "2026-09-17 09:00:00"
        self.assertEqual(call.confirmation_deadline, datetime(2026, 9, 18, 9))
        self.assertEqual(self._open(call).date_deadline, date(2026, 9, 18))
        self.assertEqual(len(self._open(call)), 1)

    def test_sending_the_draft_closes_the_duty(self):
        call = self._call(next_step="Amended order", next_step_date="2026-09-25")
        action = call.action_write_confirmation()
        composer = Form(
            self.env["mail.compose.message"]
            .with_user(self.care_own)
            .with_context(**action["context"])
        )
        self.assertIn("Two lots, the first on 30 September", composer.body)
        self.assertIn("Amended order", composer.body)
        self.assertIn("09/18/2026", composer.subject)
        self.assertEqual(composer.partner_ids[:], self.contact)
        composer = composer.save()
        with self.mock_mail_gateway():
            composer._action_send_mail()
        self.assertEqual(call.confirmation_state, "sent")
        self.assertEqual(call.confirmation_date, datetime(2026, 9, 18, 9, 30))
        self.assertFalse(self._open(call))
        self.assertFalse(call.is_confirmation_late)
        # it belongs to the call: no contact of its own
        self.assertEqual(self.touchpoints.search([]), call)
        call.important = False
        self.assertEqual(call.confirmation_state, "sent")

    def test_the_draft_speaks_the_contact_s_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.contact.lang = "fr_FR"
        action = self._call().action_write_confirmation()
        composer = Form(
            self.env["mail.compose.message"]
            .with_user(self.care_own)
            .with_context(**action["context"])
        )
        self.assertIn("18/09/2026", composer.subject)
        self.assertIn("18/09/2026", composer.body)

    def test_the_draft_is_dated_in_the_company_s_zone(self):
        call = self._call(date="2026-09-17 17:00:00")  # 01:00 on the 18th in Shanghai
        self.assertEqual(call.local_date, date(2026, 9, 18))

    def test_what_does_not_confirm(self):
        call = self._call()
        stranger = self._create_partner("Stranger", email="s@example.com")
        with self.mock_mail_gateway():
            call.message_post(body="Note", partner_ids=self.contact.ids)
            call.message_post(
                body="To somebody else",
                subtype_xmlid="mail.mt_comment",
                message_type="comment",
                partner_ids=stranger.ids,
            )
            call.sudo().message_post(
                body="From the customer",
                subtype_xmlid="mail.mt_comment",
                message_type="email",
                author_id=self.contact.id,
            )
        self.assertEqual(call.confirmation_state, "due")

    def test_without_an_address_nothing_can_be_confirmed(self):
        call = self._call(partner_id=self.partner.id)
        with self.assertRaisesRegex(UserError, "Hengda has no e-mail address"):
            call.action_write_confirmation()

    def test_a_company_that_never_works(self):
        self.company.resource_calendar_id.attendance_ids = [Command.clear()]
        with self.assertRaisesRegex(UserError, "have no working day"):
            self._call()

    def test_overdue_ones_are_found(self):
        late = self._call(date="2026-09-15 09:00:00")
        in_time = self._call()
        found = self.touchpoints.search([("is_confirmation_late", "=", True)])
        self.assertEqual(found, late)
        self.assertTrue(late.is_confirmation_late)
        self.assertIn(
            in_time, self.touchpoints.search([("is_confirmation_late", "=", False)])
        )
        with self.mock_mail_gateway():
            late.message_post(
                body="As agreed",
                subtype_xmlid="mail.mt_comment",
                message_type="comment",
                partner_ids=self.contact.ids,
            )
        self.assertEqual(late.confirmation_state, "sent")
        self.assertTrue(late.is_confirmation_late)
        self.assertEqual(
            self.touchpoints.search([("is_confirmation_late", "=", True)]), late
        )

    # NEXT STEP

    def test_the_next_step_is_planned_once_on_the_customer(self):
        touch = self.touchpoints.create(
            {
                "partner_id": self.partner.id,
                "next_step": "Send samples",
                "next_step_date": "2026-09-25",
            }
        )
        customer = self._customer_of(self.partner)
        self.assertRecordValues(
            customer.activity_ids,
            [
                {
                    "summary": "Send samples",
                    "date_deadline": date(2026, 9, 25),
                    "user_id": self.care_own.id,
                }
            ],
        )
        touch.write({"next_step": "Send better samples"})
        touch.summary = "He likes blue"
        self.assertEqual(
            customer.activity_ids.mapped("summary"), ["Send better samples"]
        )
        customer.activity_ids.action_feedback()
        touch.next_step_date = "2026-09-28"
        self.assertFalse(customer.activity_ids)
        self.assertEqual(len(self.touchpoints.search([])), 1)

    def test_no_next_step_after_all(self):
        touch = self.touchpoints.create(
            {
                "partner_id": self.partner.id,
                "next_step": "Send samples",
                "next_step_date": "2026-09-25",
            }
        )
        touch.next_step = False
        self.assertFalse(self._customer_of(self.partner).activity_ids)

    def test_somebody_else_s_customer(self):
        theirs = self._create_customer("Theirs", user_id=self.care_all.id)
        touch = self.touchpoints.create(
            {
                "partner_id": theirs.partner_id.id,
                "next_step": "Tell Marco",
                "next_step_date": "2026-09-25",
            }
        )
        self.assertFalse(theirs.activity_ids)
        self.assertEqual(touch.activity_ids.user_id, self.care_own)
