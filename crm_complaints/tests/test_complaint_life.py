# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .complaint_common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestComplaintLife(ComplaintCommon):
    """From receipt to closing, as the agent who owns the complaint."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.category = cls.env["crm.complaint.category"].create({"name": "Pumps"})

    def _own(self, **values):
        """A complaint of the agent, with the agent's rights."""
        values.setdefault("user_id", self.agent.id)
        return self._create_complaint(**values).with_user(self.agent)

    def _bring_to(self, complaint, state):
        """The shortest way to a state."""
        steps = ["received", "acknowledged", "assessed", "investigating", "resolved"]
        for step in steps[1 : steps.index(state) + 1]:
            if step == "acknowledged":
                complaint.action_confirm_orally()
            elif step == "assessed":
                complaint.category_id = self.category
                complaint.action_assess()
            elif step == "investigating":
                complaint.action_investigate()
            else:
                complaint.write({"solution": "A new pump", "decision": "justified"})
                complaint.action_resolve()
        return complaint

    # THE WAY THROUGH

    def test_from_receipt_to_closing(self):
        with freeze_time("2026-03-02 01:00:00"):
            complaint = self._own()
            self.assertEqual(complaint.state, "received")
            self._bring_to(complaint, "resolved")
            complaint.decision_text = "We replace it."
            complaint.sudo()._tell_decision(channel="phone")
        with freeze_time("2026-03-03 01:00:00"):
            complaint.sudo()._customer_accepts()
        self.assertEqual(complaint.state, "closed")
        self.assertEqual(complaint.customer_answer, "accepted")
        self.assertEqual(str(complaint.date_resolved), "2026-03-02 01:00:00")
        self.assertEqual(str(complaint.date_closed), "2026-03-03 01:00:00")

    def test_what_is_missing_is_said_at_once_and_nothing_changes(self):
        complaint = self._bring_to(self._own(), "investigating")
        with self.assertRaises(UserError) as refusal:
            complaint.action_resolve()
        self.assertIn("The solution is missing.", str(refusal.exception))
        self.assertIn("The decision is missing", str(refusal.exception))
        self.assertEqual(complaint.state, "investigating")

    def test_acknowledge_needs_a_confirmation(self):
        complaint = self._own()
        with self.assertRaisesRegex(UserError, "no confirmation of receipt"):
            complaint.action_acknowledge()
        complaint.action_confirm_orally()
        self.assertEqual(complaint.state, "acknowledged")
        self.assertEqual(complaint.confirmation_channel, "phone")

    def test_assess_needs_severity_and_category(self):
        complaint = self._own(severity=False)
        complaint.action_confirm_orally()
        with self.assertRaises(UserError) as refusal:
            complaint.action_assess()
        self.assertIn("The severity is missing.", str(refusal.exception))
        self.assertIn("The category is missing.", str(refusal.exception))
