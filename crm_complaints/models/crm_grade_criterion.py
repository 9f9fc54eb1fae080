# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.tools import SQL


class CrmGradeCriterion(models.Model):
    _inherit = "crm.grade.criterion"

    metric = fields.Selection(
        selection_add=[("complaints", "Complaints in 12 months")],
        ondelete={"complaints": "cascade"},
    )

    @api.model
    def _lower_is_better(self):
        return super()._lower_is_better() | {"complaints"}

    @api.model
    def _metric_sources(self, stage, as_of):
        return {
            **super()._metric_sources(stage, as_of),
            "complaints": SQL("%s.complaint_count_12m", stage),
        }
