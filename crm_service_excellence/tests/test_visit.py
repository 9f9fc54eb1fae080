# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date, datetime

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from .visit_common import OCTOBER_8, VisitCommon


@tagged("post_install", "-at_install")
class TestVisitGuard(VisitCommon):
    """What is measured is written by the actions only."""

    def test_nobody_types_evidence(self):
        visit = self._create_visit().with_user(self.care_own)
        for values in (
            {"state": "done"},
            {"check_in": datetime(2026, 10, 8, 1)},
            {"check_out": datetime(2026, 10, 8, 2)},
            {"position_state": "on_site"},
            {"distance_m": 3},
            {"is_report_late": False},
            {"report_deadline": datetime(2026, 10, 9)},
            {"report_date": datetime(2026, 10, 8, 2)},
            {"due_date": OCTOBER_8},
            {"reason_id": self.asked.id},
            {"calendar_event_id": False},
        ):
            with self.assertRaises(AccessError):
                visit.write(values)
            with self.assertRaises(AccessError):
                visit.create({"partner_id": self.partner.id, **values})

    def test_nor_forges_it_by_a_default(self):
        forged = self.visits.with_user(self.care_own).with_context(
            default_state="reported",
            default_check_in="2026-10-08 01:00:00",
            default_due_date="2026-10-08",
        )
        visit = forged.create({"partner_id": self.partner.id})
        self.assertRecordValues(
            visit, [{"state": "planned", "check_in": False, "due_date": False}]
        )

    def test_the_plan_of_a_visit_that_began_is_settled(self):
        visit = self._create_visit()
        self._start(visit, "2026-10-08 01:00:00")
        mine = visit.with_user(self.care_own)
        for values in (
            {"date": date(2026, 10, 9)},
            {"partner_id": self._create_partner("Other").id},
            {"user_id": self.care_manager.id},
            {"active": False},
        ):
            with self.assertRaisesRegex(UserError, "has begun"):
                mine.write(values)
        with self.assertRaisesRegex(UserError, "not open any more"):
            mine._cancel(self.asked)
        with self.assertRaisesRegex(UserError, "not open any more"):
            mine.action_reschedule()

    def test_what_took_place_is_not_deleted(self):
        visit = self._made(self._create_visit())
        with self.assertRaisesRegex(UserError, "evidence"):
            visit.with_user(self.care_manager).unlink()
        self._create_visit().with_user(self.care_manager).unlink()

    def test_the_past_can_be_imported_by_the_superuser(self):
        visits = self.visits.create(
            [
                {
                    "partner_id": self.contact.id,
                    "user_id": self.care_own.id,
                    "date": OCTOBER_8,
                    "state": state,
                    "check_in": "2026-10-08 01:00:00",
                    "check_out": "2026-10-08 02:00:00",
                    **values,
                }
                for state, values in (
                    ("done", {}),
                    (
                        "reported",
                        {
                            "report_date": "2026-10-09 02:00:01",
                            "outcome": "partly",
                            "report": "Late",
                        },
                    ),
                )
            ]
        )
        deadline = datetime(2026, 10, 9, 2)
        self.assertRecordValues(
            visits,
            [
                {"report_deadline": deadline, "is_report_late": False},
                {"report_deadline": deadline, "is_report_late": True},
            ],
        )
        self.assertEqual(visits.partner_id, self.partner)
        self.assertEqual(visits.contact_id, self.contact)
        self.assertFalse(visits.calendar_event_id)

    def test_no_visit_ends_before_it_began(self):
        with self.assertRaises(Exception), mute_logger("odoo.sql_db"):  # noqa: B017
            self._create_visit(
                state="done",
                check_in="2026-10-08 02:00:00",
                check_out="2026-10-08 01:59:59",
            )
            self.env.flush_all()

    def test_duration(self):
        for hours in (-1, 24.5):
            with self.assertRaises(ValidationError):
                self._create_visit(duration=hours)


@tagged("post_install", "-at_install")
class TestVisitLife(VisitCommon):
    """Proposed, planned, moved, handed over, cancelled."""

    def test_confirming_prepares_the_visit(self):
        visit = self._propose(agenda=False, purpose=False)
        self.assertFalse(visit.preparation_ids)
        visit.with_user(self.care_own).action_plan()
        self.assertEqual(visit.state, "planned")
        self.assertEqual(visit.purpose, self.routine.purpose)
        self.assertEqual(visit.agenda, self.routine.agenda)
        self.assertEqual(
            visit.preparation_ids.mapped("name"), self.routine.item_ids.mapped("name")
        )
        event = visit.calendar_event_id
        visit._plan()  # nothing twice
        self.assertEqual(visit.calendar_event_id, event)
        self.assertEqual(len(visit.preparation_ids), 3)

    def test_bare_rows_of_a_plan_can_be_confirmed(self):
        """The planner inserts by SQL: who, when, and nothing else."""
        self.env.cr.execute(
            """INSERT INTO crm_visit (partner_id, company_id, user_id, date, due_date,
                                      state, active, type_id)
               SELECT %s, %s, %s, day, day, 'proposed', TRUE, %s
                 FROM generate_series(date '2026-10-08', '2026-10-12', '1 day') day
            RETURNING id""",
            [self.partner.id, self.company.id, self.care_own.id, self.routine.id],
        )
        visits = self.visits.browse([number for (number,) in self.env.cr.fetchall()])
        visits.with_user(self.care_own)._plan()
        self.assertEqual(visits.mapped("state"), ["planned"] * 5)
        self.assertEqual(len(visits.calendar_event_id), 5)
        self.assertEqual(visits[0].duration, 1)
        self.assertEqual(visits[0].purpose, self.routine.purpose)

    @freeze_time("2026-09-30 02:00:00")  # a Wednesday
    def test_another_type_brings_its_agenda_unless_it_was_written_by_hand(self):
        renewal = self.env.ref("crm_service_excellence.crm_visit_type_renewal")
        with Form(self.visits.with_user(self.care_own)) as form:
            form.partner_id = self.partner
            form.contact_id = self.contact
            self.assertEqual(form.purpose, self.routine.purpose)
            form.type_id = renewal
            self.assertEqual(form.purpose, renewal.purpose)
            self.assertEqual(form.duration, 1.5)
            form.purpose = "Lunch"
            form.type_id = self.routine
            self.assertEqual(form.purpose, "Lunch")
            form.partner_id = self._create_partner("Other")
            self.assertFalse(form.contact_id)
        visit = form.record
        self.assertEqual(visit.state, "planned")
        self.assertTrue(visit.calendar_event_id)
        self.assertEqual(len(visit.preparation_ids), 3)

    def test_the_grade_is_the_one_when_planned(self):
        self._create_policy()
        self._create_invoice(self.partner, "2026-09-01", 600_000)
        self.env["crm.grade.policy"].with_company(self.company)._get_active(
            self.company
        )._run(as_of=date(2026, 9, 30))
        visit = self._create_visit()
        self.assertEqual(visit.grade_id, self.diamond)
        self._customer_of(self.partner).grade_id = self.silver
        self.assertEqual(visit.grade_id, self.diamond)

    def test_two_visits_never_serve_one_need(self):
        self._propose()
        self._create_visit()  # ad hoc: no need
        self._create_visit()
        with self.assertRaises(Exception), mute_logger("odoo.sql_db"):  # noqa: B017
            self._propose()
            self.env.flush_all()

    def test_cancelling_frees_the_need(self):
        visit = self._propose()
        visit.with_user(self.care_own)._cancel(self.asked, "Stocktaking")
        self.assertRecordValues(
            visit,
            [
                {
                    "state": "cancelled",
                    "reason_id": self.asked.id,
                    "reason_note": "Stocktaking",
                }
            ],
        )
        self._propose()
        with self.assertRaisesRegex(UserError, "not open any more"):
            visit.with_user(self.care_own).action_plan()

    def test_cancelling_needs_a_reason(self):
        visit = self._create_visit()
        with self.assertRaisesRegex(UserError, "Say why"):
            visit._cancel(self.env["crm.visit.reason"])
        with self.assertRaises(Exception):  # noqa: B017
            Form(
                self.env["crm.visit.cancel"].with_context(default_visit_ids=visit.ids)
            ).save()

    def test_cancel_by_the_form(self):
        visit = self._create_visit()
        action = visit.with_user(self.care_own).action_cancel()
        form = Form(
            self.env[action["res_model"]]
            .with_user(self.care_own)
            .with_context(**action["context"])
        )
        form.reason_id = self.ill
        form.note = "Flu"
        form.save().action_confirm()
        self.assertEqual(visit.state, "cancelled")
        self.assertEqual(visit.reason_id.party, "us")

    def test_move_by_the_form(self):
        visit = self._create_visit(start="2026-10-08 06:00:00")
        action = visit.with_user(self.care_own).action_reschedule()
        wizard = self.env[action["res_model"]].with_user(self.care_own)
        with freeze_time("2026-10-01"):
            form = Form(wizard.with_context(**action["context"]))
            form.date = date(2026, 10, 9)
            form.reason_id = self.asked
            form.save().action_confirm()
            self.assertRecordValues(
                visit,
                [
                    {
                        "date": date(2026, 10, 9),
                        "start": datetime(2026, 10, 9, 6),  # two o'clock, as before
                        "state": "planned",
                        "is_pinned": True,
                        "reason_id": self.asked.id,
                    }
                ],
            )
            form = Form(wizard.with_context(**action["context"]))
            form.start = datetime(2026, 10, 12, 23)  # seven on the 13th, in Shanghai
            self.assertEqual(form.date, date(2026, 10, 13))
            form.reason_id = self.asked
            form.save().action_confirm()
            self.assertEqual(visit.date, date(2026, 10, 13))
            form = Form(wizard.with_context(**action["context"]))
            form.date = date(2026, 9, 30)
            form.reason_id = self.asked
            with self.assertRaisesRegex(ValidationError, "past"):
                form.save().action_confirm()

    def test_wall_clock_across_daylight_saving(self):
        """V3: New York leaves daylight saving on 1 November 2026."""
        self.company.resource_calendar_id.tz = "America/New_York"
        visit = self._create_visit(
            date=date(2026, 10, 30),
            start="2026-10-30 14:00:00",  # ten o'clock there
        )
        visit._move(date(2026, 11, 2))
        self.assertEqual(visit.start, datetime(2026, 11, 2, 15))

    def test_hand_over(self):
        visit = self._create_visit()
        visit.with_user(self.care_manager)._reassign(self.care_all)
        self.assertEqual(visit.user_id, self.care_all)
        self.care_own.active = False
        with self.assertRaisesRegex(UserError, "archived"):
            visit._reassign(self.care_own)

    def test_an_archived_salesperson_leaves_no_visit_behind(self):
        """V4: to the account manager, or cancelled so that the need is free."""
        other = self._create_partner("Other", user_id=self.care_all.id)
        passed = self._create_visit(partner_id=other.id)
        lost = self._propose()
        made = self._made(self._create_visit())
        self.care_own.active = False
        self.assertEqual(passed.user_id, self.care_all)
        self.assertEqual(passed.calendar_event_id.partner_ids, self.care_all.partner_id)
        self.assertEqual(lost.state, "cancelled")
        self.assertEqual(lost.reason_id.name, "Salesperson left")
        self.assertEqual((made.state, made.user_id), ("done", self.care_own))

    def test_an_archived_customer_is_not_visited(self):
        visit, made = self._create_visit(), self._made(self._create_visit())
        event = visit.calendar_event_id
        self.partner.active = False
        self.assertEqual(visit.state, "cancelled")
        self.assertFalse(event.exists())
        self.assertEqual(made.state, "done")

    def test_a_visited_customer_is_not_deleted(self):
        self._create_visit()
        with self.assertRaisesRegex(UserError, "Archive the contact"):
            self.partner.unlink()

    def test_the_customer_record_may_go_the_visits_stay(self):
        visit = self._create_visit()
        self._customer_of(self.partner).unlink()
        self.assertEqual(visit.partner_id, self.partner)
        visit.with_user(self.care_own).action_plan()

    @freeze_time("2026-09-30 02:00:00")  # a Wednesday
    def test_from_the_partner(self):
        action = self.contact.with_user(self.care_own).action_new_crm_visit()
        form = Form(
            self.visits.with_user(self.care_own).with_context(**action["context"])
        )
        visit = form.save()
        self.assertEqual(visit.partner_id, self.partner)
        self.assertEqual(visit.contact_id, self.contact)
        self.assertFalse(visit.due_date)
        customer = self._customer_of(self.partner).with_user(self.care_own)
        self.assertEqual(customer.visit_count, 1)
        self.assertEqual(self.partner.with_user(self.care_own).crm_visit_count, 1)
        action = customer.action_view_visits()
        self.assertEqual(self.visits.search(action["domain"]), visit.sudo())

    def test_create_and_start_at_once(self):
        contact = self.contact.with_user(self.care_own)
        position = {"key": "a1"}
        action = contact.action_start_crm_visit(position)
        again = contact.action_start_crm_visit(position)
        self.assertEqual(action["res_id"], again["res_id"])
        visit = self.visits.browse(action["res_id"])
        self.assertEqual(visit.state, "in_progress")
        self.assertEqual(visit.contact_id, self.contact)
        self.assertEqual(visit.user_id, self.care_own)
        self.assertFalse(visit.calendar_event_id)
        visit.with_user(self.care_own).action_finish()
        late = contact.action_start_crm_visit(position)  # replayed much later
        self.assertEqual(late["res_id"], visit.id)
        customer = self._customer_of(self.partner).with_user(self.care_own)
        self.assertNotEqual(customer.action_start_visit({})["res_id"], visit.id)

    def test_copy_is_a_new_visit(self):
        copy = self._made(self._create_visit()).copy()
        self.assertRecordValues(
            copy, [{"state": "planned", "check_in": False, "report_deadline": False}]
        )

    def test_preparation_is_ticked_off(self):
        visit = self._create_visit().with_user(self.care_own)
        visit.preparation_ids[0].is_done = True
        visit.write({"preparation_ids": [Command.create({"name": "Buy cake"})]})
        self.assertEqual(visit.preparation_ids.mapped("is_done"), [True] + [False] * 3)
