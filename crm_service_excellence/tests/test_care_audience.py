# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Whom a care rule is for, and whether a task still has its reason when it is sent."""

from datetime import date

from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tests import tagged

from .care_generate_common import CareGenerateCommon


@tagged("post_install", "-at_install")
class TestCareAudience(CareGenerateCommon):
    def _audience(self, rule):
        self.env.flush_all()
        domain = Domain("id", "in", rule._audience_query())
        return self.env["res.partner"].search(domain)

    def _trait(self, kind, code):
        return self.env["crm.customer.trait"].search(
            [("kind", "=", kind), ("code", "=", code)]
        )

    def test_the_customer_or_each_person(self):
        firm = self._create_customer("Firm", is_company=True).partner_id
        person = self._create_partner("Li Na", parent_id=firm.id)
        self._create_partner("Depot", parent_id=firm.id, type="delivery")
        self._create_partner("Gone", parent_id=firm.id, active=False)
        rule = self._create_festival_rule()
        self.assertEqual(self._audience(rule), self.partner | firm)
        rule.recipient = "contacts"
        self.assertEqual(self._audience(rule), self.partner | person)
        birthday = self._create_rule("birthday")
        self.assertEqual(birthday.recipient, "contacts")
        self._set_birthday(person, 7, 1)
        self._set_birthday(firm, 7, 1)
        self._plan(birthday)
        task = self._tasks_of(birthday)
        self.assertEqual((task.partner_id, task.commercial_partner_id), (person, firm))

    def test_colleagues_and_own_companies_are_nobodys_audience(self):
        self._create_customer("Quiet", active=False)
        self.customers._follow(self.care_own.partner_id)
        self.customers._follow(self.company.partner_id)
        self._create_partner("Front desk", parent_id=self.company.partner_id.id)
        for recipient in ("customer", "contacts"):
            rule = self._create_festival_rule(recipient=recipient)
            self.assertEqual(self._audience(rule), self.partner)

    def test_grades_classes_lifecycles_and_languages(self):
        other = self._create_customer("Other")
        self.zhang.write(
            {
                "grade_id": self.gold.id,
                "customer_class": "vip",
                "lifecycle": "mature",
            }
        )
        self.env["res.lang"]._activate_lang("fr_FR")
        self.partner.lang = "fr_FR"
        french = self.env["res.lang"].search([("code", "=", "fr_FR")])
        for values in (
            {"grade_ids": self.gold.ids},
            {"class_ids": self._trait("class", "vip").ids},
            {"lifecycle_ids": self._trait("lifecycle", "mature").ids},
            {"lang_ids": french.ids},
            {"domain": "[('name', '=', 'Zhang')]"},
        ):
            rule = self._create_festival_rule(**values)
            self.assertEqual(self._audience(rule), self.partner, values)
        rule = self._create_festival_rule(
            grade_ids=self.gold.ids, domain="[('name', '=', 'Other')]"
        )
        self.assertFalse(self._audience(rule))
        self.assertIn(other.partner_id, self._audience(self._create_festival_rule()))

    def test_segments_and_archived_ones(self):
        self._create_customer("Other")
        segment = self.env["crm.segment"].create(
            {"name": "Zhangs", "domain": "[('partner_id.name', '=', 'Zhang')]"}
        )
        rule = self._create_festival_rule(segment_ids=segment.ids)
        self.assertEqual(self._audience(rule), self.partner)
        segment.active = False
        self.env.invalidate_all()
        self.assertEqual(self._audience(rule), self.partner, "not everybody")

    def test_conditions_that_cannot_be_evaluated(self):
        for domain in ("[('nowhere', '=', 1)]", "[(", "__import__('os')", "[('name')]"):
            with self.assertRaisesRegex(ValidationError, "cannot be evaluated"):
                self._create_festival_rule(domain=domain)

    def test_audience_is_the_same_whoever_asks(self):
        rule = self._create_festival_rule(domain="[('name', '!=', 'x')]")
        self.partner.user_id = False
        self.env.flush_all()
        self.assertEqual(
            rule.with_user(self.care_own)._still_matches(self.partner),
            {self.partner.id},
        )

    # AT SEND TIME

    def test_reasons_that_are_gone(self):
        rule = self._create_festival_rule(domain="[('city', '=', False)]")
        people = {
            name: self._create_customer(name).partner_id
            for name in ("fine", "moved", "archived")
        }
        self._plan(rule)
        people["moved"].city = "Paris"
        people["archived"].active = False
        tasks = self._tasks_of(rule)
        wrong = tasks._care_mismatches()
        found = {
            task.partner_id.name: wrong[task.id][0]
            for task in tasks
            if task.id in wrong
        }
        self.assertEqual(found, {"moved": "rule", "archived": "contact"})
        self.assertTrue(all(words for _code, words in wrong.values()))
        rule.state = "stopped"
        wrong = tasks._care_mismatches()
        self.assertEqual({code for code, _words in wrong.values()}, {"rule"})
        self.assertEqual(len(wrong), 4)

    def test_a_birthday_that_was_corrected(self):
        rule = self._create_rule("birthday")
        self._set_birthday(self.partner, 6, 10)
        self._plan(rule)
        task = self._tasks_of(rule)
        again = task.copy({"occurrence_key": "2026#2", "state": "approved"})
        self.assertFalse((task | again)._care_mismatches(), "sent again by hand")
        self._set_birthday(self.partner, 6, 11)
        wrong = (task | again)._care_mismatches()
        self.assertEqual({code for code, _words in wrong.values()}, {"anchor"})
        self.assertEqual(len(wrong), 2)
        self.assertEqual(task.occasion_date, date(2026, 6, 10))
