# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.service.model import get_public_method
from odoo.tests import new_test_user, tagged

from .complaint_common import ComplaintCommon

# What anybody would like to have typed, and a value to try it with.
FORGED = {
    "number": "CMP/1999/00001",
    "state": "closed",
    "cycle": 7,
    "confirmation_date": "2026-03-02 01:00:00",
    "confirmation_channel": "phone",
    "date_acknowledged": "2026-03-02 01:00:00",
    "date_assessed": "2026-03-02 01:00:00",
    "date_first_response": "2026-03-02 01:00:00",
    "date_contained": "2026-03-02 01:00:00",
    "date_resolved": "2026-03-02 01:00:00",
    "date_closed": "2026-03-02 01:00:00",
    "decision_sent_date": "2026-03-02 01:00:00",
    "decision_channel": "phone",
    "customer_answer": "accepted",
    "customer_answer_date": "2026-03-02 01:00:00",
    "appeal_count": 3,
    "duplicate_of_id": 1,
    "previous_id": 1,
    "sla_state": "done",
    "sla_metric": "ack",
    "sla_deadline": "2030-03-02 01:00:00",
    "sla_warn_at": "2030-03-02 01:00:00",
    "email_normalized": "forged@example.com",
    "access_token": "guessed",
    "rating_last_value": 5.0,
}


@tagged("post_install", "-at_install")
class TestComplaintForging(ComplaintCommon):
    """What is measured is written by actions only."""

    def _forged(self):
        return {**FORGED, "grade_id": self.diamond.id}

    def test_no_measured_field_is_written(self):
        complaint = self._own_complaint()
        for user in (self.agent, self.manager):
            for name, value in self._forged().items():
                with (
                    self.subTest(name=name, user=user.login),
                    self.assertRaises(AccessError),
                ):
                    complaint.with_user(user).write({name: value})

    def test_no_measured_field_is_created(self):
        complaints = self.env["crm.complaint"].with_user(self.agent)
        for name, value in self._forged().items():
            with self.subTest(name=name), self.assertRaises(AccessError):
                complaints.create({"name": "x", name: value})

    def test_no_measured_field_comes_by_context(self):
        context = {f"default_{name}": value for name, value in self._forged().items()}
        complaint = (
            self.env["crm.complaint"]
            .with_user(self.agent)
            .with_context(**context)
            .create({"name": "x", "partner_id": self.customer.id})
        )
        for name, value in self._forged().items():
            with self.subTest(name=name):
                field = complaint._fields[name]
                stored = field.convert_to_write(complaint[name], complaint)
                if field.type == "datetime":
                    stored = fields.Datetime.to_string(stored)
                self.assertNotEqual(stored, value)
        self.assertEqual(complaint.state, "received")

    def test_no_measured_field_comes_by_import(self):
        result = (
            self.env["crm.complaint"]
            .with_user(self.agent)
            .load(["name", "state"], [["x", "closed"]])
        )
        self.assertFalse(result["ids"])
        self.assertTrue(result["messages"])

    def test_clocks_and_pauses_are_not_written_through_the_complaint(self):
        complaint = self._own_complaint()
        clock = {"metric": "ack", "company_id": self.company.id, "cycle": 9}
        for name, values in (
            ("clock_ids", clock),
            ("pause_ids", {"company_id": self.company.id}),
        ):
            with self.subTest(name=name), self.assertRaises(AccessError):
                complaint.write({name: [Command.create(values)]})

    def test_all_that_is_read_only_is_measured(self):
        """A field that another part adds as read-only is guarded without a list."""
        Complaint = self.env["crm.complaint"]
        measured = Complaint._measured_fields()
        self.assertLessEqual(set(FORGED) | {"grade_id"}, measured)
        self.assertNotIn("severity", measured)
        self.assertNotIn("date_received", measured)

    # RECEIPT

    def test_the_receipt_is_given_once_and_not_in_the_future(self):
        complaints = self.env["crm.complaint"].with_user(self.agent)
        vals = {"name": "x", "partner_id": self.customer.id}
        given = fields.Datetime.now() - timedelta(days=2)
        complaint = complaints.create({**vals, "date_received": given})
        self.assertEqual(complaint.date_received, given)
        with self.assertRaisesRegex(UserError, "is fixed"):
            complaint.date_received = given - timedelta(days=1)
        later = fields.Datetime.now() + timedelta(minutes=1)
        for maker in (
            lambda: complaints.create({**vals, "date_received": later}),
            lambda: complaints.with_context(default_date_received=later).create(vals),
        ):
            with self.assertRaisesRegex(ValidationError, "in the future"):
                maker()

    # SETTLED

    def test_what_is_settled_stays(self):
        complaint = self._told()
        complaint._customer_accepts()
        other = self.env["res.partner"].create({"name": "Other"})
        for vals in (
            {"partner_id": other.id},
            {"severity": "serious"},
            {"name": "Something else"},
            {"solution": "Another one"},
            {"decision": "not_justified"},
        ):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                complaint.write(vals)
        complaint.write({"severity": complaint.severity, "cause": "Wrong seal"})
        complaint.active = False

    def test_what_the_customer_was_told_is_not_rewritten(self):
        complaint = self._told()
        with self.assertRaisesRegex(UserError, "customer was told"):
            complaint.decision_text = "We never said that."

    def test_an_open_complaint_is_not_archived_or_moved_to_another_company(self):
        complaint = self._own_complaint()
        with self.assertRaises(UserError):
            complaint.active = False
        other = self.env["res.company"].create({"name": "Second Company"})
        with self.assertRaises(UserError):
            complaint.company_id = other

    def test_what_is_on_record_is_not_deleted(self):
        complaint = self._own_complaint()
        complaint.action_confirm_orally()
        with self.assertRaises(AccessError):
            complaint.unlink()
        with self.assertRaisesRegex(UserError, "on record"):
            complaint.with_user(self.manager).unlink()

    def test_the_history_is_kept_whatever_the_context_says(self):
        complaint = self._own_complaint().with_context(
            tracking_disable=True, mail_notrack=True
        )
        self.env.cr.precommit.run()
        complaint.severity = "serious"
        self.env.cr.precommit.run()
        tracked = complaint.sudo().message_ids.tracking_value_ids.field_id
        self.assertIn("severity", tracked.mapped("name"))


@tagged("post_install", "-at_install")
class TestComplaintRows(ComplaintCommon):
    """Who sees and writes which complaints."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.own = cls._create_complaint(user_id=cls.agent.id)
        cls.others = cls._create_complaint(user_id=cls.colleague.id)
        cls.nobodys = cls._create_complaint()
        cls.other_team = cls.env["crm.complaint.team"].create(
            {
                "name": "Other team",
                "company_id": cls.company.id,
                "assignment": "manual",
            }
        )
        cls.elsewhere = cls._create_complaint(team_id=cls.other_team.id)
        cls.all = cls.own | cls.others | cls.nobodys | cls.elsewhere

    def _seen(self, user):
        return (
            self.env["crm.complaint"]
            .with_user(user)
            .search([("id", "in", self.all.ids)], order="id")
        )

    def test_agents_see_own_and_what_nobody_owns_in_their_teams(self):
        self.assertEqual(self._seen(self.agent), self.own | self.nobodys)
        self.assertEqual(self._seen(self.colleague), self.others | self.nobodys)
        self.assertEqual(self._seen(self.all_complaints), self.all)
        self.assertEqual(self._seen(self.manager), self.all)

    def test_agents_take_what_nobody_owns(self):
        self.nobodys.with_user(self.agent).user_id = self.agent
        self.assertNotIn(self.nobodys, self._seen(self.colleague))

    def test_agents_steal_nothing(self):
        for complaint in (self.others, self.elsewhere):
            with self.subTest(complaint.display_name), self.assertRaises(AccessError):
                complaint.with_user(self.agent).user_id = self.agent
            with self.assertRaises(AccessError):
                complaint.with_user(self.agent).action_withdraw()

    def test_what_is_handed_over_is_another_s(self):
        """An agent may give a complaint away, and cannot take it back."""
        mine = self.own.with_user(self.agent)
        mine.write({"user_id": False, "team_id": self.other_team.id})
        self.assertEqual(self.own.team_id, self.other_team)
        mine.invalidate_recordset()
        with self.assertRaises(AccessError):
            mine.user_id = self.agent

    def test_another_companys_are_not_there(self):
        other = self.env["res.company"].create({"name": "Second Company"})
        foreign = self.env["crm.complaint"].create(
            {"name": "x", "company_id": other.id, "partner_id": self.customer.id}
        )
        for user in (self.agent, self.all_complaints, self.manager):
            mine = self.env["crm.complaint"].with_user(user)
            self.assertFalse(mine.search([("id", "=", foreign.id)]))
            with self.assertRaises(AccessError):
                foreign.with_user(user).read(["name"])
            with self.assertRaises(AccessError):
                mine.create({"name": "x", "company_id": other.id})

    def test_agents_without_group_and_portal_users_have_no_access(self):
        portal = new_test_user(self.env, login="c_portal", groups="base.group_portal")
        plain = new_test_user(self.env, login="c_plain", groups="base.group_user")
        self.own.partner_id = portal.partner_id
        for user in (portal, plain, self.env.ref("base.public_user")):
            mine = self.env["crm.complaint"].with_user(user)
            with self.subTest(user.login):
                with self.assertRaises(AccessError):
                    mine.search([])
                with self.assertRaises(AccessError):
                    mine.create({"name": "x"})
                with self.assertRaises(AccessError):
                    mine.browse(self.own.id).action_withdraw()
                with self.assertRaises(AccessError):
                    self.env["crm.complaint.move"].with_user(user).create(
                        {"complaint_id": self.own.id, "action": "withdraw"}
                    )

    def test_what_begins_with_an_underscore_is_not_called_from_outside(self):
        complaints = self.env["crm.complaint"]
        for name in (
            "_move",
            "_confirm_receipt",
            "_tell_decision",
            "_customer_accepts",
            "_customer_appeals",
            "_reopen",
            "_mark_duplicate",
            "_cron_close_silent",
        ):
            with self.subTest(name=name), self.assertRaises(AccessError):
                get_public_method(complaints, name)

    def test_a_form_moves_only_what_its_user_may_write(self):
        wizard = (
            self.env["crm.complaint.move"]
            .with_user(self.agent)
            .create({"complaint_id": self.own.id, "action": "withdraw"})
        )
        wizard.sudo().complaint_id = self.others
        with self.assertRaises(AccessError):
            wizard.action_confirm()

    def test_agents_record_what_the_team_gives_to_colleagues(self):
        """On the phone: whoever picks up, the complaint is the next one's in turn."""
        self.team.assignment = "load"
        for index in range(4):
            complaint = (
                self.env["crm.complaint"]
                .with_user(self.agent)
                .create(
                    {
                        "name": f"Call {index}",
                        "partner_id": self.customer.id,
                        "team_id": self.team.id,
                    }
                )
            )
            self.assertTrue(complaint.sudo().number)
