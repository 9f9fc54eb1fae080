# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Planning again: what is stale, rules that changed, and the job."""

from datetime import date, datetime
from unittest.mock import patch

from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ..models import crm_care_rule_replan
from ..tools import lunar
from .care_generate_common import CareGenerateCommon


@tagged("post_install", "-at_install")
class TestCareGenerateAgain(CareGenerateCommon):
    # STALE

    def test_who_left_the_audience_vanishes(self):
        rule = self._create_festival_rule(domain="[('city', '=', 'Shanghai')]")
        self.partner.city = "Shanghai"
        self._plan(rule)
        other = self._create_customer("Other", city="Shanghai").partner_id
        self._plan(rule)
        approved = self._tasks_of(rule, other)
        approved.state = "approved"
        (self.partner | other).city = "Paris"
        self.assertEqual(self._plan(rule), 0)
        self.assertEqual(self._tasks_of(rule), approved, "only what is planned goes")

    def test_a_move_to_another_zone_moves_the_window(self):
        rule = self._create_festival_rule()
        self._plan(rule)
        self.partner.tz = "Europe/Paris"
        self.assertEqual(self._plan(rule), 1)
        self.assertEqual(self._tasks_of(rule).not_before, datetime(2026, 10, 1, 7))

    def test_a_stale_task_with_a_message_goes_with_it(self):
        rule = self._create_festival_rule(domain="[('city', '=', False)]")
        self._plan(rule)
        task = self._tasks_of(rule)
        message = task.message_post(body="Mind her name")
        self.partner.city = "Paris"
        self._plan(rule)
        self.assertFalse(task.exists() or message.exists())

    # CHANGED RULES

    @freeze_time("2026-06-01 04:00:00")
    def test_a_changed_rule_plans_anew_what_nobody_agreed_to(self):
        people = {
            state: self._create_customer(state).partner_id
            for state in ("to_approve", "approved", "done", "skipped", "planned")
        }
        edited = self._create_customer("Edited").partner_id
        rule = self._create_festival_rule()
        self._plan(rule)
        before = {}
        for state, partner in people.items():
            before[state] = self._tasks_of(rule, partner)
            before[state].state = state
        mine = self._tasks_of(rule, edited)
        mine.is_edited = True
        rule.lead_days = 3
        for state in ("approved", "done", "skipped"):
            task = self._tasks_of(rule, people[state])
            self.assertEqual(task, before[state], state)
            self.assertEqual(task.due_date, date(2026, 10, 1), state)
        for state in ("planned", "to_approve"):
            task = self._tasks_of(rule, people[state])
            self.assertEqual(task.due_date, date(2026, 9, 28), state)
            self.assertEqual(task.state, "planned")
        self.assertEqual(self._tasks_of(rule, edited), mine)

    @freeze_time("2026-06-01 04:00:00")
    def test_a_changed_text_changes_no_plan(self):
        rule = self._create_festival_rule()
        self._plan(rule)
        before = self._tasks_of(rule)
        rule.write({"instructions": "Sing", "name": "Sung", "sequence": 3})
        self.assertEqual(self._tasks_of(rule), before)

    @freeze_time("2026-06-01 04:00:00")
    def test_a_rule_for_many_is_planned_by_the_job(self):
        rule = self._create_festival_rule()
        self._plan(rule)
        job = self.env.ref("crm_service_excellence.ir_cron_care_generate")
        with patch.object(crm_care_rule_replan, "REPLANNED_AT_ONCE", 0):
            rule.priority = "1"
        self.assertFalse(self._tasks_of(rule))
        self.assertTrue(self.env["ir.cron.trigger"].search([("cron_id", "=", job.id)]))

    @freeze_time("2026-06-01 04:00:00")
    def test_what_was_due_before_waits_on(self):
        rule = self._create_festival_rule(month=6, day=1, validity_days=7)
        self._plan(rule)
        task = self._tasks_of(rule)[0]
        with freeze_time("2026-06-05 04:00:00"):
            rule.priority = "2"
            self.assertEqual(self._tasks_of(rule)[0], task)

    # WITHOUT THE LIBRARY

    def test_lunar_birthdays_that_cannot_be_planned_are_named(self):
        rule = self._create_rule("birthday", recipient="contacts")
        self._set_birthday(self.partner, 6, 15)
        person = self._create_partner("Lunar", parent_id=self.partner.id)
        self._set_birthday(person, 5, 5, "lunar")
        self.assertFalse(rule.lunar_problem)
        rule.invalidate_recordset()
        with patch.object(lunar, "LunarYear", None):
            self.assertIn("lunar_python", rule.lunar_problem)
            self._plan(rule)
        self.assertTrue(self._tasks_of(rule, self.partner), "solar ones are planned")
        self.assertFalse(self._tasks_of(rule, person))

    # JOB

    @freeze_time("2026-06-01 04:00:00")
    def test_a_rule_that_fails_stops_no_other(self):
        bad = self._create_festival_rule(name="Bad")
        good = self._create_festival_rule(name="Good")
        self.env.cr.execute(
            "UPDATE crm_care_rule SET domain = '[(''nowhere'', ''='', 1)]',"
            " generated_date = '2020-01-01' WHERE id = %s",
            [bad.id],
        )
        self.env.invalidate_all()
        logger = "odoo.addons.crm_service_excellence.models.crm_care_rule_job"
        with mute_logger(logger):
            self.rules._cron_generate()
        self.assertFalse(self._tasks_of(bad))
        self.assertEqual(len(self._tasks_of(good)), 1)
        self.assertIn("nowhere", bad.generation_error)
        notes = bad.message_ids.filtered(lambda note: "nowhere" in (note.body or ""))
        self.assertEqual(len(notes), 1)
        with mute_logger(logger):
            self.rules._cron_generate()
        notes = bad.message_ids.filtered(lambda note: "nowhere" in (note.body or ""))
        self.assertEqual(len(notes), 1, "the same error is noted once")
        bad.domain = "[]"
        self.rules._cron_generate()
        self.assertFalse(bad.generation_error)
        self.assertEqual(len(self._tasks_of(bad)), 1)

    @freeze_time("2026-06-01 04:00:00")
    def test_the_job_plans_in_batches_and_comes_to_an_end(self):
        for number in range(5):
            self._create_customer(f"Batch {number}")
        rules = self._create_festival_rule() | self._create_rule("birthday")
        size = "odoo.addons.crm_service_excellence.models.crm_customer_refresh"
        with patch(f"{size}.BATCH_SIZE", 2), self.enter_registry_test_mode():
            self.env.ref(
                "crm_service_excellence.ir_cron_care_generate"
            ).method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(len(self._tasks_of(rules[0])), 6)
        self.assertTrue(all(rules.mapped("generated_date")))

    def test_queries_do_not_grow_with_customers(self):
        rule = self._create_festival_rule()
        self._plan(rule)
        for number in range(20):
            self._create_customer(f"More {number}")
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        self.assertEqual(self._plan(rule), 20)
        self.assertLess(self.env.cr.sql_log_count - before, 20)
