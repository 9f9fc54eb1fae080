# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from unittest.mock import patch

from psycopg2.errors import CheckViolation

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .goodwill_common import NOON, GoodwillCommon

MOMENT = fields.Datetime.to_datetime(NOON)


@tagged("post_install", "-at_install")
class TestGoodwill(GoodwillCommon):
    """Limits, budget, second person: service.md C16."""

    # LIMITS

    def test_up_to_the_own_limit_it_is_granted_at_once(self):
        goodwill = self._ask(100)
        self.assertEqual(goodwill.state, "granted")
        self.assertEqual(goodwill.approval_level, "own")
        self.assertEqual(goodwill.requested_by_id, self.care_own)
        self.assertEqual(goodwill.approved_by_id, self.care_own)
        for name in ("date_requested", "date_decided", "date_granted"):
            self.assertEqual(goodwill[name], MOMENT)
        self.assertEqual(goodwill.grade_id, self.diamond)
        self.assertRegex(goodwill.name, r"^GW/\d{4}/\d{5}$")

    def test_a_cent_more_takes_a_manager(self):
        goodwill = self._ask(100.01)
        self.assertEqual(goodwill.state, "requested")
        self.assertEqual(goodwill.approval_level, "manager")
        self._approve(goodwill)
        self.assertEqual(goodwill.state, "granted")
        self.assertEqual(goodwill.approved_by_id, self.care_manager)

    def test_beyond_the_managers_limit_it_takes_a_director(self):
        self.assertEqual(self._ask(500).approval_level, "manager")
        goodwill = self._ask(500.01)
        self.assertEqual(goodwill.approval_level, "director")
        with self.assertRaisesRegex(AccessError, "director"):
            self._approve(goodwill)
        self.assertEqual(goodwill.state, "requested")
        self._approve(goodwill, self.director)
        self.assertEqual(goodwill.state, "granted")

    def test_the_cost_counts_for_the_limit(self):
        """Worth little and dear to us is not granted alone."""
        self.assertEqual(self._ask(50, cost=101).approval_level, "manager")

    def test_nobody_approves_what_he_asked_for(self):
        goodwill = self._ask(300, self.care_manager)
        with self.assertRaisesRegex(UserError, "does not decide"):
            self._approve(goodwill)
        own = self._ask(300, self.director)
        with self.assertRaisesRegex(UserError, "does not decide"):
            self._approve(own, self.director)
        self._approve(goodwill, self.director)
        self.assertEqual(goodwill.state, "granted")

    def test_a_colleague_of_no_rank_approves_nothing(self):
        goodwill = self._ask(150)
        with self.assertRaises(AccessError):
            self._approve(goodwill, self.care_all)
        with self.assertRaises(AccessError):
            goodwill.with_user(self.care_all)._refuse("No")
        self.assertEqual(goodwill.state, "requested")

    # BUDGET

    def test_over_budget_is_never_silently_cut(self):
        """C16: 1,900 used and 150 asked on 2,000."""
        self._use(1900)
        goodwill = self._ask(150)
        self.assertEqual((goodwill.state, goodwill.value), ("requested", 150))
        self.assertTrue(goodwill.is_over_budget)
        with freeze_time(NOON):
            self.assertEqual(
                goodwill.budget_text, "1,900.00 of 2,000.00 used in 2026, 150.00 asked"
            )
            self.assertTrue(goodwill.would_exceed)
        with self.assertRaisesRegex(UserError, "over the yearly budget.*1,900.00"):
            self._approve(goodwill)
        self.assertEqual(goodwill.state, "requested")
        with freeze_time(NOON):
            goodwill.with_user(self.care_manager).action_approve_over_budget()
            goodwill.invalidate_recordset()
            self.assertEqual(goodwill.budget_text, "2,050.00 of 2,000.00 used in 2026")
        self.assertEqual((goodwill.state, goodwill.value), ("granted", 150))
        self.assertTrue(goodwill.is_over_budget)

    def test_small_but_over_budget_is_not_granted_alone(self):
        self._use(1950)
        self.assertEqual(self._ask(50).state, "granted")
        self.assertEqual(self._ask(0.01).state, "requested")

    def test_a_company_may_refuse_what_is_over_budget(self):
        self.company.crm_goodwill_over_budget = "refuse"
        self._use(1900)
        goodwill = self._draft(150)
        with self.assertRaisesRegex(UserError, "1,900.00 of 2,000.00 used in 2026"):
            with freeze_time(NOON):
                goodwill.action_request()
        goodwill = self._ask(100)
        self.assertEqual(goodwill.state, "granted")

    def test_refused_too_when_the_budget_was_used_meanwhile(self):
        self.company.crm_goodwill_over_budget = "refuse"
        goodwill = self._ask(150)
        self._use(1900)
        with self.assertRaisesRegex(UserError, "over the yearly budget"):
            self._approve(goodwill, over_budget=True)

    def test_what_was_asked_does_not_count_before_it_is_approved(self):
        self._ask(400)
        first = self._ask(400)
        with freeze_time(NOON):
            self.assertEqual(first.budget_used, 0)
        self._approve(first)
        with freeze_time(NOON):
            first.invalidate_recordset()
            self.assertEqual(first.budget_used, 400)

    def test_the_year_is_the_companys(self):
        """31 December, 16:30 UTC is New Year in Shanghai."""
        self._use(2000, "2026-12-31 15:59:59")
        self.assertEqual(self._ask(10, moment="2026-12-31 15:59:59").state, "requested")
        granted = self._ask(10, moment="2026-12-31 16:00:00")
        self.assertEqual(granted.state, "granted")
        self.assertEqual(str(granted.budget_date), "2027-01-01")
        for year, used in ((2025, 0), (2026, 2000), (2027, 10)):
            budget = self.goodwills._budget(self.partner, self.company, year)
            self.assertEqual(budget, (2000, used))

    def test_refused_and_withdrawn_do_not_count(self):
        used = self._use(1950)
        goodwill = self._ask(150)
        used.with_user(self.care_manager)._withdraw("Came back unopened")
        self._approve(goodwill)
        self.assertFalse(goodwill.is_over_budget)
        self.assertFalse(used.budget_date)  # in no month of the reports

    def test_each_grade_has_its_budget(self):
        self.customer.sudo().grade_id = self.gold
        self._use(750)
        self.assertEqual(self._ask(50).state, "granted")
        self.assertEqual(self._ask(1).state, "requested")
        self.customer.sudo().grade_id = self.regular  # has no row
        self.assertEqual(self._ask(1).approval_level, "manager")

    def test_the_most_specific_budget_counts(self):
        budgets = self.env["crm.goodwill.budget"]
        budgets.create([{"amount": 5}, {"grade_id": self.diamond.id, "amount": 9}])
        other = self._create_company("Other")
        none = self.env["crm.grade"]
        self.assertEqual(budgets._amount_for(self.diamond, self.company), 2000)
        self.assertEqual(budgets._amount_for(self.diamond, other), 9)
        self.assertEqual(budgets._amount_for(self.silver, self.company), 5)
        self.assertEqual(budgets._amount_for(none, self.company), 5)

    def test_an_override_of_the_grade_counts(self):
        self.customer.sudo().grade_id = self.regular
        with freeze_time(NOON):
            self.customer.with_user(self.care_manager)._set_override(
                self.diamond, "Key account", fields.Date.to_date("2026-12-31")
            )
        self.assertEqual(self._ask(100).state, "granted")

    def test_a_customer_nobody_measured_yet(self):
        stranger = self._create_partner("Stranger")
        goodwill = self._ask(20, partner_id=stranger.id)
        self.assertEqual(goodwill.state, "requested")
        self.assertEqual(self._customer_of(stranger).goodwill_turn, 1)

    def test_other_companies_and_customers_do_not_count(self):
        other = self._create_partner("Other")
        self.customers._follow(other).sudo().grade_id = self.diamond
        self._use(2000, partner=other)
        self.assertEqual(self._ask(100).state, "granted")

    # ONE FOR A MATTER

    def test_the_second_gesture_for_a_matter_needs_approval(self):
        source = {"res_model": "res.partner", "res_id": self.contact.id}
        self.assertEqual(self._ask(10, **source).state, "granted")
        second = self._ask(10, **source)
        self.assertEqual(second.state, "requested")
        self._approve(second)
        self.assertEqual(second.state, "granted")

    def test_a_word_of_apology_is_no_gesture_of_value(self):
        source = {"res_model": "res.partner", "res_id": self.contact.id}
        self._use(2000)
        sorry = self._ask(None, type_id=self.apology.id, **source)
        self.assertEqual((sorry.state, sorry.value), ("granted", 0))

    # LIFE

    def test_what_is_handed_over_later_waits(self):
        goodwill = self._ask(80, type_id=self.call.id)
        self.assertEqual(goodwill.state, "approved")
        self.assertEqual(self._ask(20).budget_used, 100)
        goodwill.action_grant()
        self.assertEqual(goodwill.state, "granted")
        with self.assertRaises(UserError):
            goodwill.action_grant()

    def test_hooks_are_called_once(self):
        cls = type(self.goodwills)
        with (
            patch.object(cls, "_grant", autospec=True) as grant,
            patch.object(cls, "_revoke", autospec=True) as revoke,
        ):
            goodwill = self._ask(150)
            self.assertFalse(grant.called)
            self._approve(goodwill)
            with self.assertRaises(UserError):
                self._approve(goodwill)
            grant.assert_called_once()
            hooked = grant.call_args.args[0]
            self.assertEqual((hooked, hooked.state), (goodwill, "granted"))
            self.assertTrue(hooked.env.su)
            self.assertEqual(hooked.env.user, self.care_manager)
            self.assertFalse(revoke.called)
            goodwill.with_user(self.director)._withdraw("A mistake")
            with self.assertRaises(UserError):
                goodwill.with_user(self.director)._withdraw("Again")
            revoke.assert_called_once()
        self.assertEqual(goodwill._effect_key(), f"goodwill:{goodwill.id}")

    def test_what_cannot_be_given_is_not_granted(self):
        error = UserError("No card")
        cls = type(self.goodwills)
        with patch.object(cls, "_check_grantable", autospec=True, side_effect=error):
            with self.assertRaisesRegex(UserError, "No card"):
                self._ask(20)
        with patch.object(cls, "_grant", autospec=True, side_effect=error):
            goodwill = self._draft(20)
            with self.assertRaises(UserError), self.env.cr.savepoint():
                goodwill.action_request()
        self.assertEqual(goodwill.state, "draft")

    def test_a_request_is_not_revoked(self):
        with patch.object(type(self.goodwills), "_revoke", autospec=True) as revoke:
            self._ask(150)._withdraw("Changed my mind")
            self.assertFalse(revoke.called)

    def test_refused_with_a_reason(self):
        goodwill = self._ask(150)
        with self.assertRaisesRegex(UserError, "Say why"):
            goodwill.with_user(self.care_manager)._refuse("  ")
        goodwill.with_user(self.care_manager)._refuse("Their own fault")
        self.assertEqual(goodwill.state, "refused")
        self.assertEqual(goodwill.outcome_note, "Their own fault")
        self.assertEqual(goodwill.approved_by_id, self.care_manager)
        message = goodwill.message_ids.filtered("partner_ids")
        self.assertEqual(message.partner_ids, self.care_own.partner_id)
        with self.assertRaises(UserError):
            self._approve(goodwill)

    def test_who_may_withdraw(self):
        granted, larger = self._ask(50), self._ask(150)
        self._approve(larger)
        with self.assertRaises(AccessError):
            granted.with_user(self.care_all)._withdraw("No")
        with self.assertRaises(AccessError):
            larger._withdraw("I do not like it any more")
        granted._withdraw("Not delivered")
        larger.with_user(self.care_manager)._withdraw("Not delivered")
        self.assertEqual((granted | larger).mapped("state"), ["withdrawn"] * 2)

    def test_an_archived_customer_gets_nothing(self):
        goodwill = self._ask(150)
        self.partner.active = False
        with self.assertRaisesRegex(UserError, "archived"):
            self._approve(goodwill)

    def test_activities_for_approvers_only_while_it_waits(self):
        kind = self.env.ref("crm_service_excellence.mail_activity_type_goodwill")
        goodwill = self._ask(150)
        activities = goodwill.sudo().activity_ids
        self.assertEqual(activities.activity_type_id, kind)
        self.assertLessEqual(self.care_manager | self.director, activities.user_id)
        self.assertNotIn(self.care_own, activities.user_id)
        self._approve(goodwill)
        self.assertFalse(goodwill.sudo().activity_ids)
        larger = self._ask(600).sudo().activity_ids.user_id
        self.assertIn(self.director, larger)
        self.assertNotIn(self.care_manager, larger)

    def test_waiting_for_my_approval(self):
        small, large = self._ask(150), self._ask(600)
        own = self._ask(150, self.care_manager)
        asked = small | large | own
        for user, seen in (
            (self.care_manager, small),
            (self.director, asked),
            (self.care_all, self.goodwills),
        ):
            domain = [("may_approve", "=", True), ("id", "in", asked.ids)]
            found = self.goodwills.with_user(user).search(domain)
            self.assertEqual(found.sudo(), seen.sudo())
            mine = asked.with_user(user).filtered("may_approve")
            self.assertEqual(mine.sudo(), seen.sudo())

    # API

    def test_asked_for_by_another_addon(self):
        goodwill = self.goodwills.with_user(self.care_own)._request(
            self.contact, self.voucher, 40, "birthday", source=self.contact
        )
        self.assertEqual(goodwill.state, "granted")
        self.assertEqual(goodwill.partner_id, self.partner)
        self.assertEqual(goodwill.contact_id, self.contact)
        self.assertEqual(goodwill.note, self.contact.display_name)
        self.assertEqual(goodwill._source(), self.contact)
        self.assertEqual(goodwill.source_name, self.contact.display_name)
        self.voucher.default_value = 30
        usual = self.goodwills.with_user(self.care_own)._request(
            self.partner, self.voucher, None, "other", note="Thanks", cost=12
        )
        self.assertEqual((usual.value, usual.cost), (30, 12))

    # LETTER

    def test_the_letter_tells_what_is_granted(self):
        self.voucher.letter_sentence = "%(customer)s gets %(what)s: %(value)s, 100 %%."
        goodwills = self._ask(50, description="a voucher") | self._ask(150)
        self.assertEqual(
            goodwills._letter_sentences(),
            ["Hengda Precision gets a voucher: $\N{NO-BREAK SPACE}50.00, 100 %."],
        )

    def test_a_sentence_with_a_wrong_placeholder_is_refused(self):
        for wrong in ("%(nothing)s", "100 %", "%s", "%(value)d", "%(value"):
            with self.assertRaisesRegex(ValidationError, "placeholder"):
                self.voucher.letter_sentence = wrong
        self.voucher.letter_sentence = "%(value)s %(company)s %%(value)s"

    # BAD INPUT

    def test_no_amount(self):
        nan, infinite = float("nan"), float("inf")
        for wrong in (-1, nan, infinite, -infinite, "fifty", "50", 10**9, 2**31, True):
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                self._draft(wrong)
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                self._draft(10, cost=wrong)
        goodwill = self._draft(10)
        for wrong in (0, -5, nan):
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                goodwill.value = wrong if wrong else 0
                goodwill.flush_recordset()
        with self.assertRaisesRegex(ValidationError, "worth"):
            self._draft(0)
        with self.assertRaisesRegex(ValidationError, "no value"):
            self._draft(1, type_id=self.apology.id)

    def test_no_reason(self):
        with self.assertRaisesRegex(ValidationError, "why"):
            self._draft(note="  ")

    def test_limits_in_the_right_order(self):
        with self.assertRaises(CheckViolation), mute_logger("odoo.sql_db"):
            self.company.crm_goodwill_own_limit = 501
            self.company.flush_recordset()

    def test_no_source_that_there_is_not(self):
        for model, number in (("res.partner", 2**30), ("no.model", 1)):
            with self.assertRaises(UserError):
                self._draft(res_model=model, res_id=number)
