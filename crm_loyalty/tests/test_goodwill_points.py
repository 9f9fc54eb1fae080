# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Points as goodwill: valued, approved by a second person, posted once, taken back."""

from datetime import date

from odoo.exceptions import UserError, ValidationError
from odoo.tests import freeze_time, new_test_user, tagged

from .common import limit_goodwill
from .gifts_common import BAD_POINTS, GiftsCase

NOON = "2026-10-08 12:00:00"


@tagged("standard", "post_install", "-at_install")
class TestGoodwillPoints(GiftsCase):
    """0.05 a point; 20 of money alone, 100 by a manager, a budget of 200."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program.point_value = 0.05
        limit_goodwill(cls.company)
        cls.type = cls.env.ref("crm_loyalty.crm_goodwill_type_points")
        cls.seller, cls.boss = (
            new_test_user(
                cls.env,
                login=f"goodwill_{name}",
                email=f"{name}@example.com",
                groups=f"base.group_user,crm_service_excellence.{group}",
            )
            for name, group in (
                ("seller", "group_care_own"),
                ("boss", "group_care_manager"),
            )
        )
        cls.partner.user_id = cls.seller

    def draft(self, points=400, **values):
        return (
            self.env["crm.goodwill"]
            .with_user(self.seller)
            .create(
                {
                    "partner_id": self.partner.id,
                    "type_id": self.type.id,
                    "points": points,
                    "note": "The pump came late",
                    **values,
                }
            )
        )

    def ask(self, points=400, **values):
        goodwill = self.draft(points, **values)
        with freeze_time(NOON):
            goodwill.action_request()
        return goodwill

    # VALUE

    def test_the_value_follows_from_the_points(self):
        """400 x 0.05 = 20; 100 x 0.05 = 5, of which each is 2 of our money: 10."""
        goodwill = self.draft()
        self.assertEqual((goodwill.value, goodwill.cost), (20, 20))
        self.assertEqual(goodwill.program_id, self.program)
        goodwill.points = 500
        self.assertEqual(goodwill.value, 25)
        with self.assertRaises(ValidationError):
            goodwill.value = 1
        with self.assertRaises(ValidationError):
            self.draft(value=1)
        foreign = self.env["res.currency"].create(
            {
                "name": "XTS",
                "symbol": "X",
                "rate_ids": [(0, 0, {"name": "2026-01-01", "rate": 0.5})],
            }
        )
        self.program.currency_id = foreign
        self.assertEqual(self.draft(100).value, 10)

    def test_usual_points_of_the_type(self):
        self.type.write({"default_points": 300, "program_id": self.program.id})
        goodwill = (
            self.env["crm.goodwill"]
            .with_user(self.seller)
            .create(
                {"partner_id": self.partner.id, "type_id": self.type.id, "note": "x"}
            )
        )
        self.assertEqual((goodwill.points, goodwill.value), (300, 15))

    def test_bad_points(self):
        for points in BAD_POINTS:
            with self.subTest(points=points), self.assertRaises(ValidationError):
                self.draft(points)
        goodwill = self.draft()
        for points in BAD_POINTS:
            with self.subTest(points=points), self.assertRaises(ValidationError):
                goodwill.write({"points": points})
        self.assertFalse(self.entries())

    def test_other_gestures_have_no_points(self):
        other = self.env["crm.goodwill.type"].create({"name": "Gift", "kind": "gift"})
        goodwill = self.draft(0, type_id=other.id, value=5)
        self.assertFalse(goodwill.program_id)
        with self.assertRaises(ValidationError):
            goodwill.points = 10
        goodwill.action_request()
        self.assertFalse(self.entries())

    # GRANTED

    def test_posted_once(self):
        goodwill = self.ask()
        self.assertEqual(goodwill.state, "granted")
        entry = self.entries()
        self.assertEqual(
            (entry.kind, entry.points, entry.key, entry.res_model, entry.res_id),
            ("goodwill", 400, f"goodwill:{goodwill.id}", "crm.goodwill", goodwill.id),
        )
        self.assertEqual(entry.expiry_date, date(2027, 4, 6))  # 180 days
        self.assertEqual(entry.qualifying_points, 0)
        goodwill.sudo()._grant()
        self.assertEqual(len(self.entries()), 1)
        self.assertEqual(
            goodwill._letter_sentences(),
            ["We have credited 400 points to your account."],
        )
        self.assert_whole()

    def test_life_as_the_program_says(self):
        self.type.points_expiry_days = 0
        self.ask()
        self.assertEqual(self.entries().expiry_date, date(2027, 10, 31))

    def test_more_than_the_own_limit_waits(self):
        goodwill = self.ask(401)
        self.assertEqual(goodwill.state, "requested")
        self.assertFalse(self.entries())
        with self.assertRaises(UserError):
            goodwill.action_approve()
        goodwill.with_user(self.boss).action_approve()
        self.assertEqual(self.entries().points, 401)

    def test_settled_once_asked_for(self):
        """Nobody makes 10,000 points of the 401 that wait for a yes."""
        goodwill = self.ask(401)
        for values in ({"points": 10_000}, {"program_id": False}):
            with self.subTest(values), self.assertRaises(UserError):
                goodwill.write(values)

    def test_over_the_budget(self):
        """200 a year: 4,000 points; 4,001 are refused."""
        with self.assertRaises(UserError):
            self.ask(4001)
        self.assertEqual(self.ask(4000).state, "requested")
        self.assertFalse(self.entries())

    def test_what_cannot_be_granted(self):
        goodwill = self.ask(401)
        approve = goodwill.with_user(self.boss).action_approve
        card = self.card()
        card.active = False
        with self.assertRaises(UserError):
            approve()
        card.active = True
        self.program.date_to = "2020-12-31"
        with self.assertRaises(UserError):
            approve()
        self.program.write({"date_to": False, "active": False})
        with self.assertRaises(UserError):
            approve()
        self.program.active = True
        self.assertFalse(self.entries())
        approve()
        self.assertEqual(card.points, 401)

    def test_whose_card(self):
        self.partner.is_company = True
        contact = self.env["res.partner"].create(
            {"name": "Li", "parent_id": self.partner.id}
        )
        self.ask(200, contact_id=contact.id)
        self.assertEqual(self.entries().points, 200)
        own = self.card(contact)
        self.ask(200, contact_id=contact.id)
        self.assertEqual(own.points, 200)

    # WITHDRAWN

    def test_withdrawn(self):
        """Once; the 50 that were spent are owed."""
        goodwill = self.ask()
        card = self.entries().card_id
        self.post(card, "redeem", 50, "r", date(2026, 10, 9))
        goodwill.with_user(self.boss)._withdraw("By mistake")
        self.assertEqual((card.points, card.debt_points), (-50, 50))
        back = self.entries()[-1]
        self.assertEqual(
            (back.kind, back.points, back.key),
            ("reverse_earn", -400, f"goodwill:{goodwill.id}:cancel"),
        )
        goodwill.sudo()._revoke()
        self.assertEqual(card.points, -50)
        self.assert_whole()

    def test_withdrawn_before_it_was_granted(self):
        goodwill = self.ask(401)
        goodwill._withdraw("No more")
        self.assertFalse(self.entries())
