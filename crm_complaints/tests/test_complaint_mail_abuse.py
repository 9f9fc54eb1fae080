# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Mails that are broken or hostile: bounded, and nothing is lost (S9, X14)."""

import base64
import time

from odoo.tests import HttpCase, freeze_time, tagged

from .mail_common import ALIAS, NOW, ComplaintMailCommon

HEAD = (
    b"From: Chen Wei <chen@hengda.example.com>\r\n"
    b"To: %s\r\nSubject: %s\r\nMessage-Id: <%s@hengda.example.com>\r\n"
    b"Date: Fri, 18 Sep 2026 16:58:00 +0800\r\nMIME-Version: 1.0\r\n"
)


def head(subject, to=ALIAS):
    return HEAD % (to.encode(), subject, subject)


@tagged("post_install", "-at_install")
class TestComplaintMailAbuse(ComplaintMailCommon, HttpCase):
    def _files(self, complaint):
        return self.env["ir.attachment"].search(
            [("res_model", "=", complaint._name), ("res_id", "=", complaint.id)]
        )

    def _deliver_in_time(self, raw, seconds=20):
        start = time.monotonic()
        complaint = self._deliver(raw)
        elapsed = time.monotonic() - start
        self.assertLess(elapsed, seconds)
        self.assertEqual(len(complaint), 1)
        return complaint

    @freeze_time(NOW)
    def test_broken_charset(self):
        complaint = self._receive("broken_charset")
        self.assertIn("Die Pumpe läuft nicht.", complaint.description)
        self.assertEqual(complaint.name, "Broken")

    @freeze_time(NOW)
    def test_hostile_subject(self):
        complaint = self._receive("hostile_subject")
        self.assertEqual(complaint.name, "Pump Bcc: all@example.com gpj.exe")
        self.assertIn("Text with NUL.", complaint.description)

    def test_hostile_files_are_served_as_text(self):
        complaint = self._receive("hostile_files")
        files = self._files(complaint)
        self.assertEqual(
            set(files.mapped("name")),
            {"page.html", "photogpj.svg", "shell.php", "attachment"},
        )
        self.authenticate(self.all_complaints.login, self.all_complaints.login)
        for attachment in files.filtered("file_size"):
            response = self.url_open(f"/web/content/{attachment.id}")
            self.assertEqual(response.status_code, 200)
            kind = response.headers["Content-Type"]
            self.assertNotRegex(kind, "html|svg|xml", attachment.name)
            self.assertEqual(response.headers["X-Content-Type-Options"], "nosniff")

    def test_files_of_machines_are_served_as_text(self):
        complaint = self._receive("known_customer")
        raw = self._raw("hostile_files").replace(
            b"Subject: Files", f"Subject: [{complaint.number}]".encode()
        )
        self.assertFalse(self._deliver(b"Auto-Submitted: auto-replied\r\n" + raw))
        kinds = self._files(complaint).mapped("mimetype")
        self.assertFalse([kind for kind in kinds if "html" in kind or "svg" in kind])
        self.assertIn("photogpj.svg", self._files(complaint).mapped("name"))

    def test_nested_a_thousand_times(self):
        raw = head(b"deep")
        for level in range(1000):
            raw += b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (
                level,
                level,
            )
        complaint = self._deliver_in_time(raw + b"\r\nBottom\r\n")
        self.assertEqual(complaint.partner_id, self.hengda)
        self.assertIn("could not be read", complaint.description)
        self.assertEqual(self._files(complaint).mapped("name"), ["original.eml"])

    def test_forty_megabytes(self):
        raw = head(b"big") + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n'
        raw += b"--b\r\nContent-Type: text/plain\r\n\r\nSee the film.\r\n"
        raw += b"--b\r\nContent-Type: video/mp4; name=film.mp4\r\n"
        raw += b"Content-Transfer-Encoding: base64\r\n\r\n"
        raw += base64.encodebytes(b"\xff" * 30_000_000) + b"\r\n--b--\r\n"
        self.assertGreater(len(raw), 40_000_000)
        complaint = self._deliver_in_time(raw, 60)
        (film,) = self._files(complaint)
        self.assertEqual(film.file_size, 30_000_000)
        self.assertIn("See the film.", complaint.description)

    def test_forty_megabytes_of_text(self):
        for kind in (b"plain", b"html"):
            raw = head(b"text-" + kind) + b"Content-Type: text/%s\r\n\r\n" % kind
            complaint = self._deliver_in_time(
                raw + b"It is broken.\r\n" * 2_700_000, 60
            )
            self.assertLess(len(complaint.description or ""), 1000)
            self.assertEqual(len(self._files(complaint)), 1)

    def test_five_thousand_recipients(self):
        people = ", ".join(f"Person {n} <p{n}@many.example.net>" for n in range(5000))
        raw = head(b"many", f"{people}, {ALIAS}")
        raw += f"Cc: {people}\r\n\r\nText".encode()
        partners = self.env["res.partner"].search_count([])
        complaint = self._deliver_in_time(raw)
        self.assertEqual(self.env["res.partner"].search_count([]), partners)
        self.assertLess(len(complaint.email_cc or ""), 5000)
        message = self._human_messages(complaint)
        self.assertLess(len(message.incoming_email_to or ""), 5000)

    def test_what_breaks_the_parser(self):
        """Whatever Python's parser stumbles over is kept as a file."""

        threads = type(self.env["mail.thread"])
        original = threads._message_parse_extract_payload

        def once(thread, *args, **values):
            if thread.env.context.get("crm_mail_is_plain"):
                return original(thread, *args, **values)
            raise IndexError("header")

        self.patch(threads, "_message_parse_extract_payload", once)
        complaint = self._receive("known_customer")
        self.assertEqual(complaint.partner_id, self.hengda)
        self.assertIn("original.eml", self._files(complaint).mapped("name"))

    def test_odd_headers(self):
        """Nothing that stands in a header breaks the gateway."""
        for number, line in enumerate(
            (
                b'Cc: a@b@c, <>, @, "x, y@z',
                b"From: =?utf-8?Q?=00=0A?= <chen@hengda.example.com>",
                b"Date: Mon, 99 Foo 99999 99:99:99 +9999",
                b"Date: Fri, 31 Dec 9999 23:59:59 -1200",
                b"References: " + b"<x@y> " * 5000,
                b"In-Reply-To: =?utf-16?B?AAAA?=",
                b"Content-Type: multipart/mixed",
                b'Content-Type: multipart/mixed; boundary=""',
                b"Content-Type: message/rfc822",
                b'Content-Type: text/html; charset=""',
                b"Content-Transfer-Encoding: base64",
                b"Content-Transfer-Encoding: x-unknown",
                b"Content-Disposition: attachment; filename*=x''%00%FF",
                b"X-Bytes: \xff\xfe\x80",
            )
        ):
            raw = head(b"odd-%d" % number) + line + b"\r\n\r\n<!-- --> \xff text =?\r\n"
            with self.subTest(line[:60]):
                complaint = self._deliver_in_time(raw)
                self.assertLessEqual(
                    abs(
                        (
                            complaint.date_received - complaint.create_date
                        ).total_seconds()
                    ),
                    3601,
                )
