# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ..models import crm_care_rule_life
from ..models.crm_care_rule_reach import Reach
from .care_rule_common import NOW, CareRuleCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestCareRule(CareRuleCommon):
    """A rule is counted, agreed to and activated; growing beyond that stops it."""

    # REACH

    def test_share_of_the_customers(self):
        self.assertEqual(self.rule._reach(), (3, 60))
        self.assertEqual(self.rule.reach_text, "3 of 5 customers (60 %)")

    def test_contacts_are_counted_with_their_customers(self):
        gold = self.followed[:3].partner_id
        for partner in gold[:2]:
            for name in ("Ann", "Ben"):
                self._create_partner(name, parent_id=partner.id)
        self.rule.recipient = "contacts"
        # four people at two of five
        self.assertEqual(self.rule._reach(), (4, 40))
        self.assertEqual(self.rule.reach_text, "4 people at 2 of 5 customers (40 %)")

    def test_count_of_what_is_typed(self):
        """Before it is saved."""
        rule = self.rules.new({"company_id": self.company.id}, origin=self.rule)
        rule.grade_ids = self.silver
        self.assertEqual(rule.reach_text, "2 of 5 customers (40 %)")
        rule.domain = "[('no_such_field', '=', 1)]"
        self.assertEqual(rule.reach_text, "The further conditions cannot be evaluated.")

    def test_count_is_one_statement(self):
        """C8: whatever the number of recipients, no ids are fetched."""
        self.rule._measure_reach()
        self.env.flush_all()
        with self.assertQueryCount(1):
            self.rule._measure_reach()

    def test_sample_shows_each_grade(self):
        self.rule.grade_ids = self.gold | self.silver
        sample = self.rule._sample()
        self.assertEqual(sample, self.rule._sample())
        self.assertEqual(set(sample), set(self.followed.partner_id))
        grades = [self._customer_of(partner).grade_id for partner in sample]
        self.assertEqual(grades[:2], [self.gold, self.silver])
        self.assertEqual(self.rule._sample(limit=2), sample[:2])

    # ACTIVATION

    def test_activation_plans(self):
        action = self.rule.with_user(self.care_manager).action_activate()
        wizard = self.activations.browse(action["res_id"])
        self.assertEqual(wizard.people, 3)
        self.assertFalse(wizard.is_large)
        self.assertEqual(wizard.dates_text, "Friday, September 25, 2026")
        self.assertEqual(wizard.tasks_text, "About 3")
        self.assertEqual(self.rule.state, "draft")
        wizard.action_confirm()
        self.assertEqual(self.rule.state, "active")
        self.assertEqual(self.rule.confirmed_reach, 3)
        tasks = self._tasks_of(self.rule)
        self.assertEqual(tasks.partner_id, self.followed[:3].partner_id)
        self.assertEqual({str(day) for day in tasks.mapped("due_date")}, {"2026-09-25"})

    def test_active_is_not_activated_again(self):
        self._activate(self.rule)
        with self.assertRaisesRegex(UserError, "active already"):
            self.rule.action_activate()

    def test_second_confirmation_begins_above_the_share(self):
        """60 % of the customers: not more than 60, more than 59."""
        self.assertFalse(self.activations.create({"rule_id": self.rule.id}).is_large)
        self.company.crm_care_reach_share = 59
        wizard = self.activations.create({"rule_id": self.rule.id})
        self.assertTrue(wizard.is_large)
        self.assertIn("all 3 contacts", wizard.large_text)
        with self.assertRaisesRegex(UserError, "Tick the box if all 3 contacts"):
            wizard.action_confirm()
        self.assertEqual(self.rule.state, "draft")
        self.assertFalse(self._tasks_of(self.rule))
        wizard.is_confirmed = True
        wizard.action_confirm()
        self.assertEqual(self.rule.state, "active")
        self.assertEqual(self.rule.confirmed_reach, 3)

    def test_confirmed_is_the_number_that_was_seen(self):
        """More came while the window was open: 3 seen, now 5."""
        self.company.crm_care_reach_share = 50
        wizard = self.activations.create(
            {"rule_id": self.rule.id, "is_confirmed": True}
        )
        self.rule.grade_ids |= self.silver
        with self.assertRaisesRegex(UserError, "confirm the number"):
            wizard.action_confirm()
        self.assertEqual(self.rule.state, "draft")
        self.assertFalse(self._tasks_of(self.rule))

    def test_a_fifth_more_is_still_what_was_confirmed(self):
        def reach(people):
            return Reach(people, people, 20, 0, 0, 0)

        self.assertTrue(self.rules._is_covered(reach(12), 10))
        self.assertFalse(self.rules._is_covered(reach(13), 10))
        self.assertFalse(self.rules._is_covered(reach(0), 0))

    def test_seen_number_cannot_be_typed(self):
        wizard = self.activations.create({"rule_id": self.rule.id, "people": 999})
        self.assertEqual(wizard.people, 3)
        with self.assertRaises(UserError):
            wizard.write({"people": 999})
        with self.assertRaises(UserError):
            wizard.write({"is_large": False, "is_confirmed": True})

    def test_many_are_left_to_the_job(self):
        job = self.env.ref("crm_service_excellence.ir_cron_care_generate")
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", job.id)])
        with patch.object(crm_care_rule_life, "PLANNED_AT_ONCE", 2):
            self._activate(self.rule)
        self.assertEqual(self.rule.state, "active")
        self.assertFalse(self._tasks_of(self.rule))
        after = self.env["ir.cron.trigger"].search([("cron_id", "=", job.id)])
        self.assertEqual(len(after - triggers), 1)

    def test_occasion_is_switched_on(self):
        self.occasion.active = False
        wizard = self.activations.create({"rule_id": self.rule.id})
        self.assertTrue(wizard.is_occasion_off)
        wizard.action_confirm()
        self.assertTrue(self.occasion.active)
        self.assertEqual(len(self._tasks_of(self.rule)), 3)

    def test_occasion_that_stays_off_plans_nothing(self):
        self.occasion.active = False
        self._activate(self.rule, switch_on=False)
        self.assertEqual(self.rule.state, "active")
        self.assertFalse(self.occasion.active)
        self.assertFalse(self._tasks_of(self.rule))

    def test_archived_is_not_activated(self):
        self.rule.active = False
        with self.assertRaisesRegex(UserError, "archived"):
            self.rule.action_activate()

    # GROWTH

    def test_audience_that_grows_goes_back_to_draft(self):
        self._activate(self.rule)
        rule = self.rule.with_user(self.care_manager)
        rule.grade_ids = [Command.clear()]
        self.assertEqual(self.rule.state, "draft")
        self.assertEqual(self.rule.confirmed_reach, 0)
        self.assertFalse(self._tasks_of(self.rule))
        self.assertIn("5 of 5 customers (100 %)", self.rule.message_ids[0].body)

    def test_audience_that_shrinks_goes_on(self):
        self._activate(self.rule)
        self.rule.with_user(self.care_manager).grade_ids = self.silver
        self.assertEqual(self.rule.state, "active")
        self.assertEqual(
            self._tasks_of(self.rule).partner_id, self.followed[3:].partner_id
        )

    def test_growth_without_a_write_is_found_by_the_job(self):
        self._activate(self.rule)
        self.followed.grade_id = self.gold
        self.rules._cron_generate()
        self.assertEqual(self.rule.state, "draft")
        self.assertFalse(self._tasks_of(self.rule))

    def test_confirmed_large_reach_goes_on(self):
        self.company.crm_care_reach_share = 10
        self._activate(self.rule, is_confirmed=True)
        self.rules._cron_generate()
        self.assertEqual(self.rule.state, "active")
        self.assertEqual(len(self._tasks_of(self.rule)), 3)

    # STOP

    def test_stop_takes_back_what_nobody_committed_to(self):
        self._activate(self.rule)
        planned, approved, edited = self._tasks_of(self.rule)
        approved.state = "approved"
        edited.is_edited = True
        self.rule.with_user(self.care_manager).action_stop()
        self.assertEqual(self.rule.state, "stopped")
        self.assertFalse(planned.exists())
        self.assertEqual((approved | edited).exists(), approved | edited)
        with self.assertRaisesRegex(UserError, "not active"):
            self.rule.action_stop()

    def test_stopped_becomes_draft_or_active(self):
        self._activate(self.rule)
        self.rule.with_user(self.care_manager).action_stop()
        self.rule.with_user(self.care_manager).action_draft()
        self.assertEqual(self.rule.state, "draft")
        with self.assertRaisesRegex(UserError, "was not stopped"):
            self.rule.action_draft()
        self._activate(self.rule)
        self.rule.with_user(self.care_manager).action_stop()
        self._activate(self.rule)
        self.assertEqual(len(self._tasks_of(self.rule)), 3)

    def test_archived_is_stopped(self):
        self._activate(self.rule)
        self.rule.with_user(self.care_manager).action_archive()
        self.assertEqual(self.rule.state, "stopped")
        self.assertFalse(self._tasks_of(self.rule))

    def test_copy_is_a_draft(self):
        self._activate(self.rule)
        copied = self.rule.with_user(self.care_manager).copy()
        self.assertEqual(copied.state, "draft")
        self.assertEqual(copied.confirmed_reach, 0)
        self.assertEqual(copied.channel_ids.mapped("channel"), ["email", "sms"])

    def test_used_rule_is_not_deleted(self):
        self._activate(self.rule)
        self.rule.with_user(self.care_manager).action_stop()
        self._create_rule().with_user(self.care_manager).unlink()
        self.assertFalse(self._tasks_of(self.rule))
        self._activate(self.rule)
        with self.assertRaisesRegex(UserError, "archive it instead"):
            self.rule.with_user(self.care_manager).unlink()

    def test_used_rule_keeps_its_company(self):
        self._activate(self.rule)
        other = self._create_company("Other Care Company")
        self.care_manager.company_ids |= other
        with self.assertRaisesRegex(UserError, "duplicate it"):
            self.rule.with_user(self.care_manager).company_id = other

    # CONSTRAINTS

    def test_what_a_rule_cannot_do_without(self):
        cases = (
            ({"channel_ids": [Command.clear()]}, "no channel"),
            ({"approval": "grades"}, "choose the grades"),
            ({"date_from": "2026-09-02", "date_to": "2026-09-01"}, "ends before"),
            ({"owner": "user"}, "say by"),
            ({"goodwill_value": -1}, "less than nothing"),
        )
        for values, message in cases:
            with (
                self.subTest(message),
                self.env.cr.savepoint(),
                self.assertRaisesRegex(ValidationError, message),
            ):
                self.rule.write(values)
        self.rule.write({"date_from": "2026-09-01", "date_to": "2026-09-01"})
        self.rule.write(
            {
                "channel_ids": [
                    Command.clear(),
                    Command.create({"channel": "phone"}),
                ]
            }
        )
        self.assertEqual(self.rule.channel_ids.mapped("channel"), ["phone"])

    def test_templates_are_those_of_care(self):
        model = self.env["ir.model"]._get("res.partner")
        wrong = self.env["mail.template"].create({"name": "W", "model_id": model.id})
        with self.assertRaisesRegex(ValidationError, "not one for care"):
            self.rule.template_id = wrong
        short = self.env["sms.template"].create(
            {"name": "S", "model_id": model.id, "body": "S"}
        )
        with self.assertRaisesRegex(ValidationError, "not one for care"):
            self.rule.sms_template_id = short

    # NOBODY TYPES A STATE

    def test_state_cannot_be_typed(self):
        rule = self.rule.with_user(self.care_manager)
        for values in ({"state": "active"}, {"confirmed_reach": 10_000}):
            with self.assertRaisesRegex(AccessError, "cannot be typed"):
                rule.write(values)
            with self.assertRaisesRegex(AccessError, "cannot be typed"):
                rule.create({"name": "R", "occasion_id": self.occasion.id, **values})

    def test_state_is_no_default(self):
        values = {"name": "R", "occasion_id": self.occasion.id}
        rules = self.rules.with_user(self.care_manager)
        forged = rules.with_context(
            default_state="active", default_confirmed_reach=10_000
        )
        self.env["ir.default"].with_user(self.care_manager).set(
            "crm.care.rule", "state", "active", user_id=True
        )
        for rule in (forged.create(values), rules.create(values)):
            self.assertEqual(rule.state, "draft")
            self.assertEqual(rule.confirmed_reach, 0)

    # WHO MAY

    def test_users_read_only(self):
        for user in (self.care_own, self.care_all):
            rule = self.rule.with_user(user)
            self.assertEqual(rule.name, "Moon greeting")
            self.assertEqual(rule.reach_text, "3 of 5 customers (60 %)")
            for action in ("action_activate", "action_stop", "action_draft"):
                with self.subTest(action), self.assertRaises(AccessError):
                    getattr(rule, action)()
            with self.assertRaises(AccessError):
                rule._activate()
            with self.assertRaises(AccessError):
                rule.name = "Mine"
            with self.assertRaises(AccessError):
                self.activations.with_user(user).create({"rule_id": rule.id})

    def test_other_companies_see_nothing(self):
        other = self._create_company("Other Care Company")
        self.care_manager.write(
            {"company_ids": [Command.set(other.ids)], "company_id": other.id}
        )
        env = self.env(
            user=self.care_manager, context={"allowed_company_ids": other.ids}
        )
        rule = self.rule.with_env(env)
        self.assertFalse(env["crm.care.rule"].search([("id", "=", rule.id)]))
        with self.assertRaises(AccessError):
            rule.read(["name"])
        with self.assertRaises(AccessError):
            env["crm.care.rule.activate"].create({"rule_id": rule.id})
        with self.assertRaises(AccessError):
            env["crm.care.rule.preview"].create({"rule_id": rule.id})
