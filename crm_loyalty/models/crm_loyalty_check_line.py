# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models

from .crm_loyalty_terms import POINTS_DIGITS


class CrmLoyaltyCheckLine(models.Model):
    """One thing that a reconciliation found to differ."""

    _name = "crm.loyalty.check.line"
    _description = "Difference in the Loyalty Ledger"
    _order = "check_id, id"
    _rec_name = "rule"

    check_id = fields.Many2one(
        comodel_name="crm.loyalty.check",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    card_id = fields.Many2one(
        comodel_name="loyalty.card", readonly=True, index="btree_not_null"
    )
    company_id = fields.Many2one(related="card_id.company_id", store=False)
    rule = fields.Selection(
        selection=[
            ("balance", "The balance is the sum of the entries"),
            ("lots", "The balance is what the lots hold, less what is owed"),
            ("pending", "Pending points are those of the entries and promises"),
            ("debt", "What is owed is what the entries say"),
            ("sequence", "Entries are numbered without gap"),
            ("lot", "A lot holds what came in, less what went out"),
            ("transfers", "What goes out by transfer comes in elsewhere"),
        ],
        string="Rule that is broken",
        required=True,
        readonly=True,
    )
    expected = fields.Float(digits=POINTS_DIGITS, readonly=True)
    found = fields.Float(digits=POINTS_DIGITS, readonly=True)
