# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A simulated run becomes real, exactly as it was shown, or is dropped."""

import logging

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Datetime

from .crm_grade_outcome import GRADE_COLUMNS

_logger = logging.getLogger(__name__)
GC_LIMIT = 10_000  # lines a vacuum deletes at once


class CrmGradeRun(models.Model):
    _inherit = "crm.grade.run"

    def action_apply(self):
        """Write exactly the outcome that was simulated.

        :raise UserError: not a simulation, or customers have changed since
        """
        self.ensure_one()
        self.env["crm.customer"]._check_manager()
        if self.state != "simulated":
            raise UserError(self.env._("Only a simulation can be applied."))
        # sudo: nobody has write access to runs and customers; checked above
        self.sudo()._apply()
        return True

    def action_drop(self):
        """Forget a simulation; its figures stay, its list goes."""
        self.ensure_one()
        self.env["crm.customer"]._check_manager()
        if self.state != "simulated":
            raise UserError(self.env._("Only a simulation can be dropped."))
        run_sudo = self.sudo()  # nobody has write access to runs: checked above
        run_sudo.line_ids.unlink()
        run_sudo.state = "dropped"
        return True

    def _apply(self):
        policy, company = self.policy_id, self.company_id
        policy._lock_company(company)
        self.env["crm.customer"]._before_measuring()
        self._check_still_exact()
        if policy.state == "draft":
            policy.action_activate()
        counts = self.env["crm.customer"]._write_result(
            self.env["crm.grade.run.line"]._result_sql(self),
            GRADE_COLUMNS,
            extra=self._history_sql(),
        )
        moved = sum(row[3] for row in counts)
        self.write({"state": "applied", "date_end": Datetime.now()})
        self.env["crm.customer"]._refresh(as_of=self.as_of, companies=company)
        self._warn_account_managers()
        _logger.info("Applied the simulated grading %s: %s customers", self.id, moved)

    def _check_still_exact(self):
        """:raise UserError: when the outcome would not be the one that was simulated"""
        in_company = [("company_id", "=", self.company_id.id)]
        later_run = self.search_count(
            [
                *in_company,
                ("state", "in", ["done", "applied"]),
                "|",
                ("id", ">", self.id),
                ("date_end", ">", self.date_end),
            ],
            limit=1,
        )
        later_change = self.env["crm.grade.change"].search_count(
            [*in_company, ("id", ">", self.last_change_id)], limit=1
        )
        if later_run or later_change:
            raise UserError(
                self.env._(
                    "Customers have been graded or overridden since this simulation, "
                    "so its outcome no longer holds. Simulate again."
                )
            )
        if self.policy_id.state == "retired":
            raise UserError(
                self.env._("The simulated policy has been retired meanwhile.")
            )

    @api.autovacuum
    def _gc_dropped_lines(self):
        """Lines of runs that are applied have served: the history has the moves."""
        lines = self.env["crm.grade.run.line"].search(
            [("run_id.state", "!=", "simulated")], limit=GC_LIMIT
        )
        lines.unlink()
        return len(lines), len(lines) == GC_LIMIT
