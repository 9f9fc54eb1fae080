# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models


class CrmLoyaltyAdjustmentReason(models.Model):
    """Why points are adjusted by hand, in words that can be counted."""

    _name = "crm.loyalty.adjustment.reason"
    _description = "Reason of a Points Adjustment"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(help="What the addon and imports call it by.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    direction = fields.Selection(
        selection=[
            ("both", "Adds or takes"),
            ("credit", "Adds points"),
            ("debit", "Takes points"),
        ],
        default="both",
        required=True,
    )

    _code_uniq = models.UniqueIndex(
        "(code) WHERE code IS NOT NULL", "There is a reason with this code already."
    )

    def copy_data(self, default=None):
        """A copy has no code of its own."""
        return [{**vals, "code": False} for vals in super().copy_data(default)]

    @api.model
    def _by_code(self, code):
        """The reason of a code, else any: what native screens give no reason for."""
        # sudo: reasons are nobody's secret, and the screens of Odoo know none
        reasons_sudo = self.sudo().with_context(active_test=False)
        return (
            reasons_sudo.search([("code", "=", code)], limit=1)
            or reasons_sudo.search([("direction", "=", "both")], limit=1)
            or reasons_sudo.create({"name": self.env._("Other"), "code": code})
        )
