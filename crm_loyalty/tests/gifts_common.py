# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from .common import LoyaltyCase

NAN = float("nan")
#: L10 of reliability_perf.md: no number of points that could move
BAD_POINTS = (0, -1, 2**31, 1e308, NAN, float("inf"), "10", None, True, 10.005, 10**40)


class GiftsCase(LoyaltyCase):
    """A program of which users adjust 50 points alone, managers 500."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program.write({"adjust_limit_user": 50, "adjust_limit_manager": 500})
        # as they are shipped, whatever a database made of them
        cls.env["crm.loyalty.event"].with_context(active_test=False).search([]).write(
            {"active": False, "program_id": False, "company_id": False}
        )
        cls.reason = cls.env["crm.loyalty.adjustment.reason"].create({"name": "Test"})
        cls.second = cls.create_user("loyalty_second", "group_loyalty_manager")

    @classmethod
    def create_user(cls, login, group):
        user = cls.manager.copy(
            {"login": login, "name": login, "email": f"{login}@x.y"}
        )
        user.group_ids = cls.env.ref("base.group_user") | cls.env.ref(
            f"crm_loyalty.{group}"
        )
        return user

    @classmethod
    def create_event(cls, code="visit", **values):
        return cls.env["crm.loyalty.event"].create(
            {
                "name": "Visit",
                "code": code,
                "program_id": cls.program.id,
                "points": 100,
                "frequency": "year",
                "start_date": "2025-01-01",
                **values,
            }
        )

    def grant(self, code="visit", partner=None, **options):
        options.setdefault("as_of", "2026-01-05")
        return self.env["crm.loyalty.event"]._grant(
            partner or self.partner, code, **options
        )

    def entries(self, partner=None):
        return self.env["crm.loyalty.entry"].search(
            [("partner_id", "=", (partner or self.partner).id)], order="id"
        )
