# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Care by way of the API, the queues and other addons: what does not get through."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .care_send_common import NOW, CareTaskCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestCareAbuse(CareTaskCommon):
    def _spy(self, method, seen):
        """``method``, which notes the context it is called with."""

        def call(tasks, *arguments):
            seen.append(tasks.env.context)
            return method(tasks, *arguments)

        return call

    # FORGED

    def test_what_comes_with_the_request(self):
        """Defaults in the context are no part of the e-mail, nor is anything else."""
        task = self._create_task()
        forged = {
            "default_email_cc": "evil@example.com",
            "default_auto_delete": True,
            "default_state": "sent",
            "default_body_html": "Evil",
        }
        seen = []
        self.patch(
            type(task),
            "_send_emails",
            self._spy(type(task)._send_emails, seen),
        )
        forged["tz"] = forged["mail_notify_force_send"] = "Pacific/Kiritimati"
        task.with_user(self.care_own).with_context(**forged).action_send_now()
        self.assertFalse(seen[0].keys() & forged.keys())
        mail = task.sudo().mail_id
        self.assertEqual((task.state, mail.state), ("done", "outgoing"))
        self.assertFalse(mail.email_cc)
        self.assertFalse(mail.auto_delete)

    def test_send_again_with_somebody_s_defaults(self):
        """It starts as planned, whatever is in the context or in one's defaults."""
        task = self._create_task(state="skipped", needs_approval=True)
        forged = {"state": "approved", "approved_hash": task._fingerprint()}
        for name, value in forged.items():
            self.env["ir.default"].set(
                "crm.care.task", name, value, user_id=self.care_manager.id
            )
        again = (
            task.with_user(self.care_manager)
            .with_context(default_state="approved", default_approved_until=NOW)
            ._send_again("They asked for it.")
        )
        self.assertEqual(again.state, "planned")
        self.assertFalse(again.sudo().approved_hash)
        self.assertFalse(again.approved_until)
        self.assertEqual(again.message_ids[:1].author_id, self.care_manager.partner_id)

    def test_nobody_writes_tasks_or_consents(self):
        task = self._create_task()
        consent = self.env["crm.consent"]._answer(
            task.partner_id, self.company, "greeting", "sms", False, "person"
        )
        for user in (self.care_own, self.care_manager):
            for record in (task, consent):
                vals = record.copy_data()[0]
                record = record.with_user(user)
                with self.assertRaises(AccessError):
                    record.create(vals)
                with self.assertRaises(UserError):
                    record.write({"partner_id": self.care_own.partner_id.id})
                with self.assertRaises(UserError):
                    record.unlink()
        partner = task.partner_id.with_user(self.care_manager)
        for field in ("crm_care_task_ids", "crm_consent_ids"):
            with self.assertRaises(AccessError):
                partner.write({field: [Command.clear()]})

    def test_a_rule_is_not_active_by_a_default(self):
        self.env["ir.default"].set(
            "crm.care.rule", "state", "active", user_id=self.care_manager.id
        )
        rules = self.env["crm.care.rule"].with_user(self.care_manager)
        rule = rules.with_context(default_state="active").create(
            {"name": "Sly", "occasion_id": self.occasion.id}
        )
        self.assertEqual(rule.state, "draft")
        with self.assertRaises(AccessError):
            rule.state = "active"

    def test_a_colleague_s_task(self):
        """Neither sent, done, skipped nor worded by who may not even read it."""
        stranger = self._create_user("care_test_stranger", "group_care_own")
        task = self._create_task(state="by_hand", channel="phone")
        theirs = task.with_user(stranger)
        decide = self.env["crm.care.task.decide"].with_user(stranger)
        edit = self.env["crm.care.task.edit"].with_user(stranger)
        wizards = (
            lambda: decide.create(
                {"task_ids": task.ids, "action": "skip", "reason": "No"}
            ).action_confirm(),
            lambda: edit.create(
                {"task_ids": task.ids, "short_text": "Mine"}
            ).action_save(),
        )
        for attempt in (
            theirs.action_send_now,
            theirs.action_done,
            theirs.action_approve,
            theirs.action_edit_text,
            *wizards,
        ):
            with self.assertRaises(AccessError):
                attempt()
        self.assertEqual(task.state, "by_hand")

    def test_a_manager_of_another_company(self):
        other = self._create_company("Other company")
        boss = self._create_user("care_test_far_boss", "group_care_manager")
        boss.write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        task = self._create_task(state="skipped").with_user(boss)
        consent = self.env["crm.consent.record"].with_user(boss)
        for attempt in (
            lambda: task._send_again("Mine now."),
            lambda: task._skip("Mine now."),
            lambda: task.read(["subject"]),
            task.action_approve,
            task.action_send_now,
            lambda: consent.create(
                {
                    "partner_id": task.sudo().partner_id.id,
                    "company_id": self.company.id,
                    "note": "Theirs",
                }
            ).action_record(),
        ):
            with self.assertRaises(AccessError):
                attempt()

    def test_send_now_does_not_pass_the_cap(self):
        """One a day: the second waits, whoever presses the button."""
        ann = self._create_contact()
        first, second = self._create_task(ann), self._create_task(ann)
        for task in (first, second):
            task.with_user(self.care_manager).action_send_now()
        self.assertEqual((first.state, second.state), ("done", "expired"))
        self._assert_ended(second, "expired", "fatigue", "heard enough")

    def test_templates_of_managers_reach_no_secret(self):
        """What is rendered as superuser was checked when it was written."""
        template = self.template.with_user(self.care_manager)
        for evil in (
            "{{ object.env['ir.config_parameter'].get_param('database.secret') }}",
            "{{ object.sudo().partner_id.user_ids.totp_secret }}",
            "{{ object.company_id.secret }}",
            "{{ object.partner_id.user_ids.login }}",
            "{{ user.password }}",
        ):
            with self.assertRaises(AccessError, msg=evil):
                template.subject = evil
            with self.assertRaises(AccessError, msg=evil):
                self.sms_template.with_user(self.care_manager).body = evil
        for evil in (
            '<p t-out="object.env.cr.dbname"/>',
            '<t t-set="x" t-value="object.sudo()"/>',
            '<t t-call="web.layout"/>',
            '<p t-att-title="env.user.login">x</p>',
            '<p t-field="object.partner_id.user_ids"/>',
        ):
            with self.assertRaises(AccessError, msg=evil):
                template.body_html = evil

    # THE QUEUES

    def _sent(self, channel="email", **values):
        task = self._create_task(rule=self._create_rule((channel,)), **values)
        self.assertEqual(self._send(task), ["done"])
        return task.sudo()

    def test_taken_out_of_the_mail_queue(self):
        cancelled = self._sent()
        deleted = self._sent(partner=self._create_contact("Bo"))
        cancelled.mail_id.cancel()
        deleted.mail_id.unlink()
        for task in (cancelled, deleted):
            self._assert_ended(task, "failed", "delivery", "out of the queue")

    def test_cleaned_up_after_it_was_sent(self):
        task = self._sent()
        task.mail_id.state = "sent"
        task.mail_id.unlink()
        self.assertEqual(task.state, "done")

    def test_retried_in_the_queue_after_it_was_given_up(self):
        """An administrator presses Retry on what its task has given up."""
        task = self._sent()
        mail = task.mail_id
        task._settle("skipped", "consent", "Does not want it.")
        mail.mark_outgoing()
        mail.send()
        self.assertEqual((task.state, mail.state), ("skipped", "cancel"))
        text = self._sent("sms", partner=self._create_contact("Bo"))
        text._settle("failed", "delivery", "No credit.")
        text.sms_id._send()
        self.assertEqual(text.sms_id.state, "canceled")

    def test_another_address_meanwhile(self):
        """And one that was taken away does not stop the queue for others."""
        task = self._sent()
        task.partner_id.email = "new@customer.example.com"
        task.mail_id._hold_care()
        self.assertEqual(task.mail_id.email_to, '"Ann" <new@customer.example.com>')
        task.partner_id.email = False
        self.assertFalse(task.mail_id._hold_care())
        self.assertEqual(task.mail_id.email_to, '"Ann" <new@customer.example.com>')
        self.assertEqual(task.state, "done")

    def test_sms_taken_out_of_the_queue(self):
        task = self._sent("sms")
        task.sms_id.action_set_canceled()
        self._assert_ended(task, "failed", "delivery", "out of the queue")

    def test_sms_of_two_companies(self):
        """Odoo sends those of one company at a time, and its queue mixes them."""
        other = self._create_company("Other company")
        other.write({"email": "office@other.example.com"})
        bo = self._create_contact("Bo")
        self.env["crm.customer"].with_company(other)._follow(bo)
        mine = self._sent("sms")
        rule = self._create_rule(("sms",), company_id=other.id)
        theirs = self._create_task(bo, rule)
        self._send(theirs)
        asked = []

        def send(texts, *args, **kwargs):
            asked.append(texts._get_sms_company())

        texts = mine.sms_id | theirs.sudo().sms_id
        self.patch(type(texts), "_send_with_api", send)
        texts._send()
        self.assertEqual(asked, [self.company, other])

    # NUMBERS

    def test_number_of_the_company_on_the_blacklist(self):
        """The last resort is a call to its company, which wants none."""
        firm = self._create_contact("Firm", is_company=True)
        ann = self._create_contact(email=False, phone=False, parent_id=firm.id)
        self.env["phone.blacklist"].add(firm.phone_sanitized)
        task = self._create_task(ann)
        self._send(task)
        self._assert_ended(task, "skipped", "blacklist", "on the blacklist")

    # GIFTS

    def _gift_task(self, level=1000, **values):
        gift = self.env["crm.goodwill.type"].create({"name": "Tea", "kind": "gift"})
        rule = self._create_rule(
            ("gift",), goodwill_type_id=gift.id, goodwill_value=level
        )
        task = self._create_task(rule=rule, **values)
        self._send(task)
        return task

    def test_gift_of_what_is_not_done(self):
        """Skipped, expired: nobody needs to approve or buy it."""
        skipped = self._gift_task()
        expired = self._gift_task(partner=self._create_contact("Bo"))
        self.assertEqual(skipped.goodwill_id.state, "requested")
        skipped.with_user(self.care_own)._skip("Was in the shop yesterday.")
        with freeze_time("2026-09-18 12:00:01"):
            self.tasks._expire_batch()
        for task in (skipped, expired):
            self.assertEqual(task.goodwill_id.state, "withdrawn")
            self.assertIn(task.reason, task.goodwill_id.outcome_note)

    def test_gift_that_nobody_has_agreed_to(self):
        """It is not handed over, and nothing is to be done once it is refused."""
        task = self._gift_task()
        with self.assertRaisesRegex(UserError, "approve the gift"):
            task.with_user(self.care_own).action_done()
        director = self._create_user("care_test_director", "group_goodwill_director")
        task.goodwill_id.with_user(director)._refuse("Too much tea.")
        self._assert_ended(task, "skipped", "refused", "Too much tea.")
        self.assertFalse(task.activity_ids)

    def test_gift_that_was_granted_stays(self):
        task = self._gift_task(level=10)
        task.goodwill_id.sudo().state = "granted"
        task._settle("skipped", "by_person", "Given at the fair.")
        self.assertEqual(task.goodwill_id.state, "granted")

    # FORGOTTEN

    def test_forgotten_while_it_is_queued(self):
        task = self._sent()
        mail, partner = task.mail_id, task.partner_id
        skipped = self._create_task(
            partner,
            state="skipped",
            reason="Ann is archived.",
            wait_reason="Ann waits",
            channel_note="No gift: Ann has one",
        )
        text = self._sent("sms", partner=partner, purpose="service")
        sms = text.sms_id
        partner._crm_care_forget()
        self.assertFalse(sms.exists())
        self._assert_ended(text, "skipped", "contact", "asked to be forgotten")
        self.assertFalse((task | text).message_ids.filtered("body"))
        for name in ("wait_reason", "channel_note"):
            self.assertNotIn("Ann", skipped[name])
        self.assertFalse(mail.exists())
        self._assert_ended(task, "skipped", "contact", "asked to be forgotten")
        reasons = partner.crm_care_task_ids.mapped("reason")
        self.assertNotIn("Ann", " ".join(reasons))
        touchpoint = self.env["crm.touchpoint"].search(
            [("source", "=", f"crm.care.task,{task.id}")]
        )
        self.assertFalse(touchpoint.is_effective)
        self.assertEqual(touchpoint.summary, "Autumn greeting")

    # WHAT JOBS NEED

    def test_activity_types_of_care_stay(self):
        for name in ("care", "care_review"):
            kind = self.env.ref(f"crm_service_excellence.mail_activity_type_{name}")
            with self.assertRaisesRegex(UserError, "cannot be deleted"):
                kind.unlink()

    def test_jobs_with_nothing_to_do(self):
        """No rule, no task."""
        self.rule.state = "draft"
        self.rule.unlink()
        for job in ("_cron_dispatch", "_cron_review", "_cron_respond"):
            getattr(self.tasks, job)()
        self.env["crm.care.rule"]._cron_generate()

    # CONSENT

    def test_agreed_again(self):
        """C12: it stays skipped; the task says so, once."""
        task = self._create_task()
        consents = self.env["crm.consent"]

        def say(granted):
            consents._answer_all(
                task.partner_id,
                self.company,
                {("greeting", channel): granted for channel in ("email", "phone")},
                "portal",
            )

        for granted in (False, True, False, True):
            say(granted)
        self._assert_ended(task, "skipped", "consent", "Withdrew consent")
        self.assertEqual(task.reason.count("agreed again on"), 1)
        self.assertIn("“Send again”", task.reason)
