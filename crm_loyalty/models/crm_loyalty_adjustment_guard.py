# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.crm_service_excellence.models.measured import measured_defaults

from .crm_loyalty_input import check_points_vals

# Written by the actions, never typed.
MEASURED_FIELDS = frozenset(
    {
        "state",
        "requested_by_id",
        "first_approver_id",
        "decided_by_id",
        "date_requested",
        "date_decided",
        "outcome_note",
        "entry_id",
        "company_id",
        "program_id",
    }
)
# What it is about: settled once it was asked for.
CONTENT_FIELDS = frozenset(
    {"card_id", "points", "reason_id", "note", "expiry_date", "res_model", "res_id"}
)


class CrmLoyaltyAdjustment(models.Model):
    """What nobody types, and what is settled once it was asked for."""

    _inherit = "crm.loyalty.adjustment"

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_not_measured(vals)
            check_points_vals(self.env, {"points": 0, **vals}, ("points",), signed=True)
        if not self.env.su:
            begins = measured_defaults(self, MEASURED_FIELDS)
            vals_list = [{**begins, **vals} for vals in vals_list]
        adjustments = super().create(vals_list)
        adjustments._check_source()
        return adjustments

    def write(self, vals):
        check_points_vals(self.env, vals, ("points",), signed=True)
        if not self.env.su:
            self._check_not_measured(vals)
            if CONTENT_FIELDS.intersection(vals):
                self._check_draft()
        result = super().write(vals)
        if {"res_model", "res_id"}.intersection(vals):
            self._check_source()
        return result

    @api.model
    def _check_not_measured(self, vals):
        """:raise AccessError: what the actions write cannot be typed."""
        if not self.env.su and MEASURED_FIELDS.intersection(vals):
            raise AccessError(
                self.env._("Who decides on an adjustment, and when, cannot be typed.")
            )

    def _check_draft(self):
        """:raise UserError: it was asked for already; AccessError: it is another's."""
        for adjustment in self:
            if adjustment.state != "draft":
                raise UserError(
                    self.env._(
                        "%(adjustment)s was asked for: it is not changed any more.",
                        adjustment=adjustment.display_name,
                    )
                )
            if adjustment.requested_by_id != self.env.user and not self.env.su:
                raise AccessError(
                    self.env._("A draft is changed and asked for by who began it.")
                )

    def _check_source(self):
        """:raise AccessError: a source that the user may not read; UserError: none"""
        if self.env.su:
            return
        for adjustment in self:
            if not (adjustment.res_model or adjustment.res_id):
                continue
            source = adjustment._source()
            if source is None:
                raise UserError(self.env._("The record it is about does not exist."))
            source.check_access("read")

    @api.ondelete(at_uninstall=False)
    def _unlink_except_asked(self):
        self._check_draft()
