# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models

from .crm_loyalty_input import check_points_vals

# Written by the actions, never typed.
MEASURED_FIELDS = frozenset(
    {"first_approver_id", "decided_by_id", "entry_id", "company_id", "program_id"}
)
# What it is about: settled once it was asked for.
CONTENT_FIELDS = frozenset({"card_id", "points", "reason_id", "expiry_date"})


class CrmLoyaltyAdjustment(models.Model):
    """What nobody types, and what is settled once it was asked for."""

    _inherit = "crm.loyalty.adjustment"

    @api.model
    def _prepare_request(self, vals):
        check_points_vals(self.env, {"points": 0, **vals}, ("points",), signed=True)
        return super()._prepare_request(vals)

    def write(self, vals):
        check_points_vals(self.env, vals, ("points",), signed=True)
        return super().write(vals)

    @api.model
    def _content_fields(self):
        return super()._content_fields() | CONTENT_FIELDS

    @api.model
    def _measured_fields(self):
        return super()._measured_fields() | MEASURED_FIELDS

    def _approval_words(self):
        return {
            "own": self.env._("Who asks for points does not decide on them."),
            "self": self.env._("Nobody decides on points of one's own."),
            "state": self.env._(
                "%(adjustment)s is %(state)s: it waits for nobody.",
                adjustment=self.display_name,
                state=self._state_word(),
            ),
            "asked": self.env._(
                "%(adjustment)s was asked for: it is not changed any more.",
                adjustment=self.display_name,
            ),
            "draft": self.env._("A draft is changed and asked for by who began it."),
            "measured": self.env._(
                "Who decides on an adjustment, and when, cannot be typed."
            ),
            "note": self.env._("Say why the points are adjusted."),
            "source": self.env._("The record it is about does not exist."),
        }

    @api.ondelete(at_uninstall=False)
    def _unlink_except_asked(self):
        self._check_draft()
