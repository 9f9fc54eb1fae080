# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import tagged

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
