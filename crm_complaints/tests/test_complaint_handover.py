# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .complaint_common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestComplaintHandover(ComplaintCommon):
    """The agent belongs to one team, sees own complaints and what it has unowned."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stranger = cls._create_user("complaint_stranger", "group_complaint_own")
        cls.other_team = cls.env["crm.complaint.team"].create(
            {
                "name": "Other team",
                "company_id": cls.company.id,
                "member_ids": [Command.set(cls.stranger.ids)],
                "assignment": "manual",
            }
        )

    def _complaint(self, **values):
        """Received by somebody else, so that it is the agent's by ownership only."""
        values = {"user_id": self.agent.id, **values}
        return self._create_complaint(**values).with_user(self.agent)

    def _wizard(self, complaint, **values):
        action = complaint.action_ask_handover()
        wizard = self.env[action["res_model"]].with_user(complaint.env.user)
        return wizard.with_context(**action["context"]).create(values)

    # HAND OVER

    def test_to_another_team_and_back_to_the_list(self):
        """It is gone out of sight, and the list is shown instead of an error."""
        complaint = self._complaint()
        wizard = self._wizard(
            complaint, team_id=self.other_team.id, user_id=False, note="Speaks French"
        )
        action = wizard.action_confirm()
        self.assertEqual(action["params"]["next"]["res_model"], "crm.complaint")
        self.assertEqual(action["params"]["next"]["target"], "main")
        self.assertFalse(complaint.has_access("read"))
        self.assertRecordValues(
            complaint.sudo(), [{"team_id": self.other_team.id, "user_id": False}]
        )
        note = complaint.sudo().message_ids.filtered(
            lambda message: "Speaks French" in message.body
        )
        self.assertEqual(note.author_id, self.agent.partner_id)
        self.assertTrue(note.is_internal or note.subtype_id.internal)
        self.assertNotIn(self.agent.partner_id, complaint.sudo().message_partner_ids)

    def test_to_a_colleague_of_the_team(self):
        complaint = self._complaint()
        form = Form(
            self.env["crm.complaint.handover"]
            .with_user(self.agent)
            .with_context(default_complaint_id=complaint.id)
        )
        self.assertEqual(form.team_id, self.team)
        form.user_id = self.colleague
        form.save().action_confirm()
        self.assertEqual(complaint.sudo().user_id, self.colleague)
        self.assertEqual(complaint.sudo().team_id, self.team)
        self.assertTrue(complaint.with_user(self.colleague).has_access("write"))

    def test_whoever_sees_all_stays(self):
        complaint = self._complaint().with_user(self.all_complaints)
        wizard = self._wizard(complaint, user_id=self.colleague.id)
        self.assertEqual(
            wizard.action_confirm(), {"type": "ir.actions.act_window_close"}
        )

    def test_refused(self):
        """To nobody else, to a stranger to the team, what is over, what is others'."""
        complaint = self._complaint()
        with self.assertRaises(UserError):
            self._wizard(complaint, user_id=self.agent.id).action_confirm()
        with self.assertRaisesRegex(UserError, "complaint_stranger"):
            self._wizard(complaint, user_id=self.stranger.id).action_confirm()
        wizard = self._wizard(complaint, user_id=self.colleague.id)
        complaint.sudo().state = "closed"
        with self.assertRaisesRegex(UserError, "is over"):
            wizard.action_confirm()
        complaint.sudo().write({"state": "received", "user_id": self.colleague.id})
        with self.assertRaises(AccessError):
            wizard.action_confirm()
        self.assertEqual(complaint.sudo().user_id, self.colleague)

    # IN THE FORM

    def test_form_of_own_complaints(self):
        """Owner and team are for reading, except on a new complaint."""
        view = "crm_complaints.crm_complaint_view_form"
        complaint = self._complaint()
        form = Form(complaint, view)
        with self.assertRaisesRegex(AssertionError, "readonly"):
            form.user_id = self.colleague
        with self.assertRaisesRegex(AssertionError, "readonly"):
            form.team_id = self.other_team
        form = Form(complaint.with_user(self.all_complaints), view)
        form.user_id = self.colleague
        form.save()
        self.assertEqual(complaint.sudo().user_id, self.colleague)

    def test_category_of_another_team_says_what_to_do(self):
        """The category's team would take it out of sight: a hint, not an error."""
        categories = self.env["crm.complaint.category"].create(
            [
                {"name": "Ours", "team_id": self.team.id},
                {"name": "Theirs", "team_id": self.other_team.id},
            ]
        )
        complaint = self._complaint(category_id=categories[0].id)
        with self.assertRaisesRegex(UserError, "Hand over"):
            complaint.web_save({"category_id": categories[1].id}, {"name": {}})

    # TAKE

    def test_take_what_nobody_owns(self):
        complaint = self._complaint(user_id=False)
        complaint.action_take()
        self.assertEqual(complaint.user_id, self.agent)
        complaint.action_take()  # pressed twice
        with self.assertRaises(AccessError):
            complaint.with_user(self.colleague).action_take()
        with self.assertRaisesRegex(UserError, "complaint_agent"):
            complaint.with_user(self.all_complaints).action_take()

    def test_what_is_over_is_not_taken(self):
        complaint = self._complaint(user_id=False)
        complaint.sudo().state = "closed"
        with self.assertRaisesRegex(UserError, "is over"):
            complaint.action_take()
