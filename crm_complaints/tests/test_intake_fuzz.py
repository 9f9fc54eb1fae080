# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import logging
import os
import random
from unittest.mock import patch
from urllib.parse import quote

from odoo.tests import tagged

from ..controllers import portal, portal_new, public_form
from .portal_common import CSRF, PortalCommon

# A longer run by hand: CRM_FUZZ_REQUESTS=20000
REQUESTS = int(os.environ.get("CRM_FUZZ_REQUESTS", "400"))
SEED = 20261122
TEXTS = [
    "",
    " ",
    "0",
    "-1",
    "1e309",
    "NaN",
    "null",
    "true",
    "[]",
    '{"a": 1}',
    "é中🙂\u202e",
    "a\x00b",
    "\ud83d".encode("utf-16", "surrogatepass"),
    b"\xff\xfe\x00",
    "' OR 1=1 --",
    "%s%n{0}{{7*7}}${7*7}",
    "<script>alert(1)</script>",
    "../../etc/passwd",
    "\r\nSet-Cookie: x=1",
    "x" * 5000,
    "9" * 400,
]
# No "debug": with it Odoo shows tracebacks of refused requests to whoever asks.
TOKENS = ["a", "é" * 30, "\x00", "-" * 36, "x" * 3000]
FIELDS = [
    "subject", "text", "name", "email", "phone", "order", "product", "lot",
    "remedy", "remedy_note", "website", "ticket", "message", "reason",
    "access_token", "outcome", "handling", "comment", "sortby", "filterby",
    "search", "search_in", "page", "done", "state", "id", "csrf_token", "model",
    "files",
]  # fmt: skip


@tagged("post_install", "-at_install")
class TestIntakeFuzz(PortalCommon):
    """X1: junk gets an answer, never a traceback, and leaves nothing behind."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.complaint = cls._create_complaint()
        cls.random = random.Random(SEED)

    def _paths(self):
        pick = self.random.choice
        number = pick(
            [
                self.complaint.id,
                self.complaint.id + 1,
                0,
                -1,
                2**31,
                2**63,
                "1.5",
                # no NUL: where no route of ours matches, Odoo itself stumbles over it
                quote(pick(["é", "..", "%", "new "])),
            ]
        )
        return pick(
            [
                "/complaint",
                "/complaint/sent",
                f"/complaint/satisfaction/{quote(pick(TOKENS))}",
                "/my/complaints",
                f"/my/complaints/page/{number}",
                "/my/complaints/new",
                f"/my/complaints/{number}",
                f"/my/complaints/{number}/message",
                f"/my/complaints/{number}/accept",
                f"/my/complaints/{number}/appeal",
                f"/my/complaints/{number}/letter",
                f"/my/complaints/{number}/file/{number}",
            ]
        )

    def _junk(self):
        """Return ``[(field, value)]``: any field may come twice, or be a huge one."""
        pick, chance = self.random.choice, self.random.random
        junk = [(pick(FIELDS), pick(TEXTS)) for _n in range(self.random.randrange(8))]
        if chance() < 0.02:
            junk.append((pick(FIELDS), "y" * 2**20))
        if chance() < 0.2:
            junk.append((pick(FIELDS) + "[]", "1"))
        return junk

    def _files(self):
        pick, chance = self.random.choice, self.random.random
        if chance() > 0.25:
            return None
        return [
            (
                pick(["files", "text", "access_token", "subject", "ticket"]),
                (
                    pick(["a.png", "../../a.php", "é\u202e.txt", "x" * 300, ".", "a"]),
                    pick([b"", b"\x89PNG\r\n\x1a\n", b"<?php", b"\x00" * 2000]),
                    pick(["image/png", "", "a/b/c", "text/html"]),
                ),
            )
        ]

    def test_junk(self):
        wide = [(86400, 10**9)]
        models = ("crm.complaint", "ir.attachment", "res.partner", "rating.rating")
        before = [self.env[model].search_count([]) for model in models]
        messages = len(self.complaint.message_ids)
        logging.getLogger("odoo.http").setLevel(logging.ERROR)
        self.addCleanup(logging.getLogger("odoo.http").setLevel, logging.NOTSET)
        statuses = {}
        users = (None, self.portal_user.login, self.portal_stranger.login)
        with (
            patch.object(public_form, "ADDRESS_LIMITS", wide),
            patch.object(public_form, "GLOBAL_LIMITS", wide),
            patch.object(portal, "PORTAL_LIMITS", wide),
            patch.object(portal_new, "NEW_LIMITS", wide),
        ):
            for index in range(REQUESTS):
                if index % (REQUESTS // 6 + 1) == 0:
                    user = users[(index * 6 // REQUESTS) % 3]
                    self.authenticate(user, user)
                    token = CSRF.search(self.url_open("/complaint").text).group(1)
                status, body = self._send_one(token)
                statuses[status] = statuses.get(status, 0) + 1
                self.assertLess(status, 500, f"request {index}")
                self.assertNotIn("Traceback (most recent", body, f"request {index}")
        self.env.invalidate_all()
        after = [self.env[model].search_count([]) for model in models]
        # a message of one's own with a text in it is right, so is its picture
        self.assertEqual(after[0], before[0])
        self.assertEqual(after[2:], before[2:])
        for message in self.complaint.message_ids[: -messages or None]:
            self.assertIn(message.author_id, self.person | self.company.partner_id)
        self.assertEqual(self.complaint.state, "received")
        logging.getLogger(__name__).info("statuses: %s", sorted(statuses.items()))

    def _send_one(self, token):
        """Send one request; return its status and body."""
        method = self.random.choices(
            ["GET", "POST", "PUT", "DELETE", "HEAD"], [35, 55, 4, 3, 3]
        )[0]
        data, files, query = self._junk(), None, ""
        if method == "POST":
            files = self._files()
            if self.random.random() < 0.9:
                data.append(("csrf_token", token))
        elif data:
            query = "?" + "&".join(
                f"{name}={quote(value)[:2000]}" for name, value in data
            )
        response = self.opener.request(
            method,
            self.base_url() + self._paths() + query,
            data=data if method == "POST" else None,
            files=files,
            allow_redirects=False,
            timeout=30,
        )
        return response.status_code, response.text
