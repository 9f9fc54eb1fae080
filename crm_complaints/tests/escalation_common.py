# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo import Command

from ..tools.sla_clock import Event
from .complaint_common import ComplaintCommon

# T25: serious, 8 h from Friday 6 March 2026 15:00 in Shanghai, in UTC
START = datetime(2026, 3, 6, 7)
DEADLINE = datetime(2026, 3, 9, 7)


def shanghai(text):
    """A local time of March 2026 as naive UTC: ``09 10:00``."""
    return datetime.fromisoformat(f"2026-03-{text}") - timedelta(hours=8)


class EscalationCommon(ComplaintCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.leader = cls.all_complaints
        cls.head = cls._create_user("department_head", "group_complaint_own")
        cls.director = cls._create_user("director", "group_complaint_own")
        cls.division = cls.env["crm.complaint.department"].create(
            {"name": "Division", "manager_id": cls.director.id}
        )
        cls.department = cls.env["crm.complaint.department"].create(
            {
                "name": "Logistics",
                "manager_id": cls.head.id,
                "parent_id": cls.division.id,
            }
        )
        shipped = cls.env.ref("crm_complaints.crm_sla_policy_standard")
        cls.policy = cls._create_sla(
            {"resolution": 480},
            step_ids=[
                Command.create(step.copy_data({"policy_id": False})[0])
                for step in shipped.step_ids
            ],
        )
        cls.steps = {
            step.percent if step.anchor == "before" else f"+{step.offset_minutes}": step
            for step in cls.policy.step_ids
        }
        with freeze_time(START):
            cls.complaint = cls._create_complaint(
                severity="serious",
                user_id=cls.agent.id,
                department_id=cls.department.id,
                date_received=START,
            )
        cls.notices = cls.env["crm.escalation.notice"]

    def process(self, moment):
        with freeze_time(moment):
            clocks = self.env["crm.sla.clock"].search(
                [("next_event_at", "<=", moment), ("company_id", "=", self.company.id)]
            )
            due = clocks._apply(Event("tick", moment))
            self.notices._raise(list(due.items()), moment)

    def tell(self, moment):
        with freeze_time(moment):
            self.notices._cron_notify(as_of=moment)

    def found(self):
        """``{step: (state, people)}`` of all that was raised."""
        names = {step: name for name, step in self.steps.items()}
        return {
            names[notice.step_id]: (
                notice.state,
                set(notice.recipient_ids.user_id),
            )
            for notice in self.complaint.escalation_ids
        }

    def absent(self, user, day):
        self.env["calendar.event"].create(
            {
                "name": "Away",
                "user_id": user.id,
                "allday": True,
                "show_as": "busy",
                "start_date": day,
                "stop_date": day,
            }
        )

    def activities(self):
        return self.env["mail.activity"].search(
            [
                ("res_model", "=", "crm.complaint"),
                ("res_id", "=", self.complaint.id),
                (
                    "activity_type_id",
                    "=",
                    self.env.ref("crm_complaints.mail_activity_type_escalation").id,
                ),
            ]
        )
