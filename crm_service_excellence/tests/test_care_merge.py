# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Two contacts become one: greeted once, and not at all where one refused."""

from odoo.tests import freeze_time, tagged

from .consent_common import ConsentCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-02-10 02:00:00")
class TestCareMerge(ConsentCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = cls._create_rule(("email",))

    def _merge(self, partners, into):
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge(partners.ids, into, extra_checks=False)
        self.env.invalidate_all()

    # TASKS

    def test_of_one_occasion_one_task_counts(self):
        kept = self._create_task(self.rule, self.ana)
        gone = self._create_task(self.rule, self.ben)
        alone = self._create_task(self.rule, self.ben, "2027", "2027-03-01")
        self._merge(self.ana | self.ben, self.ana)
        self.assertRecordValues(
            kept | gone | alone,
            [
                {
                    "partner_id": self.ana.id,
                    "state": "planned",
                    "occurrence_key": "2026",
                    "reason": False,
                },
                {
                    "partner_id": self.ana.id,
                    "state": "skipped",
                    "occurrence_key": f"2026~merged:{gone.id}",
                    "reason": "Merged contact: Hengda, Ana has it already",
                },
                {
                    "partner_id": self.ana.id,
                    "state": "planned",
                    "occurrence_key": "2027",
                    "reason": False,
                },
            ],
        )
        self.assertEqual(gone.reason_code, "contact")

    def test_what_is_nearest_to_its_end_is_kept(self):
        pairs = [
            ("approved", "planned", "gone"),
            ("planned", "to_approve", "kept"),
            ("done", "approved", "gone"),
            ("done", "done", "kept"),
            ("failed", "planned", "kept"),
            ("expired", "skipped", "gone"),
            ("by_hand", "approved", "gone"),
        ]
        for number, (gone_state, kept_state, winner) in enumerate(pairs):
            key = str(2030 + number)
            gone = self._create_task(self.rule, self.ben, key, state=gone_state)
            kept = self._create_task(self.rule, self.ana, key, state=kept_state)
            with self.subTest(gone=gone_state, kept=kept_state):
                tasks = {"gone": gone, "kept": kept}
                best = min(gone | kept, key=lambda task: task._merge_rank(self.ana))
                self.assertEqual(best, tasks[winner])
        tasks = self.tasks.search([("rule_id", "=", self.rule.id)])
        self._merge(self.ana | self.ben, self.ana)
        self.assertEqual(len(tasks.exists()), 14, "nothing is lost")
        self.assertEqual(tasks.partner_id, self.ana)
        keys = tasks.filtered(lambda task: "~" not in task.occurrence_key)
        self.assertEqual(len(keys), 7)
        settled = keys.filtered(lambda task: task.state == "done")
        self.assertEqual(settled.mapped("occurrence_key"), ["2032", "2033"])
        losers = tasks - keys
        self.assertEqual(
            sorted(losers.mapped("state")),
            ["done", "failed", "skipped", "skipped", "skipped", "skipped", "skipped"],
        )

    def test_what_a_colleague_decided_counts_for_both(self):
        codes = ("by_person", "refused", "consent", "contact")
        pairs = {
            code: (
                self._create_task(self.rule, self.ana, code),
                self._create_task(
                    self.rule, self.ben, code, state="skipped", reason_code=code
                ),
            )
            for code in codes
        }
        self._merge(self.ana | self.ben, self.ana)
        for code, (kept, decided) in pairs.items():
            winner, state = (decided, "skipped")
            if code == "contact":  # nobody decided anything
                winner, state = kept, "planned"
            with self.subTest(code):
                self.assertEqual((winner.occurrence_key, kept.state), (code, state))

    def test_what_was_agreed_to_for_another_is_read_again(self):
        """A text to Ben is not sent to Ana, whoever agreed to it."""
        template = self.env["mail.template"].create(
            {
                "name": "Our day",
                "model_id": self.env["ir.model"]._get_id("crm.care.task"),
                "subject": "Our day, {{ object.partner_id.name }}",
                "body_html": "<p>Welcome</p>",
            }
        )
        rule = self._create_rule(("email",), template_id=template.id)
        task = self._create_task(rule, self.ben, needs_approval=True)
        edited = self._create_task(
            rule,
            self.ben,
            "2027",
            needs_approval=True,
            is_edited=True,
            subject="Dear Ben",
            body="<p>Ben!</p>",
        )
        bare = self._create_task(
            self._create_rule(("phone",)), self.ben, needs_approval=True
        )
        (task | edited | bare).with_user(self.care_manager).action_approve()
        self.assertEqual(task.subject, "Our day, Ben")
        self._merge(self.ana | self.ben, self.ana)
        self.assertEqual(bare.state, "to_approve", "a call without a text, too")
        self.assertRecordValues(
            task | edited,
            [
                {
                    "state": "to_approve",
                    "subject": f"Our day, {name}" if is_new else "Dear Ben",
                    "approved_by_id": False,
                    "wait_code": "approval",
                }
                for name, is_new in (("Ana", True), ("", False))
            ],
        )

    def test_other_rules_and_anchors_are_no_doubles(self):
        other_rule = self._create_rule(("email",), name="Another")
        tasks = (
            self._create_task(self.rule, self.ana)
            | self._create_task(other_rule, self.ben)
            | self._create_task(self.rule, self.ben, res_model="sale.order", res_id=7)
        )
        self._merge(self.ana | self.ben, self.ana)
        self.assertEqual(set(tasks.mapped("state")), {"planned"})
        self.assertEqual(set(tasks.mapped("occurrence_key")), {"2026"})

    def test_what_hangs_on_the_contact_itself(self):
        kept = self._create_task(
            self.rule, self.ana, res_model="res.partner", res_id=self.ana.id
        )
        gone = self._create_task(
            self.rule, self.ben, res_model="res.partner", res_id=self.ben.id
        )
        alone = self._create_task(
            self.rule, self.ben, "2027", res_model="res.partner", res_id=self.ben.id
        )
        self._merge(self.ana | self.ben, self.ana)
        self.assertEqual((kept.state, gone.state), ("planned", "skipped"))
        self.assertEqual((kept | gone | alone).mapped("res_id"), [self.ana.id] * 3)

    def test_three_at_once_in_two_companies(self):
        other = self._create_company("Other Company")
        cara = self._create_partner("Cara")
        rules = [self.rule, self._create_rule(("email",), company=other)]
        tasks = self.tasks.union(
            *(
                self._create_task(rule, partner)
                for rule in rules
                for partner in (self.ana, self.ben, cara)
            )
        )
        self._merge(self.ana | self.ben | cara, cara)
        self.assertEqual(tasks.partner_id, cara)
        self.assertEqual(cara.parent_id, self.firm, "which Odoo takes over")
        self.assertEqual(tasks.commercial_partner_id, self.firm)
        for company in (self.company, other):
            ours = tasks.filtered(lambda task, of=company: task.company_id == of)
            self.assertEqual(
                sorted(ours.mapped("state")), ["planned", "skipped", "skipped"]
            )

    def test_two_companies_of_people_become_one(self):
        other = self._create_partner("Hengda Ltd.", is_company=True)
        dan = self._create_partner("Dan", parent_id=other.id)
        theirs = self._create_task(self.rule, dan)
        own = self._create_task(self.rule, other)
        double = self._create_task(self.rule, self.firm)
        self.customers._follow(other)
        self._merge(self.firm | other, self.firm)
        self.assertEqual((theirs | own | double).commercial_partner_id, self.firm)
        self.assertEqual(theirs.partner_id, dan)
        self.assertEqual(theirs.state, "planned")
        self.assertEqual((double.state, own.state), ("planned", "skipped"))

    def test_a_customer_filed_under_another(self):
        person = self._create_partner("Eve")
        planned = self._create_task(self.rule, person)
        sent = self._create_task(self.rule, person, "2025", state="done")
        self.customers._follow(person)
        person.parent_id = self.firm
        self.customers._refresh(partner_ids=person.ids)
        self.env.invalidate_all()
        self.assertEqual((planned | sent).commercial_partner_id, self.firm)
        self.assertEqual((planned | sent).partner_id, person)

    # CONSENTS

    def test_the_earliest_refusal_wins_and_history_is_kept(self):
        self._answer(self.ana, "greeting", "email", True, "portal")
        with freeze_time("2026-01-04 17:00:00"):  # the 5th in Shanghai
            self._answer(self.ben, "greeting", "email", False, "person", note="No")
        self._answer(self.ben, "greeting", "sms", True)
        task = self._create_task(self.rule, self.ana)
        self._merge(self.ana | self.ben, self.ana)
        self.assertEqual(
            self._current(self.ana),
            {("greeting", "email"): False, ("greeting", "sms"): True},
        )
        rows = self.consents.search(
            [("partner_id", "=", self.ana.id), ("channel", "=", "email")],
            order="date, id",
        )
        self.assertEqual(rows.mapped("source"), ["person", "portal", "merge"])
        self.assertEqual(rows.mapped("is_current"), [False, False, True])
        self.assertIn("Ben said so on 2026-01-05", rows[-1].note)
        self.assertEqual((task.state, task.reason_code), ("skipped", "consent"))
        self.assertIn("merged", task.reason)

    def test_the_same_refusal_twice_is_one(self):
        self._answer(self.ana, "greeting", "email", False)
        with freeze_time("2026-01-05 02:00:00"):
            first = self._answer(self.ben, "greeting", "email", False, "portal")
        self._merge(self.ana | self.ben, self.ana)
        row = self.consents.search(
            [("partner_id", "=", self.ana.id), ("is_current", "=", True)]
        )
        self.assertEqual(row, first, "the earliest")
        count = self.consents.search_count([("partner_id", "=", self.ana.id)])
        self.assertEqual(count, 2)

    def test_what_was_refused_and_agreed_to_again_is_no_refusal(self):
        self._answer(self.ben, "greeting", "email", False)
        for partner in (self.ben, self.ana):
            self._answer(partner, "greeting", "email", True)
        self._merge(self.ana | self.ben, self.ana)
        self.assertEqual(self._current(self.ana), {("greeting", "email"): True})

    def test_a_refusal_of_who_goes_holds_for_what_was_planned(self):
        self._answer(self.ben, "greeting", "email", False)
        task = self._create_task(self.rule, self.ana)
        self._merge(self.ana | self.ben, self.ana)
        self.assertEqual((task.state, task.reason_code), ("skipped", "consent"))

    def test_three_contacts_and_two_companies(self):
        other = self._create_company("Other Company")
        cara = self._create_partner("Cara")
        self._answer(self.ana, "marketing", "sms", True)
        self._answer(self.ben, "marketing", "sms", False)
        self._answer(cara, "marketing", "sms", True)
        self._answer(cara, "marketing", "sms", True, company=other)
        self._answer(self.ben, "greeting", "gift", False, company=other)
        self._merge(self.ana | self.ben | cara, cara)
        self.assertEqual(self._current(cara), {("marketing", "sms"): False})
        self.assertEqual(
            self._current(cara, other),
            {("marketing", "sms"): True, ("greeting", "gift"): False},
        )
        rows = self.consents.search([("partner_id", "=", cara.id)])
        merged = rows.filtered(lambda row: row.source == "merge")
        self.assertEqual(len(merged), 1, "where they disagreed")
        self.assertEqual(merged.company_id, self.company)

    # THE CONTACT

    def test_paused_if_one_was(self):
        self.ben.crm_care_paused = True
        self._merge(self.ana | self.ben, self.ana)
        self.assertTrue(self.ana.crm_care_paused)

    def test_the_link_in_an_old_message_still_works(self):
        task = self._create_task(self.rule, self.ben, state="done")
        token = task._unsubscribe_url().rpartition("/")[2]
        plain = self.ben._care_unsubscribe_url(self.company, "greeting")
        self._merge(self.ana | self.ben, self.ana)
        partners = self.env["res.partner"]
        self.assertEqual(
            partners._care_by_token(token), (self.ana, self.company, "greeting")
        )
        self.assertIsNone(partners._care_by_token(plain.rpartition("/")[2]))
