# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date, datetime

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged

from .visit_common import OCTOBER_8, VisitCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-10-01 02:00:00")
class TestVisitCalendar(VisitCommon):
    """A meeting for the salesperson alone; not one mail to a customer."""

    def test_a_visit_at_any_time_of_the_day(self):
        event = self._create_visit().calendar_event_id
        self.assertRecordValues(
            event,
            [
                {
                    "allday": True,
                    "start_date": OCTOBER_8,
                    "stop_date": OCTOBER_8,
                    "user_id": self.care_own.id,
                    "partner_ids": self.care_own.partner_id.ids,
                    "show_as": "free",
                    "name": "Visit: Hengda Precision",
                    "activity_ids": [],
                }
            ],
        )
        self.assertIn("Shanghai", event.location)
        self.assertIn("Hengda", event.description)

    def test_a_visit_at_a_time(self):
        visit = self._create_visit(start="2026-10-08 06:00:00", duration=1.5)
        self.assertRecordValues(
            visit.calendar_event_id,
            [
                {
                    "allday": False,
                    "start": datetime(2026, 10, 8, 6),
                    "stop": datetime(2026, 10, 8, 7, 30),
                    "show_as": "busy",
                }
            ],
        )
        self.assertEqual(
            visit.calendar_event_id.with_user(self.care_own).visit_id, visit
        )

    def test_a_confidential_visit_is_private(self):
        visit = self._create_visit(type_id=self.mystery.id)
        event = visit.calendar_event_id
        self.assertEqual(event.name, "Visit")
        self.env.flush_all()
        self.env.invalidate_all()
        others = event.with_user(self.care_all)
        self.assertEqual(others.name, "Busy")
        self.assertFalse(others.location)
        self.assertFalse(others.description)

    def test_not_one_mail_reaches_a_customer(self):
        """Planned, timed, moved, handed over, moved in the calendar, cancelled."""
        loud = {
            "tracking_disable": False,
            "mail_notrack": False,
            "mail_create_nosubscribe": False,
        }
        before = self._mails()
        visits = self._create_visit(start="2026-10-08 06:00:00")
        visits |= self._propose(contact_id=self.contact.id)
        visits = visits.with_context(**loud).with_user(self.care_manager)
        visits._plan()
        self.assertEqual(len(visits.calendar_event_id), 2)
        visits._move(date(2026, 10, 9), reason=self.asked)
        visits._reassign(self.care_all)
        visits.calendar_event_id.with_user(self.care_all).write(
            {"start": "2026-10-12 06:00:00", "stop": "2026-10-12 07:00:00"}
        )
        self.assertEqual(visits[0].date, date(2026, 10, 12))
        visits[1].contact_id = False
        visits._cancel(self.asked)
        self.env.cr.precommit.run()
        after = self._mails()
        self.assertEqual(after[1:], before[1:])
        recipients = self.env["mail.mail"].search([]).recipient_ids
        self.assertFalse(recipients & (self.partner | self.contact))

    def test_nor_in_the_name_of_a_default(self):
        """What a list of meetings passes on in its context is none of ours."""
        visit = self._propose().with_context(
            default_partner_ids=[Command.link(self.partner.id)],
            default_res_model="res.partner",
            default_res_id=self.partner.id,
            default_name="Party",
        )
        visit._plan()
        event = visit.calendar_event_id
        self.assertEqual(event.partner_ids, self.care_own.partner_id)
        self.assertFalse(event.res_id)
        self.assertEqual(event.name, "Visit: Hengda Precision")

    def test_the_meeting_follows_the_visit(self):
        visit = self._create_visit(start="2026-10-08 06:00:00").with_user(self.care_own)
        event = visit.calendar_event_id
        visit.date = date(2026, 10, 9)  # dragged in the calendar of visits
        self.assertEqual(event.start, datetime(2026, 10, 9, 6))
        visit.duration = 3
        self.assertEqual(event.stop, datetime(2026, 10, 9, 9))
        visit.start = False
        self.assertTrue(event.allday)
        visit.start = datetime(2026, 10, 9, 1)
        self.assertFalse(event.allday)
        self.assertEqual(event.start, datetime(2026, 10, 9, 1))
        visit._reassign(self.care_all)
        self.assertEqual(event.user_id, self.care_all)
        self.assertEqual(event.partner_ids, self.care_all.partner_id)

    def test_the_visit_follows_the_meeting(self):
        visit = self._create_visit(start="2026-10-08 06:00:00")
        event = visit.calendar_event_id.with_user(self.care_own)
        event.write({"start": "2026-10-08 23:00:00", "stop": "2026-10-09 00:30:00"})
        self.assertRecordValues(
            visit,
            [
                {
                    "date": date(2026, 10, 9),  # seven in the morning, in Shanghai
                    "start": datetime(2026, 10, 8, 23),
                    "duration": 1.5,
                    "is_pinned": True,
                }
            ],
        )
        event.write(
            {"allday": True, "start_date": "2026-10-12", "stop_date": "2026-10-12"}
        )
        self.assertEqual((visit.date, visit.start), (date(2026, 10, 12), False))

    def test_colleagues_do_not_move_a_visit(self):
        visit = self._create_visit(start="2026-10-08 06:00:00")
        stranger = self._create_user("care_test_stranger", "group_care_own")
        with self.assertRaisesRegex(AccessError, "moved by its salesperson"):
            visit.calendar_event_id.with_user(stranger).write(
                {"start": "2026-10-09 06:00:00", "stop": "2026-10-09 07:00:00"}
            )

    def test_a_visit_that_took_place_stays_where_it_was(self):
        visit = self._made(self._create_visit())
        visit.calendar_event_id.write(
            {"allday": False, "start": "2026-10-20", "stop": "2026-10-20"}
        )
        self.assertEqual(visit.date, OCTOBER_8)

    def test_a_deleted_meeting_leaves_the_visit_planned(self):
        visit = self._create_visit()
        visit.calendar_event_id.with_user(self.care_own).unlink()
        self.env.invalidate_all()
        self.assertFalse(visit.calendar_event_id)
        self.assertEqual(visit.state, "planned")
        visit._plan()
        self.assertTrue(visit.calendar_event_id)

    def test_a_deleted_visit_takes_its_meeting_along(self):
        visit = self._create_visit()
        event = visit.calendar_event_id
        visit.with_user(self.care_manager).unlink()
        self.assertFalse(event.exists())


@tagged("post_install", "-at_install")
@freeze_time("2026-10-01 02:00:00")
class TestVisitFromMeeting(VisitCommon):
    def _create_event(self, *partners, **values):
        attendees = self.care_own.partner_id.union(*partners)
        return (
            self.env["calendar.event"]
            .with_user(self.care_own)
            .with_context(no_mail_to_attendees=True)
            .create(
                {
                    "name": "Lunch",
                    "start": "2026-10-08 04:00:00",
                    "stop": "2026-10-08 06:00:00",
                    "partner_ids": [Command.set(attendees.ids)],
                    **values,
                }
            )
        )

    def test_the_customer_who_attends(self):
        event = self._create_event(self.contact, self.care_all.partner_id)
        before = self._mails()
        action = event.action_make_visit()
        visit = self.visits.browse(action["res_id"])
        self.assertRecordValues(
            visit,
            [
                {
                    "partner_id": self.partner.id,
                    "contact_id": self.contact.id,
                    "user_id": self.care_own.id,
                    "date": OCTOBER_8,
                    "start": datetime(2026, 10, 8, 4),
                    "duration": 2,
                    "state": "planned",
                    "calendar_event_id": event.id,
                }
            ],
        )
        self.assertEqual(event.name, "Lunch")
        self.assertEqual(event.action_make_visit()["res_id"], visit.id)
        visit.with_user(self.care_own)._move(date(2026, 10, 9))
        self.assertEqual(event.start, datetime(2026, 10, 9, 4))
        self.assertEqual(self._mails()[1:], before[1:])
        visit._cancel(self.asked)
        self.assertTrue(event.exists(), "others attend it: it is not ours to delete")

    def test_ask_when_it_is_not_clear(self):
        other = self._create_partner("Other")
        event = self._create_event(self.contact, other)
        action = event.action_make_visit()
        wizard = self.env[action["res_model"]].with_user(self.care_own)
        form = Form(wizard.with_context(**action["context"]))
        form.partner_id = other
        action = form.save().action_confirm()
        self.assertEqual(self.visits.browse(action["res_id"]).partner_id, other)
        with self.assertRaisesRegex(UserError, "a visit already"):
            event._make_visit(self.partner)

    def test_all_day(self):
        event = self._create_event(
            self.partner,
            allday=True,
            start_date="2026-10-09",
            stop_date="2026-10-09",
        )
        visit = self.visits.browse(event.action_make_visit()["res_id"])
        self.assertEqual((visit.date, visit.start), (date(2026, 10, 9), False))
