# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date, datetime

from odoo.tests import freeze_time, tagged

from .visit_common import VisitCommon


@tagged("post_install", "-at_install")
class TestVisitBrief(VisitCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_policy()
        cls._create_invoice(cls.partner, "2026-09-01", 600_000)
        cls.env["crm.grade.policy"]._get_active(cls.company).with_company(
            cls.company
        )._run(as_of=date(2026, 9, 30))
        cls.env["crm.lead"].create(
            {
                "name": "Press line 4",
                "type": "opportunity",
                "partner_id": cls.contact.id,
                "user_id": cls.care_own.id,
                "company_id": cls.company.id,
            }
        )
        insights = cls.env["crm.customer.insight"]
        insights.create(
            [
                {"partner_id": cls.partner.id, "statement": "Hates delays"},
                {
                    "partner_id": cls.partner.id,
                    "statement": "Is being bought <b>up</b>",
                    "is_confidential": True,
                },
            ]
        )
        cls.env["crm.touchpoint"].create(
            {
                "partner_id": cls.partner.id,
                "date": "2026-09-05 02:00:00",
                "summary": "Asked for samples",
                "channel": "phone",
                "user_id": cls.care_own.id,
            }
        )
        cls.visit = cls._create_visit(contact_id=cls.contact.id)

    def _brief(self, user):
        return self.visit.with_user(user).brief

    def test_what_the_visitor_should_know(self):
        brief = self._brief(self.care_own)
        for text in ("Diamond", "score 100", "Hates delays", "Asked for samples"):
            self.assertIn(text, brief)
        self.assertNotIn("bought", brief)

    def test_under_the_reader_s_own_rights(self):
        self.env.ref("sales_team.group_sale_salesman").user_ids = [
            (4, self.care_own.id)
        ]
        self.assertIn("Press line 4", self._brief(self.care_own))
        self.assertNotIn("Press line 4", self._brief(self.care_all))
        quality = self._create_user("care_test_quality", "group_care_confidential")
        quality.group_ids += self.env.ref("crm_service_excellence.group_care_all")
        self.assertIn("bought &lt;b&gt;up", self._brief(quality))

    def test_of_a_customer_nobody_knows(self):
        visit = self._create_visit(partner_id=self._create_partner("New one").id)
        self.assertIn("Nothing is known", visit.with_user(self.care_own).brief)

    def test_how_to_get_there(self):
        visit = self.visit.with_user(self.care_own)
        self.assertEqual(visit.phone, self.partner.phone)
        self.assertIn("google", visit.map_url)
        self.assertIn("31.2303904%2C121.4737021", visit.map_url)
        self.partner.country_id = self.env.ref("base.cn")
        self.env.invalidate_all()
        self.assertIn("amap", visit.map_url)
        self.assertIn("coordinate=wgs84", visit.map_url)

    def test_printed(self):
        html, _kind = (
            self.env["ir.actions.report"]
            .with_user(self.care_own)
            ._render_qweb_html(
                "crm_service_excellence.report_crm_visit", self.visit.ids
            )
        )
        text = html.decode()
        for part in ("Hengda Precision", "Li Na", "Diamond", "☐", "Notes", "Routine"):
            self.assertIn(part, text)

    def test_reports_that_are_overdue(self):
        visit = self._made(self.visit)
        overdue = [("is_report_overdue", "=", True)]
        self.assertEqual(visit.report_deadline, datetime(2026, 10, 9, 2))
        with freeze_time("2026-10-09 01:59:00"):
            self.assertFalse(visit.is_report_overdue)
            self.assertNotIn(visit, self.visits.search(overdue))
        self.env.invalidate_all()
        with freeze_time("2026-10-09 02:01:00"):
            self.assertTrue(visit.is_report_overdue)
            self.assertIn(visit, self.visits.search(overdue))
            self.assertNotIn(
                visit, self.visits.search([("is_report_overdue", "=", False)])
            )
