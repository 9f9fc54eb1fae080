# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.fields import Date
from odoo.tests import new_test_user

from .common import CareCommon


class ConsentCommon(CareCommon):
    """A firm with two people, each with something planned."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.consents = cls.env["crm.consent"]
        cls.tasks = cls.env["crm.care.task"]
        cls.occasion = cls.env["crm.occasion"].create(
            {"name": "Founding Day", "kind": "solar", "month": 3, "day": 1}
        )
        cls.firm = cls._create_partner(
            "Hengda", is_company=True, user_id=cls.care_own.id
        )
        cls.ana, cls.ben = (
            cls._create_partner("Ana", parent_id=cls.firm.id, email="ana@example.com"),
            cls._create_partner("Ben", parent_id=cls.firm.id, email="ben@example.com"),
        )

    @classmethod
    def _create_portal_user(cls, login, partner):
        return new_test_user(
            cls.env,
            login=login,
            groups="base.group_portal",
            partner_id=partner.id,
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    @classmethod
    def _create_rule(cls, channels=("email", "phone"), company=None, **values):
        return cls.env["crm.care.rule"].create(
            {
                "name": "Founding day",
                "company_id": (company or cls.company).id,
                "occasion_id": cls.occasion.id,
                "recipient": "contacts",
                "purpose": "greeting",
                "channel_ids": [
                    Command.create({"channel": channel, "sequence": number})
                    for number, channel in enumerate(channels, start=1)
                ],
                **values,
            }
        )

    @classmethod
    def _create_task(cls, rule, partner, key="2026", day="2026-03-01", **values):
        day = Date.to_date(day)
        return cls.tasks.create(
            {
                "rule_id": rule.id,
                "occasion_id": rule.occasion_id.id,
                "kind": rule.occasion_id.kind,
                "company_id": rule.company_id.id,
                "partner_id": partner.id,
                "commercial_partner_id": partner.commercial_partner_id.id,
                "occurrence_key": key,
                "occasion_date": day,
                "due_date": day,
                "not_before": f"{day} 01:00:00",
                "not_after": f"{day} 12:00:00",
                "purpose": rule.purpose,
                "priority": rule.priority,
                "user_id": cls.care_own.id,
                **values,
            }
        )

    def _current(self, partner, company=None):
        """``{(purpose, channel): is_granted}`` of what counts."""
        rows = self.consents.search(
            [
                ("partner_id", "=", partner.id),
                ("company_id", "=", (company or self.company).id),
                ("is_current", "=", True),
            ]
        )
        return {(row.purpose, row.channel): row.is_granted for row in rows}

    def _answer(self, partner, purpose, channel, is_granted, source="person", **more):
        return self.consents._answer(
            partner,
            more.pop("company", self.company),
            purpose,
            channel,
            is_granted,
            source,
            **more,
        )
