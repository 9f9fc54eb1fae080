# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models

from .crm_loyalty_terms import POINTS_DIGITS


class AccountMoveLine(models.Model):
    """A line of a credit note may withhold the worth of points that were spent."""

    _inherit = "account.move.line"

    loyalty_card_id = fields.Many2one(
        comodel_name="loyalty.card",
        string="Points withheld of",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    loyalty_withheld_points = fields.Float(
        string="Points withheld", digits=POINTS_DIGITS, readonly=True, copy=False
    )
