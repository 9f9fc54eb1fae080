# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The promise of the care calendar, clicked through from the rule to the queue."""

from odoo.tests import HttpCase, tagged

from .common import CareCommon


@tagged("post_install", "-at_install")
class TestCareScenario(CareCommon, HttpCase):
    def test_a_birthday_is_planned_approved_and_sent(self):
        """Today is the birthday, whenever and at whatever hour this runs."""
        self.company.write(
            {
                "crm_care_window_start": 0,
                "crm_care_window_end": 24,
                "crm_care_reach_share": 100,  # it is the only customer
            }
        )
        today = self.company._crm_today()
        customer = self._create_customer("Blue Sky Logistics")
        person = self._create_partner(
            "Chen Yu",
            parent_id=customer.partner_id.id,
            email="chen.yu@example.com",
            tz=self.company._crm_timezone(),
            crm_birth_calendar="solar",
            crm_birth_month=today.month,
            crm_birth_day=today.day,
        )
        template = self.env["mail.template"].create(
            {
                "name": "Birthday",
                "model_id": self.env["ir.model"]._get_id("crm.care.task"),
                "subject": "Happy birthday, {{ object.partner_id.name }}",
                "body_html": "<p>All the best!</p>",
            }
        )
        rule = self.env["crm.care.rule"].create(
            {
                "name": "Birthdays",
                "company_id": self.company.id,
                "occasion_id": self.env["crm.occasion"]
                .create({"name": "Birthday", "kind": "birthday"})
                .id,
                "approval": "always",
                "template_id": template.id,
            }
        )
        self.start_tour(
            f"/odoo/crm.care.rule/{rule.id}",
            "crm_service_excellence_care_plan",
            login=self.care_manager.login,
        )
        self.assertEqual(rule.state, "active")
        task = self.env["crm.care.task"].search(
            [("rule_id", "=", rule.id), ("due_date", "=", today)]
        )
        self.assertEqual(task.partner_id, person)
        self.assertEqual(task.state, "planned")
        self.env["crm.care.task"]._cron_review()
        self.assertEqual(task.state, "to_approve")
        self.start_tour(
            "/odoo/action-crm_service_excellence.crm_care_task_action_approval",
            "crm_service_excellence_care_send",
            login=self.care_manager.login,
        )
        self.assertEqual(task.state, "done")
        self.assertEqual(task.approved_by_id, self.care_manager)
        mail = task.sudo().mail_id
        self.assertEqual(mail.state, "outgoing")
        self.assertEqual(mail.subject, "Happy birthday, Chen Yu")
        touch = self.env["crm.touchpoint"].search([("contact_id", "=", person.id)])
        self.assertEqual(
            [(one.channel, one.direction, one.source) for one in touch],
            [("email", "out", f"crm.care.task,{task.id}")],
        )
        self.start_tour(
            f"/odoo/action-mail.action_view_mail_mail?debug=1&res_id={mail.id}",
            "crm_service_excellence_care_queue",
            login="admin",
        )
