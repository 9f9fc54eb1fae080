# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.tests import TransactionCase, new_test_user

from odoo.addons.crm_service_excellence.tests.common import DISABLED_MAIL

# CAL-CN of the reference: 8 h a day, lunch from 12 to 13
CN_HOURS = [(8, 12, "morning"), (13, 17, "afternoon")]


class ComplaintCommon(TransactionCase):
    """A company in Shanghai with a team, and nothing of the shipped promises.

    Fixtures are made as the superuser; behaviour is tested as ``agent``,
    ``colleague``, ``all_complaints`` or ``manager``.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, **DISABLED_MAIL})
        cls.company = cls.env["res.company"].create(
            {
                "name": "Complaint Test Company",
                "currency_id": cls.env.ref("base.USD").id,
            }
        )
        cls.env = cls.env(
            context={**cls.env.context, "allowed_company_ids": cls.company.ids}
        )
        cls.calendar = cls._create_calendar("CAL-CN", "Asia/Shanghai", CN_HOURS)
        cls.company.resource_calendar_id = cls.calendar
        cls.diamond = cls.env.ref("crm_service_excellence.crm_grade_diamond")
        cls.gold = cls.env.ref("crm_service_excellence.crm_grade_gold")
        cls.agent = cls._create_user("complaint_agent", "group_complaint_own")
        cls.colleague = cls._create_user("complaint_colleague", "group_complaint_own")
        cls.all_complaints = cls._create_user("complaint_all", "group_complaint_all")
        cls.manager = cls._create_user("complaint_manager", "group_complaint_manager")
        cls.team = cls.env["crm.complaint.team"].create(
            {
                "name": "Test team",
                "company_id": cls.company.id,
                "leader_id": cls.all_complaints.id,
                "member_ids": [Command.set([cls.agent.id, cls.colleague.id])],
                "assignment": "manual",
            }
        )
        # what is shipped must not decide a test
        cls.env["crm.sla.policy"].search([]).active = False
        cls.customer = cls.env["res.partner"].create(
            {"name": "Customer", "email": "customer@example.com"}
        )

    # FACTORIES

    @classmethod
    def _create_user(cls, login, group):
        return new_test_user(
            cls.env,
            login=login,
            groups=f"base.group_user,crm_complaints.{group}",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    @classmethod
    def _create_calendar(cls, name, tz, hours, days=range(5), company=None):
        """A calendar of ``[(from, to, period)]`` on these weekdays (Monday is 0)."""
        return cls.env["resource.calendar"].create(
            {
                "name": name,
                "tz": tz,
                "company_id": (company or cls.company).id,
                "attendance_ids": [Command.clear()]
                + [
                    Command.create(
                        {
                            "name": name,
                            "dayofweek": str(day),
                            "hour_from": start,
                            "hour_to": end,
                            "day_period": period,
                        }
                    )
                    for day in days
                    for start, end, period in hours
                ],
            }
        )

    @classmethod
    def _create_sla(cls, targets, **values):
        """A policy of ``{metric: minutes}``; a key may be (metric, severity, grade)."""
        lines = []
        for key, minutes in targets.items():
            metric, severity, grade = (
                key if isinstance(key, tuple) else (key, False, None)
            )
            lines.append(
                Command.create(
                    {
                        "metric": metric,
                        "severity": severity,
                        "grade_id": grade.id if grade else False,
                        "target_minutes": minutes,
                    }
                )
            )
        return cls.env["crm.sla.policy"].create(
            {
                "name": "Test promise",
                "company_id": cls.company.id,
                "target_ids": lines,
                **values,
            }
        )

    @classmethod
    def _create_complaint(cls, **values):
        """A general complaint of the test customer at the test team."""
        return cls.env["crm.complaint"].create(
            {
                "name": "It does not work",
                "company_id": cls.company.id,
                "partner_id": cls.customer.id,
                "team_id": cls.team.id,
                "severity": "general",
                **values,
            }
        )

    def _own_complaint(self, **values):
        """A complaint of the agent, with the agent's rights."""
        values.setdefault("user_id", self.agent.id)
        return self._create_complaint(**values).with_user(self.agent)

    def _bring_to(self, complaint, state):
        """The shortest way from the receipt to a state up to ``resolved``."""
        steps = ["acknowledged", "assessed", "investigating", "resolved"]
        for step in steps[: steps.index(state) + 1]:
            if step == "acknowledged":
                complaint.action_confirm_orally()
            elif step == "assessed":
                complaint.category_id = complaint.category_id or self._any_category()
                complaint.action_assess()
            elif step == "investigating":
                complaint.action_investigate()
            else:
                complaint.write({"solution": "A new pump", "decision": "justified"})
                complaint.action_resolve()
        return complaint

    def _told(self, **values):
        """A complaint of the agent, resolved, of which the customer was told."""
        complaint = self._bring_to(self._own_complaint(**values), "resolved")
        complaint.decision_text = "We replace it."
        complaint._tell_decision(channel="phone")
        return complaint

    def _any_category(self):
        categories = self.env["crm.complaint.category"]
        return categories.search([], limit=1) or categories.create({"name": "Any"})
