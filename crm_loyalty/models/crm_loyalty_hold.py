# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models

from .crm_loyalty_terms import POINTS_DIGITS


class CrmLoyaltyHold(models.Model):
    """Points set aside for a cart that is being paid.

    No part of the ledger: the balance stays, what others can spend falls. It ends by
    being used, voided, or by its time.
    """

    _name = "crm.loyalty.hold"
    _description = "Held Loyalty Points"
    _order = "expires_at desc, id desc"
    _rec_name = "key"

    card_id = fields.Many2one(
        comodel_name="loyalty.card",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(related="card_id.company_id", store=False)
    partner_id = fields.Many2one(related="card_id.partner_id", string="Member")
    key = fields.Char(required=True, readonly=True)
    points = fields.Float(digits=POINTS_DIGITS, required=True, readonly=True)
    expires_at = fields.Datetime(string="Held until", required=True, readonly=True)
    state = fields.Selection(
        selection=[("open", "Held"), ("used", "Used"), ("void", "Voided")],
        default="open",
        required=True,
        readonly=True,
    )
    res_model = fields.Char(string="Source model", readonly=True)
    res_id = fields.Many2oneReference(
        string="Source", model_field="res_model", readonly=True
    )

    _key_uniq = models.UniqueIndex("(key, card_id)", "Points are held once for a cart.")
    _open_idx = models.Index("(card_id, expires_at) WHERE state = 'open'")
    _check_points = models.Constraint("CHECK (points > 0)", "A hold holds points.")
