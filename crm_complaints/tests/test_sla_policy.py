# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import tagged

from .complaint_common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestSlaPolicy(ComplaintCommon):
    def promised(self, metric="resolution", company=None, **question):
        compiled = self.env["crm.sla.policy"]._compiled(company or self.company)
        target = compiled.lookup(metric, **question)
        return target and target.minutes

    def test_compiled_follows_every_change(self):
        """No worker answers with what was promised before."""
        self.assertIsNone(self.promised())
        policy = self._create_sla({"resolution": 480, ("ack", "serious", None): 30})
        self.assertEqual(self.promised(), 480)
        self.assertIsNone(self.promised("ack"))
        self.assertEqual(self.promised("ack", severity="serious"), 30)
        line = policy.target_ids.filtered(lambda one: one.metric == "resolution")
        line.target_minutes = 360
        self.assertEqual(self.promised(), 360)
        policy.team_id = self.team
        self.assertIsNone(self.promised())
        self.assertEqual(self.promised(team_id=self.team.id), 360)
        line.unlink()
        self.assertIsNone(self.promised(team_id=self.team.id))
        self.env["crm.sla.target"].create(
            {"policy_id": policy.id, "metric": "resolution", "target_minutes": 60}
        )
        self.assertEqual(self.promised(team_id=self.team.id), 60)
        policy.active = False
        self.assertIsNone(self.promised(team_id=self.team.id))
        policy.active = True
        policy.unlink()
        self.assertIsNone(self.promised(team_id=self.team.id))

    def test_own_and_shared_policies(self):
        other = self.env["res.company"].create({"name": "Other company"})
        self._create_sla({"resolution": 480})
        self._create_sla({"resolution": 900, "ack": 60}, company_id=False)
        self.assertEqual(self.promised(), 480)
        self.assertEqual(self.promised("ack"), 60)
        self.assertEqual(self.promised(company=other), 900)
        as_agent = self.env["crm.sla.policy"].with_user(self.agent)
        self.assertEqual(as_agent._compiled(self.company).lookup("ack").minutes, 60)
