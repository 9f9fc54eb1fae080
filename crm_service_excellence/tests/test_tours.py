# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo.tests import HttpCase, tagged

from .common import CareCommon

SPEND = [(0, 0), (10_000, 20), (50_000, 50), (200_000, 80), (500_000, 100)]
FREQUENCY = [(0, 0), (1, 20), (2, 40), (3, 62.5), (8, 80), (12, 100)]


@tagged("post_install", "-at_install")
class TestTours(CareCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.care_manager.name = "Care Test Manager"
        cls.today = cls.company._crm_today()
        cls.policy = cls._create_policy(
            [
                ("spend", 60, "bands", SPEND),
                ("frequency", 40, "bands", FREQUENCY),
            ]
        )
        # 60 % of 50 points and 40 % of 62.5: a score of 55.00, Silver
        cls.customer = cls._create_customer(
            "Hengda Precision",
            orders=[
                (cls.today - timedelta(days=days), 30_000) for days in (200, 120, 40)
            ],
            user_id=cls.care_manager.id,
        )
        cls.policy.with_company(cls.company)._run()

    def test_override_a_grade_and_see_it_in_the_history(self):
        self.assertEqual(self.customer.grade_id, self.silver)
        self.start_tour(
            "/odoo", "crm_service_excellence_override", login=self.care_manager.login
        )
        self.assertRecordValues(
            self.customer,
            [
                {
                    "grade_id": self.gold.id,
                    "computed_grade_id": self.silver.id,
                    "override_until": self.today + timedelta(days=90),
                }
            ],
        )
        self.assertEqual(self.customer.change_ids[0].user_id, self.care_manager)

    def test_simulate_a_policy_and_apply_it(self):
        draft = self._create_policy(
            [("spend", 1, "bands", [(0, 0), (50_000, 90)])],
            activate=False,
            name="Generous policy",
        )
        self.start_tour(
            "/odoo", "crm_service_excellence_simulate", login=self.care_manager.login
        )
        self.assertEqual(self.customer.grade_id, self.diamond)
        self.assertEqual(draft.state, "active")
        self.assertEqual(self.policy.state, "retired")

    def test_from_a_contact_to_its_record_and_a_reported_change(self):
        partner = self.customer.partner_id
        self.start_tour(
            f"/odoo/res.partner/{partner.id}",
            "crm_service_excellence_partner",
            login=self.care_manager.login,
        )
        change = self.env["crm.profile.change"].search(
            [("partner_id", "=", partner.id)]
        )
        self.assertRecordValues(
            change,
            [
                {
                    "statement": "Moved to 9 Harbour Road",
                    "state": "open",
                    "recorded_by_id": self.care_manager.id,
                    "company_id": self.company.id,
                }
            ],
        )

    def test_log_a_contact_and_see_it_in_the_timeline(self):
        touchpoints = self.env["crm.touchpoint"]
        earlier = touchpoints.create(
            {
                "partner_id": self.customer.partner_id.id,
                "date": self.today - timedelta(days=40),
            }
        )
        self.start_tour(
            f"/odoo/customer-care/{self.customer.id}",
            "crm_service_excellence_timeline",
            login=self.care_manager.login,
        )
        touch = touchpoints.search(
            [
                ("partner_id", "=", self.customer.partner_id.id),
                ("id", "!=", earlier.id),
            ]
        )
        self.assertRecordValues(
            touch,
            [
                {
                    "channel": "wechat",
                    "direction": "out",
                    "summary": "Asked for the new price list",
                    "user_id": self.care_manager.id,
                    "company_id": self.company.id,
                }
            ],
        )
