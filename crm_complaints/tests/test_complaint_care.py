# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Who has complained is not congratulated until that is over."""

from datetime import datetime, timedelta

from odoo import Command
from odoo.tests import freeze_time, tagged

from .complaint_common import ComplaintCommon

# A Friday, 10:00 in Shanghai; care goes out from 9 to 20 o'clock
NOW = datetime(2026, 9, 18, 2)
HOUR = timedelta(hours=1)


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestComplaintCare(ComplaintCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.write({"email": "buyer@customer.example.com", "tz": False})
        cls.customer.country_id = cls.env.ref("base.cn")
        cls.company.email = "office@complaints.example.com"
        customers = cls.env["crm.customer"].with_company(cls.company)
        customers._follow(cls.customer)
        cls.occasion = cls.env["crm.occasion"].create(
            {"name": "Autumn day", "kind": "solar", "month": 9, "day": 18}
        )
        cls.template = cls.env["mail.template"].create(
            {
                "name": "Autumn",
                "model_id": cls.env["ir.model"]._get_id("crm.care.task"),
                "subject": "A nice autumn",
                "body_html": "<p>To you!</p>",
            }
        )

    def _create_task(self, purpose):
        rule = self.env["crm.care.rule"].create(
            {
                "name": "Autumn",
                "company_id": self.company.id,
                "occasion_id": self.occasion.id,
                "purpose": purpose,
                "template_id": self.template.id,
                "channel_ids": [
                    Command.clear(),
                    Command.create({"channel": "email"}),
                ],
            }
        )
        rule.state = "active"
        return self.env["crm.care.task"].create(
            {
                "rule_id": rule.id,
                "occasion_id": self.occasion.id,
                "kind": "solar",
                "company_id": self.company.id,
                "partner_id": self.customer.id,
                "commercial_partner_id": self.customer.id,
                "occurrence_key": "2026",
                "occasion_date": "2026-09-18",
                "due_date": "2026-09-18",
                "not_before": NOW - HOUR,
                "not_after": NOW + 10 * HOUR,
                "purpose": purpose,
                "priority": rule.priority,
            }
        )

    def test_a_greeting_waits_until_the_complaint_is_over(self):
        complaint = self._create_complaint()
        greeting, service = (self._create_task(one) for one in ("greeting", "service"))
        (greeting | service)._dispatch(NOW)
        self.assertEqual((greeting.state, service.state), ("planned", "done"))
        self.assertEqual(greeting.wait_code, "hold")
        self.assertIn(complaint._short_name(), greeting.wait_reason)
        self.assertEqual(greeting.not_before, NOW + HOUR)
        self.assertIn(complaint._short_name(), greeting.hold_text)
        complaint.state = "closed"
        self.env.flush_all()
        greeting._dispatch(NOW + HOUR)
        self.assertEqual(greeting.state, "done")
        self.assertFalse(greeting.wait_reason)

    def test_a_complaint_that_stays_open_says_why_nothing_was_sent(self):
        complaint = self._create_complaint()
        greeting = self._create_task("greeting")
        greeting._dispatch(NOW)
        with freeze_time(NOW + 11 * HOUR):
            self.env["crm.care.task"]._expire_batch()
        self.assertEqual((greeting.state, greeting.reason_code), ("expired", "hold"))
        self.assertIn(complaint._short_name(), greeting.reason)
