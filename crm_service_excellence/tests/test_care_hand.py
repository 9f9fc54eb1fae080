# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Care that takes a person: asked once, done once, and a gift."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .care_send_common import NOW, CareTaskCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestCareHand(CareTaskCommon):
    def _by_hand(self, channel="wechat", **values):
        rule = self._create_rule((channel,), **values)
        task = self._create_task(rule=rule)
        self._send(task)
        self.assertEqual((task.state, task.channel), ("by_hand", channel))
        return task

    def _touchpoints(self, task):
        return self.env["crm.touchpoint"].search(
            [("partner_id", "=", task.commercial_partner_id.id)]
        )

    def test_asked(self):
        task = self._by_hand(instructions="Send it from the company's account.")
        activity = task.activity_ids
        self.assertEqual(activity.user_id, self.care_own)
        self.assertEqual(activity.summary, "WeChat: Autumn greeting of Ann")
        self.assertEqual(str(activity.date_deadline), "2026-09-18")
        self.assertIn("company's account", activity.note)
        self.assertIn("Hello Ann", activity.note)
        self.assertEqual(task.short_text, "Hello Ann")
        self.assertFalse(self._touchpoints(task))

    def test_asked_once(self):
        task = self._by_hand()
        self._send(task)
        self.assertEqual(len(task.activity_ids), 1)

    def test_owner_who_left(self):
        self.care_own.active = False
        task = self._by_hand(user_id=self.care_all.id)
        self.assertEqual(task.activity_ids.user_id, self.care_all)

    def test_done(self):
        task = self._by_hand("visit")
        task.with_user(self.care_own).action_done()
        self.assertEqual(
            (task.state, task.done_by_id, task.done_date), ("done", self.care_own, NOW)
        )
        touch = self._touchpoints(task)
        self.assertEqual(
            (touch.channel, touch.user_id, touch.source, touch.is_effective),
            ("visit", self.care_own, f"crm.care.task,{task.id}", True),
        )
        self.assertEqual(touch.date, NOW)
        self.assertFalse(task.activity_ids)

    def test_gift_is_a_letter(self):
        task = self._by_hand("gift")
        task.with_user(self.care_manager).action_done()
        self.assertEqual(self._touchpoints(task).channel, "letter")
        self.assertEqual(task.done_by_id, self.care_manager)

    def test_done_twice(self):
        task = self._by_hand().with_user(self.care_own)
        task.action_done()
        with self.assertRaisesRegex(UserError, "nothing to be done by hand"):
            task.action_done()
        self.assertEqual(len(self._touchpoints(task.sudo())), 1)

    def test_nothing_to_do(self):
        task = self._create_task()
        with self.assertRaises(UserError):
            task.with_user(self.care_own).action_done()

    def test_done_by_a_stranger(self):
        colleague = self._create_user("care_test_own_2", "group_care_own")
        task = self._by_hand()
        with self.assertRaises(AccessError):
            task.with_user(colleague).action_done()
        self.assertEqual(task.state, "by_hand")

    def test_activity_marked_as_done(self):
        """Either button will do, and both leave one contact."""
        task = self._by_hand("phone")
        activity = task.activity_ids.with_user(self.care_own)
        activity.action_feedback(feedback="Glad to hear from us.")
        self.assertEqual((task.state, task.done_by_id), ("done", self.care_own))
        touch = self._touchpoints(task)
        self.assertEqual(len(touch), 1)
        self.assertEqual(
            (touch.channel, touch.summary), ("phone", "Glad to hear from us.")
        )

    def test_reassigned_activity(self):
        """Whoever it is assigned to may mark it done, without seeing the task."""
        colleague = self._create_user("care_test_own_2", "group_care_own")
        task = self._by_hand()
        task.activity_ids.user_id = colleague
        task.activity_ids.with_user(colleague).action_done()
        self.assertEqual((task.state, task.done_by_id), ("done", colleague))

    def test_skipped_meanwhile(self):
        task = self._by_hand()
        task._settle("skipped", "by_person", "Was in the shop yesterday.")
        self.assertFalse(task.activity_ids)
        self._assert_ended(task, "skipped", "by_person", "Was in the shop yesterday.")

    # GIFTS

    def _gift(self):
        return self.env["crm.goodwill.type"].create({"name": "Tea", "kind": "gift"})

    def test_gift_is_asked_for_once(self):
        """With the greeting, in the name of who looks after the customer."""
        rule = self._create_rule(goodwill_type_id=self._gift().id, goodwill_value=40)
        task = self._create_task(rule=rule)
        self._send(task)
        goodwill = task.goodwill_id
        self.assertEqual(
            (goodwill.partner_id, goodwill.value, goodwill.reason),
            (task.partner_id, 40, "other"),
        )
        self.assertEqual((goodwill.res_model, goodwill.res_id), (task._name, task.id))
        self.assertEqual(goodwill.requested_by_id, self.care_own)
        task._ask_goodwill()
        self.assertEqual(
            self.env["crm.goodwill"].search([("res_id", "=", task.id)]), goodwill
        )

    def test_gift_that_is_refused(self):
        """The greeting goes all the same, and it says why there is no gift."""
        self.company.crm_goodwill_over_budget = "refuse"
        self.env["crm.goodwill.budget"].search([]).unlink()
        self.env["crm.goodwill.budget"].create({"amount": 10})
        rule = self._create_rule(goodwill_type_id=self._gift().id, goodwill_value=40)
        task = self._create_task(rule=rule)
        self.assertEqual(self._send(task), ["done"])
        self.assertFalse(task.goodwill_id)
        self.assertIn("No gift: This is over the yearly budget", task.channel_note)

    def _gift_by_hand(self):
        self.env["crm.goodwill.budget"].search([]).unlink()
        self.env["crm.goodwill.budget"].create({"amount": 100})
        return self._by_hand(
            "gift", goodwill_type_id=self._gift().id, goodwill_value=40
        )

    def test_gift_by_hand(self):
        """Agreed to before it is to be handed over; the customer has it when done."""
        task = self._gift_by_hand()
        goodwill = task.goodwill_id
        self.assertEqual(goodwill.state, "approved")
        task.with_user(self.care_own).action_done()
        self.assertEqual((task.goodwill_id, goodwill.state), (goodwill, "granted"))

    def test_gift_that_nobody_handed_over(self):
        """What was agreed to for it is free for other gestures of the year."""
        task = self._gift_by_hand()
        task.with_user(self.care_own)._skip("Was in the shop yesterday")
        goodwill = task.goodwill_id
        self.assertEqual(goodwill.state, "withdrawn")
        self.assertEqual(goodwill._budget(task.partner_id, self.company, 2026)[1], 0)

    def test_gift_that_is_withdrawn(self):
        task = self._gift_by_hand()
        task.goodwill_id.with_user(self.care_manager)._withdraw("Sold out")
        words = "The gift was withdrawn: Sold out"
        self._assert_ended(task, "skipped", "refused", words)
        self.assertFalse(task.activity_ids)

    def test_once_more_with_the_same_gift(self):
        self.company.crm_goodwill_own_limit = 0
        rule = self._create_rule(goodwill_type_id=self._gift().id, goodwill_value=40)
        task = self._create_task(rule=rule)
        self._send(task)
        again = task.with_user(self.care_manager)._send_again("It came back").sudo()
        self.assertEqual(again.goodwill_id, task.goodwill_id)
        again._settle("skipped", "by_person", "Not needed")
        self.assertEqual(task.goodwill_id.state, "requested")
