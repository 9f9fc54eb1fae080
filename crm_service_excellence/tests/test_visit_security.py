# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .visit_common import VisitCommon


@tagged("post_install", "-at_install")
class TestVisitSecurity(VisitCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stranger = cls._create_user("care_test_stranger", "group_care_own")
        cls.quality = cls._create_user("care_test_quality", "group_care_confidential")
        foreign = cls._create_partner("Foreign")
        cls.own = cls._create_visit()
        cls.foreign = cls._create_visit(user=cls.stranger, partner_id=foreign.id)
        cls.by_colleague = cls._create_visit(user=cls.stranger)
        cls.secret = cls._create_visit(user=cls.stranger, type_id=cls.mystery.id)

    def _seen(self, user):
        everything = self.own | self.foreign | self.by_colleague | self.secret
        visits = self.visits.with_user(user)
        seen = visits.search([("id", "in", everything.ids)])
        for model in ("crm.visit.preparation", "crm.visit.followup"):
            lines = self.env[model].with_user(user).search([])
            self.assertLessEqual(lines.visit_id, seen)
        return seen.sudo()

    def test_who_sees_what(self):
        self.assertEqual(self._seen(self.care_own), self.own | self.by_colleague)
        self.assertEqual(
            self._seen(self.stranger), self.foreign | self.by_colleague | self.secret
        )
        plain = self.own | self.foreign | self.by_colleague
        self.assertEqual(self._seen(self.care_all), plain)
        self.assertEqual(self._seen(self.care_manager), plain)
        self.assertEqual(self._seen(self.quality), self.secret)

    def test_a_confidential_visit_is_shut(self):
        for user in (self.care_own, self.care_all, self.care_manager):
            with self.assertRaises(AccessError):
                self.secret.with_user(user).read(["partner_id"])
            with self.assertRaises(AccessError):
                self.secret.with_user(user).action_start()

    def test_a_bare_row_without_a_type_is_seen(self):
        self.own.sudo().type_id = False
        self.assertIn(self.own, self._seen(self.care_all))
        self.assertIn(self.own, self._seen(self.care_own))

    def test_other_companies(self):
        other = self._create_company("Other Care Company")
        visit = self._create_visit(
            user=self._create_elsewhere(other), company_id=other.id
        )
        self.assertFalse(
            self.visits.with_user(self.care_manager).search([("id", "=", visit.id)])
        )

    def _create_elsewhere(self, company):
        user = self._create_user("care_test_elsewhere", "group_care_own")
        user.write(
            {"company_ids": [Command.set(company.ids)], "company_id": company.id}
        )
        return user

    def test_visits_are_cancelled_rather_than_deleted(self):
        for user in (self.care_own, self.care_all):
            with self.assertRaises(AccessError):
                self.own.with_user(user).unlink()

    def test_types_and_reasons_are_the_managers(self):
        for record in (self.routine, self.asked):
            with self.assertRaises(AccessError):
                record.with_user(self.care_all).name = "Mine"
            record.with_user(self.care_manager).name = "Ours"

    def test_for_others_customers_only_in_ones_own_name(self):
        values = {"partner_id": self.foreign.partner_id.id}
        mine = self.visits.with_user(self.care_own).create(values)
        self.assertEqual(mine.user_id, self.care_own)
        with self.assertRaises(AccessError):
            mine.create({**values, "user_id": self.stranger.id})
