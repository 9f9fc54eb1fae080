# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import HttpCase, tagged

from .care_rule_common import CareRuleCommon


@tagged("post_install", "-at_install")
class TestCareRuleTours(CareRuleCommon, HttpCase):
    """A rule from its first line to its first tasks, on the screens."""

    def test_a_rule_is_set_up_and_activated(self):
        self.company.crm_care_reach_share = 50
        self.start_tour(
            "/odoo/care-rules",
            "crm_service_excellence_care_rule",
            login=self.care_manager.login,
        )
        rule = self.rules.search([("name", "=", "Greeting for gold customers")])
        self.assertEqual(rule.state, "active")
        self.assertEqual(rule.confirmed_reach, 3)
        tasks = self._tasks_of(rule)
        self.assertEqual(tasks.partner_id, self.followed[:3].partner_id)
