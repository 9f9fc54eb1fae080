# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.tools import ormcache

from ..tools.sla_policy import CompiledPolicies, Line, Target


class CrmSlaPolicy(models.Model):
    """The promises of a company, compiled once and kept by every worker."""

    _inherit = "crm.sla.policy"

    @api.model
    def _compiled(self, company):
        """What ``company`` promises: its own policies, and those that all share.

        :param company: one ``res.company``
        :return: :class:`~odoo.addons.crm_complaints.tools.sla_policy.CompiledPolicies`
        """
        return self._compile(company.id)

    @ormcache("company_id")
    def _compile(self, company_id):
        # sudo: what is promised does not depend on who looks; companies are named here
        policies_sudo = self.sudo().search([("company_id", "in", [False, company_id])])
        return CompiledPolicies(policies_sudo._lines())

    def _lines(self):
        """The lines of these policies, in the form that is compiled."""
        lines = []
        for policy in self:
            for target in policy.target_ids:
                lines.append(
                    policy._line(
                        target.metric,
                        target.severity,
                        target.grade_id.id,
                        target.target_minutes,
                    )
                )
        return lines

    def _line(self, metric, severity, grade_id, minutes):
        """One line of this policy with the given time."""
        self.ensure_one()
        return Line(
            target=Target(
                policy_id=self._origin.id,
                version=self.version,
                minutes=minutes,
                calendar_id=self.calendar_id._origin.id or None,
                retarget_mode=self.retarget_mode,
                grace_percent=self.grace_percent,
                may_lengthen=self.may_lengthen,
                reopen_mode=self.reopen_mode,
                reopen_minutes=self.reopen_minutes,
            ),
            sequence=self.sequence,
            is_shared=not self.company_id,
            metric=metric,
            severity=severity or None,
            grade_id=grade_id or None,
            team_id=self.team_id._origin.id or None,
            category_id=self.category_id._origin.id or None,
        )

    def _forget_compiled(self):
        """Have every worker compile anew."""
        self.env.registry.clear_cache()

    @api.model_create_multi
    def create(self, vals_list):
        policies = super().create(vals_list)
        self._forget_compiled()
        return policies

    def write(self, vals):
        result = super().write(vals)
        self._forget_compiled()
        return result

    def unlink(self):
        result = super().unlink()
        self._forget_compiled()
        return result
