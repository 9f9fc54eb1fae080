# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date, datetime

from .common import CareCommon


class CareCalendarCommon(CareCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.calendar = cls.env["crm.care.calendar"]
        # nothing of what the database has already; no rule plans anew for that
        cls.env.flush_all()
        cls.env.cr.execute("UPDATE crm_occasion SET active = FALSE")
        cls.env.cr.execute("UPDATE res_partner SET crm_birth_month = 0")
        cls.env.invalidate_all()
        cls.spring = cls._create_occasion("Spring Festival", "lunar", month=1, day=1)
        cls.rule = cls._create_rule("Spring Festival greeting", cls.spring)
        cls.hengda = cls._create_partner(
            "Hengda Precision", is_company=True, user_id=cls.care_own.id
        )
        cls.kaiyuan = cls._create_partner("Kaiyuan Textiles", is_company=True)

    @classmethod
    def _create_occasion(cls, name, kind, **values):
        return cls.env["crm.occasion"].create({"name": name, "kind": kind, **values})

    @classmethod
    def _create_rule(cls, name, occasion, **values):
        rule = cls.env["crm.care.rule"].create(
            {
                "name": name,
                "occasion_id": occasion.id,
                "company_id": cls.company.id,
                **values,
            }
        )
        rule.state = "active"
        return rule

    @classmethod
    def _create_tasks(cls, rule, partner, day, number=1, state="planned", **values):
        due = date.fromisoformat(day)
        first = rule.task_ids.search_count([("rule_id", "=", rule.id)])
        return cls.env["crm.care.task"].create(
            [
                {
                    "rule_id": rule.id,
                    "occasion_id": rule.occasion_id.id,
                    "kind": rule.kind,
                    "company_id": rule.company_id.id,
                    "partner_id": partner.id,
                    "commercial_partner_id": partner.commercial_partner_id.id,
                    "occurrence_key": f"test-{first + count}",
                    "occasion_date": due,
                    "due_date": due,
                    "not_before": datetime(due.year, due.month, due.day, 1),
                    "not_after": datetime(due.year, due.month, due.day, 12),
                    "state": state,
                    "purpose": rule.purpose,
                    "priority": rule.priority,
                    **values,
                }
                for count in range(number)
            ]
        )

    @classmethod
    def _create_person(cls, name, company, calendar, month, day, **values):
        return cls._create_partner(
            name,
            parent_id=company.id,
            crm_birth_calendar=calendar,
            crm_birth_month=month,
            crm_birth_day=day,
            **values,
        )

    def _entries(self, kind, start, end, user=None, **filters):
        """``[(date, entry)]`` of a kind, as a user of customer care sees them."""
        calendar = self.calendar.with_user(user or self.care_all)
        days = calendar.get_days(start, end, {"kinds": [kind], **filters})["days"]
        return [(day["date"], entry) for day in days for entry in day["entries"]]

    def _dates(self, *args, **kwargs):
        return [day for day, _entry in self._entries(*args, **kwargs)]
