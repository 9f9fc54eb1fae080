# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date, datetime

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged

from .visit_common import VisitCommon

WARNING = "mail.mail_activity_data_warning"


@tagged("post_install", "-at_install")
class TestVisitReport(VisitCommon):
    """Due 24 hours after the visit, warned of at 20, late for ever (C7)."""

    def _remind(self, moment):
        """What the scheduler does, without its commits."""
        with freeze_time(moment):
            warned = self.visits._warn_of_reports()
            return warned, self.visits._mark_late_reports()

    def _warnings(self, visit):
        return visit.activity_ids.filtered(
            lambda activity: activity.activity_type_id == self.env.ref(WARNING)
        )

    def test_in_time(self):
        visit = self._made(self._create_visit())
        self.assertEqual(visit.report_deadline, datetime(2026, 10, 9, 2))
        self._report(visit, "2026-10-09 02:00:00")  # at the very end
        self.assertRecordValues(
            visit,
            [
                {
                    "state": "reported",
                    "report_date": datetime(2026, 10, 9, 2),
                    "is_report_late": False,
                }
            ],
        )

    def test_late_without_the_scheduler(self):
        visit = self._made(self._create_visit())
        self._report(visit, "2026-10-09 02:00:01")
        self.assertTrue(visit.is_report_late)

    def test_one_warning_at_20_hours(self):
        visit = self._made(self._create_visit())
        self.assertEqual(self._remind("2026-10-08 21:59:59"), (0, 0))
        self.assertFalse(self._warnings(visit))
        self.assertEqual(self._remind("2026-10-08 22:15:00"), (1, 0))
        activity = self._warnings(visit)
        self.assertEqual(activity.user_id, self.care_own)
        self.assertEqual(activity.date_deadline, date(2026, 10, 9))
        self.assertEqual(self._remind("2026-10-08 22:30:00"), (0, 0))
        self.assertEqual(self._warnings(visit), activity)
        self._report(visit, "2026-10-09 00:00:00")
        self.assertFalse(self._warnings(visit))
        self.assertFalse(visit.is_report_late)

    def test_late_once_and_for_ever(self):
        visit = self._made(self._create_visit())
        self.assertEqual(self._remind("2026-10-09 02:00:00"), (1, 0))
        self.assertEqual(self._remind("2026-10-09 02:00:01"), (0, 1))
        self.assertTrue(visit.is_report_late)
        self.assertEqual(self._remind("2026-10-09 02:15:00"), (0, 0))
        self._report(visit, "2026-10-10 00:00:00")
        self.assertTrue(visit.is_report_late)
        with freeze_time("2026-10-11"):
            visit.with_user(self.care_own).report = "All is really well"
        self.assertTrue(visit.is_report_late)
        self.assertEqual(visit.report_date, datetime(2026, 10, 10))

    def test_the_scheduler_slept_for_days(self):
        visit = self._made(self._create_visit())
        self.assertEqual(self._remind("2026-10-12 00:00:00"), (1, 1))
        self.assertEqual(len(self._warnings(visit)), 1)
        self.assertTrue(visit.is_report_late)

    def test_the_job(self):
        visits = self.visits
        for _number in range(3):
            visits |= self._made(self._create_visit())
        with self.enter_registry_test_mode(), freeze_time("2026-10-09 03:00:00"):
            self.patch(
                __import__(
                    "odoo.addons.crm_service_excellence.models.crm_visit_outcome",
                    fromlist=["BATCH_SIZE"],
                ),
                "BATCH_SIZE",
                2,
            )
            job = self.env.ref("crm_service_excellence.ir_cron_visit_report")
            job.method_direct_trigger()
            job.method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(visits.mapped("is_report_late"), [True] * 3)
        self.assertEqual([len(self._warnings(visit)) for visit in visits], [1] * 3)

    def test_what_a_report_must_say(self):
        visit = self._create_visit().with_user(self.care_own)
        with self.assertRaisesRegex(UserError, "Finish the visit"):
            visit.action_report()
        self._made(visit)
        with self.assertRaisesRegex(UserError, "achieved"):
            visit.action_report()
        visit.outcome = "partly"
        visit.report = "  "
        with self.assertRaisesRegex(UserError, "Write what"):
            visit.action_report()
        self._report(visit)
        with self.assertRaisesRegex(UserError, "reported already"):
            visit.action_report()
        with self.assertRaises(ValidationError):
            visit.report = False

    def test_only_the_visitor_reports_or_a_manager(self):
        visit = self._made(self._create_visit())
        with self.assertRaises(AccessError):
            visit.with_user(self.care_all).report = "I was not there"
        with self.assertRaises(AccessError):
            visit.with_user(self.care_all).action_report()
        self._report(visit, user=self.care_manager)
        self.assertEqual(visit.state, "reported")

    def test_amendments_are_recorded(self):
        tracked = self.visits.with_context(tracking_disable=False, mail_notrack=False)
        visit = tracked.browse(self._made(self._create_visit()).id)
        visit = visit.with_user(self.care_own)
        visit.report = "First draft"
        self.flush_tracking()
        values = visit.message_ids.sudo().tracking_value_ids
        self.assertNotIn("report", values.field_id.mapped("name"))
        self._report(visit, report="They want 40")
        self.flush_tracking()
        visit.report = "They want 400"
        self.flush_tracking()
        value = visit.message_ids.sudo().tracking_value_ids.filtered(
            lambda value: value.field_id.name == "report"
        )
        self.assertEqual(len(value), 1)
        self.assertEqual(value.old_value_text, "They want 40")
        self.assertEqual(value.new_value_text, "They want 400")

    def flush_tracking(self):
        self.env.flush_all()
        self.env.cr.precommit.run()

    def test_follow_ups_become_activities(self):
        technician = self._create_user("care_test_technician", "group_care_own")
        visit = self._made(self._create_visit()).with_user(self.care_own)
        visit.followup_ids = [
            Command.create({"name": "Send the offer", "date_deadline": "2026-10-12"}),
            Command.create(
                {
                    "name": "Check the pump",
                    "user_id": technician.id,
                    "date_deadline": "2026-10-20",
                }
            ),
        ]
        self.assertFalse(visit.followup_ids.activity_id)
        self._report(visit)
        offer, pump = visit.followup_ids.activity_id.sudo()
        self.assertRecordValues(
            offer + pump,
            [
                {
                    "summary": "Send the offer",
                    "user_id": self.care_own.id,
                    "date_deadline": date(2026, 10, 12),
                    "res_model": "crm.customer",
                    "res_id": self.customer.id,
                },
                {  # who may not see the customer's record sees the contact
                    "summary": "Check the pump",
                    "user_id": technician.id,
                    "date_deadline": date(2026, 10, 20),
                    "res_model": "res.partner",
                    "res_id": self.partner.id,
                },
            ],
        )
        visit.followup_ids = [
            Command.create({"name": "Call again", "date_deadline": "2026-10-30"})
        ]
        self.assertEqual(len(visit.followup_ids.activity_id), 3)
        offer.action_feedback()
        visit.followup_ids._make_activities()  # done is done
        self.assertEqual(visit.followup_ids.mapped("is_scheduled"), [True] * 3)

    def test_follow_ups_without_a_customer_record(self):
        self.customer.unlink()
        visit = self._made(self._create_visit()).with_user(self.care_own)
        visit.followup_ids = [Command.create({"name": "Call"})]
        self._report(visit)
        self.assertEqual(visit.followup_ids.activity_id.res_model, "crm.visit")

    def test_the_customer_was_touched_once(self):
        visit = self._made(self._create_visit(contact_id=self.contact.id))
        self._report(visit)
        visit._record_touchpoints()
        touchpoint = self.env["crm.touchpoint"].search(
            [("partner_id", "=", self.partner.id)]
        )
        self.assertRecordValues(
            touchpoint,
            [
                {
                    "channel": "visit",
                    "date": datetime(2026, 10, 8, 1),
                    "contact_id": self.contact.id,
                    "user_id": self.care_own.id,
                    "is_effective": True,
                    "summary": "All is well",
                    "source": f"crm.visit,{visit.id}",
                    "res_model": "crm.visit",
                    "res_id": visit.id,
                }
            ],
        )

    def _meeting_with_activity(self):
        """A meeting with the customer, planned as an activity and made a visit."""
        with freeze_time("2026-10-01"):
            lead = self.env["crm.lead"].create(
                {
                    "name": "Press line 4",
                    "type": "opportunity",
                    "partner_id": self.partner.id,
                    "company_id": self.company.id,
                }
            )
            activity = lead.activity_schedule(
                "mail.mail_activity_data_meeting", user_id=self.care_own.id
            )
            event = (
                self.env["calendar.event"]
                .with_context(no_mail_to_attendees=True)
                .create(
                    {
                        "name": "Line 4",
                        "start": "2026-10-08 01:00:00",
                        "stop": "2026-10-08 02:00:00",
                        "user_id": self.care_own.id,
                        "activity_ids": [Command.link(activity.id)],
                        "partner_ids": [Command.set(self.care_own.partner_id.ids)],
                    }
                )
            )
            return activity, event._make_visit(self.partner)

    def _touches(self):
        return self.env["crm.touchpoint"].search([("partner_id", "=", self.partner.id)])

    def test_the_meeting_of_a_visit_is_not_counted_again(self):
        activity, visit = self._meeting_with_activity()
        self._report(self._made(visit))
        self.assertFalse(activity.active)
        self.assertEqual(self._touches().mapped("channel"), ["visit"])

    def test_a_meeting_counted_before_its_visit(self):
        activity, visit = self._meeting_with_activity()
        self._made(visit)
        activity.with_user(self.care_own).sudo().action_feedback("Went well")
        self._report(visit)
        self.assertEqual(self._touches().mapped("channel"), ["meeting"])

    def test_a_confidential_visit_leaves_no_touchpoint(self):
        self._report(self._made(self._create_visit(type_id=self.mystery.id)))
        self.assertFalse(
            self.env["crm.touchpoint"].search([("partner_id", "=", self.partner.id)])
        )
