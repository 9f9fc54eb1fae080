# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models

from .crm_loyalty_terms import POINTS_DIGITS


class CrmLoyaltyPending(models.Model):
    """Points that are promised, and become spendable on a day that may not be known.

    One row for each entry of the kind *pending*; what is left is a projection of the
    ledger, written together with it.
    """

    _name = "crm.loyalty.pending"
    _description = "Pending Loyalty Points"
    _order = "release_date, id"
    _rec_name = "entry_id"

    entry_id = fields.Many2one(
        comodel_name="crm.loyalty.entry",
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    card_id = fields.Many2one(
        comodel_name="loyalty.card",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(related="entry_id.company_id", store=False)
    partner_id = fields.Many2one(related="card_id.partner_id", string="Member")
    program_id = fields.Many2one(related="card_id.program_id")
    res_model = fields.Char(string="Source model", readonly=True)
    res_id = fields.Many2oneReference(
        string="Source", model_field="res_model", readonly=True
    )
    initial = fields.Float(
        string="Promised", digits=POINTS_DIGITS, required=True, readonly=True
    )
    remaining = fields.Float(
        string="Pending", digits=POINTS_DIGITS, required=True, readonly=True
    )
    release_date = fields.Date(
        string="Spendable from",
        readonly=True,
        help="Empty: what they wait for has not happened yet.",
    )

    _entry_uniq = models.UniqueIndex("(entry_id)", "An entry is pending once.")
    _release_idx = models.Index("(release_date) WHERE remaining > 0")
    _source_idx = models.Index("(res_model, res_id) WHERE remaining > 0")
    _check_remaining = models.Constraint(
        "CHECK (remaining >= 0 AND remaining <= initial)",
        "Between nothing and what was promised is pending.",
    )
