# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..controllers import public_form
from .portal_common import CSRF, PortalCommon

FORM = {
    "subject": "Wrong colour",
    "text": "Blue ordered, green came.",
    "name": "Carla",
    "email": "carla@example.com",
}


@tagged("post_install", "-at_install")
class TestPublicForm(PortalCommon):
    """Strangers complain; nothing is looked up, nothing else can be set."""

    def setUp(self):
        super().setUp()
        patcher = patch.object(public_form, "MIN_SECONDS", 0)
        patcher.start()
        self.addCleanup(patcher.stop)
        self.authenticate(None, None)

    def _send(self, data=None, files=None, ticket=None):
        page = self.url_open("/complaint").text
        if ticket is None:
            ticket = page.split('name="ticket" value="')[1].split('"')[0]
        return self.url_open(
            "/complaint",
            data={
                **FORM,
                "csrf_token": CSRF.search(page).group(1),
                "ticket": ticket,
                **(data or {}),
            },
            files=files,
            allow_redirects=False,
        )

    def _found(self):
        return self.env["crm.complaint"].search([("channel", "=", "web")])

    def test_sent_and_confirmed_to_this_browser_only(self):
        self.assertIn("/complaint", self.url_open("/complaint/sent").url)
        response = self._send(
            {
                "state": "closed",
                "company_id": "1",
                "partner_id": str(self.customer.id),
                "email": self.customer.email,
                "access_token": "known",
                "sla_deadline": "2020-01-01",
                "priority": "1",
                "is_safety": "1",
            },
            files=[("files", ("a.txt", b"hello", "text/html"))],
        )
        self.assertEqual(response.status_code, 303)
        complaint = self._found()
        self.assertRecordValues(
            complaint,
            [
                {
                    "partner_id": False,
                    "contact_id": False,
                    "partner_name": "Carla",
                    "email_normalized": "customer@example.com",
                    "company_id": self.company.id,
                    "access_token": complaint.access_token,
                    "is_safety": False,
                    "state": "acknowledged",
                }
            ],
        )
        self.assertNotEqual(complaint.access_token, "known")
        # a contact is suggested, and a person says so; then the old link is void
        suggesting = complaint.with_user(self.all_complaints)
        self.assertEqual(suggesting.partner_suggestion_id, self.customer)
        token = complaint._portal_ensure_token()
        suggesting.action_accept_suggestion()
        self.assertEqual(complaint.partner_id, self.customer)
        self.assertFalse(suggesting.partner_suggestion_id)
        self._page(f"/my/complaints/{complaint.id}?access_token={token}", 404)
        with self.assertRaises(UserError):
            suggesting.action_accept_suggestion()
        self.assertEqual(complaint.customer_attachment_ids.mimetype, "text/plain")
        self.assertIn(complaint.number, self._page("/complaint/sent"))
        self.authenticate(None, None)
        self.assertNotIn(complaint.number, self._page("/complaint/sent"))

    def test_errors_are_inline_and_keep_what_was_typed(self):
        for data, text in (
            ({"subject": ""}, "in a few words"),
            ({"text": " "}, "what happened"),
            ({"email": "no-address"}, "no e-mail address"),
            ({"email": "", "phone": ""}, "or a phone number"),
            ({"text": "x" * 30_000}, "20000 characters"),
        ):
            response = self._send(data)
            self.assertEqual(response.status_code, 200)
            self.assertIn(text, response.text)
            self.assertIn("Carla", response.text)
        self.assertFalse(self._found())

    def test_sent_twice_is_one(self):
        page = self.url_open("/complaint").text
        ticket = page.split('name="ticket" value="')[1].split('"')[0]
        for _times in range(2):
            self.assertEqual(self._send(ticket=ticket).status_code, 303)
        self.assertEqual(len(self._found()), 1)

    def test_traps(self):
        for data, text in (
            ({"website": "https://spam.example"}, "not for people"),
            ({"ticket": "junk"}, "open for very long"),
            ({"ticket": "A" * 5000}, "open for very long"),
            ({"ticket": "é%00"}, "open for very long"),
        ):
            self.assertIn(text, self._send(data).text)
        with patch.object(public_form, "MIN_SECONDS", 60):
            self.assertIn("very quick", self._send().text)
        http = self.env.registry["ir.http"]
        with patch.object(
            http, "_verify_request_recaptcha_token", side_effect=UserError("Robot?")
        ):
            self.assertIn("Robot?", self._send().text)
        self.assertFalse(self._found())

    def test_limits(self):
        with patch.object(public_form, "ADDRESS_LIMITS", [(86400, 2)]):
            for _times in range(2):
                self.assertEqual(self._send().status_code, 303)
            self.assertIn("Too many", self._send().text)
        with patch.object(public_form, "GLOBAL_LIMITS", [(86400, 2)]):
            self.assertIn("Too many", self._send().text)
        self.assertEqual(len(self._found()), 2)

    def test_one_confirmation_a_day(self):
        self._send()
        self._send()
        self.assertEqual(
            sorted(self._found().mapped("state")), ["acknowledged", "received"]
        )

    def test_the_company_limits_files(self):
        one = ("files", ("a.txt", b"x" * 2**20, "text/plain"))
        self.company.crm_complaint_attachment_count = 1
        self.assertIn("Up to 1 files", self.url_open("/complaint").text)
        self.assertIn("at most 1 files", self._send(files=[one, one]).text)
        self.company.crm_complaint_attachment_mb = 1
        big = ("files", ("a.txt", b"x" * (2**20 + 1), "text/plain"))
        self.assertIn("at most 1 MB", self._send(files=[big]).text)
        self.company.crm_complaint_attachment_count = 0
        self.assertNotIn('type="file"', self.url_open("/complaint").text)
        self.assertIn("We take no files", self._send(files=[one]).text)
        huge = ("files", ("a.txt", b"x" * (3 * 2**20), "text/plain"))
        self.assertEqual(self._send(files=[huge]).status_code, 413)
        self.assertFalse(self._found())
        self.company.crm_complaint_attachment_count = 1
        self.assertEqual(self._send(files=[one]).status_code, 303)

    def test_switched_off(self):
        self.company.crm_complaint_web_form = False
        self._page("/complaint", 404)
        self._page("/complaint/sent", 404)

    def test_uploads(self):
        """X14: refused, and nothing is stored."""
        count = self.env["ir.attachment"].search_count([])
        for name, content in (
            ("a.html", b"<script>alert(1)</script>"),
            ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
            ("a.xml", b"<?xml version='1.0'?><a/>"),
            ("a.php", b"<?php system('id');"),
            ("a.png", b"<?php system('id');"),
            ("a.zip", b"PK\x03\x04"),
            ("empty.png", b""),
            ("photo\u202egnp.exe", b"\x89PNG\r\n\x1a\n"),
            ("big.txt", b"x" * (10 * 2**20 + 1)),
        ):
            response = self._send(files=[("files", (name, content, "image/png"))])
            self.assertEqual(response.status_code, 200, name)
            self.assertIn("o_crm_files_error", response.text, name)
        self.assertFalse(self._found())
        many = [("files", (f"{n}.txt", b"x", "text/plain")) for n in range(6)]
        self.assertIn("at most 5 files", self._send(files=many).text)
        self.assertEqual(self.env["ir.attachment"].search_count([]), count)
        polyglot = b"\x89PNG\r\n\x1a\n<html><script>alert(1)</script>"
        self._send(files=[("files", ("../../x.png", polyglot, "text/html"))])
        file = self._found().customer_attachment_ids
        self.assertEqual((file.name, file.mimetype), ("x.png", "image/png"))
