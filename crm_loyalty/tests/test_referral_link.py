# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import HttpCase, tagged

from .referral_common import ReferralCase


@tagged("standard", "post_install", "-at_install")
class TestReferralLink(ReferralCase, HttpCase):
    """A friend follows a member's link, and signs up."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.config_parameter"].sudo().set_param(
            "auth_signup.invitation_scope", "b2c"
        )
        cls.member = cls.env["loyalty.card"].create(
            {"program_id": cls.program.id, "partner_id": cls.partner.id}
        )

    def setUp(self):
        super().setUp()
        self.authenticate(None, None)

    def follow(self, code):
        return self.url_open(f"/refer/{code}", allow_redirects=False)

    def where(self, response):
        """Path of a redirect; it stays on this server."""
        location = response.headers["Location"]
        base = self.base_url()
        self.assertTrue(location.startswith(("/", f"{base}/")), location)
        self.assertFalse(location.startswith("//"))
        return location.removeprefix(base)

    def sign_up(self, login):
        page = self.url_open("/web/signup").text
        token = page.split('name="csrf_token" value="')[1].split('"')[0]
        self.url_open(
            "/web/signup",
            data={
                "login": login,
                "name": "New Customer",
                "password": "long-enough-1",
                "confirm_password": "long-enough-1",
                "csrf_token": token,
            },
        )
        self.env.invalidate_all()
        user = self.env["res.users"].search([("login", "=", login)])
        self.assertTrue(user)
        return user.partner_id

    def test_the_link(self):
        url = self.member._referral_url()
        self.assertTrue(url.endswith(f"/refer/{self.member.referral_code}"))
        self.assertRegex(self.member.referral_code, r"^[0-9a-f]+-[0-9a-f]{16}$")
        found = self.env["loyalty.card"]._by_referral_code(self.member.referral_code)
        self.assertEqual(found, self.member)
        self.program.referral_enabled = False
        self.assertIsNone(self.member._referral_url())
        self.assertFalse(
            self.env["loyalty.card"]._by_referral_code(self.member.referral_code)
        )

    def test_following_writes_nothing(self):
        self.env.flush_all()
        self.env.cr.execute("SELECT pg_current_xact_id_if_assigned()")
        before = self.env["crm.referral"].search_count([])
        response = self.follow(self.member.referral_code)
        self.assertEqual(self.where(response), "/web/signup")
        self.assertEqual(response.headers["Cache-Control"], "no-store")
        self.assertEqual(self.env["crm.referral"].search_count([]), before)

    def test_signing_up_was_recommended(self):
        self.follow(self.member.referral_code)
        partner = self.sign_up("friend@example.com")
        referral = self.env["crm.referral"].search([("referred_id", "=", partner.id)])
        self.assertEqual(
            (referral.referrer_id, referral.source, referral.state),
            (self.partner, "link", "pending"),
        )
        self.assertEqual(referral.code, self.member.referral_code)

    def test_signing_up_oneself(self):
        self.partner.email = "me@example.com"
        self.follow(self.member.referral_code)
        partner = self.sign_up("me+again@example.com")
        referral = self.env["crm.referral"].search([("referred_id", "=", partner.id)])
        self.assertEqual(referral.reason_kind, "same_person")

    def test_unknown_codes_lead_to_the_same_page(self):
        number, signature = self.member.referral_code.split("-")
        forged = [
            "x",
            "-",
            f"{number}-",
            f"{number}-{signature[:-1]}x",
            f"{int(number, 16) + 1:x}-{signature}",
            "ffffffffffff-0000000000000000",
            "a" * 300,
            "%00%27%22-%0d%0aLocation:",
        ]
        for code in forged:
            with self.subTest(code):
                response = self.follow(code)
                self.assertEqual(response.status_code, 303)
                self.assertEqual(self.where(response), "/web/signup")
        partner = self.sign_up("stranger@example.com")
        self.assertFalse(
            self.env["crm.referral"].search([("referred_id", "=", partner.id)])
        )

    def test_where_it_leads_is_not_up_to_the_link(self):
        response = self.follow(
            f"{self.member.referral_code}?redirect=https://evil.example"
            "&url=//evil.example&next=//evil.example"
        )
        self.assertEqual(self.where(response), "/web/signup")

    def test_nobody_signs_up_here(self):
        self.env["ir.config_parameter"].sudo().set_param(
            "auth_signup.invitation_scope", "b2b"
        )
        if "website" in self.env:
            self.env["website"].search([]).auth_signup_uninvited = "b2b"
        response = self.follow(self.member.referral_code)
        self.assertIn(self.where(response), ("/contactus", "/web/login"))

    def test_the_link_of_a_merged_member(self):
        code = self.member.referral_code
        other = self.env["res.partner"].create({"name": "Ms Member (new)"})
        kept = self.card(other)
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((other | self.partner).ids, other, extra_checks=False)
        self.env.invalidate_all()
        self.assertEqual(self.env["loyalty.card"]._by_referral_code(code), kept)
