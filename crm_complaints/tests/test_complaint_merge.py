# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Two contacts are one: nothing that hangs on complaints is lost."""

import json

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..tools import webhook
from .complaint_common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestComplaintMerge(ComplaintCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.double = cls.env["res.partner"].create(
            {"name": "Double", "email": "double@example.com"}
        )
        cls.person = cls.env["res.partner"].create(
            {
                "name": "Person",
                "email": "person@example.com",
                "parent_id": cls.double.id,
            }
        )
        cls.answered = cls._create_complaint(
            partner_id=cls.double.id, contact_id=cls.person.id
        )
        cls.asked = cls._create_complaint(partner_id=cls.double.id)
        gateway = cls.env["crm.complaint.gateway"].create(
            {"name": "G", "team_id": cls.team.id, "company_id": cls.company.id}
        )
        values = {"external_id": "1", "text": "x", "email": "double@example.com"}
        body = json.dumps(values).encode()
        cls.delivered = cls.env["crm.complaint.inbound"]._take(
            gateway, webhook.parse(body), body, fields.Datetime.now()
        )
        cls.requests = cls.env["crm.complaint.satisfaction"]._ask(
            cls.answered | cls.asked, fields.Datetime.now()
        )
        cls.requests[0]._answer(5, 5, "Fine")
        cls.token = cls.answered._portal_ensure_token()

    def _merge(self, partners, target):
        self.env["base.partner.merge.automatic.wizard"].create(
            {
                "partner_ids": [Command.set(partners.ids)],
                "dst_partner_id": target.id,
                "state": "selection",
            }
        ).action_merge()
        self.env.invalidate_all()

    def test_nothing_is_lost(self):
        complaints = self.answered | self.asked | self.delivered
        self.assertEqual(complaints.partner_id, self.double)
        self._merge(self.double | self.customer, self.customer)
        self.assertFalse(self.double.exists())
        self.assertEqual(complaints.partner_id, self.customer)
        self.assertEqual(self.answered.contact_id, self.person)
        self.assertEqual(self.requests.partner_id, self.customer)
        self.assertEqual(self.requests[0].rating_id.rating, 5)
        self.assertEqual(len(self.requests.exists()), 2)
        touches = self.env["crm.touchpoint"].search(
            [("res_model", "=", "crm.complaint"), ("res_id", "in", complaints.ids)]
        )
        self.assertEqual(len(touches), 3)
        self.assertEqual(touches.partner_id, self.customer)
        inbound = self.env["crm.complaint.inbound"].search(
            [("complaint_id", "=", self.delivered.id)]
        )
        self.assertEqual(len(inbound), 1)
        # the customer is who it was: the link in old mails still leads here
        self.assertEqual(self.answered.access_token, self.token)

    def test_a_contact_is_merged(self):
        other = self.env["res.partner"].create(
            {
                "name": "Person 2",
                "email": "person@example.com",
                "parent_id": self.double.id,
            }
        )
        self._merge(self.person | other, other)
        self.assertEqual(self.answered.contact_id, other)
        self.assertEqual(self.requests[0].rating_id.partner_id, other)

    def test_neither_customer_nor_contact_is_deleted(self):
        for partner in (self.person, self.double):
            with self.assertRaisesRegex(UserError, "There are complaints"):
                partner.unlink()
