# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a message means for the clocks: S9, S15, S17, S18; touchpoints."""

from datetime import datetime

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged

from .mail_common import NOW, ComplaintMailCommon

AT_NINE = datetime(2026, 9, 18, 9)


class ComplaintMessageCommon(ComplaintMailCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.waiting.write({"pauses_update": True, "pauses_first_response": False})
        cls._create_sla({"first_response": 240, "update": 960, "resolution": 1440})
        cls.portal = cls.env["res.users"].create(
            {
                "name": "Wang",
                "login": "wang_portal",
                "email": "wang@hengda.example.com",
                "company_id": cls.company.id,
                "company_ids": [(6, 0, cls.company.ids)],
                "group_ids": [(6, 0, cls.env.ref("base.group_portal").ids)],
            }
        )
        cls.portal.partner_id.parent_id = cls.hengda

    def _new(self, **values):
        values = {"partner_id": self.hengda.id, "user_id": self.agent.id, **values}
        with self.mock_mail_gateway():
            return self._create_complaint(**values)

    def _clock(self, complaint, metric):
        return complaint.clock_ids.filtered(lambda c: c.metric == metric)[-1:]

    def _post(self, complaint, user=None, **values):
        values = {
            "body": "We look into it.",
            "message_type": "comment",
            "subtype_xmlid": "mail.mt_comment",
            **values,
        }
        with self.mock_mail_gateway():
            return complaint.with_user(user or self.agent).message_post(**values)

    def _portal_writes(self, complaint):
        """As the portal's controller does it, after its own checks."""
        with self.mock_mail_gateway():
            return (
                complaint.with_user(self.portal)
                .sudo()
                .message_post(
                    body="Any news?",
                    author_id=self.portal.partner_id.id,
                    message_type="comment",
                    subtype_xmlid="mail.mt_comment",
                )
            )

    def _touchpoints(self, complaint):
        return self.env["crm.touchpoint"].search(
            [("res_model", "=", "crm.complaint"), ("res_id", "=", complaint.id)],
            order="id",
        )


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestComplaintMessage(ComplaintMessageCommon):
    # S17

    def test_a_colleagues_message_is_the_first_response(self):
        with freeze_time("2026-09-18 01:00:00"):
            complaint = self._new()
        self.assertEqual(self._clock(complaint, "first_response").state, "running")
        self._post(complaint)
        self.assertEqual(complaint.date_first_response, AT_NINE)
        clock = self._clock(complaint, "first_response")
        self.assertEqual(clock.reached_at, AT_NINE)
        updates = complaint.clock_ids.filtered(lambda c: c.metric == "update")
        self.assertEqual(updates.sorted("cycle").mapped("state"), ["met", "running"])
        with freeze_time("2026-09-18 09:30:00"):
            self._post(complaint)
        self.assertEqual(complaint.date_first_response, AT_NINE)
        self.assertEqual(complaint.last_answer_at, datetime(2026, 9, 18, 9, 30))

    def test_what_is_no_response(self):
        complaint = self._new()
        robot = self.env.ref("base.partner_root")
        for values in (
            {"subtype_xmlid": "mail.mt_note"},
            {"message_type": "notification"},
            {"message_type": "auto_comment"},
            {"message_type": "out_of_office"},
            {"message_type": "email_outgoing"},
            {"author_id": robot.id},
        ):
            with self.subTest(values):
                user = self.env.ref("base.user_root") if "author_id" in values else None
                self._post(complaint, user=user, **values)
                self.assertFalse(complaint.date_first_response)
                self.assertFalse(complaint.last_answer_at)
        self._portal_writes(complaint)
        self.assertFalse(complaint.date_first_response)
        complaint.user_id = self.colleague  # tracked
        self.assertFalse(complaint.date_first_response)

    def test_a_colleagues_own_mail_client(self):
        complaint = self._receive("known_customer")
        self.assertFalse(complaint.date_first_response)
        seen = complaint.message_ids.filtered(lambda m: m.message_type == "email")
        raw = self._raw("reply", subject="Re: Pump", reference=seen.message_id, id=8)
        raw = raw.replace(b"chen@hengda.example.com", self.agent.email.encode())
        self.assertFalse(self._deliver(raw))
        self.assertEqual(complaint.date_first_response, datetime(2026, 9, 18, 8, 58))
        self.assertFalse(complaint.is_unanswered)

    def test_of_their_client_the_automatic_answers_count_nothing(self):
        complaint = self._receive("known_customer")
        seen = complaint.message_ids.filtered(lambda m: m.message_type == "email")
        raw = self._raw("reply", subject="Re: Pump", reference=seen.message_id, id=8)
        raw = raw.replace(b"chen@hengda.example.com", self.agent.email.encode())
        self.assertFalse(self._deliver(b"Auto-Submitted: auto-replied\r\n" + raw))
        self.assertFalse(complaint.date_first_response)

    # S18

    def test_response_and_pause_in_one_go(self):
        complaint = self._new()
        self._post(complaint)
        complaint._sla_pause(self.waiting)
        self.assertEqual(self._clock(complaint, "first_response").state, "met")
        self.assertEqual(self._clock(complaint, "resolution").state, "paused")
        other = self._new()
        other._sla_pause(self.waiting)
        self._post(other)
        self.assertEqual(self._clock(other, "first_response").state, "met")

    # S9

    def test_the_customers_mail_ends_the_wait(self):
        complaint = self._receive("known_customer")
        complaint.severity = "general"
        with freeze_time("2026-09-18 09:10:00"):
            complaint._sla_pause(self.waiting)
        own = self.env["crm.sla.pause.reason"].create(
            {"name": "Waiting for a part", "resumes_on_reply": False}
        )
        with freeze_time("2026-09-18 09:20:00"):
            complaint._sla_pause(own)
        # sent at 09:58 UTC, brought at 10:02
        with freeze_time("2026-09-18 10:02:00"):
            raw = self._raw(
                "reply_stripped", subject=f"Re: [{complaint.number}]", id=9
            ).replace(b"16:58", b"17:58")
            self.assertFalse(self._deliver(raw))
        customer = complaint.pause_ids.filtered(lambda p: p.reason_id == self.waiting)
        part = complaint.pause_ids - customer
        self.assertEqual(customer.date_to, datetime(2026, 9, 18, 9, 58))
        self.assertFalse(part.date_to)
        self.assertEqual(
            complaint.last_customer_message_at, datetime(2026, 9, 18, 9, 58)
        )
        self.assertTrue(complaint.is_unanswered)

    def test_the_portal_ends_the_wait(self):
        complaint = self._new()
        complaint._sla_pause(self.waiting)
        self._portal_writes(complaint)
        self.assertEqual(complaint.pause_ids.date_to, AT_NINE)
        self.assertTrue(complaint.is_unanswered)
        with freeze_time("2026-09-18 09:30:00"):
            self._post(complaint)
        self.assertFalse(complaint.is_unanswered)

    def test_a_suppliers_answer_is_not_the_customers(self):
        supplier = self.env["res.partner"].create(
            {"name": "Supplier", "email": "supplier@parts.example.com"}
        )
        complaint = self._new()
        message = self._post(complaint, partner_ids=supplier.ids)
        complaint._sla_pause(self.waiting)
        raw = self._raw("reply", subject="Re:", reference=message.message_id, id=9)
        raw = raw.replace(b"chen@hengda.example.com", supplier.email.encode())
        self.assertFalse(self._deliver(raw))
        self.assertFalse(complaint.pause_ids.date_to)
        self.assertFalse(complaint.is_unanswered)
        self.assertFalse(
            self._touchpoints(complaint)
            .filtered(lambda t: t.partner_id == supplier)
            .filtered(lambda t: t.direction == "in")
        )

    # S15

    def test_a_message_reopens(self):
        for state in ("resolved", "closed", "rejected"):
            complaint = self._new()
            complaint.write({"state": state, "date_closed": datetime(2026, 9, 12, 9)})
            self._portal_writes(complaint)
            self.assertEqual((complaint.state, complaint.cycle), ("investigating", 2))
        for state in ("withdrawn", "duplicate"):
            complaint = self._new()
            complaint.write({"state": state})
            self._portal_writes(complaint)
            self.assertEqual(complaint.state, state)
            self.assertTrue(complaint.is_unanswered)
        late = self._new()
        late.write({"state": "closed", "date_closed": datetime(2026, 9, 11, 8, 59)})
        self._portal_writes(late)
        self.assertEqual(late.state, "closed")

    def test_nobody_types_it(self):
        complaint = self._new().with_user(self.agent)
        for name in ("last_customer_message_at", "last_answer_at"):
            with self.assertRaises(AccessError):
                complaint.write({name: AT_NINE})


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestComplaintTouchpoints(ComplaintMessageCommon):
    def test_each_intake(self):
        for channel, expected in (
            ("email", "email"),
            ("portal", "web"),
            ("web", "web"),
            ("phone", "phone"),
            ("wechat", "wechat"),
            ("counter", "meeting"),
            ("call_centre", "phone"),
            ("letter", "letter"),
            ("other", "other"),
        ):
            complaint = self._new(channel=channel, contact_id=self.chen.id)
            self.assertRecordValues(
                self._touchpoints(complaint),
                [
                    {
                        "partner_id": self.hengda.id,
                        "contact_id": self.chen.id,
                        "channel": expected,
                        "direction": "in",
                        "date": AT_NINE,
                        "source": f"crm.complaint,{complaint.id}",
                        "summary": complaint.display_name,
                    }
                ],
            )

    def test_a_mail_and_its_answer_are_one_each(self):
        complaint = self._receive("known_customer")
        intake = self._touchpoints(complaint)
        self.assertRecordValues(
            intake,
            [
                {
                    "source": f"crm.complaint,{complaint.id}",
                    "date": datetime(2026, 9, 18, 8, 58),
                    "is_effective": False,
                }
            ],
        )
        self._post(complaint, user=self.all_complaints, partner_ids=self.chen.ids)
        answer = self._touchpoints(complaint) - intake
        self.assertRecordValues(
            answer,
            [
                {
                    "partner_id": self.hengda.id,
                    "contact_id": self.chen.id,
                    "direction": "out",
                    "channel": "email",
                    "user_id": self.all_complaints.id,
                    "is_effective": True,
                }
            ],
        )
        self._reply(complaint)
        self._post(complaint, user=self.all_complaints, subtype_xmlid="mail.mt_note")
        more = self._touchpoints(complaint) - intake - answer
        self.assertRecordValues(more, [{"direction": "in", "channel": "email"}])

    def test_the_portals_first_message_is_the_intake(self):
        complaint = self._new(channel="portal")
        self._portal_writes(complaint)
        self.assertEqual(len(self._touchpoints(complaint)), 1)
        self._portal_writes(complaint)
        self.assertEqual(self._touchpoints(complaint).mapped("channel"), ["web", "web"])
        self.assertEqual(
            self._touchpoints(complaint)[1].contact_id, self.portal.partner_id
        )

    def test_filed_under_another_customer(self):
        complaint = self._new()
        complaint.partner_id = self.customer
        touch = self._touchpoints(complaint)
        self.assertEqual(touch.partner_id, self.customer)

    def test_colleagues_are_no_customers(self):
        complaint = self._new(partner_id=self.agent.partner_id.id)
        self.assertFalse(self._touchpoints(complaint))

    def _log(self, complaint, user=None, **values):
        wizard = self.env["crm.complaint.contact"].with_user(user or self.agent)
        wizard = wizard.with_context(
            active_model="crm.complaint", active_id=complaint.id
        )
        with Form(wizard) as form:
            form.summary = "Explained what we do"
            for name, value in values.items():
                form[name] = value
        return form.record

    def test_a_logged_call_answers(self):
        complaint = self._new()
        self._log(complaint, is_effective=False).action_log()
        self.assertFalse(complaint.date_first_response)
        self._log(complaint, direction="in").action_log()
        self.assertFalse(complaint.date_first_response)
        call = self._log(complaint)
        call.action_log()
        call.action_log()
        self.assertEqual(complaint.date_first_response, AT_NINE)
        self.assertEqual(self._clock(complaint, "first_response").reached_at, AT_NINE)
        self.assertEqual(len(self._touchpoints(complaint)), 4)
        touch = self._touchpoints(complaint)[-1]
        self.assertRecordValues(
            touch,
            [{"channel": "phone", "direction": "out", "user_id": self.agent.id}],
        )

    def test_a_call_that_is_done_answers(self):
        complaint = self._new()
        activity = complaint.activity_schedule(
            "mail.mail_activity_data_call", user_id=self.agent.id
        )
        activity.with_user(self.agent)._action_done(feedback="Told")
        self.assertEqual(complaint.date_first_response, AT_NINE)

    def test_a_contact_that_is_found_to_have_reached_answers(self):
        complaint = self._new()
        self._log(complaint, is_effective=False).action_log()
        self._touchpoints(complaint)[-1].is_effective = True
        self.assertEqual(complaint.date_first_response, AT_NINE)

    def test_calls_are_not_written_down_for_yesterday(self):
        """A clock is not made to fit by a call that was long ago."""
        with freeze_time("2026-09-17 01:00:00"):
            complaint = self._new()
        self.env["crm.touchpoint"].sudo().create(
            {
                "partner_id": self.hengda.id,
                "company_id": self.company.id,
                "channel": "visit",
                "date": datetime(2026, 9, 17, 2),
                "res_model": "crm.complaint",
                "res_id": complaint.id,
            }
        )
        self.assertEqual(complaint.date_first_response, datetime(2026, 9, 18, 8))

    def test_whoever_logs_must_handle_it(self):
        complaint = self._new()
        wizard = self._log(complaint)
        complaint.user_id = self.colleague
        with self.assertRaises(AccessError):
            wizard.action_log()
        unknown = self._new(partner_id=False, email_from="x@stranger.example.org")
        with self.assertRaises(UserError):
            self._log(unknown).action_log()
