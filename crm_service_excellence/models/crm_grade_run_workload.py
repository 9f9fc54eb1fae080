# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a grading means for the team: contacts and visits a month, before and after."""

from odoo import api, fields, models

from ..tools.cadence import per_month
from .crm_grade_run import ALL_CUSTOMERS


class CrmGradeRun(models.Model):
    _inherit = "crm.grade.run"

    visits_before = fields.Float(
        string="Visits a month before",
        digits=(12, 1),
        compute="_compute_workload",
        groups=ALL_CUSTOMERS,
        help="What the frequencies of today ask for with the grades as they were.",
    )
    visits_after = fields.Float(
        string="Visits a month",
        digits=(12, 1),
        compute="_compute_workload",
        groups=ALL_CUSTOMERS,
        help="What the frequencies of today ask for with the grades of this run.",
    )
    contacts_before = fields.Float(
        string="Contacts a month before",
        digits=(12, 1),
        compute="_compute_workload",
        groups=ALL_CUSTOMERS,
    )
    contacts_after = fields.Float(
        string="Contacts a month",
        digits=(12, 1),
        compute="_compute_workload",
        groups=ALL_CUSTOMERS,
    )

    @api.depends("matrix", "company_id")
    def _compute_workload(self):
        for run in self:
            rates = {
                (grade.id, kind): per_month(cadence.interval_days)
                for (grade, kind), cadence in self.env["crm.cadence"]
                ._terms(run.company_id)
                .items()
            }
            moves = run.matrix or []
            for kind, name in (("visit", "visits"), ("contact", "contacts")):
                run[f"{name}_before"] = sum(
                    n * rates.get((old, kind), 0) for old, _new, n, _revenue in moves
                )
                run[f"{name}_after"] = sum(
                    n * rates.get((new, kind), 0) for _old, new, n, _revenue in moves
                )
