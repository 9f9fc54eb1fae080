# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""People who try to decide alone on what takes a second person."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .gifts_common import GiftsCase


@tagged("standard", "post_install", "-at_install")
class TestHostileDecisions(GiftsCase):
    """Users adjust 50 points alone, managers 500."""

    def setUp(self):
        super().setUp()
        self.member = self.card()
        self.earn(self.member, 1000, "begin", None)

    def tearDown(self):
        self.assert_whole()
        super().tearDown()

    def ask(self, points, user=None, card=None, **values):
        return (
            self.env["crm.loyalty.adjustment"]
            .with_user(user or self.clerk)
            .create(
                {
                    "card_id": (card or self.member).id,
                    "points": points,
                    "reason_id": self.reason.id,
                    "note": "Because",
                    **values,
                }
            )
        )

    def test_defaults_of_ones_own_decide_nothing(self):
        """``ir.default`` is everybody's to write, for oneself."""
        defaults = self.env["ir.default"].with_user(self.manager)
        for name, value in (
            ("state", "requested"),
            ("requested_by_id", self.clerk.id),
            ("first_approver_id", self.second.id),
            ("decided_by_id", self.second.id),
        ):
            defaults.set("crm.loyalty.adjustment", name, value, user_id=True)
        adjustment = self.ask(5000, self.manager)
        self.assertEqual(adjustment.state, "draft")
        self.assertEqual(adjustment.requested_by_id, self.manager)
        self.assertFalse(adjustment.first_approver_id | adjustment.decided_by_id)

    def test_a_balance_that_is_set_counts_for_the_limit(self):
        """T12: neither in slices, nor one way after the other."""
        card = self.member.with_user(self.manager)
        card.write({"points": 1300})
        with self.assertRaisesRegex(UserError, "second person"):
            card.write({"points": 1600})
        with self.assertRaisesRegex(UserError, "second person"):
            card.write({"points": 1000})
        adjustment = self.ask(300, self.manager)
        adjustment.action_request()
        self.assertEqual(adjustment.state, "requested")
        small = self.ask(200, self.manager)
        small.action_request()
        self.assertEqual(small.state, "posted")
        with self.assertRaisesRegex(UserError, "second person"):
            card.write({"points": 1501})
        self.assertEqual(self.member.points, 1500)

    def test_nobody_adjusts_points_of_ones_own(self):
        for user in (self.clerk, self.manager):
            own = self.card(user.partner_id)
            adjustment = self.ask(10, user, own)
            adjustment.action_request()
            self.assertEqual(adjustment.state, "requested")
            with self.assertRaises(AccessError):
                adjustment.action_approve()
            self.assertEqual(own.points, 0)
        with self.assertRaises(AccessError):
            own.with_user(self.manager).write({"points": 10})
        # asked for by another, the member does not say yes
        asked = self.ask(100, self.clerk, own)
        asked.action_request()
        self.assertFalse(asked.with_user(self.manager).may_decide)
        self.assertNotIn(
            asked,
            asked.with_user(self.manager).search([("may_decide", "=", True)]),
        )
        with self.assertRaises(AccessError):
            asked.with_user(self.manager).action_approve()
        asked.with_user(self.second).action_approve()
        self.assertEqual(asked.state, "posted")

    def test_a_source_that_is_no_record(self):
        for model in ("mail.thread", "base", "nothing", "crm.loyalty.report"):
            with self.subTest(model=model), self.assertRaises(UserError):
                self.ask(5, res_model=model, res_id=1)

    def test_nobody_is_rewarded_for_what_one_enters(self):
        self.program.referral_enabled = True
        friend = self.env["res.partner"].create({"name": "Friend"})
        with self.assertRaisesRegex(UserError, "yourself"):
            friend.with_user(self.clerk).crm_referred_by_id = self.clerk.partner_id
        friend.with_user(self.manager).crm_referred_by_id = self.clerk.partner_id
        self.assertEqual(
            friend.with_user(self.manager).crm_referred_by_id, self.clerk.partner_id
        )

    def test_only_managers_take_a_link_from_who_sent_it(self):
        self.program.referral_enabled = True
        friend, crony = self.env["res.partner"].create(
            [{"name": "Friend"}, {"name": "Crony"}]
        )
        referral = self.env["crm.referral"]._refer(self.partner, friend, source="link")
        for value in (crony, self.env["res.partner"]):
            with self.assertRaises(UserError):
                friend.with_user(self.clerk).crm_referred_by_id = value
        self.assertEqual(referral.state, "pending")
        friend.with_user(self.manager).crm_referred_by_id = crony
        self.assertEqual(referral.state, "rejected")
