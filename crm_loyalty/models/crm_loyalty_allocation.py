# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models

from .crm_loyalty_entry import guard_table
from .crm_loyalty_terms import POINTS_DIGITS


class CrmLoyaltyAllocation(models.Model):
    """Which lot a debit took its points from, or gave them back to. Append-only."""

    _name = "crm.loyalty.allocation"
    _description = "Allocation of Loyalty Points"
    _order = "entry_id, id"
    _rec_name = "entry_id"

    entry_id = fields.Many2one(
        comodel_name="crm.loyalty.entry",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    lot_id = fields.Many2one(
        comodel_name="crm.loyalty.lot",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    points = fields.Float(
        digits=POINTS_DIGITS,
        required=True,
        readonly=True,
        help="Below zero: taken from the lot; above: given back to it.",
    )

    _check_points = models.Constraint(
        "CHECK (points <> 0)", "An allocation moves points."
    )

    def init(self):
        guard_table(self.env.cr, self._table)
