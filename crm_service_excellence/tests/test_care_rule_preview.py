# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..models.crm_care_rule_preview import CareDay
from .care_rule_common import NOW, CareRuleCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestCareRulePreview(CareRuleCommon):
    """What a rule would do is seen before it does it, and what is odd is said."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls.followed[0].partner_id
        cls.birthday = cls.env["crm.occasion"].create(
            {"name": "Birthday", "kind": "birthday"}
        )

    def _preview(self, rule=None, partner=None, user=None):
        previews = self.previews.with_user(user or self.care_manager)
        return previews.create(
            {
                "rule_id": (rule or self.rule).id,
                "partner_id": (partner or self.partner).id,
            }
        )

    def _warnings(self, rule):
        return str(self.activations.create({"rule_id": rule.id}).warning_text or "")

    # WHEN

    def test_festival_has_its_next_five_dates(self):
        self.rule.lead_days = 1
        preview = self._preview()
        self.assertTrue(preview.is_reached)
        # Mid-Autumn of 2026 to 2030, each a day earlier
        self.assertEqual(
            preview.dates_text,
            "Thursday, September 24, 2026, ahead of September 25, 2026\n"
            "Tuesday, September 14, 2027, ahead of September 15, 2027\n"
            "Monday, October 2, 2028, ahead of October 3, 2028\n"
            "Friday, September 21, 2029, ahead of September 22, 2029\n"
            "Wednesday, September 11, 2030, ahead of September 12, 2030",
        )

    def test_dates_stay_in_the_period(self):
        self.rule.write({"date_from": "2027-01-01", "date_to": "2028-12-31"})
        days = [str(day.due) for day in self.rule._preview_days(self.partner)]
        self.assertEqual(days, ["2027-09-15", "2028-10-03"])

    def test_birthday_of_the_contact(self):
        ann = self._create_partner(
            "Ann",
            parent_id=self.partner.id,
            crm_birth_calendar="solar",
            crm_birth_month=2,
            crm_birth_day=29,
        )
        rule = self._create_rule(occasion_id=self.birthday.id)
        self.company.crm_leap_birthday = "next"
        days = [str(day.due) for day in rule._preview_days(ann, limit=2)]
        self.assertEqual(days, ["2027-03-01", "2028-02-29"])
        ben = self._create_partner("Ben", parent_id=self.partner.id)
        self.assertIn("None is known", self._preview(rule, ben).dates_text)

    def test_anniversary_is_that_of_the_job(self):
        occasion = self.env["crm.occasion"].create(
            {"name": "First order", "kind": "first_order"}
        )
        self.followed[0].first_order_date = "2020-08-03"
        rule = self._create_rule(occasion_id=occasion.id)
        days = [str(day.due) for day in rule._preview_days(self.partner, limit=2)]
        self.assertEqual(days, ["2026-08-03", "2027-08-03"])
        wizard = self.activations.create({"rule_id": rule.id})
        self.assertEqual(wizard.tasks_text, "About 1")

    # WHO

    def test_why_not(self):
        silver = self.followed[4].partner_id
        ann = self._create_partner("Ann", parent_id=self.partner.id)
        stranger = self._create_partner("Stranger")
        cases = (
            (silver, {}, "grade Silver"),
            (ann, {}, "the rule is for Customer 1 itself"),
            (stranger, {}, "no customer of Care Test Company"),
            (self.partner, {"recipient": "contacts"}, "the rule is for persons"),
            (
                self.partner,
                {"recipient": "customer", "domain": "[('city', '=', 'Wuxi')]"},
                "further conditions do not fit",
            ),
        )
        for partner, values, reason in cases:
            self.rule.write(values)
            with self.subTest(reason):
                preview = self._preview(partner=partner)
                self.assertFalse(preview.is_reached)
                self.assertEqual(
                    preview.reach_text,
                    f"{partner.name} is not a recipient: {reason}.",
                )

    def test_preview_begins_with_a_recipient(self):
        preview = self.previews.create({"rule_id": self.rule.id})
        self.assertIn(preview.partner_id, self.followed[:3].partner_id)
        self.assertTrue(preview.is_reached)

    def test_others_customers_are_not_previewed(self):
        self.followed[1].partner_id.user_id = self.care_own
        self.followed[1].user_id = self.care_own
        mine = self._preview(partner=self.followed[1].partner_id, user=self.care_own)
        self.assertTrue(mine.is_reached)
        begins = self.previews.with_user(self.care_own).create(
            {"rule_id": self.rule.id}
        )
        self.assertEqual(begins.partner_id, self.followed[1].partner_id)
        with self.assertRaisesRegex(AccessError, "customer of a colleague"):
            self._preview(user=self.care_own).read(["reach_text"])

    # HOW

    def test_channel_that_is_passed_over(self):
        self.assertEqual(self._preview().channel, "email")
        self.partner.email = False
        preview = self._preview()
        self.assertEqual(preview.channel, "sms")
        self.assertIn("E-mail", preview.channel_note)
        wizard = self.activations.create({"rule_id": self.rule.id})
        sample = wizard.sample_ids.filtered(lambda one: one.partner_id == self.partner)
        self.assertEqual(
            (sample.channel, str(sample.next_date), sample.grade_id),
            ("sms", "2026-09-25", self.gold),
        )

    def test_preference_goes_first(self):
        self.partner.crm_preferred_channel = "sms"
        self.assertEqual(self._preview().channel, "sms")

    # WHAT

    def test_text_as_the_contact_reads_it(self):
        self.partner.user_id = self.care_own
        self.followed[0].user_id = self.care_own
        preview = self._preview()
        self.assertEqual(
            preview.subject, "Best wishes for Full moon from Care Test Company"
        )
        self.assertIn("Dear Customer 1", preview.body)
        self.assertEqual(
            preview.short_text,
            "Dear Customer 1, all the best for Full moon! "
            f"{self.care_own.name}, Care Test Company",
        )
        self.assertFalse(preview.problem)
        self.assertFalse(self._tasks_of(self.rule), "nothing is planned by looking")

    def test_text_that_cannot_be_written(self):
        self.rule.template_id = self.template.copy(
            {"subject": "{{ object.nothing() }}"}
        )
        preview = self._preview()
        self.assertIn("The text cannot be written", preview.problem)
        self.assertIn("nothing", preview.problem)
        self.assertLess(len(preview.problem), 400)

    # WHAT IS ODD

    def test_nothing_odd(self):
        self.assertFalse(self._warnings(self.rule))

    def test_birthdays_that_are_missing(self):
        for name, month in (("Ann", 3), ("Ben", 0), ("Cai", 0)):
            self._create_partner(
                name,
                parent_id=self.partner.id,
                email=f"{name}@example.com",
                crm_birth_calendar="solar" if month else False,
                crm_birth_month=month,
                crm_birth_day=month and 5,
            )
        rule = self._create_rule(occasion_id=self.birthday.id)
        self.assertIn("is sent to them: 2 of the contacts", self._warnings(rule))
        self.assertEqual(rule._sample().mapped("name"), ["Ann"])
        wizard = self.activations.create({"rule_id": rule.id})
        self.assertEqual(wizard.tasks_text, "About 1")

    def test_texts_that_are_missing(self):
        self.rule.write({"template_id": False, "sms_template_id": False})
        warnings = self._warnings(self.rule)
        self.assertIn("there is no template", warnings)
        self.assertIn("there is no short text", warnings)
        self.rule.template_id = self.template.copy({"subject": False})
        self.assertIn("has no subject", self._warnings(self.rule))

    def test_contacts_without_address(self):
        self.followed[:2].partner_id.write({"email": False, "phone": False})
        self.assertIn(
            "Neither an e-mail address nor a phone number: 2",
            self._warnings(self.rule),
        )

    def test_marketing_needs_consent(self):
        self.rule.purpose = "marketing"
        self.env["crm.consent"].create(
            {
                "partner_id": self.partner.id,
                "company_id": self.company.id,
                "purpose": "marketing",
                "channel": "email",
                "is_granted": True,
            }
        )
        self.assertIn("1 of 3 so far", self._warnings(self.rule))
        self.company.crm_marketing_opt_in = False
        self.assertNotIn("so far", self._warnings(self.rule))

    def test_window_that_never_opens(self):
        """Mid-Autumn of 2026 is a Friday, 1 May of 2027 a Saturday."""
        self.company.crm_care_weekends = False
        self.assertFalse(self._warnings(self.rule))
        self.occasion.write({"kind": "solar", "month": 5, "day": 1})
        self.assertIn("Saturday, May 1, 2027", self._warnings(self.rule))
        self.rule.validity_days = 2
        self.assertFalse(self._warnings(self.rule))
        rule = self._create_rule(occasion_id=self.birthday.id)
        self.assertIn("falls on a weekend", self._warnings(rule))

    def test_nobody_matches(self):
        self.rule.grade_ids = self.diamond
        self.assertIn("Nobody matches", self._warnings(self.rule))

    def test_gift_and_pause(self):
        self.rule.channel_ids = [Command.create({"channel": "gift"})]
        self.company.crm_care_paused = True
        warnings = self._warnings(self.rule)
        self.assertIn("not said which gift", warnings)
        self.assertIn("is paused", warnings)

    def test_preview_task_is_in_memory(self):
        day = self.rule._preview_days(self.partner)[0]
        self.assertIsInstance(day, CareDay)
        task = self.rule._preview_task(self.partner, day)
        self.assertFalse(task._origin)
        self.assertEqual(task.contact_name, "Customer 1")
