# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The job finds what happened to members, and grants it once."""

from datetime import date
from decimal import Decimal

from odoo.tests import BaseCase, tagged
from odoo.tools import SQL

from ..tools.event_points import multiplied, within_cap
from .gifts_common import GiftsCase


@tagged("standard", "post_install", "-at_install")
class TestEventJob(GiftsCase):
    def run_job(self, as_of):
        return self.env["crm.loyalty.event"]._cron_grant(as_of=as_of)

    def rate(self, partner=None, moment="2026-03-01 10:00:00", words=None):
        rating = self.env["rating.rating"].create(
            {
                "res_model_id": self.env["ir.model"]._get_id("res.partner"),
                "res_id": self.partner.id,
                "partner_id": (partner or self.partner).id,
                "rating": 5,
                "consumed": True,
                "feedback": words,
            }
        )
        rating.rated_on = moment
        return rating

    def feedback(self, **values):
        return self.create_event(
            "feedback_answered", frequency="source", points=20, **values
        )

    # FEEDBACK

    def test_ratings_are_thanked_for_once(self):
        self.feedback(expiry_days=30)
        card = self.card()
        rating, _second = self.rate(), self.rate(moment="2026-03-02 10:00:00")
        self.rate(moment="2026-03-09 10:00:00")  # not yet
        self.assertEqual(self.run_job("2026-03-03"), 2)
        self.assertEqual(self.run_job("2026-03-03"), 0)
        entry = card.entry_ids.filtered(lambda one: one.res_id == rating.id)
        self.assertEqual(
            entry.key, f"event:feedback_answered:rating.rating:{rating.id}"
        )
        self.assertEqual(entry.effective_date, date(2026, 3, 1))
        self.assertEqual(entry.expiry_date, date(2026, 4, 2))
        self.assertEqual((card.points, entry.qualifying_points), (40, 0))
        self.assertEqual(self.run_job("2026-03-10"), 1)
        self.assert_whole()

    def test_a_grant_by_hand_and_the_job_are_one(self):
        self.feedback()
        self.card()
        rating = self.rate()
        self.grant("feedback_answered", source=rating, as_of="2026-03-01")
        self.assertEqual(self.run_job("2026-03-02"), 0)

    def test_the_job_makes_no_members(self):
        self.feedback()
        self.rate()
        self.assertEqual(self.run_job("2026-03-03"), 0)
        self.assertFalse(
            self.env["loyalty.card"].search([("partner_id", "=", self.partner.id)])
        )

    def test_what_happened_before_the_event_began(self):
        self.feedback(start_date="2026-03-02")
        self.card()
        self.rate()
        self.assertEqual(self.run_job("2026-03-03"), 0)

    def test_cap_of_the_year_over_many(self):
        """20 + 20 + the 10 that are left of 50; the old year's do not count."""
        self.feedback(cap_year=50)
        card = self.card()
        self.rate(moment="2025-12-30 10:00:00")
        for day in range(1, 6):
            self.rate(moment=f"2026-03-0{day} 10:00:00")
        self.assertEqual(self.run_job("2026-03-09"), 4)
        self.assertEqual(
            sorted((one.effective_date.year, one.points) for one in card.entry_ids),
            [(2025, 20), (2026, 10), (2026, 20), (2026, 20)],
        )
        self.assertEqual(self.run_job("2026-03-09"), 0)
        self.assert_whole()

    def test_contacts_rate_for_their_company(self):
        self.feedback()
        boss = self.env["res.partner"].create({"name": "Hengda", "is_company": True})
        contact = self.env["res.partner"].create({"name": "Li", "parent_id": boss.id})
        card = self.card(boss)
        self.rate(contact)
        self.run_job("2026-03-03")
        self.assertEqual(card.points, 20)

    def test_a_review_has_words(self):
        self.create_event("review_written", frequency="source", points=50)
        card = self.card()
        self.rate()
        self.rate(words="  ")
        self.rate(words="Came in time")
        self.assertEqual(self.run_job("2026-03-03"), 1)
        self.assertEqual(card.points, 50)

    def test_points_by_grade(self):
        gold = self.env.ref("crm_service_excellence.crm_grade_gold")
        event = self.feedback(by_grade="points")
        event.grade_ids = [(0, 0, {"grade_id": gold.id, "points": 35})]
        self.env["crm.customer"]._follow(self.partner).sudo().grade_id = gold
        card = self.card()
        plain = self.card(self.env["res.partner"].create({"name": "Plain"}))
        self.rate()
        self.rate(plain.partner_id)
        self.run_job("2026-03-03")
        self.assertEqual((card.points, plain.points), (35, 20))

    def test_surveys(self):
        """Where Odoo's survey app is installed; the addon does not ask for it."""
        if "survey.user_input" not in self.env:
            self.assertEqual(
                [model for model, _query in self.feedback()._scans(date(2026, 3, 3))],
                ["rating.rating"],
            )
            return
        survey = self.env["survey.survey"].create({"title": "How was it?"})
        self.feedback()
        card = self.card()
        for state, trial in (("done", False), ("done", True), ("in_progress", False)):
            self.env["survey.user_input"].create(
                {
                    "survey_id": survey.id,
                    "partner_id": self.partner.id,
                    "state": state,
                    "test_entry": trial,
                    "end_datetime": "2026-03-01 10:00:00",
                }
            )
        self.assertEqual(self.run_job("2026-03-03"), 1)
        self.assertEqual(card.points, 20)

    # PROFILE, ANNIVERSARY

    def test_profile_completed_once_in_a_lifetime(self):
        self.create_event("profile_completed", frequency="life")
        card = self.card()
        customer = self.env["crm.customer"]._follow(self.partner).sudo()
        customer.completeness = 99
        self.assertEqual(self.run_job("2026-03-03"), 0)
        customer.completeness = 100
        self.assertEqual(self.run_job("2026-03-04"), 1)
        self.assertEqual(self.run_job("2027-03-04"), 0)
        self.assertEqual(card.points, 100)

    def joined(self, card, moment):
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE loyalty_card SET create_date = %s WHERE id = %s",
                moment,
                card.id,
            )
        )
        card.invalidate_recordset()

    def test_anniversary_of_membership(self):
        self.create_event("membership_anniversary")
        card = self.card()
        self.joined(card, "2025-03-04 10:00:00")
        self.assertEqual(self.run_job("2025-03-04"), 0)  # the day itself
        self.assertEqual(self.run_job("2026-03-03"), 0)
        self.assertEqual(self.run_job("2026-03-04"), 1)
        self.assertEqual(self.run_job("2026-03-05"), 0)
        self.assertEqual(self.run_job("2027-03-06"), 1)  # the job was off for two days
        self.assertEqual(card.points, 200)
        self.assertEqual(
            card.entry_ids[0].key, f"event:membership_anniversary:{card.id}:2027"
        )

    def test_anniversary_of_29_february_and_over_new_year(self):
        self.create_event("membership_anniversary")
        leap, eve = (
            self.card(),
            self.card(self.env["res.partner"].create({"name": "E"})),
        )
        self.joined(leap, "2024-02-29 10:00:00")
        self.joined(eve, "2024-12-31 10:00:00")
        self.assertEqual(self.run_job("2026-01-02"), 1)
        self.assertEqual(eve.entry_ids.effective_date, date(2025, 12, 31))
        self.assertEqual(self.run_job("2026-02-28"), 1)
        self.assertEqual(leap.points, 100)

    # ISOLATION

    def test_one_event_keeps_no_other(self):
        self.feedback()
        ended = self.create_program(date_to="2025-12-31")
        self.create_event("review_written", program_id=ended.id, frequency="source")
        card = self.card()
        other = self.card(program=ended)
        self.rate(words="Fine")
        self.assertEqual(self.run_job("2026-03-03"), 1)
        self.assertEqual((card.points, other.points), (20, 0))

    def test_members_who_owe(self):
        self.feedback()
        card = self.card()
        earned = self.earn(card, 50, "so", None)
        self.post(card, "redeem", 50, "r")
        self.post(card, "reverse_earn", 5, "cn", reverses=earned)
        self.rate()
        self.run_job("2026-03-03")
        self.assertEqual((card.points, card.debt_points), (15, 0))
        self.assert_whole()


@tagged("standard", "post_install", "-at_install")
class TestEventPoints(BaseCase):
    """The arithmetic, without a database."""

    def test_rounding(self):
        for mode, result in (("down", 82), ("half_up", 83), ("up", 83)):
            self.assertEqual(
                multiplied(Decimal(55), Decimal("1.5"), Decimal(1), mode), result
            )
        self.assertEqual(
            multiplied(Decimal(55), Decimal("1.5"), Decimal(10), "down"), 80
        )

    def test_cap(self):
        for got, cap, left in ((40, 0, 20), (40, 50, 10), (50, 50, 0), (60, 50, 0)):
            self.assertEqual(within_cap(Decimal(20), Decimal(got), Decimal(cap)), left)
