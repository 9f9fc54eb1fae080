# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Each contact gets points for a birthday once each time that it is celebrated."""

from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.crm_service_excellence.tools import lunar

from .gifts_common import GiftsCase

# Lunar 11/25 (service.md C9): twice in 2024 and 2027, not in 2025 and 2028.
TWICE_A_YEAR = {
    "2024-01-06": "L2023",
    "2024-12-25": "L2024",
    "2026-01-13": "L2025",
    "2027-01-02": "L2026",
    "2027-12-22": "L2027",
}


@tagged("standard", "post_install", "-at_install")
class TestEventBirthday(GiftsCase):
    def run_job(self, as_of):
        return self.env["crm.loyalty.event"]._cron_grant(as_of=as_of)

    def born(self, calendar, month, day, **values):
        partner = self.env["res.partner"].create(
            {
                "name": "Born",
                "crm_birth_calendar": calendar,
                "crm_birth_month": month,
                "crm_birth_day": day,
                **values,
            }
        )
        return self.card(partner)

    def days_of(self, card):
        return [str(entry.effective_date) for entry in card.entry_ids.sorted("seq")]

    def test_solar_birthdays(self):
        self.create_event("birthday")
        card = self.born("solar", 3, 4, crm_birth_year=1980)
        nobody = self.card()
        self.assertEqual(self.run_job("2026-03-03"), 0)
        self.assertEqual(self.run_job("2026-03-05"), 1)  # the job was off for a day
        self.assertEqual(self.run_job("2026-03-05"), 0)
        self.assertEqual((card.points, nobody.points), (100, 0))
        self.assertEqual(self.days_of(card), ["2026-03-04"])
        self.assertEqual(self.run_job("2027-03-04"), 1)

    def test_born_on_29_february(self):
        """Three companies' members: 28 February, 1 March, and the day itself."""
        self.company.crm_leap_birthday = "prev"
        self.create_event("birthday")
        card = self.born("solar", 2, 29)
        self.assertEqual(self.run_job("2026-02-27"), 0)
        self.assertEqual(self.run_job("2026-02-28"), 1)
        self.assertEqual(self.run_job("2026-03-01"), 0)
        self.company.crm_leap_birthday = "next"
        self.assertEqual(self.run_job("2027-02-28"), 0)
        self.assertEqual(self.run_job("2027-03-01"), 1)
        self.assertEqual(self.run_job("2028-02-28"), 0)
        self.assertEqual(self.run_job("2028-02-29"), 1)
        self.assertEqual(card.points, 300)

    def test_lunar_birthdays(self):
        """12/18 of the lunar year 2025 is 2026-02-05; leap 4/8 is 2026-05-24."""
        self.create_event("birthday")
        card = self.born("lunar", 12, 18)
        leap = self.born("lunar", 4, 8, crm_birth_leap=True)
        self.assertEqual(self.run_job("2026-02-04"), 0)
        self.assertEqual(self.run_job("2026-02-05"), 1)
        self.assertEqual((card.points, leap.points), (100, 0))
        self.assertEqual(self.run_job("2026-05-23"), 0)
        self.assertEqual(self.run_job("2026-05-24"), 1)
        self.assertEqual((card.points, leap.points), (100, 100))

    def test_without_a_lunar_calendar_the_solar_one_works(self):
        self.create_event("birthday")
        moon, sun = self.born("lunar", 12, 18), self.born("solar", 2, 5)
        with patch.object(lunar, "LunarYear", None):
            self.assertEqual(self.run_job("2026-02-05"), 1)
        self.assertEqual((moon.points, sun.points), (0, 100))

    def test_archived_contacts_are_not_congratulated(self):
        self.create_event("birthday")
        company = self.env["res.partner"].create({"name": "Co", "is_company": True})
        card = self.card(company)
        left = self.born("solar", 3, 4).partner_id
        left.parent_id = company
        left.action_archive()
        self.assertEqual(self.run_job("2026-03-04"), 0)
        self.assertEqual(card.points, 0)

    # ONCE A LUNAR YEAR

    def test_twice_in_a_calendar_year(self):
        """Five celebrations in five lunar years, each once."""
        self.create_event("birthday", start_date="2023-06-01")
        card = self.born("lunar", 11, 25)
        for day in TWICE_A_YEAR:
            with self.subTest(day):
                self.assertEqual(self.run_job(day), 1)
                self.assertEqual(self.run_job(day), 0)
        for day in ("2028-01-13", "2028-12-22", "2028-12-31"):
            self.assertEqual(self.run_job(day), 0)
        self.assertEqual(self.days_of(card), list(TWICE_A_YEAR))
        prefix = f"event:birthday:res.partner:{card.partner_id.id}:"
        self.assertEqual(
            [entry.key for entry in card.entry_ids.sorted("seq")],
            [prefix + year for year in TWICE_A_YEAR.values()],
        )
        self.assertEqual(card.points, 500)
        self.assert_whole()

    def test_by_hand_as_by_the_job(self):
        self.create_event("birthday", start_date="2023-06-01")
        card = self.born("lunar", 11, 25)
        partner = card.partner_id
        for day in TWICE_A_YEAR:
            entry = self.grant("birthday", partner, as_of=day)
            self.assertEqual(
                entry.key,
                f"event:birthday:res.partner:{partner.id}:{TWICE_A_YEAR[day]}",
            )
            self.assertEqual(entry.res_id, partner.id)
            self.assertEqual(self.grant("birthday", partner, as_of=day), entry)
            self.assertEqual(self.run_job(day), 0)
        # neither a few days late nor for a record: it is the birthday all the same
        self.assertFalse(
            self.grant("birthday", partner, source=self.program, as_of="2028-02-05")
        )
        self.assertEqual(self.days_of(card), list(TWICE_A_YEAR))

    def test_other_events_count_by_calendar_years(self):
        self.create_event()
        self.assertTrue(self.grant(as_of="2026-12-31"))
        self.assertTrue(self.grant(as_of="2027-01-01"))
        self.assertEqual(len(self.entries()), 2)

    def test_most_points_of_a_calendar_year(self):
        """100 and the 50 that are left of 150, in 2024; 100 again in 2026."""
        self.create_event("birthday", start_date="2023-06-01", cap_year=150)
        card = self.born("lunar", 11, 25)
        for day in list(TWICE_A_YEAR)[:3]:
            self.run_job(day)
        self.assertEqual(
            [entry.points for entry in card.entry_ids.sorted("seq")], [100, 50, 100]
        )

    # A DATE THAT IS CHANGED

    def change(self, card, calendar, month, day):
        card.partner_id.write(
            {
                "crm_birth_calendar": calendar,
                "crm_birth_month": month,
                "crm_birth_day": day,
            }
        )

    def test_from_the_solar_to_the_lunar_calendar(self):
        """1 March 2026, then lunar 2/10: 28 March; the next is 2027-03-17."""
        self.create_event("birthday")
        card = self.born("solar", 3, 1)
        self.assertEqual(self.run_job("2026-03-01"), 1)
        self.change(card, "lunar", 2, 10)
        self.assertEqual(self.run_job("2026-03-28"), 0)
        self.assertFalse(self.grant("birthday", card.partner_id, as_of="2026-03-28"))
        self.assertEqual(self.run_job("2027-03-16"), 0)
        self.assertEqual(self.run_job("2027-03-17"), 1)
        self.assertEqual(self.days_of(card), ["2026-03-01", "2027-03-17"])

    def test_from_the_lunar_to_the_solar_calendar_over_new_year(self):
        """2026-12-20 and 2027-01-02 are 13 days apart, in two years."""
        self.create_event("birthday")
        card = self.born("solar", 12, 20)
        self.assertEqual(self.run_job("2026-12-20"), 1)
        self.change(card, "lunar", 11, 25)
        self.assertEqual(self.run_job("2027-01-02"), 0)
        self.assertEqual(self.run_job("2027-12-22"), 1)
        self.change(card, "solar", 1, 13)
        self.assertEqual(self.run_job("2028-01-13"), 0)
        self.assertEqual(card.points, 200)

    def test_another_date_of_the_same_calendar(self):
        """349 days later, but in the same year; and 75 days later, in the next."""
        self.create_event("birthday")
        early, late = self.born("solar", 1, 5), self.born("solar", 11, 1)
        self.assertEqual(self.run_job("2026-01-05"), 1)
        self.assertEqual(self.run_job("2026-11-01"), 1)
        self.change(early, "solar", 12, 20)
        self.change(late, "solar", 1, 15)
        self.assertEqual(self.run_job("2026-12-20"), 0)
        self.assertEqual(self.run_job("2027-01-15"), 0)
        self.assertEqual(self.run_job("2027-12-20"), 1)
        self.assertEqual(self.run_job("2028-01-15"), 1)

    def test_the_days_before_are_counted_too(self):
        """The job was off: the earlier day is looked at after the later one."""
        self.create_event("birthday")
        card = self.born("solar", 3, 20)
        self.grant("birthday", card.partner_id, as_of="2026-03-20")
        self.change(card, "lunar", 1, 20)  # 2026-03-08
        self.assertEqual(self.run_job("2026-03-21"), 0)

    def test_a_member_of_before(self):
        """Entries by the card and the calendar year, as they once were, count."""
        self.create_event("birthday", start_date="2023-06-01")
        card = self.born("lunar", 11, 25)
        self.post(
            card,
            "event",
            100,
            f"event:birthday:{card.id}:2024",
            effective_date="2024-01-06",
            source=card.partner_id,
        )
        self.assertEqual(self.run_job("2024-01-07"), 0)
        self.assertEqual(self.run_job("2024-12-25"), 1)

    # ONE CARD, SEVERAL CONTACTS

    def contact_of(self, card, calendar, month, day):
        return self.env["res.partner"].create(
            {
                "name": "Contact",
                "parent_id": card.partner_id.id,
                "crm_birth_calendar": calendar,
                "crm_birth_month": month,
                "crm_birth_day": day,
            }
        )

    def company_card(self):
        return self.card(
            self.env["res.partner"].create({"name": "Hengda", "is_company": True})
        )

    def test_each_contact_of_a_company_has_a_birthday(self):
        """Two on one day, a third later; one who has a card earns for that."""
        self.create_event("birthday")
        card = self.company_card()
        first, second = (self.contact_of(card, "solar", 3, 4) for _n in range(2))
        third = self.contact_of(card, "lunar", 2, 10)  # 2026-03-28
        own = self.card(self.contact_of(card, "solar", 3, 4))
        self.assertEqual(self.run_job("2026-03-04"), 3)
        self.assertEqual(self.run_job("2026-03-04"), 0)
        self.assertEqual(self.run_job("2026-03-28"), 1)
        self.assertEqual(
            card.entry_ids.mapped("res_id"), [third.id, *self.later(first, second)]
        )
        self.assertEqual((card.points, own.points), (300, 100))
        self.assertEqual(self.run_job("2027-03-04"), 3)
        self.assert_whole()

    def later(self, *partners):
        """Ids of contacts as the ledger lists them: the last key first."""
        return sorted((one.id for one in partners), key=str, reverse=True)

    def test_most_points_of_a_card(self):
        """250 a year: 100, 100 and the 50 that are left; the fourth gets none."""
        self.create_event("birthday", cap_year=250)
        card = self.company_card()
        for day in (4, 4, 5, 6):
            self.contact_of(card, "solar", 3, day)
        self.assertEqual(self.run_job("2026-03-06"), 3)
        self.assertEqual(card.points, 250)
        self.assertEqual(self.run_job("2026-03-06"), 0)

    def test_a_card_of_ones_own_brings_no_second_birthday(self):
        self.create_event("birthday")
        card = self.company_card()
        contact = self.contact_of(card, "solar", 3, 4)
        self.assertEqual(self.run_job("2026-03-04"), 1)
        own = self.card(contact)
        self.change(own, "solar", 3, 6)
        self.assertEqual(self.run_job("2026-03-06"), 0)
        self.assertEqual(
            self.grant("birthday", contact, as_of="2026-03-06"), card.entry_ids
        )
        self.change(own, "lunar", 2, 10)
        self.assertEqual(self.run_job("2026-03-28"), 0)
        self.assertEqual((card.points, own.points), (100, 0))

    def test_merged_contacts_are_one_person(self):
        self.create_event("birthday")
        card = self.born("solar", 3, 4)
        self.assertEqual(self.run_job("2026-03-04"), 1)
        kept = self.born("solar", 6, 10)
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (card.partner_id | kept.partner_id).ids, kept.partner_id
        )
        self.assertEqual(self.run_job("2026-06-10"), 0)
        self.assertEqual(self.run_job("2027-06-10"), 1)

    def test_taken_back_is_not_earned_again(self):
        self.create_event("birthday")
        card = self.born("solar", 3, 4)
        self.run_job("2026-03-04")
        self.env["crm.loyalty.event"]._revoke(card.entry_ids.key)
        self.change(card, "solar", 3, 6)
        self.assertEqual(self.run_job("2026-03-06"), 0)
        self.assertEqual(card.points, 0)
