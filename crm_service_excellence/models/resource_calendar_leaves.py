# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models


class ResourceCalendarLeaves(models.Model):
    _inherit = "resource.calendar.leaves"

    holiday_key = fields.Char(readonly=True, copy=False, index="btree_not_null")
    is_predicted = fields.Boolean(
        string="Predicted",
        readonly=True,
        help="Imported before the year was announced: import it again later.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        leaves = super().create(vals_list)
        leaves._forget_working_times()
        return leaves

    def write(self, vals):
        self._forget_working_times()
        result = super().write(vals)
        self._forget_working_times()
        return result

    def unlink(self):
        self._forget_working_times()
        return super().unlink()

    def _forget_working_times(self):
        """Time off of one person closes nothing: the caches stay warm."""
        if any(not leave.resource_id for leave in self):
            self.env.registry.clear_cache()
