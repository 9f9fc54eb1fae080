# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .complaint_common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestComplaintDuplicate(ComplaintCommon):
    """One matter, one complaint that goes on."""

    def test_a_duplicate_points_to_the_one_that_goes_on(self):
        survivor = self._own_complaint()
        double = self._own_complaint()
        double.sudo().message_subscribe(self.customer.ids)
        double.action_mark_duplicate(survivor.id)
        self.assertEqual(double.state, "duplicate")
        self.assertEqual(double.duplicate_of_id, survivor)
        self.assertIn(self.customer, survivor.sudo().message_partner_ids)
        self.assertIn(double.number, survivor.message_ids[0].body)

    def test_it_may_not_be_itself_or_a_duplicate(self):
        first, second, third = (self._own_complaint() for _index in range(3))
        with self.assertRaisesRegex(UserError, "duplicate of itself"):
            first.action_mark_duplicate(first.id)
        first.action_mark_duplicate(second.id)
        with self.assertRaisesRegex(UserError, "is a duplicate itself"):
            third.action_mark_duplicate(first.id)
        with self.assertRaisesRegex(UserError, "is a duplicate itself"):
            second.action_mark_duplicate(first.id)

    def test_another_customers_needs_confirmation_and_leaks_nothing(self):
        other = self.env["res.partner"].create(
            {"name": "Other", "email": "other@example.com"}
        )
        survivor = self._own_complaint()
        double = self._own_complaint(partner_id=other.id)
        double.sudo().message_subscribe(other.ids)
        for confirmed in (False, 1, "yes", None):
            with (
                self.subTest(confirmed=confirmed),
                self.assertRaisesRegex(UserError, "another customer's"),
            ):
                double.action_mark_duplicate(survivor.id, confirmed)
        double.action_mark_duplicate(survivor.id, confirmed=True)
        self.assertEqual(double.state, "duplicate")
        self.assertNotIn(other, survivor.sudo().message_partner_ids)

    def test_the_survivor_must_be_writable(self):
        foreign = self._create_complaint(user_id=self.colleague.id)
        double = self._own_complaint()
        with self.assertRaises(AccessError):
            double.action_mark_duplicate(foreign.id)
        self.assertEqual(double.state, "received")

    def test_files_are_copied_when_asked(self):
        survivor, double = self._own_complaint(), self._own_complaint()
        self.env["ir.attachment"].create(
            {
                "name": "photo.png",
                "raw": b"x",
                "res_model": "crm.complaint",
                "res_id": double.id,
            }
        )
        wizard = self.env["crm.complaint.move"].with_user(self.agent).create(
            {
                "complaint_id": double.id,
                "action": "mark_duplicate",
                "survivor_id": survivor.id,
                "copies_files": True,
            }
        )  # fmt: skip
        wizard.action_confirm()
        files = self.env["ir.attachment"].search(
            [("res_model", "=", "crm.complaint"), ("name", "=", "photo.png")]
        )
        self.assertEqual(set(files.mapped("res_id")), {survivor.id, double.id})

    def test_a_duplicate_is_not_linked_by_a_command(self):
        survivor, double = self._own_complaint(), self._own_complaint()
        with self.assertRaises(AccessError):
            survivor.write({"duplicate_ids": [Command.link(double.id)]})
        self.assertFalse(double.duplicate_of_id)
