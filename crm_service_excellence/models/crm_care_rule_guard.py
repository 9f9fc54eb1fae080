# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from .crm_care_task import OPEN_STATES, REPLANNED_STATES
from .crm_care_task_again import SUFFIX


class CrmCareRule(models.Model):
    """What a care rule cannot do without, and what has become of it."""

    _inherit = "crm.care.rule"

    task_count = fields.Integer(string="Tasks", compute="_compute_task_counts")
    open_count = fields.Integer(string="Planned", compute="_compute_task_counts")
    done_count = fields.Integer(string="Done", compute="_compute_task_counts")
    is_occasion_fixed = fields.Boolean(compute="_compute_is_occasion_fixed")

    @api.depends("task_ids.state")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_task_counts(self):
        """Of the tasks that the reader may see."""
        counts = {}
        for rule, state, number in self.env["crm.care.task"]._read_group(
            [("rule_id", "in", self.ids)], ["rule_id", "state"], ["__count"]
        ):
            counts.setdefault(rule.id, {})[state] = number
        for rule in self:
            states = counts.get(rule._origin.id, {})
            rule.task_count = sum(states.values())
            rule.open_count = sum(states.get(state, 0) for state in OPEN_STATES)
            rule.done_count = states.get("done", 0)

    @api.depends("task_ids.state")
    def _compute_is_occasion_fixed(self):
        """Whether something hangs on the occasion that planning anew leaves alone.

        A key says the year and not of what: who was served, or held out, would be left
        out on another occasion of that year, and be counted for it in the report.
        """
        committed = (
            Domain("state", "not in", REPLANNED_STATES)
            | Domain("is_edited", "=", True)
            | Domain("occurrence_key", "like", SUFFIX)
        )
        # sudo: whether there is any does not depend on whose tasks one may read
        tasks_sudo = self.env["crm.care.task"].sudo()
        for rule in self:
            domain = Domain("rule_id", "=", rule._origin.id) & committed
            rule.is_occasion_fixed = bool(tasks_sudo.search_count(domain, limit=1))

    def _check_occasion_stays(self, occasion_id):
        """:raise UserError: the rule has served somebody on another occasion"""
        for rule in self:
            if rule.occasion_id.id != occasion_id and rule.is_occasion_fixed:
                raise UserError(
                    self.env._(
                        "%(rule)s has cared for customers on the occasion "
                        "“%(occasion)s” already: duplicate the rule instead.",
                        rule=rule.name,
                        occasion=rule.occasion_id.name,
                    )
                )

    @api.constrains("channel_ids")
    def _check_channels(self):
        for rule in self:
            if not rule.channel_ids:
                raise ValidationError(
                    self.env._(
                        "%(rule)s has no channel: add at least one way to reach the "
                        "customer.",
                        rule=rule.name,
                    )
                )

    @api.constrains("approval", "approval_grade_ids")
    def _check_approval_grades(self):
        for rule in self:
            if rule.approval == "grades" and not rule.approval_grade_ids:
                raise ValidationError(
                    self.env._(
                        "%(rule)s: choose the grades for which somebody has to agree.",
                        rule=rule.name,
                    )
                )

    @api.constrains("date_from", "date_to")
    def _check_period(self):
        for rule in self:
            if rule.date_from and rule.date_to and rule.date_to < rule.date_from:
                raise ValidationError(
                    self.env._(
                        "%(rule)s ends before it begins: “Until” lies before “From”.",
                        rule=rule.name,
                    )
                )

    @api.constrains("owner", "user_id")
    def _check_owner(self):
        for rule in self:
            if rule.owner == "user" and not rule.user_id:
                raise ValidationError(
                    self.env._(
                        "%(rule)s is always looked after by the same colleague: say by "
                        "whom.",
                        rule=rule.name,
                    )
                )

    @api.constrains("template_id", "sms_template_id")
    def _check_templates(self):
        for rule in self:
            # sudo: which model a template is of is no secret
            for template in (rule.template_id.sudo(), rule.sms_template_id.sudo()):
                if template and template.model != "crm.care.task":
                    raise ValidationError(
                        self.env._(
                            "The template %(template)s is not one for care tasks.",
                            template=template.name,
                        )
                    )

    @api.constrains("goodwill_value")
    def _check_goodwill_value(self):
        if any(rule.goodwill_value < 0 for rule in self):
            raise ValidationError(
                self.env._("A gift cannot be worth less than nothing.")
            )

    def action_view_tasks(self):
        """Open the tasks of the rule."""
        self.ensure_one()
        return self._tasks_action(self.env._("Tasks of %(rule)s", rule=self.name), [])

    def action_view_done(self):
        """Open what was done by the rule."""
        self.ensure_one()
        return self._tasks_action(
            self.env._("Done by %(rule)s", rule=self.name), [("state", "=", "done")]
        )

    def action_view_report(self):
        """Open what became of the tasks of the rule, in numbers."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_service_excellence.crm_care_report_action"
        )
        return {**action, "domain": [("rule_id", "=", self.id)], "context": {}}

    def _tasks_action(self, name, domain):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": "crm.care.task",
            "view_mode": "list,form",
            "domain": [("rule_id", "=", self.id), *domain],
            "context": {"create": False},
        }
