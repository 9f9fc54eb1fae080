# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The job that plans care has seconds, and others work at the same time."""

from datetime import datetime
from unittest.mock import patch

from psycopg2 import errors

from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.base.models import ir_cron

from .care_generate_common import CareGenerateCommon

JOB = "odoo.addons.crm_service_excellence.models.crm_care_rule_job"
SIZE = "odoo.addons.crm_service_excellence.models.crm_customer_refresh.BATCH_SIZE"


@tagged("post_install", "-at_install")
@freeze_time("2026-06-01 04:00:00")
class TestCareGenerateJob(CareGenerateCommon):
    def _run_job(self):
        with self.enter_registry_test_mode():
            self.env.ref(
                "crm_service_excellence.ir_cron_care_generate"
            ).method_direct_trigger()
        self.env.invalidate_all()

    def _patch_batch(self, meanwhile):
        """Have something happen after the first batch is planned."""
        real, calls = type(self.rules)._generate_batch, []

        def batch(rule, *arguments):
            found = real(rule, *arguments)
            calls.append(rule)
            if len(calls) == 1:
                meanwhile(rule)
            return found

        self.patch(type(self.rules), "_generate_batch", batch)
        return calls

    def test_a_run_goes_on_where_the_last_one_ended(self):
        for number in range(30):
            self._create_customer(f"Batch {number}")
        rules = self._create_festival_rule() | self._create_festival_rule(month=11)
        with patch(SIZE, 2), patch.object(ir_cron, "MIN_TIME_PER_JOB", 0):
            self._run_job()
            self.assertLess(len(self._tasks_of(rules[0])), 31, "no time for all")
            self.assertTrue(rules[0].generated_upto)
            self.assertFalse(rules[0].generated_date)
            for _run in range(40):
                self._run_job()
        self.assertEqual([len(self._tasks_of(rule)) for rule in rules], [31, 31])
        self.assertTrue(all(rules.mapped("generated_date")))
        self.assertFalse(any(rules.mapped("generated_upto")))

    def test_a_changed_rule_begins_anew(self):
        rule = self._create_festival_rule()
        rule.generated_upto = 2**31 - 1
        rule.lead_days = 1
        self.assertFalse(rule.generated_upto)

    def test_a_rule_stopped_between_two_batches(self):
        for number in range(5):
            self._create_customer(f"Batch {number}")
        self._create_festival_rule()

        def stop(rule):
            self.env.cr.execute(
                "UPDATE crm_care_rule SET state = 'stopped' WHERE id = %s", [rule.id]
            )

        calls = self._patch_batch(stop)
        with patch(SIZE, 2):
            self._run_job()
        self.assertEqual(len(calls), 1)

    def test_a_contact_that_is_deleted_while_it_is_planned_for(self):
        rule = self._create_festival_rule()

        def delete(_rule):
            raise errors.ForeignKeyViolation("it is gone")

        self._patch_batch(delete)
        self._run_job()
        self.assertEqual(len(self._tasks_of(rule)), 1)
        self.assertFalse(rule.generation_error)

    def test_a_rule_that_is_deleted_meanwhile(self):
        """Stopped and deleted between two batches, before anything was planned."""
        for number in range(5):
            self._create_customer(f"Batch {number}")
        gone = self._create_rule("birthday")
        other = self._create_festival_rule()

        def delete(rule):
            self.env.cr.execute("DELETE FROM crm_care_rule WHERE id = %s", [rule.id])

        calls = self._patch_batch(delete)
        with patch(SIZE, 2):
            self._run_job()
        self.assertEqual(calls[0], gone)
        self.assertEqual(len(self._tasks_of(other)), 6)

    def test_a_rule_of_which_nothing_can_be_noted(self):
        """Not even what is wrong with it: the others are planned."""
        bad, good = self._create_festival_rule(), self._create_festival_rule()
        real = type(self.rules)._batches_left

        def batches(rule):
            if rule == bad:
                raise ValueError("broken")
            return real(rule)

        self.patch(type(self.rules), "_batches_left", batches)
        with mute_logger(JOB):
            self._run_job()
        self.assertFalse(bad.generated_date)
        self.assertEqual(len(self._tasks_of(good)), 1)

    def test_somebody_else_at_the_rule_while_it_is_counted(self):
        """It is counted again, rather than left to the next run."""
        rule = self._create_festival_rule()
        real, calls = type(self.rules)._hold_unconfirmed, []

        def hold(rule):
            calls.append(rule)
            if len(calls) == 1:
                raise errors.SerializationFailure("could not serialize access")
            return real(rule)

        self.patch(type(self.rules), "_hold_unconfirmed", hold)
        self._run_job()
        self.assertEqual(len(calls), 2)
        self.assertEqual(len(self._tasks_of(rule)), 1)

    def test_rules_that_take_longer_than_minutes_come_to_an_end(self):
        """What the job did before the others is not due when these are done."""
        first, last = self._create_festival_rule(), self._create_festival_rule()
        done = datetime(2026, 6, 1, 3, 30)
        first.generated_date = done
        self._run_job()
        self.assertEqual(first.generated_date, done)
        self.assertTrue(last.generated_date)
        with freeze_time("2026-06-01 10:00:00"):
            self._run_job()
        self.assertEqual(first.generated_date, datetime(2026, 6, 1, 10))

    def test_a_company_without_customers(self):
        company = self._create_company("New company")
        rule = self._create_festival_rule(company_id=company.id)
        with patch(SIZE, 2):
            self._run_job()
        self.assertTrue(rule.generated_date)
        self.assertFalse(rule.generation_error)
        self.assertFalse(self._tasks_of(rule))

    def test_a_run_that_goes_over_midnight(self):
        """The rest of the customers is planned as of the day it is then."""
        for number in range(3):
            self._create_customer(f"Batch {number}")
        rule = self._create_festival_rule(month=6, day=1)
        spans, real = [], type(self.rules)._generate_batch

        def batch(rule, start, end, *arguments):
            spans.append((start, end))
            frozen.move_to("2026-06-01 16:01:00")  # 2 June in Shanghai
            return real(rule, start, end, *arguments)

        self.patch(type(self.rules), "_generate_batch", batch)
        with patch(SIZE, 2), freeze_time("2026-06-01 15:59:00") as frozen:
            self._run_job()
        self.assertEqual(str(spans[0][0]), "2026-05-30")
        self.assertEqual(str(spans[1][0]), "2026-05-31")
        self.assertEqual({len(self._tasks_of(rule, self.partner))}, {2})

    def test_a_clock_that_was_put_back(self):
        rule = self._create_festival_rule()
        rule.generated_date = datetime(2027, 1, 1)
        self._run_job()
        self.assertEqual(rule.generated_date, datetime(2026, 6, 1, 4))
        self.assertEqual(len(self._tasks_of(rule)), 1)
