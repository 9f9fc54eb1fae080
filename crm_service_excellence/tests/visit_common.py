# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date

from odoo.tests import freeze_time

from .common import CareCommon

# People's Square, Shanghai, as a satellite sees it
PLACE = (31.2303904, 121.4737021)
# 0.001 degrees of latitude on a sphere of 6,371.0088 km
MILLIDEGREE_M = 111.195
OCTOBER_8 = date(2026, 10, 8)


class VisitCommon(CareCommon):
    """Visits of ``care_own``; Shanghai is UTC+8 all year."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.visits = cls.env["crm.visit"]
        cls.routine = cls.env.ref("crm_service_excellence.crm_visit_type_routine")
        cls.mystery = cls.env.ref("crm_service_excellence.crm_visit_type_mystery")
        cls.asked = cls.env.ref(
            "crm_service_excellence.crm_visit_reason_customer_asked"
        )
        cls.ill = cls.env.ref("crm_service_excellence.crm_visit_reason_ill")
        cls.partner = cls._create_partner(
            "Hengda Precision",
            is_company=True,
            email="office@hengda.example.com",
            phone="+86 21 5555 0100",
            city="Shanghai",
            partner_latitude=PLACE[0],
            partner_longitude=PLACE[1],
            user_id=cls.care_own.id,
        )
        cls.contact = cls._create_partner(
            "Li Na", parent_id=cls.partner.id, email="li.na@hengda.example.com"
        )
        cls.customer = cls.customers._follow(cls.partner)

    @classmethod
    def _create_visit(cls, user=None, **values):
        """A visit on 8 October 2026, made by the superuser for ``care_own``."""
        return cls.visits.create(
            {
                "partner_id": cls.partner.id,
                "user_id": (user or cls.care_own).id,
                "date": OCTOBER_8,
                "type_id": cls.routine.id,
                **values,
            }
        )

    @classmethod
    def _propose(cls, due=OCTOBER_8, **values):
        return cls._create_visit(state="proposed", due_date=due, **values)

    def _start(self, visit, moment, position=None, user=None):
        with freeze_time(moment):
            return visit.with_user(user or self.care_own).action_start(position)

    def _finish(self, visit, moment, position=None, user=None):
        with freeze_time(moment):
            return visit.with_user(user or self.care_own).action_finish(position)

    def _made(self, visit, start="2026-10-08 01:00:00", end="2026-10-08 02:00:00"):
        """Make the visit: from 9 to 10 in Shanghai, by default."""
        self._start(visit, start)
        self._finish(visit, end)
        return visit

    def _report(self, visit, moment="2026-10-08 03:00:00", user=None, **values):
        with freeze_time(moment):
            visit = visit.with_user(user or self.care_own)
            visit.write({"outcome": "achieved", "report": "All is well", **values})
            visit.action_report()
        return visit

    def _mails(self):
        """What might reach a customer: mails, and messages to or about customers."""
        self.env.flush_all()
        customers = self.partner | self.contact
        messages = self.env["mail.message"].search_count(
            [
                "|",
                ("partner_ids", "in", customers.ids),
                ("notified_partner_ids", "in", customers.ids),
            ]
        )
        followers = self.env["mail.followers"].search_count(
            [("partner_id", "in", customers.ids)]
        )
        return self.env["mail.mail"].search_count([]), messages, followers
