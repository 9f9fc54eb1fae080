# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The link in every message: one click, no password, nobody else's."""

from urllib.parse import urlsplit

from odoo.tests import HttpCase, tagged

from odoo.addons.crm_service_excellence.models.crm_consent_answer import CHANNEL_CODES

from .consent_common import ConsentCommon


@tagged("post_install", "-at_install")
class TestCareUnsubscribe(ConsentCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = cls._create_rule(("email",))
        cls.task = cls._create_task(cls.rule, cls.ana)
        cls.url = urlsplit(cls.task._unsubscribe_url()).path
        cls.token = cls.url.rpartition("/")[2]

    def _open(self, url=None, **kwargs):
        response = self.url_open(url or self.url, allow_redirects=False, **kwargs)
        self.env.invalidate_all()
        return response

    def test_looking_changes_nothing(self):
        """Mail servers follow links before anybody reads the message."""
        for options in ({}, {"method": "HEAD"}):
            response = self._open(**options)
            self.assertEqual(response.status_code, 200)
        self._open(f"{self.url}?choice=all&done=all&List-Unsubscribe=One-Click")
        self.assertFalse(self._current(self.ana))
        self.assertEqual(self.task.state, "planned")

    def test_page(self):
        response = self._open()
        self.assertIn("a…@example.com", response.text)
        self.assertNotIn("ana@example.com", response.text)
        self.assertNotIn("Hengda", response.text)
        self.assertEqual(response.headers["Cache-Control"], "no-store")
        self.assertIn("noindex", response.headers["X-Robots-Tag"])

    def test_one_click_of_a_mail_program(self):
        """RFC 8058: no session, no token of a form; e-mails stop, nothing else."""
        self.assertEqual(
            self.task._unsubscribe_headers(self.task._unsubscribe_url()),
            {
                "List-Unsubscribe": f"<{self.task._unsubscribe_url()}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            },
        )
        for _again in range(2):
            response = self._open(data={"List-Unsubscribe": "One-Click"})
            self.assertEqual((response.status_code, response.text), (200, ""))
        self.assertEqual(self._current(self.ana), {("greeting", "email"): False})
        row = self.consents.search([("partner_id", "=", self.ana.id)])
        self.assertRecordValues(row, [{"source": "mail", "user_id": False}])
        self.assertRecordValues(
            self.task, [{"state": "skipped", "reason_code": "consent"}]
        )

    def test_choices_of_the_page(self):
        stopped = {
            "email": {("greeting", "email")},
            "purpose": {("greeting", channel) for channel in CHANNEL_CODES},
            "all": {
                (purpose, channel)
                for purpose in ("greeting", "marketing")
                for channel in CHANNEL_CODES
            },
        }
        for choice, expected in stopped.items():
            response = self._open(data={"choice": choice})
            self.assertEqual(response.status_code, 303)
            self.assertTrue(response.headers["Location"].endswith(f"?done={choice}"))
            answers = self._current(self.ana)
            self.assertEqual(set(answers), expected)
            self.assertEqual(set(answers.values()), {False})
            self.assertIn("Done", self._open(f"{self.url}?done={choice}").text)

    def test_nonsense_stops_the_least(self):
        self._open(data={"choice": "'; DROP"})
        self.assertEqual(self._current(self.ana), {("greeting", "email"): False})

    def test_for_a_contact_without_a_task(self):
        url = urlsplit(self.ben._care_unsubscribe_url(self.company, "marketing")).path
        self._open(url, data={"choice": "email"})
        self.assertEqual(self._current(self.ben), {("marketing", "email"): False})

    def test_links_that_are_not_ours(self):
        partner, company, purpose, task, signature = self.token.split("-")
        wrong = [
            f"{self.ben.id}-{company}-{purpose}-{task}-{signature}",
            f"{partner}-{company}-marketing-{task}-{signature}",
            f"{partner}-{company}-{purpose}-0-{signature}",
            f"{partner}-{company}-{purpose}-{task}-{signature[:-1]}",
            f"{partner}-{company}-{purpose}-{task}-{'0' * 64}",
            f"0{self.token}",
            self.token.upper(),
            self.token + "0",
            self.token[:-1] + "é",
            "x",
            "----",
            "9" * 30 + f"-{company}-{purpose}-{task}-{signature}",
            "a" * 500,
        ]
        bodies = set()
        for token in wrong:
            with self.subTest(token=token[:80]):
                for data in (None, {"List-Unsubscribe": "One-Click"}):
                    response = self._open(f"/care/unsubscribe/{token}", data=data)
                    self.assertEqual(response.status_code, 404)
                    self.assertIn("We do not find this page", response.text)
                    # a website says in the head which address was asked for
                    bodies.add(response.text.partition("<main")[2])
        self.assertFalse(self._current(self.ana) or self._current(self.ben))
        self.assertEqual(len(bodies), 1, "one and the same page")

    def test_a_contact_that_is_gone(self):
        partner = self._create_partner("Gone")
        url = urlsplit(partner._care_unsubscribe_url(self.company, "greeting")).path
        partner.unlink()
        self.assertEqual(self._open(url).status_code, 404)

    def test_in_the_language_of_the_contact(self):
        lang = self.env["res.lang"].with_context(active_test=False)
        french = lang.search([("code", "=", "fr_FR")])
        french.active = True
        self.ana.lang = "fr_FR"
        # a website says it of the whole page, the plain portal in its menu
        self.assertRegex(
            self._open().text,
            r'<html lang="fr-FR"|js_change_lang active"[^>]*data-url_code="fr"',
        )
