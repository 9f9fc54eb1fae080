# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Points by hand: alone within the limit, above it with a second person."""

from datetime import date
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged

from .gifts_common import BAD_POINTS, GiftsCase


@tagged("standard", "post_install", "-at_install")
class TestAdjustment(GiftsCase):
    """A user adjusts 50 alone, a manager 500."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = cls.create_user("loyalty_user", "group_loyalty_user")
        cls.first = cls.create_user("loyalty_first", "group_loyalty_manager")
        cls.third = cls.create_user("loyalty_third", "group_loyalty_manager")

    def setUp(self):
        super().setUp()
        self.member = self.card()

    def draft(self, points, user=None, **values):
        return (
            self.env["crm.loyalty.adjustment"]
            .with_user(user or self.user)
            .create(
                {
                    "card_id": self.member.id,
                    "points": points,
                    "reason_id": self.reason.id,
                    "note": "The till was broken",
                    **values,
                }
            )
        )

    def ask(self, points, user=None, **values):
        adjustment = self.draft(points, user, **values)
        adjustment.action_request()
        return adjustment

    def asked(self, adjustment):
        """Who has an activity to decide."""
        return adjustment.sudo().activity_ids.user_id

    # ALONE

    def test_within_the_limit(self):
        adjustment = self.ask(50)
        self.assertEqual(adjustment.state, "posted")
        self.assertEqual(adjustment.decided_by_id, self.user)
        self.assertEqual(self.member.points, 50)
        entry = adjustment.entry_id
        self.assertEqual(
            (entry.kind, entry.points, entry.key, entry.res_model, entry.res_id),
            ("adjust", 50, f"adjust:{adjustment.id}", adjustment._name, adjustment.id),
        )
        self.assertEqual(entry.qualifying_points, 0)
        self.assertIn("The till was broken", entry.reason)
        self.assert_whole()

    def test_a_day_s_slices_are_added_up(self):
        """50 alone; the 1 that follows within the day is above the limit of 50."""
        with freeze_time("2026-03-02 10:00:00"):
            self.assertEqual(self.ask(30).state, "posted")
            self.assertEqual(self.ask(-20).state, "posted")
            self.assertEqual(self.ask(1).state, "requested")
        with freeze_time("2026-03-03 10:00:01"):
            self.assertEqual(self.ask(1).state, "posted")

    def test_a_manager_alone(self):
        self.assertEqual(self.ask(500, self.first).state, "posted")
        self.assertEqual(self.member.points, 500)

    # WITH A SECOND PERSON

    def test_a_user_needs_a_manager(self):
        adjustment = self.ask(51)
        self.assertEqual(adjustment.state, "requested")
        self.assertEqual(self.member.points, 0)
        self.assertIn(self.first, self.asked(adjustment))
        self.assertNotIn(self.user, self.asked(adjustment))
        with self.assertRaises(AccessError):
            adjustment.action_approve()
        adjustment.with_user(self.first).action_approve()
        self.assertEqual((adjustment.state, self.member.points), ("posted", 51))
        self.assertEqual(adjustment.decided_by_id, self.first)
        self.assertFalse(self.asked(adjustment))
        with self.assertRaises(UserError):
            adjustment.with_user(self.second).action_approve()
        self.assertEqual(self.member.points, 51)
        self.assert_whole()

    def test_a_manager_above_the_limit_needs_another(self):
        adjustment = self.ask(501, self.first)
        self.assertEqual(adjustment.state, "requested")
        self.assertNotIn(self.first, self.asked(adjustment))
        with self.assertRaises(AccessError):
            adjustment.with_user(self.first).action_approve()
        adjustment.with_user(self.second).action_approve()
        self.assertEqual(self.member.points, 501)

    def test_a_user_above_the_manager_s_limit_needs_two(self):
        adjustment = self.ask(501)
        adjustment.with_user(self.first).action_approve()
        self.assertEqual(adjustment.state, "requested")
        self.assertEqual(adjustment.first_approver_id, self.first)
        self.assertNotIn(self.first, self.asked(adjustment))
        self.assertIn(self.second, self.asked(adjustment))
        with self.assertRaises(AccessError):
            adjustment.with_user(self.first).action_approve()
        self.assertEqual(self.member.points, 0)
        adjustment.with_user(self.second).action_approve()
        self.assertEqual(self.member.points, 501)

    def test_what_waits_for_whom(self):
        adjustment = self.ask(501)
        model = self.env["crm.loyalty.adjustment"]
        domain = [("may_decide", "=", True), ("id", "=", adjustment.id)]

        def sees(user):
            found = model.with_user(user).search(domain)
            self.assertEqual(bool(found), adjustment.with_user(user).may_decide)
            return bool(found)

        self.assertFalse(sees(self.user))
        self.assertTrue(sees(self.first))
        adjustment.with_user(self.first).action_approve()
        self.assertFalse(sees(self.first))
        self.assertTrue(sees(self.second))

    def test_refused(self):
        adjustment = self.ask(60)
        wizard = self.env["crm.loyalty.adjustment.refuse"]
        values = {"adjustment_ids": adjustment.ids, "reason": "Ask the shop first"}
        with self.assertRaises(UserError):
            wizard.with_user(self.first).create(
                {**values, "reason": " "}
            ).action_confirm()
        stranger = self.create_user("loyalty_stranger", "group_loyalty_user")
        with self.assertRaises(AccessError):
            adjustment.with_user(stranger)._refuse("No")
        wizard.with_user(self.first).create(values).action_confirm()
        self.assertEqual(adjustment.state, "refused")
        self.assertEqual(adjustment.outcome_note, "Ask the shop first")
        self.assertFalse(self.asked(adjustment))
        with self.assertRaises(UserError):
            adjustment.with_user(self.second).action_approve()
        self.assertFalse(self.entries())

    def test_taken_back_by_who_asked(self):
        adjustment = self.ask(60)
        adjustment._refuse("My mistake")
        self.assertEqual(adjustment.state, "refused")

    # WHAT CANNOT BE

    def test_no_balance_below_zero(self):
        self.ask(40)
        for user in (self.user, self.first):
            with self.assertRaises(UserError):
                self.ask(-41, user)
        self.assertEqual(self.member.points, 40)
        self.assertEqual(self.ask(-10).state, "posted")
        self.assertEqual(self.member.points, 30)

    def test_spent_before_it_was_approved(self):
        self.post(self.member, "earn", 100, "so", None)
        adjustment = self.ask(-80)
        self.post(self.member, "redeem", 50, "r", None)
        with self.assertRaises(UserError):
            adjustment.with_user(self.first).action_approve()
        self.assertEqual((adjustment.state, self.member.points), ("requested", 50))

    def test_bad_points(self):
        for points in BAD_POINTS:
            if points == -1:
                continue  # a number: there are only no points to take
            with self.subTest(points=points), self.assertRaises(ValidationError):
                self.ask(points)
        with self.assertRaises(UserError):
            self.ask(-1)
        with self.assertRaises(ValidationError):
            self.env["crm.loyalty.adjustment"].create(
                {"card_id": self.member.id, "reason_id": self.reason.id, "note": "x"}
            )
        adjustment = self.draft(10)
        for points in BAD_POINTS:
            if points == -1:
                continue
            with self.subTest(points=points), self.assertRaises(ValidationError):
                adjustment.write({"points": points})
        self.assertFalse(self.entries())

    def test_the_most_a_balance_holds(self):
        """2^31 - 1, and one more: a clear message (L11)."""
        self.post(self.member, "opening", 2**31 - 1, "o", None)
        with self.assertRaises(UserError):
            self.ask(1)
        self.assertEqual(self.member.points, 2**31 - 1)

    def test_what_is_settled(self):
        adjustment = self.ask(60)
        with self.assertRaises(UserError):
            adjustment.points = 10
        with self.assertRaises(UserError):
            adjustment.action_request()
        with self.assertRaises(UserError):
            adjustment.unlink()
        self.draft(5).unlink()

    def test_what_nobody_types(self):
        adjustment = self.ask(60)
        for values in (
            {"state": "posted"},
            {"requested_by_id": self.first.id},
            {"first_approver_id": self.first.id},
            {"entry_id": False},
            {"company_id": False},
        ):
            with self.subTest(values), self.assertRaises(AccessError):
                adjustment.with_user(self.first).write(values)
            with self.subTest(values), self.assertRaises(AccessError):
                self.draft(5, **values)
        forged = self.env["crm.loyalty.adjustment"].with_context(
            default_requested_by_id=self.first.id, default_state="requested"
        )
        made = forged.with_user(self.user).create(
            {
                "card_id": self.member.id,
                "points": 5,
                "reason_id": self.reason.id,
                "note": "x",
            }
        )
        self.assertEqual((made.requested_by_id, made.state), (self.user, "draft"))

    def test_a_draft_is_its_author_s(self):
        adjustment = self.draft(400)
        with self.assertRaises(AccessError):
            adjustment.with_user(self.first).action_request()
        with self.assertRaises(AccessError):
            adjustment.with_user(self.first).points = 10

    def test_reasons_have_a_direction(self):
        self.reason.direction = "credit"
        with self.assertRaises(ValidationError):
            self.draft(-5)
        self.reason.direction = "debit"
        with self.assertRaises(ValidationError):
            self.draft(5)

    def test_closed_cards(self):
        self.member.active = False
        with self.assertRaises(UserError):
            self.ask(5)
        plain = self.card(program=self.create_program(is_ledger=False))
        with self.assertRaises(ValidationError):
            self.draft(5, card_id=plain.id)

    def test_last_day_of_the_points(self):
        with freeze_time("2026-03-02 10:00:00"):
            with self.assertRaises(UserError):
                self.ask(5, expiry_date="2026-03-01")
            adjustment = self.ask(5, expiry_date="2026-03-09")
            self.assertEqual(adjustment.entry_id.expiry_date, date(2026, 3, 9))
            self.assertEqual(self.ask(5).entry_id.expiry_date, date(2027, 3, 31))

    def test_a_source_that_can_be_read(self):
        private = self.env["ir.config_parameter"].search([], limit=1)
        with self.assertRaises(AccessError):
            self.draft(5, res_model=private._name, res_id=private.id)
        with self.assertRaises(UserError):
            self.draft(5, res_model="res.partner", res_id=2**30)
        adjustment = self.draft(5, res_model="res.partner", res_id=self.partner.id)
        self.assertEqual(adjustment.source_name, self.partner.display_name)

    # RIGHTS

    def test_who_sees_what(self):
        mine, other = self.ask(60), self.ask(60, self.first)
        model = self.env["crm.loyalty.adjustment"]
        both = [("id", "in", (mine | other).ids)]
        self.assertEqual(model.with_user(self.user).search(both), mine)
        self.assertEqual(model.with_user(self.second).search(both), mine | other)
        with self.assertRaises(AccessError):
            other.with_user(self.user).read(["points"])
        nobody = self.create_user("loyalty_nobody", "group_loyalty_user")
        nobody.group_ids = self.env.ref("base.group_user")
        with self.assertRaises(AccessError):
            model.with_user(nobody).search(both)

    def test_companies(self):
        other = self.env["res.company"].create({"name": "Other"})
        program = self.create_program(company_id=other.id)
        card = self.card(program=program)
        with self.assertRaises(AccessError):
            self.draft(5, card_id=card.id)
        adjustment = self.env["crm.loyalty.adjustment"].create(
            {"card_id": card.id, "points": 5, "reason_id": self.reason.id, "note": "x"}
        )
        self.assertEqual(adjustment.company_id, other)
        self.assertFalse(
            self.env["crm.loyalty.adjustment"]
            .with_user(self.first)
            .search([("id", "=", adjustment.id)])
        )

    # TWICE

    def test_the_entry_is_posted_once(self):
        """Whatever a repetition does: the key is the adjustment's."""
        adjustment = self.ask(30)
        sudo = adjustment.sudo()
        sudo.state = "requested"
        sudo._post()
        self.assertEqual(len(self.entries()), 1)
        self.assertEqual(self.member.points, 30)

    def test_decisions_take_turns(self):
        adjustment = self.ask(60)
        locked = []
        take_turns = type(adjustment)._take_turns

        def spy(records):
            locked.append(records.state)
            return take_turns(records)

        with patch.object(type(adjustment), "_take_turns", spy):
            adjustment.with_user(self.first).action_approve()
        self.assertEqual(locked, ["requested"])  # before anything was decided

    # SCREENS

    def test_opened_from_the_member(self):
        action = self.member.with_user(self.user).action_adjust_points()
        form = Form(
            self.env["crm.loyalty.adjustment"]
            .with_user(self.user)
            .with_context(**action["context"]),
            view=action["views"][0][0],
        )
        form.points = 20
        form.reason_id = self.reason
        form.note = "Broken till"
        form.save().action_request()
        self.assertEqual(self.member.points, 20)
        self.assertEqual(
            self.member.with_user(self.user).action_loyalty_update_balance()[
                "res_model"
            ],
            "crm.loyalty.adjustment",
        )
