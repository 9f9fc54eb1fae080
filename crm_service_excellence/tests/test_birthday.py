# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Birthdays of contacts: how they are typed, when they come next, whose it is."""

from datetime import date
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, new_test_user, tagged

from ..tools import lunar
from .birthday_common import BirthdayCommon

NOW = "2026-02-01 04:00:00"  # noon in Shanghai
TODAY = date(2026, 2, 1)


@tagged("post_install", "-at_install")
class TestBirthdayEntry(BirthdayCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk = new_test_user(
            cls.env,
            login="care_test_clerk",
            groups="crm_service_excellence.group_care_own,base.group_partner_manager",
            company_id=cls.company.id,
            company_ids=cls.company.ids,
        )
        cls.contacts = cls.env["res.partner"].with_user(cls.clerk)

    def _form(self, partner=None):
        view = "base.view_partner_form"
        return Form(partner or self.contacts, view=view)

    def test_a_solar_date_fills_in_the_birthday(self):
        form = self._form()
        form.name = "Ms Gu"
        form.crm_birth_date = date(1976, 5, 20)
        self.assertEqual(form.crm_birth_calendar, "solar")
        self.assertEqual((form.crm_birth_month, form.crm_birth_day), (5, 20))
        self.assertEqual(form.crm_birth_year, 1976)
        # shown before saving: 1976-05-20 is 4/22 of the lunar year
        self.assertEqual(
            form.crm_birth_lunar_offer, "Lunar: year 1976, month 4, day 22 (四月廿二)"
        )
        self.assertFalse(form.crm_birth_lunar_disputed)
        partner = form.save()
        self.assertEqual(self._birthday(partner), ("solar", 1976, 5, 20, False))
        self.assertEqual(partner.crm_birth_date, date(1976, 5, 20))

    def test_by_rpc_without_a_form(self):
        partner = self.contacts.create(
            {"name": "Ms Gu", "crm_birth_date": "1976-05-20"}
        )
        self.assertEqual(self._birthday(partner), ("solar", 1976, 5, 20, False))
        partner.crm_birth_date = "1980-02-29"
        self.assertEqual(self._birthday(partner), ("solar", 1980, 2, 29, False))

    def test_the_lunar_birthday_is_celebrated_only_if_confirmed(self):
        partner = self.contacts.create(
            {"name": "Mr He", "crm_birth_date": "2020-05-30"}
        )
        self.assertEqual(
            partner.crm_birth_lunar_offer,
            "Lunar: year 2020, leap month 4, day 8 (闰四月初八)",
        )
        self.assertEqual(partner.crm_birth_calendar, "solar")
        partner.action_celebrate_lunar()
        self.assertEqual(self._birthday(partner), ("lunar", 2020, 4, 8, True))
        self.assertEqual(partner.crm_birth_leap_policy, "regular")
        # the date of birth stays what it was
        self.assertEqual(partner.crm_birth_date, date(2020, 5, 30))
        self.assertFalse(partner.crm_birth_lunar_offer)
        partner.action_celebrate_solar()
        self.assertEqual(self._birthday(partner), ("solar", 2020, 5, 30, False))

    def test_lunar_birthday_of_the_year_before(self):
        partner = self.contacts.create(
            {"name": "Mr He", "crm_birth_date": "1990-01-14"}
        )
        partner.action_celebrate_lunar()
        self.assertEqual(self._birthday(partner), ("lunar", 1989, 12, 18, False))
        self.assertFalse(partner.crm_birth_leap_policy)

    def test_disputed_dates_say_so(self):
        partner = self.contacts.create(
            {"name": "Ms Lu", "crm_birth_date": "1978-09-04"}
        )
        self.assertEqual(
            partner.crm_birth_lunar_offer, "Lunar: year 1978, month 8, day 2 (八月初二)"
        )
        self.assertTrue(partner.crm_birth_lunar_disputed)
        partner.crm_birth_date = "1978-10-02"
        self.assertFalse(partner.crm_birth_lunar_disputed)

    def test_nothing_is_offered_without_a_year(self):
        partner = self._born("solar", 9, 4).with_user(self.clerk)
        self.assertFalse(partner.crm_birth_date)
        self.assertFalse(partner.crm_birth_lunar_offer)
        with self.assertRaises(UserError):
            partner.action_celebrate_lunar()
        lunar_one = self._born("lunar", 9, 4).with_user(self.clerk)
        with self.assertRaises(UserError):
            lunar_one.action_celebrate_solar()

    def test_typing_a_lunar_birthday_keeps_it_lunar(self):
        form = self._form()
        form.name = "Mr Wu"
        form.crm_birth_calendar = "lunar"
        form.crm_birth_month = 8
        form.crm_birth_day = 2
        form.crm_birth_year = 1979
        self.assertEqual(form.crm_birth_date, date(1979, 9, 22))
        self.assertEqual(
            form.crm_birthday_text, "Lunar month 8, day 2 (八月初二), born in 1979"
        )
        partner = form.save()
        self.assertEqual(self._birthday(partner), ("lunar", 1979, 8, 2, False))

    def test_switching_the_calendar_does_not_convert(self):
        """Month and day that were typed are what they are; they are now lunar ones."""
        with self._form(self._born("solar", 8, 2, 1979).with_user(self.clerk)) as form:
            form.crm_birth_calendar = "lunar"
            self.assertEqual((form.crm_birth_month, form.crm_birth_day), (8, 2))
            form.crm_birth_leap = False
        with self._form(self._born("lunar", 6, 15, 2025, crm_birth_leap=True)) as form:
            form.crm_birth_calendar = "solar"
            self.assertFalse(form.crm_birth_leap)

    def test_emptying_the_date_takes_the_year(self):
        with self._form(self._born("solar", 8, 2, 1979).with_user(self.clerk)) as form:
            form.crm_birth_date = False
            self.assertEqual((form.crm_birth_month, form.crm_birth_year), (8, 0))
        moon = self._born("lunar", 8, 2, 1979)
        moon.crm_birth_date = False
        self.assertEqual(self._birthday(moon), ("lunar", 0, 8, 2, False))

    def test_without_the_library(self):
        lunar._months.cache_clear()
        moon = self._born("lunar", 8, 2)
        with patch.object(lunar, "LunarYear", None):
            sun = self._create_partner("Ms Gu", crm_birth_date="1976-05-20")
            self.assertFalse(sun.crm_birth_lunar_offer)
            moon.crm_birth_year = 1979
            self.assertFalse(moon.crm_birth_date)
            self.assertFalse(moon.crm_next_birthday)
            self.assertEqual(moon._crm_birthday_occurrences(TODAY, date.max), [])
            moon.write({"name": "Mr Wu", "crm_birth_date": False})  # as a form may
            self.assertEqual(moon.crm_birth_year, 1979)

    # BAD INPUT

    @freeze_time(NOW)
    def test_what_is_no_birthday(self):
        cases = [
            ("no day 30 of month 2", "solar", 2, 30, 0, {}),
            ("no day 31 of month 1 in that", "lunar", 1, 31, 0, {}),
            ("no day 1 of month 13", "solar", 13, 1, 0, {}),
            ("no day -1", "solar", 1, -1, 0, {}),
            ("both month and day", "solar", 1, 0, 0, {}),
            ("both month and day", "lunar", 0, 5, 0, {}),
            ("solar or the lunar calendar", False, 1, 5, 0, {}),
            ("a year alone", "solar", 0, 0, 1980, {}),
            ("only the lunar calendar", "solar", 1, 5, 0, {"crm_birth_leap": True}),
            ("between 1900 and 2026", "solar", 1, 5, 1899, {}),
            ("between 1900 and 2026", "lunar", 1, 5, 2027, {}),
            ("year 1979 has no such day", "solar", 2, 29, 1979, {}),
            (
                "year 2021 has no such day",
                "lunar",
                4,
                8,
                2021,
                {"crm_birth_leap": True},
            ),
            ("year 2024 has no such day", "lunar", 12, 30, 2024, {}),
            ("not come yet", "solar", 2, 2, 2026, {}),
        ]
        for words, calendar, month, day, year, values in cases:
            with (
                self.subTest(words),
                self.assertRaisesRegex(ValidationError, words),
                self.cr.savepoint(),
            ):
                self._born(calendar, month, day, year, **values)
        # these are
        self._born("solar", 2, 29)
        self._born("solar", 2, 1, 2026)
        self._born("lunar", 12, 30, 2023)
        self._create_partner("Nobody knows", crm_birth_calendar="lunar")

    def test_only_the_care_group_sees_birthdays(self):
        partner = self._born("solar", 8, 2, 1979)
        outsider = new_test_user(
            self.env, login="care_test_outsider", groups="base.group_partner_manager"
        )
        for field in ("crm_birth_date", "crm_birth_year", "crm_next_birthday"):
            with self.assertRaises(AccessError):
                partner.with_user(outsider).read([field])
        with self.assertRaises(AccessError):
            self.env["res.partner"].with_user(outsider).search(
                [("crm_next_birthday", "<=", "2030-01-01")]
            )
        # and may save a contact all the same
        partner.with_user(outsider).name = "Renamed"
        self.assertEqual(partner.crm_birth_year, 1979)


@tagged("post_install", "-at_install")
class TestBirthdayNext(BirthdayCommon):
    def _next(self, partner):
        partner.invalidate_recordset()
        return str(partner.crm_next_birthday)

    @freeze_time(NOW)
    def test_next(self):
        self.assertEqual(self._next(self._born("solar", 2, 1)), "2026-02-01")
        self.assertEqual(self._next(self._born("solar", 1, 31)), "2027-01-31")
        self.assertEqual(self._next(self._born("solar", 2, 29)), "2026-02-28")
        self.assertEqual(self._next(self._born("lunar", 12, 18)), "2026-02-05")
        self.assertEqual(self._next(self._born("lunar", 12, 30)), "2026-02-16")
        # none in the solar year that follows one with two
        self.assertEqual(self._next(self._born("lunar", 11, 25)), "2027-01-02")
        leap = self._born("lunar", 4, 8, crm_birth_leap=True)
        self.assertEqual(self._next(leap), "2026-05-24")
        self.assertFalse(self._create_partner("Unknown").crm_next_birthday)

    def test_leap_policies(self):
        policy = {"crm_birth_leap": True, "crm_birth_leap_policy": "leap"}
        leap = self._born("lunar", 6, 15, **policy)
        regular = self._born("lunar", 6, 15, crm_birth_leap=True)
        with freeze_time("2025-07-01 04:00:00"):
            self.assertEqual(self._next(leap), "2025-08-08")
            self.assertEqual(self._next(regular), "2025-07-09")

    def test_as_of_the_companys_today(self):
        partner = self._born("solar", 2, 1)
        with freeze_time("2026-02-01 15:59:00"):
            self.assertEqual(self._next(partner), "2026-02-01")
        with freeze_time("2026-02-01 16:01:00"):  # the 2nd in Shanghai
            self.assertEqual(self._next(partner), "2027-02-01")

    def test_29_february(self):
        partner = self._born("solar", 2, 29)
        self.company.crm_leap_birthday = "next"
        with freeze_time(NOW):
            self.assertEqual(self._next(partner), "2026-03-01")
            found = partner._crm_birthday_occurrences(TODAY, date(2028, 12, 31))
        self.assertEqual(
            [str(one.day) for one in found], ["2026-03-01", "2027-03-01", "2028-02-29"]
        )

    @freeze_time(NOW)
    def test_search(self):
        born = {
            "today": self._born("solar", 2, 1),
            "moon": self._born("lunar", 12, 18),  # 02-05
            "leap": self._born("solar", 2, 29),  # 02-28
            "in_30": self._born("solar", 3, 3),
            "in_31": self._born("solar", 3, 4),
            "past": self._born("solar", 1, 31),
            "spring": self._born("lunar", 4, 8, crm_birth_leap=True),  # 05-24
            "unknown": self._create_partner("Unknown"),
        }
        contacts = self.env["res.partner"].with_user(self.care_own)
        everybody = [one.id for one in born.values()]

        def found(*domain):
            partners = contacts.search([("id", "in", everybody), *domain])
            return {name for name, one in born.items() if one in partners}

        def by(operator, value):
            return found(("crm_next_birthday", operator, value))

        soon = {"today", "moon", "leap", "in_30"}
        self.assertEqual(by("<=", date(2026, 3, 3)), soon)
        self.assertEqual(by("<=", "2026-03-03"), soon)
        self.assertEqual(by("<=", "today +30d"), soon)
        self.assertEqual(by("<", "2026-02-05"), {"today"})
        self.assertEqual(by("<", "2026-02-01"), set())
        self.assertEqual(by(">", "2026-03-03"), {"in_31", "past", "spring"})
        self.assertEqual(by(">=", "2026-05-24"), {"past", "spring"})
        self.assertEqual(by("=", "today"), {"today"})
        self.assertEqual(by("in", ["2026-02-05", "2027-01-31"]), {"moon", "past"})
        self.assertEqual(by("=", False), {"unknown"})
        self.assertEqual(by("!=", False), set(born) - {"unknown"})
        self.assertEqual(by("!=", "2026-02-01"), set(born) - {"today"})
        self.assertEqual(
            found(
                ("crm_next_birthday", ">=", "2026-02-05"),
                ("crm_next_birthday", "<=", "2026-03-03"),
            ),
            {"moon", "leap", "in_30"},
        )
        # the search and the field agree for everybody
        for one in born.values():
            if one.crm_next_birthday:
                day = one.crm_next_birthday
                domain = [("id", "=", one.id), ("crm_next_birthday", "=", day)]
                self.assertEqual(contacts.search(domain), one)

    @freeze_time("2025-07-01 04:00:00")
    def test_search_knows_the_leap_policy(self):
        """The year of a leap 6th month: 6/15 is 07-09, and 08-08 in the leap month."""
        policy = {"crm_birth_leap": True, "crm_birth_leap_policy": "leap"}
        leap = self._born("lunar", 6, 15, **policy)
        regular = self._born("lunar", 6, 15, crm_birth_leap=True)
        # what is left over from a former birthday means nothing
        plain = self._born("lunar", 6, 15, crm_birth_leap_policy="leap")
        sun = self._born("solar", 6, 15, crm_birth_leap_policy="leap")
        born = leap + regular + plain + sun
        for day, who in (
            ("2025-07-09", regular + plain),
            ("2025-08-08", leap),
            ("2026-06-15", sun),
        ):
            domain = [("id", "in", born.ids), ("crm_next_birthday", "=", day)]
            self.assertEqual(self.env["res.partner"].search(domain), who)
            self.assertEqual(
                born.filtered(lambda one, day=day: str(one.crm_next_birthday) == day),
                who,
            )

    def test_occurrences(self):
        partner = self._born("lunar", 11, 25)
        found = partner._crm_birthday_occurrences(date(2024, 1, 1), date(2025, 12, 31))
        self.assertEqual(
            [(str(one.day), one.key) for one in found],
            [("2024-01-06", "L2023"), ("2024-12-25", "L2024")],
        )
        nobody = self._create_partner("Unknown")
        self.assertEqual(nobody._crm_birthday_occurrences(TODAY, date(2027, 1, 1)), [])

    def test_words(self):
        partner = self._born("solar", 9, 4)
        self.assertEqual(partner.crm_birthday_text, "September 4")
        partner.crm_birth_year = 1978
        self.assertEqual(partner.crm_birthday_text, "September 4, born in 1978")
        leap = self._born("lunar", 4, 8, 2020, crm_birth_leap=True)
        self.assertEqual(
            leap.crm_birthday_text,
            "Lunar leap month 4, day 8 (闰四月初八), born in 2020",
        )
        self.assertFalse(self._create_partner("Unknown").crm_birthday_text)
