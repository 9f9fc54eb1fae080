# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import freeze_time

from .common import CareCommon

NOON = "2026-10-08 04:00:00"  # noon in Shanghai


class GoodwillCommon(CareCommon):
    """A diamond customer of ``care_own`` with a budget of 2,000 a year."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.goodwills = cls.env["crm.goodwill"]
        cls.director = cls._create_user("care_test_director", "group_goodwill_director")
        cls.env["crm.goodwill.budget"].search([]).unlink()
        for grade, amount in ((cls.diamond, 2000), (cls.gold, 800)):
            cls.env["crm.goodwill.budget"].create(
                {
                    "grade_id": grade.id,
                    "company_id": cls.company.id,
                    "amount": amount,
                }
            )
        cls.company.write(
            {"crm_goodwill_own_limit": 100, "crm_goodwill_manager_limit": 500}
        )
        cls.voucher = cls._create_type("Voucher", kind="gift")
        cls.call = cls._create_type("Visit", kind="visit", is_immediate=False)
        cls.apology = cls._create_type("Sorry", kind="apology", has_value=False)
        cls.partner = cls._create_partner(
            "Hengda Precision", is_company=True, user_id=cls.care_own.id
        )
        cls.contact = cls._create_partner("Li Na", parent_id=cls.partner.id)
        cls.customer = cls.customers._follow(cls.partner)
        cls.customer.sudo().grade_id = cls.diamond

    @classmethod
    def _create_type(cls, name, **values):
        return cls.env["crm.goodwill.type"].create({"name": name, **values})

    def _draft(self, value=50, user=None, **values):
        """A draft of ``care_own``, by default a voucher."""
        vals = {
            "partner_id": self.partner.id,
            "type_id": self.voucher.id,
            "note": "The pump came late",
            **values,
        }
        if value is not None:
            vals["value"] = value
        return self.goodwills.with_user(user or self.care_own).create(vals)

    def _ask(self, value=50, user=None, moment=NOON, **values):
        goodwill = self._draft(value, user, **values)
        with freeze_time(moment):
            goodwill.action_request()
        return goodwill

    def _use(self, value, moment="2026-05-04 02:00:00", partner=None):
        """So much was granted already, whoever allowed it."""
        with freeze_time(moment):
            goodwill = self.goodwills.create(
                {
                    "partner_id": (partner or self.partner).id,
                    "type_id": self.voucher.id,
                    "value": value,
                    "note": "Earlier",
                }
            )
            goodwill.write({"state": "requested"})
            goodwill._approve(over_budget=True)
        return goodwill

    def _approve(self, goodwill, user=None, moment=NOON, **options):
        with freeze_time(moment):
            goodwill.with_user(user or self.care_manager)._approve(**options)
