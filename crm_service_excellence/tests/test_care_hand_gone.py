# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a colleague was asked to do goes when there is no reason for it any more."""

from datetime import date, datetime
from unittest.mock import patch

from odoo.tests import freeze_time, tagged

from ..models import crm_care_task_hand_gone
from .care_generate_common import CareGenerateCommon
from .care_send_common import DAY, NOW, CareTaskCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestCareHandContactGone(CareTaskCommon):
    def _by_hand(self, partner=None, **values):
        """A call that is due today, of a rule for Shanghai."""
        partner = partner or self._create_contact(city="Shanghai")
        rule = self._create_rule(("phone",), **values)
        task = self._create_task(partner, rule)
        self.assertEqual(self._send(task), ["by_hand"])
        self.assertTrue(task.activity_ids)
        return task

    def test_archived(self):
        task = self._by_hand()
        stays = self._by_hand(self._create_contact("Bo"))
        task.partner_id.action_archive()
        self.tasks._cron_dispatch()
        self._assert_ended(task, "skipped", "contact", "Ann is archived")
        self.assertFalse(task.activity_ids)
        self.assertEqual(stays.state, "by_hand")
        self.assertTrue(stays.activity_ids)
        task.reason = "Once"
        self.tasks._cron_dispatch()
        self.assertEqual(task.reason, "Once")

    def test_customer_archived(self):
        firm = self._create_contact("Firm", is_company=True)
        task = self._by_hand(self._create_contact(parent_id=firm.id))
        firm.active = False
        self.tasks._cron_dispatch()
        self._assert_ended(task, "skipped", "contact")

    def test_merged(self):
        """It is the one's who stays; that one is archived later."""
        task, bo = self._by_hand(), self._create_contact("Bo")
        self.env["base.partner.merge.automatic.wizard"].with_context(
            tracking_disable=True
        )._merge([task.partner_id.id, bo.id], bo)
        self.tasks._cron_dispatch()
        self.assertEqual((task.state, task.partner_id), ("by_hand", bo))
        bo.action_archive()
        self.tasks._cron_dispatch()
        self._assert_ended(task, "skipped", "contact", "Bo is archived")

    def test_whom_the_rule_is_for_does_not_matter(self):
        task = self._by_hand(domain="[('city', '=', 'Shanghai')]")
        task.partner_id.city = "Paris"
        task.rule_id.action_stop()
        self.tasks._cron_dispatch()
        self.assertEqual(task.state, "by_hand")
        self.assertTrue(task.activity_ids)

    def test_a_colleague_has_called(self):
        """And heard that she has left; Done is not pressed yet."""
        task = self._by_hand()
        touch = {
            "partner_id": task.partner_id.id,
            "company_id": self.company.id,
            "channel": "phone",
            "date": NOW,
        }
        touchpoints = self.env["crm.touchpoint"]
        touchpoints.create({**touch, "channel": "email"})
        touchpoints.create({**touch, "direction": "in"})
        touchpoints.create({**touch, "date": NOW - DAY})
        task.partner_id.action_archive()
        touch = touchpoints.create(touch)
        self.tasks._cron_dispatch()
        self.assertEqual(task.state, "by_hand")
        touch.unlink()
        self.tasks._cron_dispatch()
        self._assert_ended(task, "skipped", "contact")

    def test_in_batches(self):
        tasks = self.tasks.browse()
        for number in range(5):
            tasks |= self._by_hand(self._create_contact(f"No {number}"))
        (tasks[0] | tasks[2] | tasks[4]).partner_id.action_archive()
        with patch.object(crm_care_task_hand_gone, "HAND_BATCH", 2):
            self.tasks._cron_dispatch()
        self.assertEqual(
            tasks.mapped("state"),
            ["skipped", "by_hand", "skipped", "by_hand", "skipped"],
        )

    def test_queries_do_not_grow_with_tasks(self):
        """Of one rule: of those that stay, and of those that go."""

        def count(number):
            partners = self.env["res.partner"].browse()
            for index in range(number):
                partners |= self._create_contact(f"{number} {index}")
            rule = self._create_rule(("phone",))
            for partner in partners:
                task = self._create_task(partner, rule)
                task._hand_over(task._choose_channels()[0])
            (partners[: number // 2]).action_archive()
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.tasks._settle_gone()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        count(2)  # what is cached from now on
        self.assertLessEqual(count(20), count(4) + 5)


@tagged("post_install", "-at_install")
@freeze_time("2026-06-01 04:00:00")
class TestCareHandAnchorGone(CareGenerateCommon):
    def _by_hand(self, rule):
        self._plan(rule)
        task = self._tasks_of(rule)[:1]
        task.state = "by_hand"
        task.not_before = "2026-06-01 01:00:00"
        # somebody decided that this contact is called
        rule.domain = "[('city', '=', 'Nowhere')]"
        self.assertEqual(self._tasks_of(rule)[:1], task)
        self.tasks._cron_dispatch()
        self.assertEqual(task.state, "by_hand")
        return task

    def _assert_gone(self, task, words):
        self.tasks._cron_dispatch()
        self.assertEqual((task.state, task.reason_code), ("skipped", "anchor"))
        self.assertIn(words, task.reason)

    def test_bought_again(self):
        self.zhang.last_order_date = date(2026, 2, 10)
        task = self._by_hand(self._create_rule("dormancy", {"days": 120}))
        self.zhang.last_order_date = date(2026, 5, 31)
        self._assert_gone(task, "has bought again")

    def test_order_of_the_warranty_cancelled(self):
        product = self.env["product.product"].create(
            {"name": "Pump", "crm_warranty_months": 6, "invoice_policy": "order"}
        )
        order = self._create_order(
            self.partner, datetime(2026, 1, 15, 4), product=product
        )
        task = self._by_hand(self._create_rule("warranty_end", {"days": 30}))
        order._action_cancel()
        self._assert_gone(task, "was returned")

    def test_birthday_corrected(self):
        self._set_birthday(self.partner, 6, 3)
        task = self._by_hand(self._create_rule("birthday"))
        self._set_birthday(self.partner, 6, 13)
        self._assert_gone(task, "another one")

    def test_an_occasion_that_became_another_one(self):
        """Nothing can be asked of it: the call is made."""
        self.zhang.last_order_date = date(2026, 2, 10)
        task = self._by_hand(self._create_rule("dormancy", {"days": 120}))
        task.rule_id.occasion_id.write({"kind": "birthday", "days": False})
        self.tasks._cron_dispatch()
        self.assertEqual(task.state, "by_hand")

    def test_a_rule_that_cannot_be_asked_stops_no_other(self):
        self.zhang.last_order_date = date(2026, 2, 10)
        bad, good = (
            self._by_hand(self._create_rule("dormancy", {"days": 120}))
            for _number in range(2)
        )
        self.zhang.last_order_date = date(2026, 5, 31)
        real = type(self.tasks)._anchors_found

        def found(tasks, rule, whoever=False):
            if rule == bad.rule_id:
                raise ValueError("broken")
            return real(tasks, rule, whoever)

        with patch.object(type(self.tasks), "_anchors_found", found):
            self._assert_gone(good, "has bought again")
        self.assertEqual(bad.state, "by_hand")
