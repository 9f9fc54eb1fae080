# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import HttpCase, tagged

from .complaint_common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestPolicyMatrixTour(ComplaintCommon, HttpCase):
    def test_edit_the_matrix(self):
        """Two cells in one save: one version."""
        policy = self._create_sla({"resolution": 480, "ack": 30}, name="Tour promise")
        self.start_tour(
            "/odoo/action-crm_complaints.crm_sla_policy_action",
            "crm_complaints_policy_matrix",
            login=self.manager.login,
        )
        self.assertEqual(policy.version, 2)
        self.assertEqual(
            policy.target_matrix,
            {"ack||": 30, "resolution||": 360, "resolution|serious|": 240},
        )
        self.assertEqual(len(policy.version_ids), 2)
