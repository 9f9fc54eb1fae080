# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.tools import SQL


class CrmGradeCriterion(models.Model):
    """The grade can be earned by points, too."""

    _inherit = "crm.grade.criterion"

    metric = fields.Selection(
        selection_add=[("points", "Qualifying points in 12 months")],
        ondelete={"points": "cascade"},
    )

    @api.model
    def _metric_sources(self, stage, as_of):
        return {
            **super()._metric_sources(stage, as_of),
            "points": SQL("%s.qualifying_points_12m", stage),
        }
