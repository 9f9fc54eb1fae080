# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .care_rule_common import NOW, CareRuleCommon

TEMPLATES = (
    "birthday",
    "spring_festival",
    "mid_autumn",
    "festival",
    "after_purchase",
    "warranty_end",
    "dormancy",
    "grade_reached",
)
SUGGESTIONS = (
    "birthday",
    "spring_festival",
    "mid_autumn",
    "after_purchase",
    "warranty_end",
    "dormancy",
)


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestCareRuleTemplates(CareRuleCommon):
    """Templates of care say what they have to, and managers may reword them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls.followed[0].partner_id
        # most databases let every colleague write code into templates
        cls.env["ir.config_parameter"].set_param(
            "mail.restrict.template.rendering", True
        )

    def _template(self, kind, key):
        return self.env.ref(f"crm_service_excellence.{kind}_template_care_{key}")

    def _create_task(self, **values):
        return self.tasks.create(
            {
                "rule_id": self.rule.id,
                "occasion_id": self.occasion.id,
                "kind": self.occasion.kind,
                "company_id": self.company.id,
                "partner_id": self.partner.id,
                "commercial_partner_id": self.partner.id,
                "grade_id": self.gold.id,
                "occurrence_key": "2026",
                "occasion_date": "2026-09-25",
                "due_date": "2026-09-25",
                "not_before": "2026-09-25 01:00:00",
                "not_after": "2026-09-25 12:00:00",
                "purpose": "greeting",
                "priority": "3",
                **values,
            }
        )

    def _create_order(self, *products):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.partner.id,
                "company_id": self.company.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.env["product.product"]
                            .create(
                                {"name": name, "default_code": "X", "type": "service"}
                            )
                            .id,
                            "price_unit": price,
                        }
                    )
                    for name, price in products
                ],
            }
        )
        return order

    def test_shipped_templates_are_plain(self):
        """Nothing in them takes a template editor; each can be rendered."""
        task = self._create_task()
        for key in TEMPLATES:
            mail, sms = self._template("mail", key), self._template("sms", key)
            with self.subTest(key):
                self.assertFalse(mail._has_unsafe_expression())
                self.assertFalse(sms._has_unsafe_expression())
                subject = mail._render_field("subject", task.ids)[task.id]
                body = mail._render_field("body_html", task.ids)[task.id]
                short = sms._render_field("body", task.ids)[task.id]
                for text in (subject, body, short):
                    self.assertTrue(text)
                    self.assertNotIn("{{", text)
                self.assertIn("Customer 1", body)
                self.assertIn("Care Test Company", body)

    def test_managers_reword_templates(self):
        mail = self._template("mail", "birthday").with_user(self.care_manager)
        sms = self._template("sms", "birthday").with_user(self.care_manager)
        mail.subject = "All the best, {{ object.contact_name }}"
        mail.body_html = "<p>Dear <t t-out='object.contact_name'>you</t></p>"
        sms.body = "All the best, {{ object.contact_name }}"
        for template, name in ((mail, "subject"), (sms, "body")):
            with self.assertRaises(AccessError):
                template[name] = "{{ object.env['res.users'].sudo().search([]) }}"

    def test_managers_reword_only_those_of_care(self):
        other = self.env["ir.model"]._get("res.partner")
        mail = self.env["mail.template"].create(
            {"name": "Other", "model_id": other.id, "subject": "S"}
        )
        sms = self.env["sms.template"].create(
            {"name": "Other", "model_id": other.id, "body": "S"}
        )
        for template in (mail, sms):
            with self.assertRaises(AccessError):
                template.with_user(self.care_manager).name = "Mine"
        with self.assertRaises(AccessError):
            self.env["sms.template"].with_user(self.care_manager).create(
                {"name": "Other", "model_id": other.id, "body": "S"}
            )

    def test_users_reword_nothing(self):
        for kind in ("mail", "sms"):
            template = self._template(kind, "birthday").with_user(self.care_all)
            with self.assertRaises(AccessError):
                template.name = "Mine"

    # WORDS

    def test_words_of_people(self):
        ann = self._create_partner("Ann", parent_id=self.partner.id)
        task = self._create_task(partner_id=ann.id, user_id=self.care_own.id)
        self.assertEqual(task.contact_name, "Ann")
        self.assertEqual(task.customer_name, "Customer 1")
        self.assertEqual(task.sender_name, self.care_own.name)
        self.assertEqual(task.company_name, "Care Test Company")
        self.assertEqual(task.occasion_name, "Full moon")
        self.assertEqual(task.occasion_day, "September 25, 2026")
        self.assertEqual(task.grade_name, "Gold")
        task.user_id = False
        self.assertEqual(task.sender_name, "Care Test Company")

    def test_words_of_what_was_bought(self):
        order = self._create_order(("Hose", 5), ("Pump", 100))
        task = self._create_task(res_model="sale.order", res_id=order.id)
        self.assertEqual(task.source_name, "Pump")
        line = order.order_line[0]
        other = self._create_task(
            res_model="sale.order.line", res_id=line.id, occurrence_key="2"
        )
        self.assertEqual(other.source_name, "Hose")
        invoice = self._create_invoice(self.partner, "2026-05-01", 10)
        by_invoice = self._create_task(
            res_model="account.move", res_id=invoice.id, occurrence_key="3"
        )
        self.assertEqual(by_invoice.source_name, "your purchase")
        order.order_line.unlink()
        task.invalidate_recordset()
        self.assertEqual(task.source_name, f"order {order.name}")
        self.assertEqual(other.source_name, "your purchase")

    def test_words_of_a_warranty(self):
        """The occasion is some days before the end."""
        occasion = self.env["crm.occasion"].create(
            {"name": "Warranty", "kind": "warranty_end", "days": 30}
        )
        order = self._create_order(("Pump", 100))
        product = order.order_line.product_id
        product.product_tmpl_id.crm_warranty_months = 12
        order.action_confirm()
        order.date_order = "2026-05-01 04:00:00"
        self.env.flush_all()
        warranty = self.env["crm.warranty"].browse(order.order_line.id)
        task = self._create_task(
            occasion_id=occasion.id,
            kind="warranty_end",
            res_model="sale.order.line",
            res_id=order.order_line.id,
        )
        self.assertTrue(warranty.end_date)
        self.assertIn(str(warranty.end_date.year), task.end_day)
        self.assertNotEqual(task.end_day, task.occasion_day)

    # SUGGESTIONS

    def test_shipped_rules_are_drafts(self):
        for key in SUGGESTIONS:
            rule = self.env.ref(f"crm_service_excellence.crm_care_rule_{key}")
            with self.subTest(key):
                self.assertEqual(rule.state, "draft")
                self.assertEqual(rule.company_id, self.env.ref("base.main_company"))
                self.assertTrue(rule.template_id.subject)
                self.assertTrue(rule.channel_ids)
                self.assertFalse(rule.confirmed_reach)
        birthday = self.env.ref("crm_service_excellence.crm_care_rule_birthday")
        self.assertEqual(birthday.recipient, "contacts")
        self.assertEqual(birthday.approval_grade_ids, self.diamond)
