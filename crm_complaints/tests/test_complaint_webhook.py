# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Signed deliveries of gateways, through HTTP."""

import json
import time
from datetime import datetime, timedelta, timezone

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import HttpCase, tagged

from odoo.addons.crm_complaints.tools import webhook

from .complaint_common import ComplaintCommon

REFUSED = {"error": "refused"}


class WebhookCommon(ComplaintCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gateway = (
            cls.env["crm.complaint.gateway"]
            .with_user(cls.manager)
            .create({"name": "WeChat", "code": "wechat-1", "team_id": cls.team.id})
        )
        action = cls.gateway.action_regenerate_secret()
        cls.secret = action["context"]["default_secret"]
        cls.customer.phone = "+8613912345678"

    def _post(self, values, code="wechat-1", secret=None, stamp=None, **headers):
        """Deliver ``values`` (dict, or bytes as they are)."""
        body = values if isinstance(values, bytes) else json.dumps(values).encode()
        stamp = str(int(time.time())) if stamp is None else stamp
        return self.url_open(
            f"/crm_complaints/webhook/{code}",
            data=body,
            method="POST",
            headers={
                "Content-Type": "application/json",
                "X-Timestamp": stamp,
                "X-Signature": webhook.sign(secret or self.secret, stamp, body),
                **headers,
            },
        )

    def _complaints(self):
        return self.env["crm.complaint"].search(
            [("company_id", "=", self.company.id)], order="id"
        )


@tagged("post_install", "-at_install")
class TestComplaintWebhook(WebhookCommon):
    def test_a_complaint(self):
        order = self.env["sale.order"].create(
            {"partner_id": self.customer.id, "company_id": self.company.id}
        )
        now = fields.Datetime.now()
        occurred = now - timedelta(minutes=10)
        response = self._post(
            {
                "external_id": "wx-1",
                "conversation": "openid-1",
                "name": "Ms Customer",
                "phone": "+86 139 1234 5678",
                "subject": "",
                "text": "It does <b>not</b> work.\nAt all.",
                "order": order.name,
                "occurred_at": occurred.replace(tzinfo=timezone.utc).isoformat(),
            }
        )
        complaint = self._complaints()
        self.assertEqual(response.status_code, 200, response.text)
        self.assertEqual(response.json(), {"number": complaint.number})
        self.assertTrue(complaint.number)
        self.assertNotIn("Set-Cookie", response.headers)
        self.assertRecordValues(
            complaint,
            [
                {
                    "name": "It does <b>not</b> work. At all.",
                    "channel": "wechat",
                    "team_id": self.team.id,
                    "partner_id": self.customer.id,
                    "partner_name": "Ms Customer",
                    "sale_order_id": order.id,
                    "date_received": occurred,
                    "state": "received",
                    "confirmation_date": False,
                    "severity": False,
                }
            ],
        )
        self.assertNotIn("<b>", complaint.description)
        touch = self.env["crm.touchpoint"].search(
            [("source", "=", f"crm.complaint,{complaint.id}")]
        )
        self.assertRecordValues(touch, [{"channel": "wechat", "direction": "in"}])

    def test_the_same_again(self):
        body = {"external_id": "wx-1", "text": "Broken"}
        first, second = self._post(body), self._post(body)
        self.assertEqual(second.status_code, 200)
        self.assertEqual(first.json(), second.json())
        self.assertEqual(len(self._complaints()), 1)
        other = self._post({**body, "text": "Something else"})
        self.assertEqual((other.status_code, other.json()), (409, REFUSED))
        self.assertEqual(len(self._complaints()), 1)
        # another gateway counts by itself
        gateway = self.gateway.copy({"code": "centre"})
        secret = gateway.action_regenerate_secret()["context"]["default_secret"]
        self.assertEqual(self._post(body, "centre", secret).status_code, 200)
        self.assertEqual(len(self._complaints()), 2)

    def test_a_conversation_goes_on(self):
        body = {
            "external_id": "1",
            "conversation": "c",
            "email": "customer@example.com",
        }
        first = self._post({**body, "text": "Broken"})
        second = self._post({**body, "external_id": "2", "text": "Still <i>broken</i>"})
        complaint = self._complaints()
        self.assertEqual(len(complaint), 1)
        self.assertEqual(first.json(), second.json())
        self.assertTrue(complaint.is_unanswered)
        message = complaint.message_ids.filtered(lambda m: m.message_type == "comment")
        self.assertIn("Still &lt;i&gt;broken", message.body)
        self.assertEqual(message.author_id, self.customer)
        touches = self.env["crm.touchpoint"].search([("res_id", "=", complaint.id)])
        self.assertEqual(touches.mapped("channel"), ["wechat", "wechat"])
        # after the window it is a new one, linked
        complaint.write(
            {
                "state": "closed",
                "date_closed": fields.Datetime.now() - timedelta(days=8),
            }
        )
        self._post({**body, "external_id": "3", "text": "Again"})
        self._post({**body, "external_id": "4", "text": "And again"})
        new = self._complaints() - complaint
        self.assertEqual(len(new), 1)
        self.assertEqual(new.previous_id, complaint)
        self.assertEqual(new.partner_id, self.customer)

    def test_an_unknown_caller_goes_on(self):
        body = {"external_id": "1", "conversation": "c", "text": "Broken"}
        self._post(body)
        self._post({**body, "external_id": "2"})
        complaint = self._complaints()
        self.assertFalse(complaint.partner_id)
        message = complaint.message_ids.filtered(lambda m: m.message_type == "comment")
        self.assertEqual(len(message), 1)
        self.assertFalse(message.author_id)
        self.assertFalse(
            self.env["crm.touchpoint"].search([("res_id", "=", complaint.id)])
        )

    def test_orders_of_others_stay_a_text(self):
        other = self.env["res.partner"].create({"name": "Other"})
        order = self.env["sale.order"].create(
            {"partner_id": other.id, "company_id": self.company.id}
        )
        self._post(
            {
                "external_id": "1",
                "email": "customer@example.com",
                "text": "Broken",
                "order": order.name,
            }
        )
        complaint = self._complaints()
        self.assertEqual(complaint.partner_id, self.customer)
        self.assertFalse(complaint.sale_order_id)
        self.assertIn(order.name, complaint.description)

    def test_a_claimed_moment_is_bounded(self):
        arrival = fields.Datetime.now()
        for number, moment in enumerate(
            ("1999-01-01T00:00:00Z", "2999-01-01T00:00:00Z")
        ):
            self._post({"external_id": f"{number}", "text": "x", "occurred_at": moment})
        for complaint in self._complaints():
            self.assertGreaterEqual(complaint.date_received, arrival)
            self.assertLess(complaint.date_received, datetime(2100, 1, 1))

    def test_refused(self):
        """Whatever is wrong: the same small answer, and nothing is made."""
        body = {"external_id": "1", "text": "x"}
        now = int(time.time())
        archived = self.gateway.copy({"code": "archived", "active": False})
        secret = archived.action_regenerate_secret()["context"]["default_secret"]
        for status, response in (
            (401, self._post(body, code="unknown")),
            (401, self._post(body, code="archived", secret=secret)),
            (401, self._post(body, code="%00")),
            (401, self._post(body, code="' OR 1=1")),
            (401, self._post(body, secret="wrong")),
            (401, self._post(body, secret="no gateway has this secret")),
            (
                401,
                self._post(body, code="unknown", secret="no gateway has this secret"),
            ),
            (401, self._post(body, stamp=str(now - 301 - 60))),
            (401, self._post(body, stamp=str(now + 301 + 60))),
            (401, self._post(body, stamp="")),
            (401, self._post(body, stamp="nan")),
            (401, self._post(body, **{"X-Signature": ""})),
            (401, self._post(body, **{"X-Signature": "é" * 64})),
            (400, self._post({**body, "state": "closed"})),
            (400, self._post({**body, "partner_id": "1"})),
            (400, self._post([body])),
            (400, self._post({**body, "text": ["x"]})),
            (400, self._post({**body, "text": "a\0b"})),
            (400, self._post(b"\xff\xfe")),
            (400, self._post(b"")),
            (400, self._post(b"[" * 60000)),
            (400, self._post({**body, "text": "x" * 30000})),
            (413, self._post({**body, "text": "x" * 1_000_000})),
        ):
            self.assertEqual(
                response.status_code, status, (response.request.body or b"")[:80]
            )
            self.assertEqual(response.json(), REFUSED)
        # so much is not even received
        self.assertEqual(self._post(b" " * 3_000_000).status_code, 413)
        self.assertFalse(self._complaints())
        self.assertFalse(self.gateway.sudo().inbound_ids)

    def test_other_methods_and_forms(self):
        url = "/crm_complaints/webhook/wechat-1"
        self.assertIn(self.url_open(url, method="GET").status_code, (404, 405))
        for data in ({"external_id": "1", "text": "x"}, {"a": "x" * 100_000}):
            response = self.url_open(url, data=data)
            self.assertEqual(response.status_code, 415)
            self.assertNotIn("Traceback", response.text)
        files = {"file": ("a.html", b"<script>")}
        self.assertEqual(self.url_open(url, data={}, files=files).status_code, 415)
        self.assertFalse(self._complaints())

    def test_text_stays_text(self):
        self._post(
            {
                "external_id": "1",
                "name": "<script>alert(1)</script>",
                "subject": "a\nb\u202ec",
                "text": "\ud800<script>alert(1)</script>😀",
                "email": "x\r\nBcc: y@example.com",
            }
        )
        complaint = self._complaints()
        self.assertEqual(complaint.name, "a bc")
        self.assertNotIn("<script", complaint.description)
        self.assertIn("😀", complaint.description)
        self.assertNotIn("\n", complaint.email_from)


@tagged("post_install", "-at_install")
class TestComplaintGateway(WebhookCommon):
    def test_the_secret_is_shown_once(self):
        manager = self.gateway.with_user(self.manager)
        with self.assertRaises(AccessError):
            manager.read(["secret"])
        self.assertNotIn("secret", manager.fields_get())
        with self.assertRaises(AccessError):
            manager.write({"secret": "known"})
        # nor is it chosen at creation
        chosen = manager.create(
            {"name": "x", "code": "chosen", "team_id": self.team.id, "secret": "known"}
        )
        self.assertNotEqual(chosen.sudo().secret, "known")
        self.assertGreaterEqual(len(chosen.sudo().secret), 40)
        self.assertNotEqual(
            self.gateway.sudo().copy({"code": "copy"}).secret, self.secret
        )

    def test_a_new_secret_voids_the_former(self):
        former = self.secret
        self.gateway.with_user(self.manager).action_regenerate_secret()
        response = self._post({"external_id": "1", "text": "x"}, secret=former)
        self.assertEqual(response.status_code, 401)

    def test_managers_only(self):
        for user in (self.agent, self.all_complaints):
            gateway = self.gateway.with_user(user)
            for call in (
                lambda own=gateway: own.read(["name"]),
                lambda own=gateway: own.action_regenerate_secret(),
                lambda own=gateway: own.action_open_complaints(),
                lambda own=gateway: own.create({"name": "x", "team_id": self.team.id}),
            ):
                with self.assertRaises(AccessError):
                    call()
        with self.assertRaises(AccessError):
            self.env["crm.complaint.inbound"].with_user(self.manager).create({})

    def test_codes(self):
        for code in ("A", "ab", "a b", "a/b", "", "x" * 41, "ä-1-2"):
            with self.assertRaises(ValidationError):
                self.gateway.code = code
