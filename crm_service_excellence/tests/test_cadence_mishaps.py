# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Due dates and reminders when people and customers change."""

from datetime import date

from odoo.tests import freeze_time, tagged

from .common import CareCommon

NOW = "2026-09-25 02:30:00"


@tagged("post_install", "-at_install")
class TestCadenceMishaps(CareCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(NOW))
        cls.env["crm.cadence"].search([]).active = False
        cls.env["crm.cadence"].create(
            [
                {
                    "grade_id": grade.id,
                    "interval_days": days,
                    "company_id": cls.company.id,
                }
                for grade, days in ((cls.diamond, 14), (cls.gold, 30))
            ]
        )
        cls.partner = cls._create_partner("Hengda", user_id=cls.care_own.id)
        cls.customer = cls.customers._follow(cls.partner)
        cls._grade(cls.gold)

    @classmethod
    def _grade(cls, grade):
        cls.customer.sudo().grade_id = grade
        cls.customers._refresh(partner_ids=cls.partner.ids)

    def _touch(self, moment):
        return self.env["crm.touchpoint"].create(
            {
                "partner_id": self.partner.id,
                "date": moment,
                "channel": "phone",
                "user_id": self.care_own.id,
            }
        )

    def _set(self, **values):
        wizard = self.env["crm.customer.cadence"].with_user(self.care_own)
        wizard = wizard.create({"customer_id": self.customer.id, **values})
        wizard.action_confirm()

    def test_ones_own_frequency_goes_before_the_cap_of_a_former_grade(self):
        self.customer.sudo().cadence_start = "2026-01-01"
        self._touch("2026-09-01 03:00:00")
        self.assertEqual(self.customer.next_contact_date, date(2026, 10, 1))
        self._grade(self.diamond)
        self.assertEqual(self.customer.next_contact_date, date(2026, 9, 15))
        self._set(contact_interval=90)
        self.assertEqual(self.customer.next_contact_date, date(2026, 11, 30))

    def _remind(self):
        self.customer.sudo().cadence_start = "2026-01-01"
        self._touch("2026-08-01 03:00:00")
        self.assertLess(self.customer.next_contact_date, date(2026, 9, 25))
        self.customers._to_remind()._remind()
        reminder = self.customer.contact_activity_id
        self.assertEqual(reminder.user_id, self.care_own)
        return reminder

    def test_the_reminder_goes_to_the_new_account_manager(self):
        reminder = self._remind()
        self.partner.user_id = self.care_all
        self.assertEqual(reminder.user_id, self.care_all)

    def test_a_reminder_given_to_a_deputy_stays_there(self):
        reminder = self._remind()
        reminder.user_id = self.care_manager
        self.partner.user_id = self.care_all
        self.assertEqual(reminder.user_id, self.care_manager)

    def test_nobody_is_reminded_of_an_archived_customer(self):
        reminder = self._remind()
        self.partner.active = False
        self.customers._refresh()
        self.customers._drop_met_reminders()
        self.assertFalse(reminder.exists())
        self.assertNotIn(self.customer, self.customers._to_remind())

    def test_a_merge_leaves_one_reminder(self):
        self._remind()
        double = self._create_partner("Hengda Ltd", user_id=self.care_own.id)
        other = self.customers._follow(double)
        other.sudo().write({"grade_id": self.gold.id, "cadence_start": "2026-01-01"})
        self.customers._refresh(partner_ids=double.ids)
        self.customers._to_remind()._remind()
        self.assertTrue(other.contact_activity_id)
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.partner | double).ids, self.partner)
        self.assertEqual(len(self.customer.activity_ids), 1)
