# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command

from .common import CareCommon

# A Monday, noon in Shanghai; Mid-Autumn is on Friday, 25 September.
NOW = "2026-06-01 04:00:00"


class CareRuleCommon(CareCommon):
    """Five customers, three of them gold, and a rule for Mid-Autumn."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rules = cls.env["crm.care.rule"]
        cls.tasks = cls.env["crm.care.task"]
        cls.activations = cls.env["crm.care.rule.activate"].with_user(cls.care_manager)
        cls.previews = cls.env["crm.care.rule.preview"].with_user(cls.care_manager)
        cls.company.crm_care_reach_share = 60
        cls.occasion = cls.env["crm.occasion"].create(
            {"name": "Full moon", "kind": "lunar", "month": 8, "day": 15}
        )
        cls.template = cls.env.ref("crm_service_excellence.mail_template_care_festival")
        cls.sms_template = cls.env.ref(
            "crm_service_excellence.sms_template_care_festival"
        )
        grades = [cls.gold] * 3 + [cls.silver] * 2
        cls.followed = cls.customers.browse()
        for number, grade in enumerate(grades, start=1):
            customer = cls._create_customer(
                f"Customer {number}",
                is_company=True,
                email=f"customer{number}@example.com",
                phone=f"+8621555500{number:02}",
            )
            customer.grade_id = grade
            cls.followed |= customer
        cls.rule = cls._create_rule()

    @classmethod
    def _create_rule(cls, **values):
        return cls.rules.create(
            {
                "name": "Moon greeting",
                "company_id": cls.company.id,
                "occasion_id": cls.occasion.id,
                "template_id": cls.template.id,
                "sms_template_id": cls.sms_template.id,
                "grade_ids": [Command.set(cls.gold.ids)],
                "channel_ids": [
                    Command.create({"channel": channel, "sequence": number})
                    for number, channel in enumerate(("email", "sms"), start=1)
                ],
                **values,
            }
        )

    @classmethod
    def _activate(cls, rule, **values):
        """Press the buttons, as a manager."""
        wizard = cls.activations.create({"rule_id": rule.id, **values})
        wizard.action_confirm()
        return wizard

    @classmethod
    def _tasks_of(cls, rule):
        return cls.tasks.search([("rule_id", "=", rule.id)])
