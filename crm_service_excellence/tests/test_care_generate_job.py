# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The job that plans care has seconds, and others work at the same time."""

from datetime import datetime
from unittest.mock import patch

from psycopg2 import errors

from odoo.tests import freeze_time, tagged

from odoo.addons.base.models import ir_cron

from .care_generate_common import CareGenerateCommon

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

    def test_a_clock_that_was_put_back(self):
        rule = self._create_festival_rule()
        rule.generated_date = datetime(2027, 1, 1)
        self._run_job()
        self.assertEqual(rule.generated_date, datetime(2026, 6, 1, 4))
        self.assertEqual(len(self._tasks_of(rule)), 1)
