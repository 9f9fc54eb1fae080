# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command, api, fields, models
from odoo.exceptions import ValidationError

from .crm_complaint_terms import METRICS, SEVERITIES
from .crm_sla_target import MAX_MINUTES


class CrmSlaPolicy(models.Model):
    """All times of a policy on one screen: metric and severity by grade."""

    _inherit = "crm.sla.policy"

    target_matrix = fields.Json(
        string="Times",
        compute="_compute_target_matrix",
        inverse="_inverse_target_matrix",
        help="{metric|severity|grade: working minutes}; empty names stand for any.",
    )
    matrix_axes = fields.Json(
        compute="_compute_matrix_axes",
        export_string_translation=False,
        help="What the rows and columns of the matrix are.",
    )

    @api.depends(
        "target_ids.metric",
        "target_ids.severity",
        "target_ids.grade_id",
        "target_ids.target_minutes",
    )
    def _compute_target_matrix(self):
        for policy in self:
            policy.target_matrix = {
                target._key(): target.target_minutes for target in policy.target_ids
            }

    def _inverse_target_matrix(self):
        for policy in self:
            wanted = policy._read_matrix(policy.target_matrix)
            commands = []
            for target in policy.target_ids:
                minutes = wanted.pop(target._key(), None)
                if minutes is None:
                    commands.append(Command.delete(target.id))
                elif minutes != target.target_minutes:
                    commands.append(
                        Command.update(target.id, {"target_minutes": minutes})
                    )
            for key, minutes in wanted.items():
                metric, severity, grade = key.split("|")
                commands.append(
                    Command.create(
                        {
                            "metric": metric,
                            "severity": severity or False,
                            "grade_id": int(grade) if grade else False,
                            "target_minutes": minutes,
                        }
                    )
                )
            if commands:
                policy.target_ids = commands

    @api.model
    def _read_matrix(self, matrix):
        """A matrix that came from outside, checked.

        :return: ``{key: minutes}``
        :raise ValidationError: for what is no cell, or no time
        """
        if not isinstance(matrix or {}, dict):
            raise ValidationError(self.env._("This is no table of times."))
        metrics, severities = dict(METRICS), dict(SEVERITIES)
        # archived grades keep their times
        grades = self.env["crm.grade"].with_context(active_test=False).search([])
        grade_ids = {str(grade_id) for grade_id in grades.ids}
        for key, minutes in (matrix or {}).items():
            metric, severity, grade = (key.split("|") + ["?", "?"])[:3]
            if (
                metric not in metrics
                or (severity and severity not in severities)
                or (grade and grade not in grade_ids)
                or key.count("|") != 2
            ):
                raise ValidationError(
                    self.env._("There is no cell %(key)s in the table.", key=key)
                )
            if type(minutes) is not int or not 0 < minutes <= MAX_MINUTES:
                raise ValidationError(
                    self.env._(
                        "%(cell)s: a time is a whole number of minutes, more than "
                        "nothing and ten years of working time at most.",
                        cell=self._spell_cell(key),
                    )
                )
        return dict(matrix or {})

    @api.depends("target_ids.grade_id")
    @api.depends_context("lang")
    def _compute_matrix_axes(self):
        lines = self.env["crm.sla.target"]._fields
        metrics = lines["metric"]._description_selection(self.env)
        severities = lines["severity"]._description_selection(self.env)
        ladder = self.env["crm.grade"].search([])
        for policy in self:
            grades = (ladder | policy.target_ids.grade_id._origin).sorted()
            policy.matrix_axes = {
                "metrics": metrics,
                "severities": severities,
                "grades": [[grade.id, grade.name] for grade in grades],
            }
