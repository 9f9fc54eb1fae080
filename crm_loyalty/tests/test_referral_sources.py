# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Where recommendations are entered, and what becomes of them by a merge."""

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import tagged

from .referral_common import ReferralCase


@tagged("standard", "post_install", "-at_install")
@freeze_time("2026-01-05 09:00:00")
class TestReferralSources(ReferralCase):
    # CONTACTS MERGED

    def merge(self, source, into):
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((source | into).ids, into, extra_checks=False)
        self.env.invalidate_all()

    def test_both_turn_out_to_be_one(self):
        referral = self.refer()
        self.merge(self.friend, self.partner)
        self.assertEqual((referral.state, referral.reason_kind), ("rejected", "merged"))
        self.assertEqual(referral.referred_id, self.partner)

    def test_both_turn_out_to_be_one_after_the_reward(self):
        referral = self.rewarded()
        self.merge(self.friend, self.partner)
        self.assertEqual((referral.state, referral.reason_kind), ("reversed", "merged"))
        self.assertEqual(self.points_of(self.partner), 0)
        self.assert_whole()

    def test_a_customer_was_recommended_twice(self):
        """Under two names: who was first has won it."""
        first = self.refer()
        double = self.env["res.partner"].create({"name": "Mr Friend (double)"})
        other = self.env["res.partner"].create({"name": "Somebody"})
        second = self.refer(other, double)
        second.date = "2026-01-06 09:00:00"
        self.merge(self.friend, double)
        self.assertEqual(first.state, "pending")
        self.assertEqual((second.state, second.reason_kind), ("rejected", "second"))

    # WHERE IT IS ENTERED

    def test_on_the_contact(self):
        clerk = self.env(user=self.clerk.id)
        self.friend.user_id = self.clerk
        friend = self.friend.with_env(clerk)
        friend.crm_referred_by_id = self.partner.with_env(clerk)
        referral = self.referrals.search([("referred_id", "=", self.friend.id)])
        self.assertEqual(
            (referral.referrer_id, referral.source), (self.partner, "staff")
        )
        friend.invalidate_recordset()
        self.assertEqual(friend.crm_referred_by_id, self.partner)
        found = friend.search([("crm_referred_by_id", "=", self.partner.id)])
        self.assertEqual(found, friend)
        # a mistake is corrected
        other = self.env["res.partner"].create({"name": "Somebody"})
        friend.crm_referred_by_id = other.with_env(clerk)
        self.assertEqual(referral.reason_kind, "withdrawn")
        friend.crm_referred_by_id = False
        self.env.invalidate_all()
        self.assertFalse(friend.crm_referred_by_id)

    def test_what_was_rewarded_is_not_corrected(self):
        self.rewarded()
        other = self.env["res.partner"].create({"name": "Somebody"})
        with self.assertRaisesRegex(UserError, "decided"):
            self.friend.crm_referred_by_id = other

    def test_on_the_lead(self):
        lead = self.env["crm.lead"].create(
            {
                "name": "Wants pumps",
                "email_from": "friend@example.com",
                "crm_referred_by_id": self.partner.id,
            }
        )
        referral = self.referrals.search([("lead_id", "=", lead.id)])
        self.assertEqual((referral.state, referral.source), ("pending", "lead"))
        self.assertFalse(referral.referred_id)
        self.assertEqual(lead.crm_referred_by_id, self.partner)
        lead.partner_id = self.friend
        self.assertEqual(referral.referred_id, self.friend)
        self.order("2026-01-06")
        self.run_job("2026-01-20")
        self.assertEqual(referral.state, "rewarded")

    def test_a_lead_of_the_member_itself(self):
        self.partner.email = "me@example.com"
        lead = self.env["crm.lead"].create(
            {
                "name": "Me too",
                "email_from": "Me <me+new@example.com>",
                "crm_referred_by_id": self.partner.id,
            }
        )
        referral = self.referrals.search([("lead_id", "=", lead.id)])
        self.assertEqual(referral.reason_kind, "same_person")

    def test_a_lead_that_becomes_an_old_customer(self):
        self.order("2025-06-01", pay=False)
        lead = self.env["crm.lead"].create(
            {"name": "Again", "crm_referred_by_id": self.partner.id}
        )
        lead.partner_id = self.friend
        referral = self.referrals.search([("lead_id", "=", lead.id)])
        self.assertEqual(referral.reason_kind, "customer")

    def test_leads_merged(self):
        leads = self.env["crm.lead"].create(
            [
                {"name": "One"},
                {"name": "Two", "crm_referred_by_id": self.partner.id},
            ]
        )
        kept = leads.merge_opportunity()
        referral = self.referrals.search([("referrer_id", "=", self.partner.id)])
        self.assertEqual(referral.lead_id, kept)
