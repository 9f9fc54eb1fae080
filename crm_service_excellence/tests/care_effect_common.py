# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import datetime

from .common import CareCommon


class CareEffectCommon(CareCommon):
    """A rule, a customer with two contacts, and care done on 8 October 2026.

    Done at 10:00 in Shanghai, which is 02:00 UTC; the company keeps Shanghai time.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tasks = cls.env["crm.care.task"]
        cls.occasion = cls.env["crm.occasion"].create(
            {"name": "Mid-Autumn", "kind": "lunar", "month": 8, "day": 15}
        )
        cls.rule = cls._create_rule("Moon cakes", holdout_percent=20)
        cls.partner = cls._create_partner(
            "Hengda Precision", is_company=True, user_id=cls.care_own.id
        )
        cls.contact = cls._create_partner("Zhao Min", parent_id=cls.partner.id)
        cls.colleague = cls._create_partner("Sun Lei", parent_id=cls.partner.id)
        cls.done = datetime(2026, 10, 8, 2)

    @classmethod
    def _create_rule(cls, name, **values):
        return cls.env["crm.care.rule"].create(
            {
                "name": name,
                "occasion_id": cls.occasion.id,
                "company_id": cls.company.id,
                "state": "active",
                **values,
            }
        )

    @classmethod
    def _create_task(cls, partner=None, done=None, **values):
        """A task due on 8 October 2026; done when ``done`` says so."""
        partner = partner or cls.partner
        rule = values.pop("rule", cls.rule)
        cls.number = getattr(cls, "number", 0) + 1
        return cls.tasks.create(
            {
                "rule_id": rule.id,
                "occasion_id": rule.occasion_id.id,
                "kind": rule.kind,
                "company_id": rule.company_id.id,
                "partner_id": partner.id,
                "commercial_partner_id": partner.commercial_partner_id.id,
                "user_id": partner.commercial_partner_id.user_id.id,
                "occurrence_key": f"{cls.number}",
                "occasion_date": "2026-10-08",
                "due_date": "2026-10-08",
                "not_before": datetime(2026, 10, 8, 1),
                "not_after": datetime(2026, 10, 8, 12),
                "purpose": rule.purpose,
                "priority": rule.priority,
                **(
                    {"state": "done", "done_date": done, "channel": "email"}
                    if done
                    else {}
                ),
                **values,
            }
        )

    @classmethod
    def _hold_out(cls, partner=None, **values):
        return cls._create_task(
            partner,
            **{
                "state": "skipped",
                "reason_code": "holdout",
                "is_holdout": True,
                **values,
            },
        )

    @classmethod
    def _order(cls, moment, partner=None, **values):
        """A confirmed order of a moment, naive UTC."""
        return cls.env["sale.order"].create(
            {
                "partner_id": (partner or cls.partner).id,
                "company_id": cls.company.id,
                "date_order": moment,
                "state": "sale",
                **values,
            }
        )

    @classmethod
    def _touch(cls, moment, partner=None, **values):
        return cls.env["crm.touchpoint"].create(
            {
                "partner_id": (partner or cls.partner).id,
                "company_id": cls.company.id,
                "date": moment,
                "direction": "in",
                "channel": "email",
                **values,
            }
        )
