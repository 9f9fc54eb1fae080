# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import re

from odoo import Command
from odoo.tests import HttpCase, new_test_user

from .complaint_common import ComplaintCommon

CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')
VARYING = re.compile(
    r'csrf_token: "[^"]*"|name="csrf_token" value="[^"]*"|<link rel="canonical"[^>]*>'
)


class PortalCommon(ComplaintCommon, HttpCase):
    """A customer with two people who can log in, and another customer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.is_company = True
        cls.person, cls.coworker = cls.env["res.partner"].create(
            [
                {
                    "name": name,
                    "email": f"{name.lower()}@customer.example.com",
                    "parent_id": cls.customer.id,
                }
                for name in ("Ana", "Ben")
            ]
        )
        cls.stranger_partner = cls.env["res.partner"].create(
            {"name": "Other Customer", "email": "other@example.com"}
        )
        cls.portal_user = cls._create_portal_user("portal_ana", cls.person)
        cls.portal_coworker = cls._create_portal_user("portal_ben", cls.coworker)
        cls.portal_stranger = cls._create_portal_user(
            "portal_other", cls.stranger_partner
        )
        # the public form belongs to the company of the public user
        cls.env.ref("base.public_user").write(
            {
                "company_ids": [Command.link(cls.company.id)],
                "company_id": cls.company.id,
            }
        )
        if "website" in cls.env:  # or to that of the website
            cls.env["website"].search([]).company_id = cls.company

    @classmethod
    def _create_portal_user(cls, login, partner):
        return new_test_user(
            cls.env,
            login=login,
            groups="base.group_portal",
            partner_id=partner.id,
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def _page(self, url, status=200):
        response = self.url_open(url)
        self.assertEqual(response.status_code, status, url)
        return response.text

    def _post(self, url, data=None, page=None, files=None, redirect=False):
        """Post a form as the browser does: with the token of its page."""
        token = CSRF.search(self.url_open(page or url).text)
        data = {"csrf_token": token.group(1) if token else "", **(data or {})}
        return self.url_open(
            url, data=data, files=files, allow_redirects=redirect, method="POST"
        )

    def _same_body(self, text):
        """The body without what differs between two requests."""
        return VARYING.sub("", text)
