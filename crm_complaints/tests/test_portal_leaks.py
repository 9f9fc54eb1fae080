# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import json
import uuid
from types import SimpleNamespace
from unittest.mock import patch
from urllib.parse import quote

from odoo.tests import tagged

from ..controllers import portal
from .portal_common import PortalCommon

SECRETS = {
    "cause": "SECRET-cause",
    "containment": "SECRET-containment",
    "priority_reason": "SECRET-priority",
    "solution": "<p>SECRET-solution</p>",
    "decision_text": "<p>SECRET-untold-decision</p>",
    "reject_reason": "SECRET-reject",
}


@tagged("post_install", "-at_install")
class TestPortalLeaks(PortalCommon):
    """X1, X2, X4 for customers: what is not theirs is not there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agent.write({"email": "SECRET-agent@example.com", "phone": "+39 SECRET"})
        cls.complaint = cls._create_complaint(user_id=cls.agent.id, **SECRETS)
        cls.note = cls.complaint.message_post(
            body="SECRET-note",
            subtype_xmlid="mail.mt_note",
            attachments=[("SECRET-note.txt", b"x")],
        )
        cls.internal = cls.complaint.message_post(
            body="SECRET-internal",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            attachments=[("SECRET-internal.txt", b"x")],
        )
        cls.internal.is_internal = True
        cls.loose = cls.env["ir.attachment"].create(
            {
                "name": "SECRET-loose.txt",
                "raw": b"x",
                "res_model": "crm.complaint",
                "res_id": cls.complaint.id,
            }
        )
        cls.visible = cls.complaint.message_post(
            body="We look into it",
            author_id=cls.agent.partner_id.id,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            attachments=[("answer.txt", b"open")],
        )
        cls.token = cls.complaint._portal_ensure_token()
        cls.url = f"/my/complaints/{cls.complaint.id}"

    def _json(self, url, **params):
        response = self.url_open(
            url,
            data=json.dumps({"jsonrpc": "2.0", "method": "call", "params": params}),
            headers={"Content-Type": "application/json"},
        )
        return response.text

    def test_no_secret_on_any_page(self):
        self.authenticate(self.portal_user.login, self.portal_user.login)
        for url in ("/my/complaints", self.url, f"{self.url}?done=message"):
            page = self._page(url)
            self.assertNotIn("SECRET", page, url)
            self.assertNotIn("breached", page)
        self.assertIn("We look into it", page)
        self.assertIn("answer.txt", page)
        for file in (self.note | self.internal).attachment_ids | self.loose:
            self._page(f"{self.url}/file/{file.id}", 404)
            self.assertIn(
                self.url_open(f"/web/content/{file.id}").status_code, (403, 404)
            )
        file = self.visible.attachment_ids
        self.assertEqual(self.url_open(f"{self.url}/file/{file.id}").content, b"open")

    def test_others_get_the_same_404(self):
        foreign = self._create_complaint(
            partner_id=self.stranger_partner.id, name="Foreign"
        )
        file = self.visible.attachment_ids
        missing = self.env["crm.complaint"].search([], order="id desc", limit=1).id
        self.authenticate(self.portal_stranger.login, self.portal_stranger.login)
        self.assertIn("Foreign", self._page(f"/my/complaints/{foreign.id}"))
        bodies = {
            self._same_body(self._page(url, 404))
            for url in (
                self.url,
                f"/my/complaints/{missing + 1}",
                f"/my/complaints/{missing + 1000}",
                "/my/complaints/0",
                "/my/complaints/2147483647",
                "/my/complaints/99999999999999999999",
                f"{self.url}/letter",
                f"{self.url}/file/{file.id}",
                f"{self.url}?access_token=",
                f"{self.url}?access_token={self.token[:-1]}",
                f"{self.url}?access_token={self.token}x",
                f"{self.url}?access_token={foreign._portal_ensure_token()}",
                f"{self.url}?access_token=%00%C3%A9%ED%A0%80",
            )
        }
        self.assertEqual(len(bodies), 1)
        self.assertNotIn("It does not work", self._page("/my/complaints"))
        for action in ("message", "accept", "appeal"):
            response = self._post(
                f"{self.url}/{action}",
                {"message": "x", "reason": "x"},
                page="/my/complaints/new",
            )
            self.assertEqual(response.status_code, 404, action)
        self.assertFalse(self.complaint.customer_answer)

    def test_guessed_tokens(self):
        complaint = self.complaint
        fake = SimpleNamespace(env=self.env(user=self.env.ref("base.public_user")))
        with patch.object(portal, "request", new=fake):
            controller = portal.ComplaintPortal()
            with patch.object(portal, "not_found", side_effect=LookupError):
                for _guess in range(10_000):
                    with self.assertRaises(LookupError):
                        controller._get_complaint(complaint.id, str(uuid.uuid4()))
                found, reader = controller._get_complaint(complaint.id, self.token)
        self.assertEqual(found, complaint)
        self.assertFalse(reader)

    def test_link_of_a_mail(self):
        self.authenticate(None, None)
        response = self.url_open(self.url, allow_redirects=False)
        self.assertIn("/web/login", response.headers["Location"])
        url = f"{self.url}?access_token={self.token}"
        page = self._page(url)
        self.assertIn("We look into it", page)
        self.assertNotIn("SECRET", page)
        response = self._post(
            f"{self.url}/message",
            {"access_token": self.token, "message": "By the link"},
            page=url,
        )
        self.assertEqual(response.status_code, 303)
        message = self.complaint.message_ids[0]
        self.assertIn("By the link", message.body)
        self.assertEqual(message.author_id, self.customer)
        self.assertEqual(message.message_type, "comment")
        self.assertIn(self.agent.partner_id, message.notified_partner_ids)

    def test_what_was_not_told_is_in_no_value_for_the_page(self):
        """The page hides it as well; a letter or another page might not."""
        values = self.complaint._portal_values(self.person)
        for name in ("decision_text", "decision_date", "appeal_path", "has_letter"):
            self.assertFalse(values[name], name)
        self.assertNotIn("SECRET", str(values))

    def test_the_link_of_a_notification_takes_any_token(self):
        self.authenticate(None, None)
        for token in ("é" * 36, "\x00", "x" * 36):
            response = self.url_open(
                f"/mail/view?model=crm.complaint&res_id={self.complaint.id}"
                f"&access_token={quote(token)}",
                allow_redirects=False,
            )
            self.assertLess(response.status_code, 500, token)
            self.assertNotIn(self.url, response.headers.get("Location", ""))

    def test_a_colleague_with_the_link_says_nothing_for_the_customer(self):
        self.authenticate(self.manager.login, self.manager.login)
        url = f"{self.url}?access_token={self.token}"
        self.assertIn("We look into it", self._page(url))
        count = len(self.complaint.message_ids)
        for action in ("message", "accept", "appeal"):
            data = {"access_token": self.token, "message": "x", "reason": "x"}
            response = self._post(f"{self.url}/{action}", data, page=url)
            self.assertEqual(response.status_code, 404, action)
        self.assertEqual(len(self.complaint.message_ids), count)

    def test_no_state_change_by_get_or_without_csrf(self):
        self.authenticate(self.portal_user.login, self.portal_user.login)
        count = len(self.complaint.message_ids)
        for action in ("message", "accept", "appeal"):
            self._page(f"{self.url}/{action}?message=x&reason=x", 405)
            with self.assertLogs("odoo.http", "WARNING"):
                response = self.url_open(f"{self.url}/{action}", data={"message": "x"})
            self.assertEqual(response.status_code, 400)
        self.complaint.invalidate_recordset()
        self.assertEqual(len(self.complaint.message_ids), count)

    def test_coworker_sees_it_and_is_named(self):
        self.complaint._portal_post(self.person, "From Ana")
        self.authenticate(self.portal_coworker.login, self.portal_coworker.login)
        self.assertIn("Ana", self._page(self.url))

    def test_unassigned_tells_the_leader(self):
        self.complaint.user_id = False
        message = self.complaint._portal_post(self.person, "Anybody?")
        self.assertIn(self.team.leader_id.partner_id, message.notified_partner_ids)

    def test_discussion_routes_take_no_token(self):
        """Odoo's routes would list the files of internal notes to a token's bearer."""
        pid = self.customer.id
        secrets = {"token": self.token, "hash": self.complaint._sign_token(pid)}
        for login in (None, self.portal_stranger.login, self.portal_user.login):
            self.authenticate(login, login)
            thread = {
                "thread_model": "crm.complaint",
                "thread_id": self.complaint.id,
            }
            answers = [
                self._json(
                    "/mail/data",
                    fetch_params=[
                        [
                            "mail.thread",
                            {
                                **thread,
                                "access_params": {**secrets, "pid": pid},
                                "request_list": ["attachments", "followers"],
                            },
                        ]
                    ],
                ),
                self._json("/mail/thread/messages", **thread),
            ]
            answers.append(
                self._json("/mail/chatter_fetch", **thread, **secrets, pid=pid)
            )
            answers.append(
                self._json(
                    "/mail/message/post",
                    **thread,
                    **secrets,
                    pid=pid,
                    post_data={"body": "planted", "message_type": "comment"},
                )
            )
            for answer in answers:
                self.assertNotIn("SECRET", answer)
        self.complaint.invalidate_recordset()
        self.assertNotIn("planted", "".join(self.complaint.mapped("message_ids.body")))

    def test_view_button_leads_to_the_right_place(self):
        view = f"/mail/view?model=crm.complaint&res_id={self.complaint.id}"
        self.authenticate(self.portal_user.login, self.portal_user.login)
        response = self.url_open(view, allow_redirects=False)
        self.assertTrue(response.headers["Location"].endswith(self.url))
        self.authenticate(self.portal_stranger.login, self.portal_stranger.login)
        response = self.url_open(view, allow_redirects=False)
        self.assertTrue(response.headers["Location"].endswith("/my"))
        self.authenticate(self.agent.login, self.agent.login)
        response = self.url_open(view, allow_redirects=False)
        self.assertIn("/odoo/crm.complaint/", response.headers["Location"])
        self.complaint.contact_id = self.person  # two customers of one complaint
        groups = self.complaint._notify_get_recipients_groups(
            self.visible, "Complaint", msg_vals={}
        )
        name, matches, values = groups[0]
        self.assertEqual(name, "complaint_customer")
        self.assertIn(self.token, values["button_access"]["url"])
        for partner, kind, expected in (
            (self.customer, "customer", True),
            (self.person, "portal", True),
            (self.agent.partner_id, "user", False),
            (self.stranger_partner, "portal", False),
        ):
            self.assertEqual(bool(matches({"id": partner.id, "type": kind})), expected)
