# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Touchpoints that write themselves: activities and messages."""

from datetime import datetime, timedelta
from unittest.mock import patch

from odoo.tests import freeze_time, tagged

from odoo.addons.mail.tests.common import MailCase

from .common import CareCommon

NOW = "2026-09-18 09:00:00"  # 17:00 in Shanghai


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestTouchpointSources(CareCommon, MailCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.ref("sales_team.group_sale_salesman_all_leads").user_ids += cls.care_own
        cls.care_own.email = "own@example.com"
        cls.partner = cls._create_partner(
            "Hengda", email="office@hengda.example.com", user_id=cls.care_own.id
        )
        cls.contact = cls._create_partner(
            "Ms Chen", parent_id=cls.partner.id, email="chen@hengda.example.com"
        )
        cls.lead = cls.env["crm.lead"].create(
            {
                "name": "Line 3",
                "type": "opportunity",
                "partner_id": cls.contact.id,
                "company_id": cls.company.id,
            }
        )
        cls.lead = cls.lead.with_user(cls.care_own)

    def _touchpoints(self, partner=None):
        return self.env["crm.touchpoint"].search(
            [("partner_id", "=", (partner or self.partner).id)], order="id"
        )

    def _activity(self, record, kind="call", **values):
        return record.with_user(self.care_own).activity_schedule(
            f"mail.mail_activity_data_{kind}", user_id=self.care_own.id, **values
        )

    def _write(self, record, body="The offer is attached.", user=None, **values):
        values = {
            "message_type": "comment",
            "subtype_xmlid": "mail.mt_comment",
            "partner_ids": self.contact.ids,
            **values,
        }
        with self.mock_mail_gateway():
            return record.with_user(user or self.care_own).message_post(
                body=body, **values
            )

    # ACTIVITIES

    def test_types_that_are_contacts(self):
        for name, channel in (
            ("call", "phone"),
            ("meeting", "meeting"),
            ("email", "email"),
            ("todo", False),
        ):
            kind = self.env.ref(f"mail.mail_activity_data_{name}")
            self.assertEqual(kind.crm_touch_channel, channel, name)

    def test_a_call_that_is_done(self):
        activity = self._activity(self.lead, summary="Call about line 3")
        activity._action_done(feedback="Wants two lots")
        self.assertRecordValues(
            self._touchpoints(),
            [
                {
                    "partner_id": self.partner.id,
                    "contact_id": self.contact.id,
                    "company_id": self.company.id,
                    "channel": "phone",
                    "direction": "out",
                    "date": datetime(2026, 9, 18, 9),
                    "user_id": self.care_own.id,
                    "summary": "Wants two lots",
                    "res_model": "crm.lead",
                    "res_id": self.lead.id,
                    "source": f"mail.activity,{activity.id}",
                    "is_effective": True,
                }
            ],
        )
        activity._action_done(feedback="Again")
        self.assertEqual(len(self._touchpoints()), 1)

    def test_every_customers_document(self):
        order = self.env["sale.order"].create({"partner_id": self.partner.id})
        customer = self.customers._follow(self.partner)
        for record in (self.partner, order, customer):
            activity = record.activity_schedule(
                "mail.mail_activity_data_call", summary=record._name
            )
            activity._action_done()
        self.assertEqual(
            self._touchpoints().mapped("summary"),
            ["res.partner", "sale.order", "crm.customer"],
        )

    def test_no_customers_contact(self):
        nobody = self.env["crm.lead"].create({"name": "No partner"})
        self._activity(nobody)._action_done()
        self._activity(self.lead, "todo")._action_done()
        self._activity(self.care_all.partner_id)._action_done()
        self._activity(self.company.partner_id)._action_done()
        ours = self.care_all.partner_id | self.company.partner_id | self.partner
        self.assertFalse(
            self.env["crm.touchpoint"].search([("partner_id", "in", ours.ids)])
        )

    def test_done_by_the_system_counts_for_its_owner(self):
        self._activity(self.lead).with_user(
            self.env.ref("base.user_root")
        )._action_done()
        self.assertEqual(self._touchpoints().user_id, self.care_own)

    def test_a_user_without_customer_care(self):
        clerk = self.care_all
        clerk.group_ids = self.env.ref("base.group_user")
        activity = self.partner.activity_schedule(
            "mail.mail_activity_data_call", user_id=clerk.id
        )
        activity.with_user(clerk)._action_done(feedback="He called")
        self.assertEqual(self._touchpoints().user_id, clerk)

    def test_a_meeting_is_one_contact_whoever_marks_it_done(self):
        event = self.env["calendar.event"].create(
            {
                "name": "Kick-off",
                "start": "2026-09-17 02:00:00",
                "stop": "2026-09-17 03:00:00",
            }
        )
        first = self._activity(self.lead, "meeting")
        second = self._activity(self.partner, "meeting")
        (first | second).calendar_event_id = event
        first._action_done(feedback="Agreed")
        second.sudo()._action_done(feedback="Agreed too")
        self.assertRecordValues(
            self._touchpoints(),
            [
                {
                    "channel": "meeting",
                    "date": datetime(2026, 9, 17, 2),
                    "source": f"calendar.event,{event.id}",
                    "summary": "Agreed",
                }
            ],
        )

    def test_a_meeting_that_became_a_visit(self):
        """The visit says it best, whichever is written down first."""
        touchpoints = self.env["crm.touchpoint"]
        meeting = {
            "partner_id": self.partner.id,
            "channel": "meeting",
            "source": "calendar.event,7",
            "summary": "Agreed",
        }
        visit = {
            "partner_id": self.partner.id,
            "channel": "visit",
            "source": "crm.visit,3",
            "res_model": "crm.visit",
            "res_id": 3,
        }
        same = {
            "calendar.event,7": ["crm.visit,3"],
            "crm.visit,3": ["calendar.event,7"],
        }
        with patch.object(
            type(touchpoints),
            "_same_contact_sources",
            lambda model, source: same.get(source, []),
        ):
            for first, second in ((meeting, visit), (visit, meeting)):
                self._touchpoints().unlink()
                touchpoints._record([first])
                self.assertFalse(touchpoints._record([second]))
                self.assertRecordValues(
                    self._touchpoints(),
                    [
                        {
                            "channel": "visit",
                            "source": "crm.visit,3",
                            "res_model": "crm.visit",
                            "summary": "Agreed",
                        }
                    ],
                )

    def test_sources_of_a_visit_and_its_meeting(self):
        event = self.env["calendar.event"].create(
            {"name": "Talk", "start": NOW, "stop": NOW}
        )
        visit = self.env["crm.visit"].create(
            {
                "partner_id": self.partner.id,
                "user_id": self.care_own.id,
                "company_id": self.company.id,
                "date": "2026-09-18",
            }
        )
        visit.sudo().calendar_event_id = event
        same = self.env["crm.touchpoint"]._same_contact_sources
        self.assertEqual(same(f"crm.visit,{visit.id}"), [f"calendar.event,{event.id}"])
        self.assertEqual(same(f"calendar.event,{event.id}"), [f"crm.visit,{visit.id}"])
        self.assertEqual(same("mail.activity,1"), [])

    # MESSAGES

    def test_a_message_to_the_customer(self):
        message = self._write(self.lead, "Dear Ms Chen, the offer is attached.")
        self.assertRecordValues(
            self._touchpoints(),
            [
                {
                    "contact_id": self.contact.id,
                    "channel": "email",
                    "direction": "out",
                    "user_id": self.care_own.id,
                    "company_id": self.company.id,
                    "summary": "Dear Ms Chen, the offer is attached.",
                    "res_model": "crm.lead",
                    "res_id": self.lead.id,
                    "source": f"mail.message,{message.id}",
                    "is_effective": True,
                }
            ],
        )

    def test_one_row_for_a_customer_however_many_of_its_people(self):
        other = self._create_partner("Other", email="other@example.com")
        self._write(
            self.lead,
            subject="Price list",
            partner_ids=[self.partner.id, self.contact.id, other.id],
        )
        self.assertEqual(self._touchpoints().summary, "Price list")
        self.assertEqual(len(self._touchpoints(other)), 1)

    def test_messages_that_reach_no_customer(self):
        self._write(self.lead, subtype_xmlid="mail.mt_note")
        self._write(self.lead, partner_ids=[])
        self._write(self.lead, partner_ids=self.care_all.partner_id.ids)
        no_mail = self._create_partner("No mail", parent_id=self.partner.id)
        self._write(self.lead, partner_ids=no_mail.ids)
        for kind in ("notification", "auto_comment"):
            self._write(self.lead, message_type=kind)
        self._write(self.lead, user=self.env.ref("base.user_root"))
        self._write(self.env["crm.segment"].browse() or self._another_document())
        self.assertFalse(self._touchpoints())

    def _another_document(self):
        return self.env["crm.profile.change"].create(
            {
                "partner_id": self.partner.id,
                "statement": "Moved",
                "date_reported": NOW,
                "user_id": self.care_own.id,
            }
        )

    def test_a_message_for_later_counts_when_it_is_sent(self):
        with self.mock_mail_gateway():
            message = self.lead.message_post(
                body="Tomorrow",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                partner_ids=self.contact.ids,
                scheduled_date=self.env.cr.now() + timedelta(days=1),
            )
            self.assertFalse(self._touchpoints())
            self.env["mail.message.schedule"].sudo()._send_message_notifications(
                message
            )
        self.assertEqual(self._touchpoints().user_id, self.care_own)

    def test_what_the_customer_writes(self):
        message = self._write(
            self.lead.sudo(),
            "When do you deliver?",
            author_id=self.contact.id,
            message_type="email",
            partner_ids=[],
        )
        self.assertRecordValues(
            self._touchpoints(),
            [
                {
                    "contact_id": self.contact.id,
                    "direction": "in",
                    "channel": "email",
                    "user_id": self.care_own.id,
                    "is_effective": False,
                    "source": f"mail.message,{message.id}",
                }
            ],
        )

    def test_an_e_mail_and_its_activity_are_one_contact(self):
        activity = self._activity(self.lead, "email", summary="Send the offer")
        self._write(self.lead, subject="Offer 12")
        activity._action_done(feedback="Answers on Monday")
        activity._action_done(feedback="Answers on Monday")
        touch = self._touchpoints()
        self.assertEqual(len(touch), 1)
        self.assertEqual(touch.summary, "Offer 12\nAnswers on Monday")

        # the other way round, on the next local day: 00:30 in Shanghai
        with freeze_time("2026-09-18 16:30:00"):
            self._activity(self.lead, "email")._action_done(feedback="Sent")
            self._write(self.lead, subject="Offer 13")
        self.assertEqual(len(self._touchpoints()), 2)

        # another document, another user
        self._write(self.partner, subject="Offer 14")
        self._activity(self.lead, "email").with_user(self.env.ref("base.user_admin"))
        self.assertEqual(len(self._touchpoints()), 3)

    def test_sending_to_many_measures_once(self):
        partners = [
            self._create_partner(f"Customer {n}", email=f"c{n}@example.com")
            for n in range(4)
        ]
        self.env.cr.flush()
        with patch.object(type(self.customers), "_refresh", return_value=0) as refresh:
            for partner in partners:
                self._write(partner, partner_ids=partner.ids)
            self.assertFalse(refresh.called)
            self.env.cr.flush()
            self.assertEqual(refresh.call_count, 1)
            self.assertEqual(
                set(refresh.call_args.kwargs["partner_ids"]),
                {partner.id for partner in partners},
            )

    def test_other_documents_cost_nothing(self):
        change = self._another_document()
        with patch.object(
            type(self.env["crm.touchpoint"]),
            "_record_message",
            side_effect=AssertionError,
        ):
            self._write(change)
