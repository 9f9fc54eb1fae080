# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models

from .crm_loyalty_terms import POINTS_DIGITS


class CrmLoyaltyLot(models.Model):
    """The points of a card that expire on one day.

    Points with the same last day are worth the same, so that they share a lot however
    often they were earned; the entries tell where they came from. What is left is a
    projection of the ledger, written together with it.
    """

    _name = "crm.loyalty.lot"
    _description = "Lot of Loyalty Points"
    _order = "card_id, expiry_date, id"
    _rec_name = "expiry_date"

    card_id = fields.Many2one(
        comodel_name="loyalty.card", required=True, readonly=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="card_id.company_id", store=False)
    partner_id = fields.Many2one(related="card_id.partner_id", string="Member")
    program_id = fields.Many2one(related="card_id.program_id")
    expiry_date = fields.Date(
        readonly=True, help="Last day on which they can be spent; empty: for ever."
    )
    initial = fields.Float(
        string="Received", digits=POINTS_DIGITS, required=True, readonly=True
    )
    remaining = fields.Float(
        string="Left", digits=POINTS_DIGITS, required=True, readonly=True
    )

    # 'infinity' sorts last, as the points that never expire are spent last
    _card_expiry_uniq = models.UniqueIndex(
        "(card_id, COALESCE(expiry_date, 'infinity'::date))",
        "A card has one lot for each last day.",
    )
    _expiry_idx = models.Index("(expiry_date, card_id) WHERE remaining > 0")
    _check_remaining = models.Constraint(
        "CHECK (remaining >= 0 AND remaining <= initial)",
        "A lot holds between nothing and what it received.",
    )
