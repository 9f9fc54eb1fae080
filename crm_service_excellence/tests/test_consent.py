# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a contact said: one answer counts, all are kept, nobody changes them."""

from datetime import datetime
from functools import partial
from itertools import product

from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.crm_service_excellence.models.crm_consent_answer import CHANNEL_CODES

from .consent_common import ConsentCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-02-10 02:00:00")
class TestConsent(ConsentCommon):
    # ANSWERS

    def test_the_last_answer_counts_and_all_are_kept(self):
        self.assertFalse(self.ana.crm_consent_ids)
        first = self._answer(self.ana, "greeting", "sms", False)
        self.assertTrue(first.is_current)
        second = self._answer(self.ana, "greeting", "sms", True, "portal", note="Yes")
        self.assertEqual(self.ana.crm_consent_ids, first | second)
        self.assertRecordValues(
            first | second,
            [
                {"is_granted": False, "is_current": False, "source": "person"},
                {"is_granted": True, "is_current": True, "source": "portal"},
            ],
        )
        self.assertEqual(second.date, datetime(2026, 2, 10, 2))
        self.assertEqual(second.user_id, self.env.user)
        refusals = self.consents._refusals(self.ana.ids, self.company, "greeting")
        self.assertFalse(refusals, "what was said before counts no more")

    def test_each_company_and_channel_is_answered_by_itself(self):
        other = self._create_company("Other Company")
        self._answer(self.ana, "greeting", "email", False)
        self._answer(self.ana, "greeting", "sms", False)
        self._answer(self.ana, "greeting", "sms", True, company=other)
        self._answer(self.ana, "greeting", "email", True)
        self.assertEqual(
            self._current(self.ana),
            {("greeting", "email"): True, ("greeting", "sms"): False},
        )
        self.assertEqual(self._current(self.ana, other), {("greeting", "sms"): True})
        self._answer(self.ana, "greeting", "email", True, company=other)
        self.assertEqual(len(self._current(self.ana, other)), 2)

    def test_the_same_again_writes_nothing(self):
        first = self._answer(self.ana, "greeting", "sms", False)
        with freeze_time("2026-02-11 02:00:00"):
            again = self._answer(self.ana, "greeting", "sms", False)
        self.assertEqual(first, again)
        count = self.consents.search_count([("partner_id", "=", self.ana.id)])
        self.assertEqual(count, 1)

    def test_no_such_channel(self):
        with self.assertRaises(ValueError):
            self._answer(self.ana, "greeting", "fax", False)
        with self.assertRaises(ValueError):
            self._answer(self.ana, "spam", "sms", False)

    def test_a_link_is_followed_by_nobody_we_know(self):
        self.assertFalse(
            self._answer(self.ana, "greeting", "sms", False, "mail").user_id
        )

    def test_one_answer_counts_for_the_database_too(self):
        self._answer(self.ana, "greeting", "sms", False)
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation):
            self.env.cr.execute(
                SQL(
                    """INSERT INTO crm_consent (partner_id, company_id, purpose,
                               channel, is_granted, is_current, date, source)
                       SELECT partner_id, company_id, purpose, channel, TRUE, TRUE,
                              date, source
                         FROM crm_consent WHERE partner_id = %s""",
                    self.ana.id,
                )
            )

    def test_nobody_changes_or_deletes_what_was_said(self):
        answer = self._answer(self.ana, "greeting", "sms", False)
        for attempt in (
            lambda row: row.write({"is_granted": True}),
            lambda row: row.write({"is_current": False}),
            lambda row: row.unlink(),
        ):
            with self.assertRaisesRegex(UserError, "evidence"):
                attempt(answer.sudo())
            with self.assertRaises(UserError):
                attempt(answer.with_user(self.care_manager))
        with self.assertRaises(UserError):
            self.ana.unlink()
        self.assertTrue(answer.exists())

    def test_who_reads_what(self):
        mine = self._answer(self.ana, "greeting", "sms", False)
        others = self._answer(self._create_partner("Other"), "greeting", "sms", False)
        seen = self.consents.with_user(self.care_own).search([])
        self.assertIn(mine, seen)
        self.assertNotIn(others, seen)
        self.assertIn(others, self.consents.with_user(self.care_all).search([]))
        for user in (self.care_own, self.care_manager):
            with self.assertRaises(AccessError):
                self.consents.with_user(user).create(
                    {
                        "partner_id": self.ana.id,
                        "company_id": self.company.id,
                        "purpose": "greeting",
                        "channel": "sms",
                    }
                )

    # QUESTIONS

    def _every(self, people):
        return set(product(people.ids, CHANNEL_CODES))

    def test_who_said_nothing(self):
        refusals = partial(self.consents._refusals, self.ana.ids, self.company)
        self.assertEqual(refusals("service"), set())
        self.assertEqual(refusals("greeting"), set())
        self.assertEqual(refusals("marketing"), self._every(self.ana))
        self.company.crm_marketing_opt_in = False
        self.assertEqual(refusals("marketing"), set())

    def test_an_agreement_to_marketing_is_for_its_channel(self):
        self._answer(self.ana, "marketing", "email", True)
        people = self.ana | self.ben
        refusals = self.consents._refusals(people.ids, self.company, "marketing")
        self.assertEqual(refusals, self._every(people) - {(self.ana.id, "email")})

    def test_the_company_refuses_for_its_people_and_agrees_for_itself(self):
        self._answer(self.firm, "greeting", "sms", False)
        self._answer(self.firm, "marketing", "email", True)
        self._answer(self.firm, "greeting", "email", True)
        self._answer(self.ana, "greeting", "phone", False)
        new = self._create_partner("Cara", parent_id=self.firm.id)
        people = self.firm | self.ana | self.ben
        self.assertEqual(
            self.consents._refusals(new.ids, self.company, "greeting"),
            {(new.id, "sms")},
        )
        refusals = self.consents._refusals(people.ids, self.company, "greeting")
        self.assertEqual(
            refusals,
            {
                (self.firm.id, "sms"),
                (self.ana.id, "sms"),
                (self.ana.id, "phone"),
                (self.ben.id, "sms"),
            },
        )
        refusals = self.consents._refusals(people.ids, self.company, "marketing")
        self.assertEqual(refusals, self._every(people) - {(self.firm.id, "email")})

    def test_a_refusal_of_the_company_beats_an_agreement_of_its_people(self):
        self._answer(self.ana, "marketing", "email", True)
        self._answer(self.firm, "marketing", "email", False)
        refusals = self.consents._refusals(self.ana.ids, self.company, "marketing")
        self.assertEqual(refusals, self._every(self.ana))

    def test_one_query_for_all(self):
        people = self.firm | self.ana | self.ben
        self._answer(self.ana, "greeting", "sms", False)
        self.assertTrue(self.company.crm_marketing_opt_in)  # in memory from here
        self.env.flush_all()
        with self.assertQueryCount(1):
            self.consents._refusals(people.ids, self.company, "marketing")

    def test_of_another_company_or_purpose(self):
        other = self._create_company("Other Company")
        self._answer(self.ana, "greeting", "sms", False, company=other)
        self._answer(self.ana, "service", "sms", False)
        self.assertFalse(
            self.consents._refusals(self.ana.ids, self.company, "greeting")
        )

    # TASKS

    def _create_text(self):
        return self.env["mail.template"].create(
            {
                "name": "Our day",
                "model_id": self.env["ir.model"]._get_id("crm.care.task"),
                "subject": "Our day",
                "body_html": "<p>Welcome</p>",
            }
        )

    def test_a_task_without_a_channel_left_is_skipped(self):
        self.ana.phone = "+86 138 0013 8000"
        sms = self.env["sms.template"].create(
            {
                "name": "Founding day",
                "model_id": self.env["ir.model"]._get_id("crm.care.task"),
                "body": "Our day",
            }
        )
        rule = self._create_rule(("email", "sms"), sms_template_id=sms.id)
        task = self._create_task(rule, self.ana)
        other = self._create_task(rule, self.ben)
        self._answer(self.ana, "greeting", "email", False, "portal")
        self.assertEqual(task.state, "planned", "SMS is left")
        self._answer(self.ana, "greeting", "sms", False, "portal")
        self.assertEqual(task.state, "planned", "a call is left")
        self._answer(self.ana, "greeting", "phone", False, "portal")
        self.assertRecordValues(
            task | other,
            [
                {
                    "state": "skipped",
                    "reason_code": "consent",
                    "reason": "Withdrew consent in the portal on 02/10/2026",
                },
                {"state": "planned", "reason_code": False, "reason": False},
            ],
        )

    def test_the_same_rule_as_the_gateway(self):
        """By e-mail only, and e-mail is refused: a call, if it is wanted and can be."""
        rule = self._create_rule(("email",), state="active")
        with_number = self._create_task(rule, self.ana)
        without = self._create_task(rule, self.ben)
        self.ana.phone = "+86 138 0013 8000"
        for contact in (self.ana, self.ben):
            self._answer(contact, "greeting", "email", False)
        self.assertEqual((with_number.state, without.state), ("planned", "skipped"))
        self.assertEqual(without.reason_code, "consent")
        # and so says the gateway of the same tasks
        without.state = "planned"
        choices, verdicts = (with_number | without)._as_gateway()._choose_channels()
        self.assertEqual(choices[with_number.id].channel, "phone")
        self.assertEqual(verdicts[without.id].code, "consent")

    def test_each_state_that_is_open_and_none_that_is_settled(self):
        rule = self._create_rule(("email",))
        states = ("planned", "to_approve", "approved", "by_hand", "done", "expired")
        tasks = self.tasks.union(
            *(
                self._create_task(rule, self.ana, key=state, state=state)
                for state in states
            )
        )
        self._answer(self.ana, "greeting", "email", False)
        self.assertEqual(tasks.mapped("state"), ["skipped"] * 4 + ["done", "expired"])

    def test_what_a_colleague_was_asked_to_do_goes_by_its_own_channel(self):
        rule = self._create_rule(("email", "phone"), template_id=self._create_text().id)
        task = self._create_task(rule, self.ana, state="by_hand", channel="phone")
        self._answer(self.ana, "greeting", "phone", False)
        self.assertEqual(task.state, "skipped", "though an e-mail could go")

    def test_other_purposes_and_companies_go_on(self):
        other = self._create_company("Other Company")
        tasks = self._create_task(
            self._create_rule(("email",), purpose="service"), self.ana
        ) | self._create_task(self._create_rule(("email",), company=other), self.ana)
        # may be agreed to until it is sent
        tasks |= self._create_task(
            self._create_rule(("email",), purpose="marketing"), self.ana
        )
        self._answer(self.ana, "greeting", "email", False)
        self.assertEqual(set(tasks.mapped("state")), {"planned"})

    def test_the_company_refuses_and_its_people_are_left_alone(self):
        task = self._create_task(self._create_rule(("email",)), self.ben)
        self._answer(self.firm, "greeting", "email", False, "mail")
        self.assertEqual(task.state, "skipped")
        self.assertIn("link in an e-mail", task.reason)

    def test_no_address_is_no_refusal(self):
        """There may be one by the day; what was refused is no way that it goes."""
        task = self._create_task(self._create_rule(("email",)), self.ben)
        self.ben.email = False
        self._answer(self.ben, "greeting", "sms", False)
        self.assertEqual(task.state, "planned")

    @freeze_time("2026-02-10 17:00:00")  # 1:00 on the 11th in Shanghai
    def test_words_for_who_reads_them(self):
        """The colleague's language, else the company's; the company's day."""
        self.env["res.lang"]._activate_lang("fr_FR")
        self.company.partner_id.lang = "fr_FR"
        rule = self._create_rule(("email",))
        own = self._create_task(rule, self.ana)
        nobody = self._create_task(rule, self.ana, "2027", user_id=False)
        self._answer(self.ana, "greeting", "email", False, "portal")
        self.assertIn("02/11/2026", own.reason)
        self.assertIn("11/02/2026", nobody.reason)

    def test_agreed_again_is_said_where_it_matters(self):
        """On what was skipped for that, and can still go: of that kind and company."""
        other = self._create_company("Other Company")
        text_id = self._create_text().id
        rule, service, far = (
            self._create_rule(("email",), template_id=text_id, **values)
            for values in ({}, {"purpose": "service"}, {"company": other})
        )
        skipped = {"state": "skipped", "reason": "No", "reason_code": "consent"}
        today = self._create_task(rule, self.ana, "1", "2026-02-10", **skipped)
        colleague = self._create_task(rule, self.ben, "2", **skipped)
        silent = (
            self._create_task(rule, self.ana, "3", "2026-02-09", **skipped)
            | self._create_task(service, self.ana, "4", **skipped)
            | self._create_task(far, self.ana, "5", **skipped)
            | self._create_task(
                rule, self.ana, "6", **{**skipped, "reason_code": "by_person"}
            )
            | self._create_task(self._create_rule(("sms",)), self.ana, "7", **skipped)
            | colleague
        )
        self._answer(self.ana, "greeting", "phone", False)
        self._answer(self.ana, "greeting", "email", False)
        self._answer(self.ana, "greeting", "email", True)
        self.assertIn("agreed again", today.reason)
        self.assertEqual(set(silent.mapped("reason")), {"No"})

    # RECORDED BY A COLLEAGUE

    def _record(self, user, partner, **values):
        wizard = self.env["crm.consent.record"].with_user(user)
        return wizard.create(
            {
                "partner_id": partner.id,
                "company_id": self.company.id,
                "note": "On the phone",
                **values,
            }
        ).action_record()

    def test_a_colleague_records_what_was_said(self):
        self._record(
            self.care_own,
            self.ana,
            answer="granted",
            purpose="marketing",
            channel="sms",
        )
        row = self.consents.search([("partner_id", "=", self.ana.id)])
        self.assertRecordValues(
            row,
            [
                {
                    "is_granted": True,
                    "source": "person",
                    "note": "On the phone",
                    "user_id": self.care_own.id,
                    "purpose": "marketing",
                    "channel": "sms",
                }
            ],
        )

    def test_everything_through_every_channel(self):
        self._record(
            self.care_own, self.ana, answer="refused", purpose="all", channel="all"
        )
        answers = self._current(self.ana)
        self.assertEqual(len(answers), 18)
        self.assertEqual(set(answers.values()), {False})

    def test_no_words_no_record(self):
        with self.assertRaisesRegex(UserError, "what the contact said"):
            self._record(self.care_own, self.ana, note="  ")

    def test_a_refusal_is_taken_by_everyone_an_agreement_by_who_looks_after(self):
        other = self._create_partner("Other", user_id=self.care_manager.id)
        with self.assertRaises(AccessError):
            self._record(self.care_own, other, answer="granted", channel="sms")
        self.assertFalse(self._current(other))
        self._record(self.care_own, other, answer="refused", channel="sms")
        self.assertEqual(self._current(other), {("marketing", "sms"): False})

    def test_not_of_a_company_of_others(self):
        stranger = self._create_company("Other Company")
        with self.assertRaises(AccessError):
            self._record(self.care_own, self.ana, company_id=stranger.id)
