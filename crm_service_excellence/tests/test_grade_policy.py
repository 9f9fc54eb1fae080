# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Policies: what is refused, versions, and who may do what."""

from datetime import date

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .common import CareCommon

AS_OF = date(2026, 3, 1)


@tagged("post_install", "-at_install")
class TestGradePolicy(CareCommon):
    def test_default_policy_grades_without_configuration(self):
        customer = self._create_customer(orders=[("2026-02-01", 600_000)])
        run = self.policies._run(as_of=AS_OF)
        self.assertEqual(
            run.policy_id,
            self.env.ref("crm_service_excellence.crm_grade_policy_default"),
        )
        self.assertEqual(run.company_id, self.company)
        self.assertTrue(customer.grade_id)
        # 100 points for spend, 20 for one order, no satisfaction:
        # (50 x 100 + 30 x 20) / 80 = 70.00
        self.assertEqual(customer.score, 70.00)

    def test_the_four_grades(self):
        grades = self.env["crm.grade"].search([])
        self.assertEqual(
            grades.mapped(lambda grade: (grade.code, grade.min_score)),
            [("diamond", 85), ("gold", 70), ("silver", 50), ("regular", 0)],
        )

    # REFUSED, AND NOTHING CHANGED

    def _refused(self, bands=((0, 0),), weight=1, pattern=""):
        policy = self._create_policy(
            [("spend", weight, "bands", [(0, 0), (10, 50)])], activate=False
        )
        with self.assertRaisesRegex(ValidationError, pattern), self.cr.savepoint():
            policy.criterion_ids.write(
                {
                    "band_ids": [
                        Command.clear(),
                        *(
                            Command.create({"lower": lower, "points": points})
                            for lower, points in bands
                        ),
                    ]
                }
            )
            policy.action_activate()
        policy.invalidate_recordset()
        self.assertEqual(policy.state, "draft")
        self.assertEqual(policy.criterion_ids.band_ids.mapped("lower"), [0, 10])

    def test_overlapping_bands(self):
        self._refused([(0, 0), (10, 20), (10, 30)], pattern="overlap")

    def test_bands_with_a_hole(self):
        self._refused([(100, 10)], pattern="no band covers the values below 100")

    def test_no_bands(self):
        self._refused([], pattern="has no bands")

    def test_points_beyond_100(self):
        self._refused([(0, 101)], pattern="between 0 and 100")

    def test_weights_that_sum_to_zero(self):
        self._refused([(0, 0)], weight=0, pattern="sum to zero")

    def test_two_grades_with_one_minimum(self):
        with self.assertRaisesRegex(ValidationError, "both start at 70"):
            self.silver.min_score = 70

    def test_grades_out_of_order(self):
        with self.assertRaisesRegex(ValidationError, "highest minimum score"):
            self.regular.sequence = 5

    def test_grades_without_a_bottom(self):
        with self.assertRaisesRegex(ValidationError, "start at 0 points"):
            self.regular.min_score = 1

    def test_one_metric_twice(self):
        criteria = [("spend", 1, "bands", [(0, 0)])] * 2
        policy = self._create_policy(criteria, activate=False)
        with self.assertRaisesRegex(ValidationError, "one criterion only"):
            policy.action_activate()

    def test_without_criteria(self):
        policy = self.policies.create({"name": "Empty"})
        with self.assertRaisesRegex(ValidationError, "at least one criterion"):
            policy.action_activate()

    # AN ACTIVE POLICY IS FROZEN

    def test_active_policy_cannot_be_edited(self):
        policy = self._create_policy().with_user(self.care_manager)
        draft = self._create_policy(activate=False).with_user(self.care_manager)
        criterion = policy.criterion_ids
        for change in (
            lambda: policy.write({"grace_days": 1}),
            lambda: criterion.write({"weight": 2}),
            lambda: criterion.band_ids[0].write({"points": 1}),
            lambda: criterion.unlink(),
            lambda: criterion.band_ids[0].unlink(),
            lambda: criterion.create({"policy_id": policy.id, "metric": "tenure"}),
            lambda: criterion.band_ids.create(
                {"criterion_id": criterion.id, "lower": 5, "points": 5}
            ),
            lambda: policy.write({"state": "draft"}),
            lambda: policy.with_context(crm_grade_policy_transition=1).write(
                {"buffer": 0}
            ),
            lambda: draft.write({"state": "active"}),
            lambda: draft.create({"name": "Sly", "state": "active"}),
            lambda: draft.criterion_ids.write({"policy_id": policy.id}),
            lambda: draft.criterion_ids.band_ids[0].write(
                {"criterion_id": criterion.id}
            ),
            lambda: policy.unlink(),
        ):
            with self.assertRaises(UserError), self.cr.savepoint():
                change()
        self.assertEqual(policy.grace_days, 90)
        self.assertEqual(len(criterion.band_ids), 5)

    def test_its_name_may_change(self):
        policy = self._create_policy()
        policy.name = "Better name"
        self.assertEqual(policy.name, "Better name")

    def test_new_version_replaces_the_former(self):
        policy = self._create_policy()
        action = policy.with_user(self.care_manager).action_new_version()
        draft = self.policies.browse(action["res_id"])
        self.assertEqual((draft.version, draft.state), (2, "draft"))
        self.assertEqual(draft.previous_id, policy)
        self.assertEqual(draft.name, policy.name)
        with Form(draft.with_user(self.care_manager)) as form:
            form.grace_days = 30
        draft.with_user(self.care_manager).action_activate()
        self.assertEqual((policy.state, draft.state), ("retired", "active"))
        with self.assertRaises(UserError):
            policy.action_activate()

    def test_the_company_policy_comes_before_the_shared_one(self):
        policy = self._create_policy()
        self.assertEqual(self.policies._get_active(self.company), policy)
        other = self.env["res.company"].create({"name": "No policy of its own"})
        default = self.env.ref("crm_service_excellence.crm_grade_policy_default")
        self.assertEqual(self.policies._get_active(other), default)

    def test_a_draft_cannot_grade(self):
        policy = self._create_policy(activate=False)
        with self.assertRaisesRegex(UserError, "not active"):
            policy._run(as_of=AS_OF)

    def test_form_of_a_new_policy(self):
        with Form(self.policies.with_user(self.care_manager)) as form:
            form.name = "By hand"
            with form.criterion_ids.new() as criterion:
                criterion.metric = "spend"
                criterion.weight = 3
                with criterion.band_ids.new() as band:
                    band.lower, band.points = 0, 10
                with criterion.band_ids.new() as band:
                    band.lower, band.points = 1000, 100
            with form.criterion_ids.new() as criterion:
                criterion.metric = "frequency"
                criterion.weight = 1
                with criterion.band_ids.new() as band:
                    band.lower, band.points = 0, 10
        policy = form.record
        self.assertEqual(policy.criterion_ids.mapped("share"), [0.75, 0.25])
        self.assertEqual(policy.criterion_ids[0].band_ids.mapped("upper"), [1000, 0])

    def test_only_managers(self):
        policy = self._create_policy(activate=False)
        for user in (self.care_own, self.care_all):
            as_user = policy.with_user(user)
            for action in ("action_activate", "action_run", "action_simulate"):
                with self.assertRaises(AccessError):
                    getattr(as_user, action)()
            with self.assertRaises(AccessError):
                as_user.write({"name": "Mine"})
