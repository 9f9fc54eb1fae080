# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .referral_common import ReferralCase


@tagged("standard", "post_install", "-at_install")
class TestForget(ReferralCase):
    """A member is forgotten, the sums stay."""

    def test_a_member_with_points_is_not_deleted(self):
        card = self.card()
        self.earn(card, 10, "e", date(2026, 3, 31))
        with self.assertRaisesRegex(UserError, "anonymise"):
            self.partner.unlink()
        card.active = False
        with self.assertRaisesRegex(UserError, "anonymise"):
            self.partner.unlink()
        self.assertEqual(card.partner_id, self.partner)

    def test_who_recommended_is_not_deleted(self):
        self.refer()
        with self.assertRaisesRegex(UserError, "recommended"):
            self.partner.unlink()
        self.friend.unlink()
        self.assertEqual(
            self.referrals.search_count([("referrer_id", "=", self.partner.id)]), 1
        )

    def test_a_card_without_entries_keeps_nobody(self):
        self.card()
        self.partner.unlink()
        self.assertFalse(self.partner.exists())

    def test_anonymised(self):
        self.partner.write(
            {
                "email": "ms@example.com",
                "phone": "+44 20 7946 0018",
                "street": "Main St. 1",
                "vat": "GB999999973",
                "comment": "Likes tea",
                "crm_birth_calendar": "solar",
                "crm_birth_month": 5,
                "crm_birth_day": 6,
                "bank_ids": [Command.create({"acc_number": "DE89370400440532013000"})],
            }
        )
        card = self.card()
        self.earn(card, 10, "e", date(2026, 3, 31))
        code, entries = card.code, card.entry_ids
        referral = self.refer()
        with self.assertRaises(AccessError):
            self.partner.with_user(self.clerk).action_crm_loyalty_forget()
        self.manager.group_ids |= self.env.ref("base.group_partner_manager")
        self.partner.with_user(self.manager).action_crm_loyalty_forget()
        self.env.invalidate_all()
        person = self.partner
        self.assertNotIn("Member", person.name.replace("member", ""))
        self.assertEqual(
            [person.email, person.phone, person.street, person.vat, person.active],
            [False] * 5,
        )
        self.assertFalse(person.crm_birth_month, "care forgets as well")
        account = person.with_context(active_test=False).bank_ids
        self.assertNotIn("DE89", account.acc_number)
        self.assertFalse(account.active)
        messages = person.message_ids.sudo() | account.message_ids.sudo()
        self.assertFalse(messages.tracking_value_ids)
        self.assertNotIn("DE89", str(messages.mapped("body")))
        self.assertIn(self.manager.name, person.message_ids[0].body)
        self.assertEqual((card.code, card.points, card.active), (code, 10, False))
        self.assertEqual(card.entry_ids, entries)
        self.assertEqual(referral.referrer_id, person)
        self.assert_whole()

    def test_who_can_log_in_is_not_forgotten(self):
        user = new_test_user(self.env, login="member", groups="base.group_portal")
        with self.assertRaisesRegex(UserError, "user"):
            user.partner_id._crm_loyalty_forget()
        with self.assertRaisesRegex(UserError, "company"):
            self.company.partner_id._crm_loyalty_forget()

    def test_privacy_lookup_finds_cards_and_referrals(self):
        """It looks at every link to a contact that does not cascade."""
        for model, names in (
            ("loyalty.card", ["partner_id"]),
            ("crm.referral", ["referrer_id", "referred_id"]),
        ):
            for name in names:
                field = self.env[model]._fields[name]
                self.assertTrue(field.store)
                self.assertNotEqual(field.ondelete, "cascade")
        if "privacy.lookup.wizard" not in self.env:
            return
        self.partner.email = "ms@example.com"
        card, referral = self.card(), self.refer()
        wizard = self.env["privacy.lookup.wizard"].create(
            {"name": "Ms Member", "email": "ms@example.com"}
        )
        wizard.action_lookup()
        found = {(line.res_model, line.res_id) for line in wizard.line_ids}
        self.assertIn(("loyalty.card", card.id), found)
        self.assertIn(("crm.referral", referral.id), found)
