# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

from odoo.addons.crm_service_excellence.tools.working_time import (
    HORIZON_DAYS,
    HorizonError,
)

from ..tools.sla_policy import spell


class CrmSlaPolicy(models.Model):
    """What is wrong with a policy, said where it is made (S24)."""

    _inherit = "crm.sla.policy"

    problem = fields.Text(
        compute="_compute_problem",
        help="Why complaints under this policy would get no deadline.",
    )

    @api.depends(
        "calendar_id",
        "team_id.calendar_id",
        "company_id",
        "target_ids.target_minutes",
        "target_ids.grade_id.crm_sla_calendar_id",
    )
    @api.depends_context("allowed_company_ids")
    def _compute_problem(self):
        for policy in self:
            policy.problem = "\n".join(policy._problems()) or False

    def _problems(self):
        """What keeps this policy from giving deadlines, a sentence each."""
        self.ensure_one()
        if not self.target_ids:
            return [self.env._("No time is promised yet.")]
        company = self.company_id or self.env.company
        calendars = self._calendars(company)
        if not calendars:
            return [
                self.env._(
                    "There are no working hours: neither here, nor at the team, nor at "
                    "%(company)s. Complaints get no deadline.",
                    company=company.name,
                )
            ]
        longest = max(self.target_ids.mapped("target_minutes"))
        problems = []
        for calendar in calendars:
            worktime = calendar._working_time(company)
            now = fields.Datetime.now()
            try:
                worktime.add(now, 1)
            except HorizonError:
                problems.append(
                    self.env._(
                        "“%(calendar)s” has no working hours. Complaints get no "
                        "deadline.",
                        calendar=calendar.name,
                    )
                )
                continue
            try:
                worktime.add(now, longest)
            except HorizonError:
                problems.append(
                    self.env._(
                        "%(time)s of “%(calendar)s” do not pass within %(days)s days. "
                        "Such complaints get no deadline.",
                        time=spell(longest),
                        calendar=calendar.name,
                        days=HORIZON_DAYS,
                    )
                )
        return problems

    def _calendars(self, company):
        """The working hours by which this policy may come to count."""
        # sudo: of a team or a grade only the hours are read
        policy_sudo = self.sudo()
        if policy_sudo.calendar_id:
            return policy_sudo.calendar_id
        grades_sudo = policy_sudo.target_ids.grade_id
        return grades_sudo.crm_sla_calendar_id | (
            policy_sudo.team_id.calendar_id
            or company.sudo().resource_calendar_id  # sudo: as above
        )
