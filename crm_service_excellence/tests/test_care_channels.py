# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Through what care goes: preferences, consents, blacklists, and a call in the end."""

from odoo.tests import freeze_time, tagged

from .care_send_common import NOW, CareTaskCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestCareChannels(CareTaskCommon):
    def test_first_channel_that_leads_somewhere(self):
        rule = self._create_rule(("email", "sms", "phone"))
        task = self._create_task(self._create_contact(email=False), rule)
        self._send(task)
        self.assertEqual((task.state, task.channel), ("done", "sms"))
        self.assertEqual(task.channel_note, "E-mail: no address")

    def test_preference_of_the_contact(self):
        rule = self._create_rule(("email", "sms"), prefer_customer_channel=True)
        likes = self._create_contact(crm_preferred_channel="sms")
        other = self._create_contact("Bo", crm_preferred_channel="wechat")
        tasks = self._create_task(likes, rule) | self._create_task(other, rule)
        self._send(tasks)
        self.assertEqual(tasks.mapped("channel"), ["sms", "email"])
        rule.prefer_customer_channel = False
        task = self._create_task(likes, rule, purpose="service")
        self._send(task)
        self.assertEqual(task.channel, "email")

    def test_nothing_left_but_a_call(self):
        task = self._create_task(self._create_contact(email=False))
        self._send(task)
        self.assertEqual((task.state, task.channel), ("by_hand", "phone"))
        self.assertEqual(len(task.activity_ids), 1)
        self.assertEqual(task.activity_ids.user_id, self.care_own)
        self.assertIn("+86 138", task.activity_ids.note)

    def test_nothing_left(self):
        contact = self._create_contact(email=False, phone=False)
        task = self._create_task(contact, self._create_rule(("email", "sms")))
        self._send(task)
        self._assert_ended(
            task,
            "skipped",
            "address",
            "E-mail: no address; SMS: no valid number; Phone call: no number",
        )

    def _refuse(self, contact, purpose, *channels):
        for channel in channels:
            self.env["crm.consent"].create(
                {
                    "partner_id": contact.id,
                    "company_id": self.company.id,
                    "purpose": purpose,
                    "channel": channel,
                    "is_granted": False,
                }
            )

    def test_refused_after_it_was_agreed_to(self):
        self._patch_task("_approval_problem", return_value=None)
        task = self._create_task(state="approved", needs_approval=True)
        self._refuse(task.partner_id, "greeting", "email", "phone")
        self._send(task)
        self._assert_ended(
            task, "skipped", "consent", "E-mail: not wanted; Phone call: not wanted"
        )
        self.assertFalse(task.mail_id)

    def test_refused_for_greetings_only(self):
        task = self._create_task(purpose="service")
        self._refuse(task.partner_id, "greeting", "email")
        self.assertEqual(self._send(task), ["done"])

    def test_service_refused(self):
        rule = self._create_rule(("email", "sms"), purpose="service")
        task = self._create_task(rule=rule)
        self._refuse(task.partner_id, "service", "email")
        self._send(task)
        self.assertEqual((task.state, task.channel), ("done", "sms"))

    def test_marketing_is_asked_before(self):
        """Nothing said: greetings go, marketing does not."""
        self.company.crm_marketing_opt_in = True
        task = self._create_task(purpose="marketing")
        self._send(task)
        self._assert_ended(task, "skipped", "consent")
        self.company.crm_marketing_opt_in = False
        task = self._create_task(self._create_contact("Bo"), purpose="marketing")
        self.assertEqual(self._send(task), ["done"])

    def test_blacklists(self):
        """On both lists of Odoo: nothing goes, not even service."""
        task = self._create_task(
            rule=self._create_rule(("email", "sms"), purpose="service")
        )
        self.env["mail.blacklist"]._add(task.partner_id.email)
        self.env["phone.blacklist"].add("+8613800138000")
        self._send(task)
        self._assert_ended(
            task, "skipped", "blacklist", "E-mail: on the blacklist; SMS: on the"
        )

    def test_rule_without_a_text(self):
        rule = self._create_rule(("sms",), sms_template_id=False)
        task = self._create_task(rule=rule)
        self._send(task)
        self.assertEqual((task.state, task.channel), ("by_hand", "phone"))
        self.assertEqual(task.channel_note, "SMS: the rule has no text for it")
