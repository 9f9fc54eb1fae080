# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import datetime, timedelta
from unittest.mock import patch

from odoo import Command

from .common import CareCommon

# A Friday, 10:00 in Shanghai; care goes out from 9 to 20 o'clock there: 01:00 to 12:00
NOW = datetime(2026, 9, 18, 2)


class CareTaskCommon(CareCommon):
    """Tasks made by hand: what plans and reviews them is tested elsewhere."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write(
            {
                "email": "office@care.example.com",
                "crm_care_daily_cap": 1,
                "crm_care_weekly_cap": 2,
                "crm_care_customer_cap": 5,
            }
        )
        cls.tasks = cls.env["crm.care.task"]
        cls.template = cls.env["mail.template"].create(
            {
                "name": "Greeting",
                "model_id": cls.env["ir.model"]._get_id("crm.care.task"),
                "subject": "Dear {{ object.partner_id.name }}",
                "body_html": '<p>Hello <t t-out="object.partner_id.name"/>!</p>',
            }
        )
        cls.sms_template = cls.env["sms.template"].create(
            {
                "name": "Short greeting",
                "model_id": cls.env["ir.model"]._get_id("crm.care.task"),
                "body": "Hello {{ object.partner_id.name }}",
            }
        )
        cls.occasion = cls.env["crm.occasion"].create(
            {
                "name": "Autumn day",
                "kind": "solar",
                "month": 9,
                "day": 18,
            }
        )
        cls.rule = cls._create_rule()

    def _patch_task(self, name, **options):
        """Stand in for a method of care tasks; return the mock."""
        model = type(self.env["crm.care.task"])
        patcher = patch.object(model, name, create=True, **options)
        self.addCleanup(patcher.stop)
        return patcher.start()

    # FACTORIES

    @classmethod
    def _create_rule(cls, channels=("email",), **values):
        return cls.env["crm.care.rule"].create(
            {
                "name": "Autumn greeting",
                "company_id": cls.company.id,
                "occasion_id": cls.occasion.id,
                "recipient": "contacts",
                "template_id": cls.template.id,
                "sms_template_id": cls.sms_template.id,
                "state": "active",
                "prefer_customer_channel": False,
                "channel_ids": [
                    Command.create({"channel": channel, "sequence": number})
                    for number, channel in enumerate(channels)
                ],
                **values,
            }
        )

    @classmethod
    def _create_contact(cls, name="Ann", **values):
        """A customer of the test company that can be reached, in Shanghai."""
        partner = cls._create_partner(
            **{
                "name": name,
                "email": f"{name.lower().replace(' ', '.')}@customer.example.com",
                "phone": "+86 138 0013 8000",
                "tz": "Asia/Shanghai",
                **values,
            }
        )
        if partner == partner.commercial_partner_id:
            cls.env["crm.customer"]._follow(partner)
        return partner

    @classmethod
    def _create_task(cls, partner=None, rule=None, **values):
        """A planned task that is due at the test's moment, and only that day."""
        rule, partner = rule or cls.rule, partner or cls._create_contact()
        cls.sequence = getattr(cls, "sequence", 0) + 1
        return cls.tasks.create(
            {
                "rule_id": rule.id,
                "occasion_id": rule.occasion_id.id,
                "kind": rule.occasion_id.kind,
                "company_id": rule.company_id.id,
                "partner_id": partner.id,
                "commercial_partner_id": partner.commercial_partner_id.id,
                "user_id": cls.care_own.id,
                "occurrence_key": f"test:{cls.sequence}",
                "occasion_date": "2026-09-18",
                "due_date": "2026-09-18",
                "not_before": NOW.replace(hour=1),
                "not_after": NOW.replace(hour=12),
                "purpose": rule.purpose,
                "priority": rule.priority,
                **values,
            }
        )

    def _send(self, tasks, now=NOW):
        """Let the gateway look at tasks; return their states."""
        tasks._dispatch(now)
        return tasks.mapped("state")

    def _assert_ended(self, task, state, code, words=""):
        self.assertEqual((task.state, task.reason_code), (state, code), task.reason)
        self.assertIn(words, task.reason)

    def _assert_waits(self, task, code, until):
        self.assertEqual((task.state, task.wait_code), ("planned", code))
        self.assertEqual(task.not_before, until)
        self.assertTrue(task.wait_reason)

    def _touchpoint(self, task):
        return self.env["crm.touchpoint"].search(
            [("source", "=", f"crm.care.task,{task.id}")]
        )

    def _refuse(self, task):
        for channel in ("email", "sms", "phone"):
            self.env["crm.consent"].create(
                {
                    "partner_id": task.partner_id.id,
                    "company_id": self.company.id,
                    "purpose": task.purpose,
                    "channel": channel,
                    "is_granted": False,
                }
            )

    @classmethod
    def _done(cls, partner, ago, **values):
        """Something that the contact got so long ago."""
        return cls._create_task(
            partner,
            **{
                "state": "done",
                "done_date": NOW - ago,
                "channel": "email",
                "purpose": "greeting",
                **values,
            },
        )


DAY = timedelta(days=1)
