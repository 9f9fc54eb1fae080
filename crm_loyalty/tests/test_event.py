# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What happens to members gives points: how often, how many, to whom."""

from datetime import date

from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .gifts_common import BAD_POINTS, GiftsCase


@tagged("standard", "post_install", "-at_install")
class TestEvent(GiftsCase):
    # HOW OFTEN

    def test_once_a_year(self):
        event = self.create_event()
        first = self.grant()
        self.assertEqual(first.key, f"event:visit:{first.card_id.id}:2026")
        self.assertEqual((first.kind, first.points), ("event", 100))
        self.assertEqual(first.qualifying_points, 0)
        event.points = 70  # what was granted stays as it was
        self.assertEqual(self.grant(as_of="2026-12-31"), first)
        self.assertEqual(self.grant(as_of="2027-01-01").points, 70)
        self.assertEqual(first.card_id.points, 170)
        self.assert_whole()

    def test_once_for_each_record(self):
        self.create_event(frequency="source")
        record, other = self.env["res.partner"].create([{"name": "A"}, {"name": "B"}])
        first = self.grant(source=record)
        self.assertEqual(first.key, f"event:visit:res.partner:{record.id}")
        self.assertEqual((first.res_model, first.res_id), ("res.partner", record.id))
        self.assertEqual(self.grant(source=record, as_of="2027-03-01"), first)
        self.assertTrue(self.grant(source=other))
        self.assertEqual(first.card_id.points, 200)
        with self.assertRaises(UserError):
            self.grant()  # for which?
        self.assertEqual(len(self.entries()), 2)

    def test_once_in_a_lifetime(self):
        self.create_event(frequency="life")
        first = self.grant()
        self.assertEqual(first.key, f"event:visit:{first.card_id.id}")
        self.assertEqual(self.grant(as_of="2031-01-05"), first)
        self.assertEqual(len(self.entries()), 1)

    def test_each_time(self):
        self.create_event(frequency="unlimited")
        self.assertEqual(self.grant().points + self.grant().points, 200)
        self.assertEqual(len(self.entries()), 2)

    def test_a_key_of_the_caller(self):
        """It is posted once under it, and counts for the year all the same."""
        self.create_event()
        first = self.grant(key="referral:7:referrer")
        self.assertEqual(first.key, "referral:7:referrer")
        self.assertEqual(self.grant(key="referral:7:referrer"), first)
        self.assertFalse(self.grant(key="referral:8:referrer"))
        self.assertFalse(self.grant())
        self.assertEqual(len(self.entries()), 1)

    def test_cap_of_a_year(self):
        """100 + 100 + the 50 that are left; nothing more, until the next year."""
        self.create_event(frequency="unlimited", cap_year=250)
        self.assertEqual(
            [sum(self.grant().mapped("points")) for _n in range(4)], [100, 100, 50, 0]
        )
        self.assertEqual(self.grant(as_of="2027-01-01").points, 100)
        self.assert_whole()

    def test_what_was_taken_back_makes_room_under_the_cap(self):
        self.create_event(frequency="unlimited", cap_year=100)
        entry = self.grant()
        self.assertFalse(self.grant())
        self.env["crm.loyalty.event"]._revoke(entry.key)
        self.assertEqual(self.grant().points, 100)

    # HOW MANY

    def test_points_by_grade(self):
        gold = self.env.ref("crm_service_excellence.crm_grade_gold")
        silver = self.env.ref("crm_service_excellence.crm_grade_silver")
        event = self.create_event(
            frequency="unlimited",
            by_grade="points",
            grade_ids=[Command.create({"grade_id": gold.id, "points": 250})],
        )
        customer = self.env["crm.customer"]._follow(self.partner).sudo()
        self.assertEqual(self.grant().points, 100)
        customer.grade_id = gold
        entry = self.grant()
        self.assertEqual((entry.points, entry.grade_id), (250, gold))
        customer.grade_id = silver
        self.assertEqual(self.grant().points, 100)
        event.by_grade = "same"
        customer.grade_id = gold
        self.assertEqual(self.grant().points, 100)

    def test_times_the_multiplier_of_the_program(self):
        """55 x 1.5 = 82.5, down to whole points: 82."""
        gold = self.env.ref("crm_service_excellence.crm_grade_gold")
        self.program.multiplier_ids = [
            Command.create({"grade_id": gold.id, "factor": 1.5})
        ]
        self.create_event(points=55, by_grade="multiplier", frequency="unlimited")
        customer = self.env["crm.customer"]._follow(self.partner).sudo()
        self.assertEqual(self.grant().points, 55)
        customer.grade_id = gold
        self.assertEqual(self.grant().points, 82)
        self.program.rounding_mode = "half_up"
        self.assertEqual(self.grant().points, 83)

    def test_life_of_the_points(self):
        self.create_event(expiry_days=60)
        self.assertEqual(self.grant().expiry_date, date(2026, 3, 6))
        self.create_event("other")
        self.assertEqual(self.grant("other").expiry_date, date(2027, 1, 31))

    # TO WHOM

    def test_a_contact_counts_for_its_company(self):
        self.create_event(frequency="unlimited")
        boss = self.env["res.partner"].create({"name": "Hengda", "is_company": True})
        contact = self.env["res.partner"].create({"name": "Li", "parent_id": boss.id})
        first = self.grant(partner=contact)
        self.assertEqual(first.partner_id, boss)
        self.assertEqual(self.grant(partner=contact).card_id, first.card_id)
        own = self.card(contact)
        self.assertEqual(self.grant(partner=contact).card_id, own)
        self.assertEqual(self.grant(partner=boss).card_id, first.card_id)

    def test_one_card_a_member(self):
        self.create_event(frequency="unlimited")
        card = self.card()
        self.assertEqual((self.grant() | self.grant()).card_id, card)
        # Odoo's POS and orders see the same card
        self.assertEqual(card.points, 200)

    def test_refused_members(self):
        self.create_event()
        gone = self.env["res.partner"].create({"name": "Merged"})
        gone_id = gone.id
        gone.unlink()
        archived = self.env["res.partner"].create({"name": "A", "active": False})
        closed = self.env["res.partner"].create({"name": "C"})
        self.card(closed).active = False
        for partner in (self.env["res.partner"].browse(gone_id), archived, closed):
            with self.assertRaises(UserError):
                self.grant(partner=partner)
        for partner in (None, True, 7, "x", self.program):
            with self.assertRaises(UserError):
                self.env["crm.loyalty.event"]._grant(partner, "visit")
        self.assertFalse(
            self.env["crm.loyalty.entry"].search([("program_id", "=", self.program.id)])
        )

    def test_ended_program(self):
        self.create_event()
        self.program.date_to = "2025-12-31"
        with self.assertRaises(UserError):
            self.grant()
        self.assertFalse(self.entries())

    # WHICH EVENT

    def test_unknown_code(self):
        for code in ("nothing", "", None, 10, True, float("nan"), "%", ["visit"]):
            with self.assertRaises(UserError):
                self.grant(code)

    def test_switched_off(self):
        event = self.create_event()
        event.active = False
        self.assertFalse(self.grant())
        self.assertFalse(
            self.env["loyalty.card"]
            .search([("id", ">", 0)])
            .filtered(lambda card: card.partner_id == self.partner)
        )
        event.write({"active": True, "start_date": "2026-02-01"})
        self.assertFalse(self.grant(as_of="2026-01-31"))
        self.assertTrue(self.grant(as_of="2026-02-01"))

    def test_a_company_has_its_own(self):
        other = self.env["res.company"].create({"name": "Other"})
        shared = self.create_program(
            company_id=False, currency_id=self.company.currency_id.id
        )
        self.create_event(program_id=shared.id, points=10)
        own = self.create_event(points=30)
        self.assertEqual(own.company_id, self.company)
        self.assertEqual(self.grant().points, 30)
        self.assertEqual(self.grant(company=other).points, 10)
        with (
            self.assertRaises(IntegrityError),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self.create_event(points=1)

    def test_a_bad_key(self):
        self.create_event()
        for key in ("", "  ", 7, True):
            with self.assertRaises(UserError):
                self.grant(key=key)
        self.assertFalse(self.entries())

    def test_referrals_find_their_events(self):
        """Each side has an event of its own, under the key that referrals look for."""
        self.program.referral_enabled = True
        friend = self.env["res.partner"].create({"name": "Friend"})
        referral = self.env["crm.referral"]._refer(self.partner, friend)
        self.assertFalse(referral._reward_side("referrer"))  # shipped switched off
        for side, points in (("referrer", 200), ("referred", 100)):
            self.env.ref(f"crm_loyalty.crm_loyalty_event_referral_{side}").write(
                {
                    "program_id": self.program.id,
                    "active": True,
                    "start_date": "2025-01-01",
                }
            )
            entry = referral._reward_side(side, "2026-03-01")
            self.assertEqual(entry.key, f"referral:{referral.id}:{side}")
            self.assertEqual(entry.points, points)
            self.assertEqual(entry.partner_id, referral[f"{side}_id"])
            self.assertEqual(referral._reward_side(side, "2027-03-01"), entry)

    # BACK

    def test_revoked(self):
        """Once; what was spent of it is owed."""
        self.create_event()
        entry = self.grant()
        card = entry.card_id
        self.post(card, "redeem", 30, "r", "2026-01-06")
        events = self.env["crm.loyalty.event"]
        back = events._revoke(entry.key)
        self.assertEqual((back.kind, back.points), ("reverse_earn", -100))
        self.assertEqual(events._revoke(entry.key), back)
        self.assertEqual((card.points, card.debt_points), (-30, 30))
        self.assertFalse(events._revoke("event:never"))
        self.assertEqual(self.grant(), entry)  # it is not won again
        self.assertEqual(card.points, -30)
        self.assert_whole()

    def test_revoked_where_spent_points_are_written_off(self):
        self.program.refund_policy = "write_off"
        self.create_event()
        entry = self.grant(as_of=None)
        self.post(entry.card_id, "redeem", 30, "r", None)
        back = self.env["crm.loyalty.event"]._revoke(entry.key)
        self.assertEqual(back.points, -70)
        self.assertEqual((entry.card_id.points, entry.card_id.debt_points), (0, 0))
        self.assert_whole()

    # SETTINGS

    def test_bad_points(self):
        """Before the ORM makes a number of what is none."""
        for points in BAD_POINTS:
            with self.subTest(points=points), self.assertRaises(ValidationError):
                self.create_event("bad", points=points)
        event = self.create_event()
        for points in BAD_POINTS:
            if points == 0:
                continue  # refused as an event that gives nothing, above
            with self.subTest(points=points), self.assertRaises(ValidationError):
                event.write({"points": points})
        self.assertEqual(event.points, 100)

    def test_bad_codes(self):
        for code in ("a:b", "A", "1a", "a%", "a b", "ä"):
            with self.subTest(code), self.assertRaises(ValidationError):
                self.create_event(code)

    def test_switching_on_needs_a_program(self):
        event = self.env.ref("crm_loyalty.crm_loyalty_event_birthday")
        with self.assertRaises(ValidationError):
            event.active = True
        plain = self.create_program(is_ledger=False)
        with self.assertRaises(ValidationError):
            event.write({"program_id": plain.id, "active": True})

    def test_copied(self):
        event = self.create_event()
        copy = event.copy()
        self.assertEqual((copy.active, copy.code), (False, "visit_2"))

    def test_who_sets_events(self):
        event = self.create_event()
        self.assertEqual(event.with_user(self.clerk).points, 100)
        with self.assertRaises(AccessError):
            event.with_user(self.clerk).points = 1000
        event.with_user(self.manager).points = 90
        with self.assertRaises(AccessError):
            event.with_user(self.clerk).unlink()
