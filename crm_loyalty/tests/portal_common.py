# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import re
from datetime import date

from odoo import Command
from odoo.tests import HttpCase, new_test_user

from .common import LoyaltyCase

#: the day it is for the members in these tests
TODAY = date(2026, 3, 20)
VARYING = re.compile(
    r'csrf_token: "[^"]*"|name="csrf_token" value="[^"]*"|<link rel="canonical"[^>]*>'
)


class StatementCase(LoyaltyCase):
    """A member with points from January to March 2026; it is 2026-03-20."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.classPatch(
            type(cls.env["loyalty.program"]), "_crm_today", lambda _program: TODAY
        )
        cls.partner.email = "member@example.com"

    def history(self, partner=None):
        """January +300; February -120, +50; March +100 (to 04-30), 30 back of 300."""
        card = self.card(partner)
        earned = self.earn(
            card, 300, f"a{card.id}", date(2026, 12, 31), date(2026, 1, 10)
        )
        self.post(
            card,
            "redeem",
            120,
            f"b{card.id}",
            date(2026, 2, 3),
            reason="5 off your order",
        )
        self.earn(card, 50, f"c{card.id}", None, date(2026, 2, 14))
        self.earn(card, 100, f"d{card.id}", date(2026, 4, 30), date(2026, 3, 2))
        self.post(
            card,
            "reverse_earn",
            30,
            f"e{card.id}",
            date(2026, 3, 9),
            reverses=earned,
        )
        card.invalidate_recordset()
        return card


class PortalCase(StatementCase, HttpCase):
    """The member, a colleague and a stranger can log in."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.firm = cls.env["res.partner"].create(
            {"name": "The Firm", "is_company": True}
        )
        cls.partner.parent_id = cls.firm
        cls.colleague = cls.env["res.partner"].create(
            {"name": "Colleague", "parent_id": cls.firm.id}
        )
        cls.stranger = cls.env["res.partner"].create({"name": "Stranger"})
        cls.program.portal_point_name = "Points"
        cls.member_user = cls._portal_user("loyalty_member", cls.partner)
        cls.colleague_user = cls._portal_user("loyalty_colleague", cls.colleague)
        cls.stranger_user = cls._portal_user("loyalty_stranger", cls.stranger)

    @classmethod
    def _portal_user(cls, login, partner):
        return new_test_user(
            cls.env,
            login=login,
            groups="base.group_portal",
            partner_id=partner.id,
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def log_in(self, user):
        self.authenticate(user.login, user.login)

    def page(self, url, status=200):
        response = self.url_open(url, allow_redirects=False)
        self.assertEqual(response.status_code, status, url)
        return response.text

    def same_body(self, text):
        """The body without what differs between two requests."""
        return VARYING.sub("", text)
