# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A company that is archived cares for nobody, and goes on when it is restored."""

from datetime import datetime

from odoo.tests import freeze_time, tagged

from .care_send_common import DAY, NOW, CareTaskCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestCareCompanyArchived(CareTaskCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.closed = cls._create_company("Closed Company")
        cls.closed.email = "office@closed.example.com"
        cls.bo = cls._create_contact("Bo")
        cls.env["crm.customer"].with_company(cls.closed)._follow(cls.bo)
        cls.closed_rule = cls._create_rule(company_id=cls.closed.id)

    def _task(self, **values):
        return self._create_task(self.bo, self.closed_rule, **values)

    def _planned(self):
        tasks = self.tasks.search([("rule_id", "=", self.closed_rule.id)])
        return tasks.mapped("occurrence_key")

    def test_plan(self):
        self.closed.active = False
        self.env["crm.care.rule"]._cron_generate()
        self.closed_rule.lead_days = 1
        self.assertEqual(self._planned(), [])
        self.assertFalse(self.closed_rule.generated_date)
        self.assertFalse(self.closed_rule.generation_error)
        # what the company would have done meanwhile is past
        with freeze_time("2026-09-28 02:00:00"):
            self.closed.active = True
            self.env["crm.care.rule"]._cron_generate()
        self.assertEqual(self._planned(), ["2027"])

    def test_send(self):
        due = self._task()
        late = self._task(not_after=datetime(2026, 9, 18, 1, 30))
        self.closed.active = False
        mine = self._create_task()
        self.tasks._cron_dispatch()
        self.assertEqual(mine.state, "done", "the other companies go on")
        for task in (due, late):
            self.assertEqual((task.state, task.wait_code), ("planned", False))
        self.closed.active = True
        self.tasks._cron_dispatch()
        self.assertEqual(due.state, "done")
        self._assert_ended(late, "expired", "late")

    def test_review(self):
        late = self._task(needs_approval=True, not_after=NOW - DAY / 24)
        soon = self._task(needs_approval=True)
        self.closed.active = False
        self.tasks._cron_review()
        self.assertEqual((late | soon).mapped("state"), ["planned", "planned"])
        self.closed.active = True
        self.tasks._cron_review()
        self.assertEqual((late.state, soon.state), ("expired", "to_approve"))

    def test_respond(self):
        task = self._task(state="done", done_date=NOW - DAY)
        self.env["crm.touchpoint"].create(
            {
                "partner_id": self.bo.id,
                "company_id": self.closed.id,
                "direction": "in",
                "channel": "phone",
                "date": NOW - DAY / 24,
            }
        )
        self.closed.active = False
        self.assertEqual(self.tasks._cron_respond(), 0)
        self.closed.active = True
        self.assertEqual(self.tasks._cron_respond(), 1)
        self.assertEqual(task.response, "reply")
