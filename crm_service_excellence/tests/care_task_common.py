# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.tests import freeze_time

from .common import CareCommon

# Thursday 8 October 2026, the first working day after the holidays; 10:00 in Shanghai
MORNING = "2026-10-08 02:00:00"


class CareTaskCommon(CareCommon):
    """Tasks made by hand for Li Na at a customer of ``care_own``.

    The company works from Monday to Friday, 8 to 12 and 13 to 17 in Shanghai (UTC+8).
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tasks = cls.env["crm.care.task"]
        cls.partner = cls._create_partner(
            "Hengda Precision", is_company=True, user_id=cls.care_own.id
        )
        cls.contact = cls._create_partner(
            "Li Na", parent_id=cls.partner.id, email="li.na@hengda.example.com"
        )
        cls.care_other = cls._create_user("care_test_other", "group_care_own")
        cls.care_boss = cls._create_user("care_test_boss", "group_care_manager")
        cls.occasion = cls.env["crm.occasion"].create(
            {"name": "Birthday", "kind": "birthday"}
        )
        cls.model = cls.env["ir.model"]._get("crm.care.task")
        cls.template = cls._create_template(
            "Happy birthday, {{ object.partner_id.name }}",
            '<p>Dear <t t-out="object.partner_id.name"/>, all the best!</p>',
        )
        cls.sms = cls.env["sms.template"].create(
            {
                "name": "Greeting",
                "model_id": cls.model.id,
                "body": "Happy birthday, {{ object.partner_id.name }}",
            }
        )
        cls.rule = cls._create_rule()

    @classmethod
    def _create_template(cls, subject, body, **values):
        return cls.env["mail.template"].create(
            {
                "name": "Birthday mail",
                "model_id": cls.model.id,
                "subject": subject,
                "body_html": body,
                **values,
            }
        )

    @classmethod
    def _create_rule(cls, channels=("email", "phone"), **values):
        return cls.env["crm.care.rule"].create(
            {
                "name": "Birthdays",
                "company_id": cls.company.id,
                "occasion_id": cls.occasion.id,
                "template_id": cls.template.id,
                "sms_template_id": cls.sms.id,
                "approval": "always",
                "channel_ids": [
                    Command.create({"channel": channel, "sequence": number})
                    for number, channel in enumerate(channels)
                ],
                **values,
            }
        )

    @classmethod
    def _task_vals(cls, partner=None, rule=None, **values):
        partner, rule = partner or cls.contact, rule or cls.rule
        return {
            "rule_id": rule.id,
            "occasion_id": rule.occasion_id.id,
            "kind": rule.occasion_id.kind,
            "company_id": rule.company_id.id,
            "partner_id": partner.id,
            "commercial_partner_id": partner.commercial_partner_id.id,
            "user_id": cls.care_own.id,
            "occurrence_key": "2026",
            "occasion_date": "2026-10-12",
            "due_date": "2026-10-12",
            # 9:00 to 20:00 in Shanghai
            "not_before": "2026-10-12 01:00:00",
            "not_after": "2026-10-12 12:00:00",
            "purpose": rule.purpose,
            "priority": rule.priority,
            "needs_approval": True,
            **values,
        }

    @classmethod
    def _create_task(cls, partner=None, rule=None, **values):
        return cls.tasks.create(cls._task_vals(partner, rule, **values))

    def _review(self, moment=MORNING):
        with freeze_time(moment):
            self.tasks._cron_review()

    def _approve(self, task, user=None, moment=MORNING, **context):
        with freeze_time(moment):
            task.with_user(user or self.care_manager).with_context(
                **context
            ).action_approve()

    def _edit(self, task, user=None, moment=MORNING, **values):
        """Change the text on the form, as a user does."""
        user = user or self.care_all
        with freeze_time(moment):
            action = task.with_user(user).action_edit_text()
            wizard = (
                self.env[action["res_model"]]
                .with_user(user)
                .with_context(**action["context"])
                .create(values)
            )
            wizard.action_save()
        return wizard
