# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Merging contacts: a birthday is that of one of them."""

from odoo.tests import new_test_user, tagged

from .birthday_common import BirthdayCommon


@tagged("post_install", "-at_install")
class TestBirthdayMerge(BirthdayCommon):
    def _merge(self, kept, *gone):
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        partners = self.env["res.partner"].union(kept, *gone)
        wizard._merge(partners.ids, kept, extra_checks=False)
        self.env.invalidate_all()
        return self._birthday(kept)

    def test_the_birthday_of_the_contact_that_is_kept(self):
        """Field by field it would become leap, 1980: a day that never was."""
        kept = self._born("solar", 2, 29)
        gone = self._born(
            "lunar", 4, 8, 2020, crm_birth_leap=True, crm_birth_leap_policy="leap"
        )
        self.assertEqual(self._merge(kept, gone), ("solar", 0, 2, 29, False))
        self.assertFalse(kept.crm_birth_leap_policy)

    def test_one_birthday_of_several(self):
        kept = self._create_partner("Kept")
        one = self._born("solar", 1, 31)
        other = self._born("lunar", 2, 30, 1990, crm_birth_leap=False)
        found = self._merge(kept, one, other)
        self.assertIn(
            found, [("solar", 0, 1, 31, False), ("lunar", 1990, 2, 30, False)]
        )

    def test_the_year_of_the_same_birthday(self):
        kept = self._born("solar", 2, 28)
        other = self._born("solar", 3, 1, 1970)
        same = self._born("solar", 2, 28, 1980)
        self.assertEqual(self._merge(kept, other, same), ("solar", 1980, 2, 28, False))

    def test_nobody_knows(self):
        kept, gone = self._create_partner("Kept"), self._create_partner("Gone")
        self.assertEqual(self._merge(kept, gone)[1:], (0, 0, 0, False))

    def test_who_merges_need_not_see_birthdays(self):
        clerk = new_test_user(
            self.env,
            login="care_test_merger",
            groups="base.group_partner_manager,sales_team.group_sale_salesman",
        )
        kept, gone = self._create_partner("Kept"), self._born("solar", 2, 28, 1980)
        wizard = self.env["base.partner.merge.automatic.wizard"].with_user(clerk)
        wizard._update_values(gone.with_user(clerk), kept.with_user(clerk))
        self.assertEqual(self._birthday(kept), ("solar", 1980, 2, 28, False))
