# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from .goodwill_common import GoodwillCommon


@tagged("post_install", "-at_install")
class TestGoodwillSecurity(GoodwillCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stranger = cls._create_user("care_test_stranger", "group_care_own")

    def test_who_sees_what(self):
        own = self._ask(150)
        foreign = self._ask(
            150, self.stranger, partner_id=self._create_partner("Else").id
        )
        to_own_customer = self._ask(150, self.stranger)
        everything = own | foreign | to_own_customer
        for user, seen in (
            (self.care_own, own | to_own_customer),
            (self.stranger, foreign | to_own_customer),
            (self.care_all, everything),
            (self.care_manager, everything),
            (self.director, everything),
        ):
            found = self.goodwills.with_user(user).search(
                [("id", "in", everything.ids)]
            )
            self.assertEqual(found.sudo(), seen.sudo().sorted("id", reverse=True))

    def test_nobody_else_sees_any(self):
        for groups in ("base.group_user", "base.group_portal"):
            user = new_test_user(self.env, f"goodwill_{groups}", groups=groups)
            with self.assertRaises(AccessError):
                self.goodwills.with_user(user).search([])

    def test_other_companies(self):
        other = self._create_company("Other")
        both = [Command.set([self.company.id, other.id])]
        self.care_manager.company_ids = both
        goodwill = self._ask(150)
        managers = self.goodwills.with_user(self.care_manager)
        elsewhere = managers.with_context(allowed_company_ids=other.ids)
        self.assertFalse(elsewhere.search([("id", "=", goodwill.id)]))
        self.assertTrue(managers.search([("id", "=", goodwill.id)]))
        foreign_type = self._create_type("Foreign", company_id=other.id)
        with self.assertRaises(UserError):
            self._draft(type_id=foreign_type.id)

    def test_what_is_measured_cannot_be_typed(self):
        for name, value in (
            ("state", "granted"),
            ("kind", "apology"),
            ("requested_by_id", self.stranger.id),
            ("approved_by_id", self.care_manager.id),
            ("budget_date", "2020-01-01"),
            ("approval_level", "own"),
            ("is_over_budget", False),
            ("grade_id", self.diamond.id),
            ("name", "GW/1"),
        ):
            with self.assertRaises(AccessError):
                self._draft(**{name: value})
            with self.assertRaises(AccessError):
                self._draft().write({name: value})
            forged = self.goodwills.with_context(**{f"default_{name}": value})
            draft = forged.with_user(self.care_own).create(
                {
                    "partner_id": self.partner.id,
                    "type_id": self.voucher.id,
                    "value": 5,
                    "note": "Forged",
                }
            )
            self.assertEqual(draft.state, "draft")
            self.assertEqual(draft.requested_by_id, self.care_own)
            self.assertFalse(draft.budget_date or draft.approval_level)

    def test_defaults_of_ones_own_decide_nothing(self):
        """``ir.default`` is everybody's to write, for oneself."""
        defaults = self.env["ir.default"].with_user(self.care_manager)
        for name, value in (
            ("state", "requested"),
            ("requested_by_id", self.stranger.id),
            ("approval_level", "own"),
            ("budget_date", "2020-01-01"),
        ):
            defaults.set("crm.goodwill", name, value, user_id=True)
        draft = self._draft(400, self.care_manager)
        self.assertEqual(draft.state, "draft")
        self.assertEqual(draft.requested_by_id, self.care_manager)
        self.assertFalse(draft.budget_date or draft.approval_level)

    def test_the_own_limit_is_not_passed_in_slices(self):
        """100 alone, for one customer within a day; each one decides for himself."""
        self.assertEqual(self._ask(60).state, "granted")
        second = self._ask(41)
        self.assertEqual(
            (second.state, second.approval_level), ("requested", "manager")
        )
        self.assertEqual(self._ask(40).state, "granted")
        other = self._create_partner("Else", user_id=self.care_own.id)
        self.customers._follow(other).sudo().grade_id = self.diamond
        self.assertEqual(self._ask(60, partner_id=other.id).state, "granted")
        self.assertEqual(self._ask(100, self.stranger).state, "granted")
        later = self._ask(100, moment="2026-10-09 04:00:01")
        self.assertEqual(later.state, "granted")

    def test_nobody_decides_on_a_gesture_to_oneself(self):
        own = self.care_manager.partner_id
        self.customers._follow(own).sudo().grade_id = self.diamond
        for goodwill in (
            self._ask(10, self.care_manager, partner_id=own.id),
            self._ask(150, self.care_all, partner_id=own.id),
        ):
            self.assertEqual(goodwill.state, "requested")
            mine = goodwill.with_user(self.care_manager)
            self.assertFalse(mine.may_approve)
            self.assertFalse(
                mine.search([("may_approve", "=", True), ("id", "=", mine.id)])
            )
            with self.assertRaises(UserError):
                self._approve(goodwill)
            self._approve(goodwill, self.director)

    def test_one_customers_budget_pays_for_nobody_else(self):
        crony = self._create_partner("Crony")
        with self.assertRaisesRegex(ValidationError, "no contact of"):
            self._draft(contact_id=crony.id)
        draft = self._draft()
        with self.assertRaisesRegex(ValidationError, "no contact of"):
            draft.contact_id = crony
        draft.partner_id = self.contact  # its company's budget, as when it is created
        self.assertEqual(draft.partner_id, self.partner)
        self.assertEqual(draft.contact_id, self.contact)

    def test_a_source_that_is_no_record(self):
        for model in ("mail.thread", "base", "nothing"):
            with self.subTest(model=model), self.assertRaises(UserError):
                self._draft(res_model=model, res_id=1)

    def test_only_drafts_of_ones_own_are_written(self):
        draft, asked = self._draft(), self._ask(150)
        draft.value = 70
        for user in (self.stranger, self.care_manager):
            with self.assertRaises(AccessError):
                draft.with_user(user).value = 1
            with self.assertRaises(AccessError):
                draft.with_user(user).action_request()
        for name, value in (("value", 5), ("note", "x"), ("type_id", self.call.id)):
            with self.assertRaises(UserError):
                asked[name] = value
            with self.assertRaises(UserError):
                asked.with_user(self.care_manager)[name] = value

    def test_what_was_asked_for_is_on_record(self):
        asked, draft = self._ask(150), self._draft()
        for user in (self.care_own, self.care_manager):
            with self.assertRaisesRegex(UserError, "on record"):
                asked.with_user(user).unlink()
        with self.assertRaises(AccessError):
            draft.with_user(self.care_manager).unlink()
        draft.unlink()

    def test_no_source_that_one_may_not_read(self):
        secret = self.env["crm.customer.insight"].create(
            {
                "partner_id": self.partner.id,
                "kind": "pain",
                "statement": "Secret",
                "is_confidential": True,
            }
        )
        with self.assertRaises(AccessError):
            self._draft(res_model=secret._name, res_id=secret.id)

    def test_configuration_is_the_managers(self):
        budget = self.env["crm.goodwill.budget"].search([], limit=1)
        for record in (self.voucher, budget):
            record.with_user(self.care_own).read()
            with self.assertRaises(AccessError):
                record.with_user(self.care_all).write({"company_id": False})
        budget.with_user(self.care_manager).amount = 3
        with self.assertRaises(AccessError):
            self.voucher.with_user(self.director).name = "x"

    def test_a_customer_that_got_something_is_not_deleted(self):
        self._ask(50)
        with self.assertRaisesRegex(UserError, "goodwill"):
            self.partner.unlink()
