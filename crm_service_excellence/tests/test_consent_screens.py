# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The care of one customer: tab, pause, timeline, and what is forgotten."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged

from .consent_common import ConsentCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 02:00:00")
class TestConsentScreens(ConsentCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = cls._create_rule()
        cls.coming = cls._create_task(cls.rule, cls.ana, "2027", "2027-03-01")
        cls.done = cls._create_task(
            cls.rule,
            cls.ben,
            state="done",
            subject="Happy founding day",
            done_date="2026-03-01 02:00:00",
            channel="email",
        )
        cls.skipped = cls._create_task(
            cls.rule, cls.ana, state="skipped", reason_code="paused", reason="Paused"
        )
        cls.held_out = cls._create_task(
            cls.rule, cls.firm, state="skipped", is_holdout=True
        )
        cls.customer = cls.customers._follow(cls.firm)

    # TAB

    def test_a_company_shows_the_care_of_its_people(self):
        self._answer(self.ana, "greeting", "sms", False)
        customer = self.customer.with_user(self.care_own)
        self.assertEqual(customer.care_coming_ids, self.coming)
        self.assertEqual(customer.care_past_ids, self.done | self.skipped)
        self.assertEqual(customer.care_consent_ids.channel, "sms")
        self.assertEqual(customer.care_count, 1)
        ana = self.ana.with_user(self.care_own)
        self.assertEqual(ana.crm_care_past_ids, self.skipped)
        self.assertEqual(ana.crm_care_coming_ids, self.coming)
        ben = self.ben.with_user(self.care_own)
        self.assertFalse(ben.crm_care_consent_ids)
        self.assertEqual(ben.crm_care_count, 1, "of the customer")

    def test_next_birthdays_of_its_people(self):
        for partner, month in ((self.ana, 2), (self.ben, 5)):
            partner.write(
                {
                    "crm_birth_calendar": "solar",
                    "crm_birth_month": month,
                    "crm_birth_day": 3,
                }
            )
        customer = self.customer.with_user(self.care_own)
        self.assertEqual(customer.care_birthday_ids, self.ben + self.ana)
        self.assertEqual(self.ana.crm_care_birthday_ids, self.ana)

    # RECORD

    def test_consent_is_recorded_from_the_contact_and_from_the_consents(self):
        """Above the consents there is no record at hand: nothing may need one."""
        action = self.env.ref("crm_service_excellence.crm_consent_record_action")
        self.assertEqual(action.context, "{}")
        wizard = self.env["crm.consent.record"].with_user(self.care_own)
        for context, partner in (
            ({"active_model": "res.partner", "active_id": self.ana.id}, self.ana),
            ({"active_model": "crm.consent", "active_id": self.ana.id}, False),
            ({}, False),
            ({"default_partner_id": self.ben.id}, self.ben),
        ):
            form = Form(wizard.with_context(**context))
            self.assertEqual(form.partner_id, partner or self.env["res.partner"])

    def test_an_answer_in_words(self):
        refused = self._answer(self.ana, "greeting", "sms", False)
        agreed = self._answer(self.ana, "greeting", "email", True)
        self.assertEqual((refused | agreed).mapped("answer"), ["refused", "agreed"])

    def test_others_see_nothing(self):
        stranger = self._create_user("care_test_stranger", "group_care_own")
        ana = self.ana.with_user(stranger)
        self.assertFalse(ana.crm_care_coming_ids | ana.crm_care_past_ids)
        self.assertFalse(ana.crm_care_count)

    def test_forms_open(self):
        self.care_own.group_ids |= self.env.ref("base.group_partner_manager")
        Form(self.ana.with_user(self.care_own))
        Form(self.customer.with_user(self.care_own))
        action = self.customer.with_user(self.care_own).action_view_care()
        tasks = self.tasks.with_user(self.care_own).search(action["domain"])
        self.assertIn(self.coming, tasks)
        consents = self.ana.with_user(self.care_own).action_view_crm_consents()
        self.assertEqual(consents["res_model"], "crm.consent")
        action = self.customer.action_record_consent()
        self.assertEqual(action["context"], {"default_partner_id": self.firm.id})

    # PAUSE

    def test_pause_and_resume(self):
        self.customer.with_user(self.care_own).action_pause_care()
        self.assertTrue(self.firm.crm_care_paused)
        self.assertTrue(self.ana.crm_care_is_paused, "with its company")
        self.assertFalse(self.ana.crm_care_paused)
        for record in (self.firm, self.customer):
            self.assertIn("Care paused.", record.message_ids[0].body)
            self.assertEqual(record.message_ids[0].author_id, self.care_own.partner_id)
        self.customer.with_user(self.care_own).action_resume_care()
        self.assertFalse(self.firm.crm_care_paused)
        self.assertIn("Care resumed.", self.firm.message_ids[0].body)

    def test_not_that_of_somebody_else(self):
        stranger = self._create_user("care_test_stranger", "group_care_own")
        with self.assertRaises(AccessError):
            self.ana.with_user(stranger).action_pause_care()
        with self.assertRaises(AccessError):
            self.customer.with_user(stranger).action_pause_care()
        self.assertFalse(self.ana.crm_care_paused)
        self.ana.with_user(self.care_all).action_pause_care()
        self.assertTrue(self.ana.crm_care_paused)

    # TIMELINE

    def _timeline(self, user):
        partner = self.firm.with_user(user).with_context(
            allowed_company_ids=self.company.ids
        )
        return {
            (entry["res_model"], entry["res_id"]): entry
            for entry in partner.crm_timeline_page()["entries"]
        }

    def test_timeline(self):
        answer = self._answer(self.ana, "greeting", "sms", False, note="Please not")
        touch = self.env["crm.touchpoint"].create(
            {
                "partner_id": self.firm.id,
                "source": f"crm.care.task,{self.done.id}",
                "channel": "email",
                "user_id": self.care_own.id,
            }
        )
        entries = self._timeline(self.care_own)
        self.assertEqual(
            set(entries),
            {
                ("crm.care.task", self.done.id),
                ("crm.care.task", self.skipped.id),
                ("crm.consent", answer.id),
            },
            "once each; what is to come and who is held out is not told",
        )
        self.assertNotIn(("crm.touchpoint", touch.id), entries)
        done = entries["crm.care.task", self.done.id]
        self.assertEqual(
            (done["title"], done["text"], done["flag"]),
            ("Founding Day, Ben", "Happy founding day", False),
        )
        skipped = entries["crm.care.task", self.skipped.id]
        self.assertEqual((skipped["text"], skipped["flag"]), ("Paused", "Skipped"))
        said = entries["crm.consent", answer.id]
        self.assertEqual(said["title"], "Ana refused: Greeting, SMS")
        self.assertEqual(said["text"], "Please not")

    # FORGOTTEN AND DELETED

    def test_privacy_lookup_finds_tasks_and_consents(self):
        """It looks at every link to a contact that does not cascade."""
        for model in ("crm.care.task", "crm.consent"):
            field = self.env[model]._fields["partner_id"]
            self.assertTrue(field.store)
            self.assertEqual(field.ondelete, "restrict")
        if "privacy.lookup.wizard" not in self.env:
            return
        answer = self._answer(self.ana, "greeting", "sms", False)
        wizard = self.env["privacy.lookup.wizard"].create(
            {"name": "Ana", "email": "ana@example.com"}
        )
        wizard.action_lookup()
        found = {(line.res_model, line.res_id) for line in wizard.line_ids}
        self.assertIn(("crm.care.task", self.coming.id), found)
        self.assertIn(("crm.consent", answer.id), found)

    def test_forget(self):
        people = self.ana | self.ben
        people.write(
            {
                "crm_birth_calendar": "solar",
                "crm_birth_month": 5,
                "crm_birth_day": 3,
                "crm_preferred_channel": "sms",
                "crm_contact_hours_ids": [Command.create({"weekday": "0"})],
            }
        )
        answer = self._answer(self.ben, "greeting", "sms", False, note="At the fair")
        self.care_all.group_ids |= self.env.ref("base.group_partner_manager")
        with self.assertRaisesRegex(AccessError, "Managers of customer care"):
            people.with_user(self.care_all).action_crm_care_forget()
        with self.assertRaises(AccessError, msg="who may not write contacts"):
            people.with_user(self.care_manager).action_crm_care_forget()
        self.care_manager.group_ids |= self.env.ref("base.group_partner_manager")
        call = self._create_task(
            self.rule, self.ana, "2025", state="by_hand", channel="phone"
        )
        people.with_user(self.care_manager).action_crm_care_forget()
        self.assertFalse(answer.note)
        self.env.invalidate_all()
        self.assertEqual(self.ana.crm_birth_month, 0)
        self.assertFalse(self.ana.crm_preferred_channel)
        self.assertFalse(self.ana.crm_contact_hours_ids)
        self.assertEqual((call.state, call.reason_code), ("skipped", "contact"))
        self.assertRecordValues(
            self.coming | self.done,
            [
                {"state": "skipped", "reason_code": "contact", "subject": False},
                {"state": "done", "reason_code": False, "subject": False},
            ],
        )
        self.assertFalse(answer.note)
        self.assertEqual(self._current(self.ben), {("greeting", "sms"): False})
        self.assertIn(self.care_manager.name, self.ana.message_ids[0].body)

    def test_what_was_only_planned_keeps_nobody(self):
        person = self._create_partner("Short Acquaintance")
        task = self._create_task(self.rule, person)
        person.unlink()
        self.assertFalse(task.exists() or person.exists())

    def test_what_was_sent_keeps_the_contact(self):
        for contact in (self.ben, self.firm):  # and the customer it was filed under
            with self.assertRaisesRegex(UserError, "Forget care data"):
                contact.unlink()
        self.assertTrue(self.done.exists())

    # MOVING

    def test_open_tasks_follow_a_contact_to_its_new_company(self):
        other = self._create_partner("New Firm", is_company=True)
        sent = self._create_task(
            self.rule, self.ana, "2025", "2025-03-01", state="done"
        )
        below = self._create_partner("Fay", parent_id=self.ana.id, active=False)
        planned = self._create_task(self.rule, below)
        self.ana.parent_id = other
        self.assertEqual(self.coming.commercial_partner_id, other)
        self.assertEqual(planned.commercial_partner_id, other, "whoever is below")
        self.assertEqual(sent.commercial_partner_id, self.firm, "the story stays")
