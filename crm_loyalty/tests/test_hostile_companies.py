# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""People of one company, who look for the points of another one."""

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import LoyaltyCase


@tagged("standard", "post_install", "-at_install")
class TestHostileCompanies(LoyaltyCase):
    def test_nothing_of_another_company_is_read(self):
        """Neither records, nor sums, nor what reports make of them."""
        member = self.card()
        self.earn(member, 100, "begin", None)
        self.post(member, "pending", 10, "promise", release_date="2026-02-01")
        member._hold_points(5, "so:1", self.partner, 60)
        self.env.flush_all()
        other = self.env["res.company"].create({"name": "Elsewhere"})
        for user in (self.clerk, self.manager):
            user.write(
                {"company_ids": [Command.set(other.ids)], "company_id": other.id}
            )
            for name in (
                "loyalty.card",
                "crm.loyalty.entry",
                "crm.loyalty.lot",
                "crm.loyalty.allocation",
                "crm.loyalty.pending",
                "crm.loyalty.hold",
                "crm.loyalty.report",
                "crm.loyalty.liability",
                "crm.loyalty.deferral",
            ):
                model = self.env[name].with_user(user).with_company(other)
                if not model.has_access("read"):
                    self.assertEqual(user, self.clerk)
                    continue
                field = "card_id" if "card_id" in model._fields else "partner_id"
                value = member.id if field == "card_id" else self.partner.id
                domain = [(field, "=", value)]
                if name == "crm.loyalty.allocation":
                    domain = [("entry_id.card_id", "=", member.id)]
                elif field not in model._fields:
                    domain = [("program_id", "=", self.program.id)]
                with self.subTest(user=user.login, model=name):
                    self.assertFalse(model.search(domain))
                    self.assertEqual(model._read_group(domain, [], ["__count"]), [(0,)])
            with self.assertRaises(AccessError):
                member.with_user(user).with_company(other).read(["points"])
