# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import freeze_time

from .common import CareCommon

# A Friday, before the plan's month: half past ten in the morning at the company
NOW = "2026-09-25 02:30:00"
INTERVALS = {"diamond": 14, "gold": 30, "silver": 60, "regular": 90}


class VisitPlanCommon(CareCommon):
    """China's October 2026, four customers due in it, and their salesperson."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(NOW))
        cls._close("2026-09-30 16:00:00", "2026-10-07 15:59:59")  # 1 to 7 October
        cls.env["resource.calendar.makeup"].create(
            {
                "name": "National Day",
                "company_id": cls.company.id,
                "date": "2026-10-10",
                "weekday": "3",
            }
        )
        cls.env["crm.cadence"].search([("kind", "=", "visit")]).active = False
        cls.cadences = cls.env["crm.cadence"].create(
            [
                {
                    "grade_id": getattr(cls, code).id,
                    "kind": "visit",
                    "interval_days": days,
                    "company_id": cls.company.id,
                }
                for code, days in INTERVALS.items()
            ]
        )
        cls.seller = cls.care_own

    @classmethod
    def _close(cls, start, end, **values):
        leaves = cls.env["resource.calendar.leaves"].with_company(cls.company)
        leave = leaves.create(
            {"name": "Closed", "date_from": start, "date_to": end, **values}
        )
        leave.flush_recordset()
        return leave

    @classmethod
    def _customer(cls, grade, last_visit=None, name=None, **values):
        values.setdefault("user_id", cls.seller.id)
        customer = cls._create_customer(name or grade.name, **values)
        # followed since long before the visits, so that only they count
        customer.sudo().write({"grade_id": grade.id, "cadence_start": "2026-01-01"})
        if last_visit:
            cls._visited(customer, last_visit)
        else:
            cls.customers._refresh(partner_ids=customer.partner_id.ids)
        return customer

    @classmethod
    def _visited(cls, customer, day):
        cls.env["crm.touchpoint"].create(
            {
                "partner_id": customer.partner_id.id,
                "date": f"{day} 03:00:00",
                "channel": "visit",
                "user_id": cls.seller.id,
            }
        )

    @classmethod
    def _plan_of(cls, **values):
        return (
            cls.env["crm.visit.plan"]
            .with_user(cls.seller)
            .create(
                {"user_id": cls.seller.id, "date_from": "2026-10-01", "capacity": 1}
                | values
            )
        )

    @classmethod
    def _four(cls):
        """The customers of C5 and C6."""
        cls.diamond_one = cls._customer(cls.diamond, "2026-09-21")
        cls.gold_one = cls._customer(cls.gold, "2026-09-05")
        cls.silver_one = cls._customer(cls.silver, "2026-08-03")
        cls.regular_one = cls._customer(cls.regular, "2026-07-06")

    def _days(self, plan, customer):
        visits = plan.visit_ids.filtered(
            lambda visit: (
                visit.partner_id == customer.partner_id and visit.state != "cancelled"
            )
        )
        return sorted(visits.mapped("date"))
