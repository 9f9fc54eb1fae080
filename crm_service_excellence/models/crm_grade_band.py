# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from decimal import Decimal

from odoo import api, fields, models

from ..tools.scoring import Rung


class CrmGradeBand(models.Model):
    """From ``lower`` (inclusive) up to the next band, a value earns ``points``.

    Only the lower bound is typed: the upper one is the next band's, so that an
    overlap or a hole can hardly be written down.
    """

    _name = "crm.grade.band"
    _description = "Grading Band"
    _order = "criterion_id, lower, id"

    criterion_id = fields.Many2one(
        comodel_name="crm.grade.criterion",
        required=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(
        related="criterion_id.company_id", store=True, index=True
    )
    lower = fields.Float(string="From", digits=(16, 2), required=True)
    upper = fields.Float(
        string="Below",
        digits=(16, 2),
        compute="_compute_upper",
        help="Where the next band starts; 0 for the last band.",
    )
    points = fields.Float(digits=(5, 2), required=True)

    @api.depends("lower", "criterion_id.band_ids.lower")
    def _compute_upper(self):
        for band in self:
            above = [
                other.lower
                for other in band.criterion_id.band_ids
                if other.lower > band.lower
            ]
            band.upper = min(above, default=0.0)

    @api.model_create_multi
    def create(self, vals_list):
        bands = super().create(vals_list)
        bands.criterion_id.policy_id._check_editable()
        return bands

    def write(self, vals):
        self.criterion_id.policy_id._check_editable()
        result = super().write(vals)
        self.criterion_id.policy_id._check_editable()  # where it was moved to
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_active(self):
        self.criterion_id.policy_id._check_editable()

    def _rungs(self):
        """The bands as a sorted ladder of exact decimals."""
        return sorted(
            Rung(Decimal(str(band.lower)), Decimal(str(band.points))) for band in self
        )
