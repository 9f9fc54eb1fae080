# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Runs: simulation, applying exactly it, batches, failures, history."""

from contextlib import contextmanager, suppress
from datetime import date
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import CareCommon

AS_OF = date(2026, 3, 1)
REFRESH = "odoo.addons.crm_service_excellence.models.crm_customer_refresh"


@tagged("post_install", "-at_install")
class TestGradeRun(CareCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls._create_score_policy()
        cls.one = cls._create_customer("One", [("2026-02-01", 90)])
        cls.two = cls._create_customer("Two", [("2026-02-01", 60)])
        cls.policies._run(as_of=AS_OF)

    def _strict_policy(self):
        """A draft in which 60 earns gold and 90 no more than silver."""
        bands = [(0, 0), (60, 75), (90, 55)]
        return self._create_policy(
            [("spend", 1, "bands", bands)],
            activate=False,
            grace_days=0,
            min_stay_days=0,
        )

    def _matrix(self, run):
        names = {grade.id: grade.code for grade in self.env["crm.grade"].search([])}
        return {
            (names.get(old), names[new]): (count, revenue)
            for old, new, count, revenue in run.matrix
        }

    def test_first_run(self):
        run = self.one.last_run_id
        self.assertEqual(run.state, "done")
        self.assertEqual((run.customer_count, run.first_count), (2, 2))
        self.assertEqual(
            self._matrix(run),
            {(None, "diamond"): (1, 90), (None, "silver"): (1, 60)},
        )
        self.assertEqual(self.one.change_ids.mapped("kind"), ["first"])

    def test_simulation_changes_nothing(self):
        draft = self._strict_policy()
        before = self.customers.search([]).read()
        changes = self.env["crm.grade.change"].search_count([])
        run = draft._run(as_of=date(2026, 3, 2), simulate=True)
        self.env.invalidate_all()
        self.assertEqual(self.customers.search([]).read(), before)
        self.assertEqual(self.env["crm.grade.change"].search_count([]), changes)
        self.assertEqual(draft.state, "draft")
        self.assertEqual(
            self._matrix(run),
            {("diamond", "gold"): (1, 90), ("silver", "gold"): (1, 60)},
        )
        self.assertEqual(run.revenue_moved, 150)
        self.assertEqual((run.upgrade_count, run.downgrade_count), (1, 1))
        self.assertEqual(
            run.move_ids.mapped(lambda line: (line.partner_id.name, line.kind)),
            [("One", "downgrade"), ("Two", "upgrade")],
        )

    def test_apply_exactly_the_simulation(self):
        draft = self._strict_policy()
        run = draft._run(as_of=date(2026, 3, 2), simulate=True)
        # an invoice that comes in later would change the outcome, were it run again
        self._create_invoice(self.two.partner_id, "2026-03-02", 30)
        run.with_user(self.care_manager).action_apply()
        self.assertEqual(run.state, "applied")
        self.assertEqual(draft.state, "active")
        self.assertEqual(self.policy.state, "retired")
        self.assertEqual((self.one.grade_id, self.one.score), (self.gold, 55))
        self.assertEqual((self.two.grade_id, self.two.score), (self.gold, 75))
        self.assertEqual(self.two.change_ids[0].kind, "upgrade")
        self.assertEqual(self.two.change_ids[0].run_id, run)
        self.assertEqual(self.two.customer_class, "important")
        self.assertEqual(self.two.revenue_12m, 90)

    def test_apply_creates_new_customers(self):
        partner = self._create_partner("Three")
        self._create_invoice(partner, "2026-03-02", 70)
        run = self.policy._run(as_of=date(2026, 3, 2), simulate=True)
        self.assertFalse(self._customer_of(partner))
        run.action_apply()
        customer = self._customer_of(partner)
        self.assertEqual(customer.grade_id, self.gold)
        self.assertEqual(customer.revenue_12m, 70)

    def test_outdated_simulation_is_refused(self):
        run = self._strict_policy()._run(as_of=date(2026, 3, 2), simulate=True)
        self.one._set_override(self.regular, "Never paid", self.company._crm_today())
        with self.assertRaisesRegex(UserError, "Simulate again"):
            run.action_apply()
        self.assertEqual(run.state, "simulated")
        self.assertEqual(self.one.grade_id, self.regular)

    def test_simulation_before_a_later_run_is_refused(self):
        run = self._strict_policy()._run(as_of=date(2026, 3, 2), simulate=True)
        self.policies._run(as_of=date(2026, 3, 2))
        with self.assertRaisesRegex(UserError, "Simulate again"):
            run.action_apply()

    def test_drop(self):
        run = self._strict_policy()._run(as_of=date(2026, 3, 2), simulate=True)
        run.with_user(self.care_manager).action_drop()
        self.assertEqual(run.state, "dropped")
        self.assertFalse(run.line_ids)
        self.assertTrue(run.matrix)
        with self.assertRaises(UserError):
            run.action_apply()

    def test_only_managers_apply_and_drop(self):
        run = self._strict_policy()._run(as_of=date(2026, 3, 2), simulate=True)
        for user in (self.care_own, self.care_all):
            for action in ("action_apply", "action_drop"):
                with self.assertRaises(AccessError):
                    getattr(run.with_user(user), action)()

    def test_history_cannot_be_changed(self):
        change = self.one.change_ids
        with self.assertRaises(UserError):
            change.write({"reason": "Nothing happened"})
        with self.assertRaises(UserError):
            change.unlink()
        with self.assertRaises(AccessError):
            change.with_user(self.care_manager).unlink()

    @contextmanager
    def _batches_of(self, size):
        """Policies on a cursor that may commit, as in a job, in batches of ``size``."""
        with (
            patch(f"{REFRESH}.BATCH_SIZE", size),
            self.enter_registry_test_mode(),
            self.registry.cursor() as cr,
        ):
            yield self.policies.with_env(self.env(cr=cr))
        self.env.invalidate_all()

    def test_batches_write_the_same(self):
        """Six customers in batches of two; the job commits after each."""
        orders = {"Three": 70, "Four": 71, "Five": 20, "Six": 86}
        partners = [self._create_partner(name) for name in orders]
        for partner in partners:
            self._create_invoice(partner, "2026-02-01", orders[partner.name])
        with self._batches_of(2) as policies:
            run_id = policies._run(as_of=date(2026, 3, 2)).id
        run = self.env["crm.grade.run"].browse(run_id)
        self.assertEqual(run.state, "done")
        grades = [self._customer_of(partner).grade_id.code for partner in partners]
        self.assertEqual(grades, ["gold", "gold", "regular", "diamond"])
        self.assertEqual((run.customer_count, run.first_count), (6, 4))

    def test_a_killed_run_is_resumed(self):
        """What a killed run had written is kept; the next one does the rest."""
        partners = [self._create_partner(name) for name in ("Three", "Four", "Five")]
        for partner in partners:
            self._create_invoice(partner, "2026-02-01", 70)
        add_batch = type(self.env["crm.grade.run"])._add_batch

        def killed_after_one(run, result, columns, upto_id):
            if upto_id >= partners[1].id:
                raise KeyboardInterrupt
            return add_batch(run, result, columns, upto_id)

        day = date(2026, 3, 2)
        with (
            suppress(KeyboardInterrupt),  # assertRaises would roll everything back
            patch.object(
                type(self.env["crm.grade.run"]), "_add_batch", killed_after_one
            ),
            self._batches_of(1) as policies,
        ):
            policies._run(as_of=day)
        self.env.invalidate_all()
        killed = self.env["crm.grade.run"].search([("state", "=", "running")])
        self.assertEqual(len(killed), 1)
        self.assertEqual(self._customer_of(partners[0]).grade_id, self.gold)
        self.assertFalse(self._customer_of(partners[1]).grade_id)
        with self._batches_of(1) as policies:
            run_id = policies._run(as_of=day).id
        run = killed.browse(run_id)
        self.assertEqual(run, killed)
        self.assertEqual(run.state, "done")
        for partner in partners:
            self.assertEqual(self._customer_of(partner).grade_id, self.gold)
            self.assertEqual(len(self._customer_of(partner).change_ids), 1)

    def test_a_failing_company_stops_no_other(self):
        other = self._create_company("Other Company")
        other_policy = self.policies.create({"name": "Broken", "company_id": other.id})
        # no criteria: what a restored backup or direct SQL may leave behind
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_grade_policy SET state = 'active' WHERE id = %s",
            [other_policy.id],
        )
        self.env.invalidate_all()
        with (
            self.enter_registry_test_mode(),
            mute_logger("odoo.addons.crm_service_excellence.models.crm_grade_run"),
        ):
            self.env.ref(
                "crm_service_excellence.ir_cron_grade"
            ).sudo().method_direct_trigger()
        runs = self.env["crm.grade.run"].sudo().search([("state", "=", "failed")])
        self.assertEqual(runs.company_id, other)
        self.assertIn("at least one criterion", runs.error)
        done = self.env["crm.grade.run"].search([("company_id", "=", self.company.id)])
        self.assertEqual(done[0].as_of, self.company._crm_today())
        self.assertEqual(done[0].state, "done")

    def test_query_count_does_not_grow_with_customers(self):
        self.policies._run(as_of=AS_OF)  # warm
        self.env.flush_all()
        with self.assertQueryCount(45):
            self.policies._run(as_of=AS_OF)
        for number in range(10):
            self._create_invoice(
                self._create_partner(f"More {number}"), "2026-02-01", number
            )
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(45):
            self.policies._run(as_of=AS_OF)
