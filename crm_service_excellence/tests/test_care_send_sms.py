# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""SMS of care in Odoo's queue: taken, tried again, given up, or stopped."""

from datetime import datetime, timedelta
from unittest.mock import patch

from odoo.tests import freeze_time, tagged

from odoo.addons.sms.tools.sms_api import SmsApi

from .care_send_common import NOW, CareTaskCommon

MINUTE = timedelta(minutes=1)
TOMORROW_9 = datetime(2026, 9, 19, 1)  # 9:00 in Shanghai


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestCareSendSms(CareTaskCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sms_rule = cls._create_rule(("sms",))
        # whatever else waits in this database
        cls.env["sms.sms"].search([("state", "=", "outgoing")]).unlink()

    def _sent(self, moment=NOW, **values):
        with freeze_time(moment):
            task = self._create_task(rule=self.sms_rule, **values)
            self.assertEqual(self._send(task, moment), ["done"])
        return task

    def _process(self, moment, answer="success"):
        """Let the queue run at a moment; the provider answers everything alike.

        :return: ``[(number, name of the company whose account is used)]``
        """
        sent = []

        def send(api, messages, delivery_reports_url=False):
            if isinstance(answer, Exception):
                raise answer
            numbers = [one for message in messages for one in message["numbers"]]
            sent.extend((one["number"], api.env.company.name) for one in numbers)
            return [{"uuid": one["uuid"], "state": answer} for one in numbers]

        with (
            freeze_time(moment),
            patch.object(SmsApi, "_send_sms_batch", send),
            patch.object(type(self.env["ir.cron"]), "_commit_progress"),
        ):
            self.env["sms.sms"]._process_queue()
        return sent

    def _report(self, task, status):
        """The provider's later word on an SMS that it took."""
        tracker = self.env["sms.tracker"].search([("sms_uuid", "=", task.sms_id.uuid)])
        tracker._action_update_from_provider_error(status)

    # QUEUED

    def test_queued(self):
        task = self._sent()
        self.assertEqual(task.channel, "sms")
        self.assertEqual(
            (task.sms_id.number, task.sms_id.body, task.sms_id.state),
            ("+8613800138000", "Hello Ann", "outgoing"),
        )
        self.assertEqual(task.sms_id.mail_message_id.res_id, task.id)
        self.assertEqual(self._touchpoint(task).channel, "sms")

    def test_taken(self):
        task = self._sent()
        self.assertEqual(self._process(NOW), [("+8613800138000", self.company.name)])
        self.assertEqual((task.sms_id.state, task.state), ("pending", "done"))
        self.assertEqual(self._process(NOW), [])

    def test_account_of_its_company(self):
        other = self._create_company("Other company")
        self.env["crm.customer"].with_company(other)._follow(
            ann := self._create_contact()
        )
        rule = self._create_rule(("sms",), company_id=other.id)
        self._sent(partner=ann)
        self._send(self._create_task(ann, rule))
        self.assertEqual(
            sorted(self._process(NOW)),
            sorted(
                ("+8613800138000", company.name) for company in (self.company, other)
            ),
        )

    # TRIED AGAIN

    def test_provider_is_down_for_an_hour(self):
        """Tried at 0, 15 and 75 minutes: the same SMS arrives at last, once."""
        task = self._sent()
        sms = task.sms_id
        self._process(NOW, OSError("Connection refused"))
        self.assertEqual((task.state, sms.state), ("done", "crm_waiting"))
        self.assertEqual(sms.crm_not_before, NOW + 15 * MINUTE)
        self.assertEqual(task.wait_code, "delivery")
        self.assertIn("Server Error", task.wait_reason)
        self.assertEqual(self._process(NOW + 14 * MINUTE), [], "not before its time")
        self._process(NOW + 15 * MINUTE, "server_error")
        self.assertEqual(sms.crm_not_before, NOW + 75 * MINUTE)
        self.assertEqual(len(self._process(NOW + 75 * MINUTE)), 1)
        self.assertEqual((task.sms_id, sms.state, task.state), (sms, "pending", "done"))
        self.assertFalse(task.wait_code)
        self.assertFalse(sms.crm_not_before)
        self.assertEqual(self._process(NOW + 200 * MINUTE), [])

    def test_no_credit_for_a_day(self):
        """The third failure is the last: the contact was not reached."""
        task = self._sent()
        for minutes in (0, 15):
            self._process(NOW + minutes * MINUTE, "insufficient_credit")
            self.assertEqual(task.state, "done")
        self._process(NOW + 75 * MINUTE, "insufficient_credit")
        self._assert_ended(task, "failed", "delivery", "Insufficient Credit")
        self.assertEqual((task.sms_id.state, task.delivery_tries), ("error", 3))
        self.assertFalse(self._touchpoint(task).is_effective)
        self.assertEqual(self._process(NOW + 500 * MINUTE), [])

    def test_no_try_after_its_day(self):
        task = self._sent(not_after=NOW + 10 * MINUTE)
        self._process(NOW, "server_error")
        self._assert_ended(task, "failed", "delivery", "Server Error")

    def test_no_try_in_the_evening(self):
        """Refused at 19:50 in Shanghai: not at 20:05, but at 9:00 tomorrow."""
        evening = NOW.replace(hour=11, minute=50)
        task = self._sent(evening, not_after=NOW + timedelta(days=2))
        self._process(evening, "server_error")
        self.assertEqual(task.sms_id.crm_not_before, TOMORROW_9)
        self.assertEqual(self._process(evening + 15 * MINUTE), [])
        self.assertEqual(len(self._process(TOMORROW_9)), 1)

    # GIVEN UP

    def test_what_trying_again_does_not_mend(self):
        for answer, words in (
            ("wrong_number_format", "Wrong Number Format"),
            ("country_not_supported", "Country Not Supported"),
            ("unregistered", "Unregistered Account"),
            # Odoo has no failure type for it, but a name
            ("registration_needed", "Country-specific Registration Required"),
            ("incompatible_content", "incompatible_content"),
        ):
            with self.subTest(answer):
                task = self._sent(partner=self._create_contact(answer))
                self._process(NOW, answer)
                self._assert_ended(task, "failed", "delivery", words)
                self.assertEqual(task.sms_id.state, "error")
                self.assertFalse(self._touchpoint(task).is_effective)

    def test_reported_later(self):
        """Taken by the provider, who finds out that nobody has this number."""
        task = self._sent()
        self._process(NOW)
        self._report(task, "invalid_destination")
        self._assert_ended(task, "failed", "delivery", "Invalid Destination")
        self.assertFalse(self._touchpoint(task).is_effective)
        self._report(task, "expired")
        self._assert_ended(task, "failed", "delivery", "Invalid Destination")

    def test_given_up_by_hand(self):
        """Whoever presses Retry on an SMS does not bring a failed task back."""
        task = self._sent()
        self._process(NOW, "wrong_number_format")
        task.sms_id.action_set_outgoing()
        self.assertEqual(self._process(NOW), [])
        self.assertEqual((task.state, task.sms_id.state), ("failed", "canceled"))

    def test_taken_out_of_the_queue(self):
        tasks = self._sent() | self._sent(partner=self._create_contact("Bo"))
        tasks[0].sms_id.unlink()
        tasks[1].sms_id.action_set_canceled()
        for task in tasks:
            self._assert_ended(task, "failed", "delivery", "taken out of the queue")

    def test_deleted_after_it_left(self):
        task = self._sent()
        self._process(NOW)
        task.sms_id.unlink()
        self.assertEqual(task.state, "done")

    # STOPPED MEANWHILE

    def test_refused_after_queueing(self):
        task = self._sent()
        self._refuse(task)
        self.assertEqual(self._process(NOW), [])
        self.assertEqual(task.sms_id.state, "canceled")
        self._assert_ended(task, "skipped", "consent", "SMS: not wanted")

    def test_refused_before_the_next_try(self):
        task = self._sent()
        self._process(NOW, "server_error")
        self._refuse(task)
        self.assertEqual(self._process(NOW + 15 * MINUTE), [])
        self.assertEqual(task.sms_id.state, "canceled")
        self._assert_ended(task, "skipped", "consent", "SMS: not wanted")

    def test_paused_after_queueing(self):
        """It makes room in the queue for others, and goes when the pause is over."""
        task = self._sent()
        self.company.crm_care_paused = True
        self.assertEqual(self._process(NOW), [])
        self.assertEqual((task.state, task.wait_code), ("done", "paused"))
        self.assertEqual(task.sms_id.state, "crm_waiting")
        self.company.crm_care_paused = False
        self.assertEqual(len(self._process(NOW + 60 * MINUTE)), 1)
        self.assertFalse(task.wait_code)

    def test_queue_that_runs_at_night(self):
        """Queued at 19:50 in Shanghai, the queue runs at 20:30: tomorrow at 9:00."""
        evening = NOW.replace(hour=11, minute=50)
        task = self._sent(evening, not_after=NOW + timedelta(days=2))
        self.assertEqual(self._process(evening + 40 * MINUTE), [])
        self.assertEqual((task.state, task.wait_code), ("done", "window"))
        self.assertEqual(task.sms_id.crm_not_before, TOMORROW_9)
        self.assertEqual(len(self._process(TOMORROW_9)), 1)

    def test_new_number(self):
        """It goes to the number whose blacklist is asked, as an e-mail does."""
        task = self._sent()
        task.partner_id.phone = "+86 139 1111 2222"
        self.assertEqual(self._process(NOW)[0][0], "+8613911112222")

    def test_forgotten_before_the_next_try(self):
        task = self._sent()
        self._process(NOW, "server_error")
        sms = task.sms_id
        task._forget_words()
        self._assert_ended(task, "skipped", "contact", "forgotten")
        self.assertFalse(sms.exists())
