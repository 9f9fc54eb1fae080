# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged

from ..controllers import portal, portal_new
from .portal_common import PortalCommon


@tagged("post_install", "-at_install")
class TestPortal(PortalCommon):
    """A customer complains, follows, writes, and sees nothing of others."""

    def test_home_list_and_new(self):
        self.authenticate(self.portal_user.login, self.portal_user.login)
        self.assertIn("/my/complaints", self._page("/my/home"))
        self.assertIn("There are no complaints", self._page("/my/complaints"))
        self.assertIn("What happened?", self._page("/my/complaints/new"))
        response = self._post(
            "/my/complaints/new",
            {
                "subject": "Broken pump",
                "text": "It leaks <b>badly</b>.",
                "product": "P-100",
                "lot": "L1",
                "remedy": "repair",
                # fields that nobody may set from here
                "state": "closed",
                "severity": "very_serious",
                "partner_id": str(self.stranger_partner.id),
                "user_id": "2",
            },
            files=[("files", ("photo.png", b"\x89PNG\r\n\x1a\nxxxx", "image/png"))],
        )
        self.assertEqual(response.status_code, 303)
        complaint = self.env["crm.complaint"].search(
            [("partner_id", "=", self.customer.id)]
        )
        self.assertRecordValues(
            complaint,
            [
                {
                    "name": "Broken pump",
                    "contact_id": self.person.id,
                    "channel": "portal",
                    "company_id": self.company.id,
                    "lot_name": "L1",
                    "remedy_sought": "repair",
                    "severity": False,
                    "state": "acknowledged",
                }
            ],
        )
        self.assertIn("It leaks &lt;b&gt;badly", complaint.description)
        page = self._page(f"/my/complaints/{complaint.id}?done=created")
        for text in ("Broken pump", complaint.number, "photo.png", "P-100"):
            self.assertIn(text, page)
        self.assertIn(complaint.number, self._page("/my/complaints"))
        file = complaint.customer_attachment_ids
        response = self.url_open(f"/my/complaints/{complaint.id}/file/{file.id}")
        self.assertEqual(response.content, b"\x89PNG\r\n\x1a\nxxxx")
        self.assertEqual(response.headers["X-Content-Type-Options"], "nosniff")
        self.assertTrue(
            response.headers["Content-Disposition"].startswith("attachment")
        )

    def test_orders_of_others_are_not_offered_nor_taken(self):
        product = self.env["product.product"].create({"name": "Kettle"})
        own, others = (
            self.env["sale.order"].create(
                {
                    "partner_id": partner.id,
                    "company_id": self.company.id,
                    "order_line": [Command.create({"product_id": product.id})],
                }
            )
            for partner in (self.person, self.stranger_partner)
        )
        (own | others).action_confirm()
        self.authenticate(self.portal_user.login, self.portal_user.login)
        page = self._page("/my/complaints/new")
        self.assertIn(f'value="{own.id}"', page)
        self.assertNotIn(f'value="{others.id}"', page)
        for order in (own, others):
            self._post(
                "/my/complaints/new",
                {"subject": f"About {order.id}", "text": "x", "order": str(order.id)},
            )
        complaints = self.env["crm.complaint"].search(
            [("name", "like", "About ")], order="id"
        )
        self.assertEqual(complaints[0].sale_order_id, own)
        self.assertFalse(complaints[1].sale_order_id)

    def test_limits(self):
        complaint = self._create_complaint()
        self.authenticate(self.portal_user.login, self.portal_user.login)
        url, once = f"/my/complaints/{complaint.id}", [(86400, 1)]
        with (
            patch.object(portal, "PORTAL_LIMITS", once),
            patch.object(portal_new, "NEW_LIMITS", once),
        ):
            for path, page, data in (
                (f"{url}/message", url, {"message": "x"}),
                ("/my/complaints/new", None, {"subject": "x", "text": "x"}),
            ):
                self.assertEqual(self._post(path, data, page=page).status_code, 303)
                self.assertIn("very often", self._post(path, data, page=page).text)

    def test_errors_keep_what_was_typed(self):
        self.authenticate(self.portal_user.login, self.portal_user.login)
        before = self.env["crm.complaint"].search_count([])
        response = self._post(
            "/my/complaints/new",
            {"subject": "", "text": "Half of it"},
            files=[("files", ("run.php", b"<?php", "image/png"))],
        )
        self.assertIn("Half of it", response.text)
        self.assertIn("We cannot take run.php", response.text)
        self.assertEqual(self.env["crm.complaint"].search_count([]), before)
