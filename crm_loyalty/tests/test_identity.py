# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import BaseCase, tagged

from ..tools.identity import address_key, code_key, email_key, phone_key


@tagged("standard", "post_install", "-at_install")
class TestIdentity(BaseCase):
    """Two spellings of one thing are equal, two things are not."""

    def test_one_mailbox(self):
        for one, other in (
            ("Ann@Example.com", "ann@example.com"),
            ("ann+shop@example.com", "ann@example.com"),
            ("a.n.n@gmail.com", "ann+x@googlemail.com"),
        ):
            self.assertEqual(email_key(one), email_key(other), one)

    def test_two_mailboxes(self):
        for one, other in (
            ("a.nn@example.com", "ann@example.com"),
            ("ann@example.com", "ann@example.org"),
            ("+a@example.com", "+b@example.com"),
        ):
            self.assertNotEqual(email_key(one), email_key(other), one)
        for nothing in (None, "", "ann", "@example.com", "ann@"):
            self.assertIsNone(email_key(nothing))

    def test_one_telephone(self):
        for number in (
            "+44 20 7946 0018",
            "0044-20-7946-0018",
            "020 7946 0018",
            "+44 (0)20 7946 0018",
        ):
            self.assertEqual(phone_key(number, 44), "442079460018", number)

    def test_two_telephones(self):
        self.assertNotEqual(
            phone_key("020 7946 0018", 44), phone_key("020 7946 0018", 1)
        )
        # without a country, what was typed is what there is
        self.assertEqual(phone_key("020 7946 0018"), "02079460018")
        for nothing in (None, "", "n/a", "112"):
            self.assertIsNone(phone_key(nothing))

    def test_codes(self):
        self.assertEqual(code_key("de 811-569.869"), "DE811569869")
        self.assertIsNone(code_key(" - "))

    def test_addresses(self):
        one = address_key("Main St. 1", None, "10-115", "Berlin", 57)
        self.assertEqual(one, address_key("main st 1", "", "10115", "BERLIN", 57))
        self.assertNotEqual(one, address_key("Main St. 2", None, "10115", "Berlin", 57))
        self.assertIsNone(address_key(None, None, "10115", "Berlin", 57))
        self.assertIsNone(address_key("Main St. 1", None, None, None, 57))
