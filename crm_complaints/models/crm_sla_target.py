# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .crm_complaint_terms import METRICS, SEVERITIES

MAX_MINUTES = 10 * 366 * 24 * 60


class CrmSlaTarget(models.Model):
    """One promised time of a policy."""

    _name = "crm.sla.target"
    _description = "Promised Time"
    _order = "policy_id, metric, severity, id"

    policy_id = fields.Many2one(
        comodel_name="crm.sla.policy", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="policy_id.company_id", store=True, index=True)
    metric = fields.Selection(selection=METRICS, required=True)
    severity = fields.Selection(selection=SEVERITIES, help="Empty: any.")
    grade_id = fields.Many2one(
        comodel_name="crm.grade",
        ondelete="cascade",
        index="btree_not_null",
        help="Empty: any.",
    )
    target_minutes = fields.Integer(
        string="Working minutes", required=True, help="8 hours are 480."
    )

    _key_uniq = models.UniqueIndex(
        "(policy_id, metric, COALESCE(severity, ''), COALESCE(grade_id, 0))",
        "There is already a time for this metric, severity and grade.",
    )
    _check_target_minutes = models.Constraint(
        "CHECK (target_minutes > 0)", "A promised time is more than nothing."
    )

    @api.constrains("target_minutes")
    def _check_target_reach(self):
        if any(target.target_minutes > MAX_MINUTES for target in self):
            raise ValidationError(
                self.env._("A promised time is ten years of working time at most.")
            )

    def _key(self):
        """Metric, severity and grade of this line, as the matrix names its cell."""
        self.ensure_one()
        grade_id = self.grade_id._origin.id or ""
        return f"{self.metric}|{self.severity or ''}|{grade_id}"

    @api.model_create_multi
    def create(self, vals_list):
        default_id = self.env.context.get("default_policy_id")
        policy_ids = {vals.get("policy_id") or default_id for vals in vals_list}
        policies = self.env["crm.sla.policy"].browse(filter(None, policy_ids))
        with policies._versioned():
            targets = super().create(vals_list)
        targets.policy_id._forget_compiled()
        return targets

    def write(self, vals):
        policies = self.policy_id
        if vals.get("policy_id"):
            policies |= policies.browse(vals["policy_id"])
        with policies._versioned():
            result = super().write(vals)
        policies._forget_compiled()
        return result

    def unlink(self):
        policies = self.policy_id
        with policies._versioned():
            result = super().unlink()
        policies._forget_compiled()
        return result
