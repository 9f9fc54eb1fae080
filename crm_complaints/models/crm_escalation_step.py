# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.sla_policy import spell
from .crm_complaint_terms import METRICS

# The hierarchy of a complaint, lowest first.
ROLES = [
    ("owner", "Owner"),
    ("leader", "Team leader"),
    ("department", "Department manager"),
    ("above", "Manager above the department"),
]
ROLE_FIELDS = [(role, f"to_{role}") for role, _label in ROLES]


class CrmEscalationStep(models.Model):
    """Who is told how, so long before or after a deadline."""

    _name = "crm.escalation.step"
    _description = "Escalation Step"
    _order = "policy_id, anchor desc, percent, offset_minutes, id"

    policy_id = fields.Many2one(
        comodel_name="crm.sla.policy", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="policy_id.company_id", store=True, index=True)
    metric = fields.Selection(selection=METRICS, help="Empty: any.")
    anchor = fields.Selection(
        selection=[
            ("before", "Before the deadline"),
            ("after", "From the deadline on"),
        ],
        default="after",
        required=True,
    )
    percent = fields.Integer(
        string="% of the time used up", help="Before the deadline: 1 to 99."
    )
    offset_minutes = fields.Integer(
        string="Working minutes after", help="0: at the deadline itself."
    )
    to_owner = fields.Boolean(string="Owner", default=True)
    to_leader = fields.Boolean(string="Team leader")
    to_department = fields.Boolean(string="Department manager")
    to_above = fields.Boolean(string="Manager above the department")
    user_ids = fields.Many2many(
        comodel_name="res.users",
        string="Also",
        domain=[("share", "=", False)],
    )
    method = fields.Selection(
        selection=[
            ("activity", "Activity"),
            ("email", "E-mail"),
            ("both", "Activity and e-mail"),
        ],
        default="activity",
        required=True,
    )

    _moment_uniq = models.UniqueIndex(
        "(policy_id, COALESCE(metric, ''), anchor, "
        "(CASE WHEN anchor = 'before' THEN percent ELSE offset_minutes END))",
        "There is already a step at this moment.",
    )
    _check_percent = models.Constraint(
        "CHECK (anchor != 'before' OR (percent >= 1 AND percent <= 99))",
        "Before the deadline, a step comes at 1 to 99 % of the time.",
    )
    _check_offset_minutes = models.Constraint(
        "CHECK (offset_minutes >= 0)",
        "A step after the deadline does not come before it.",
    )

    @api.constrains("to_owner", "to_leader", "to_department", "to_above", "user_ids")
    def _check_recipients(self):
        for step in self:
            if not (step._roles() or step.user_ids):
                raise ValidationError(
                    self.env._("A step of the escalation tells somebody: say whom.")
                )

    @api.depends("anchor", "percent", "offset_minutes")
    def _compute_display_name(self):
        for step in self:
            if step.anchor == "before":
                name = self.env._("%(percent)s %% used up", percent=step.percent)
            elif step.offset_minutes:
                name = self.env._(
                    "%(time)s after the deadline", time=spell(step.offset_minutes)
                )
            else:
                name = self.env._("At the deadline")
            step.display_name = name

    def _roles(self):
        """Whom this step is for by role, lowest first."""
        self.ensure_one()
        return [role for role, name in ROLE_FIELDS if self[name]]

    @api.model_create_multi
    def create(self, vals_list):
        steps = super().create(vals_list)
        self.env.registry.clear_cache()  # compiled steps
        return steps

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result
