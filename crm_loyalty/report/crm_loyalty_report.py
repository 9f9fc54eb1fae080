# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models
from odoo.tools import SQL

from ..models.crm_loyalty_terms import KINDS, POINTS_DIGITS


class CrmLoyaltyReport(models.Model):
    """What came, went and lapsed: one row for each entry of the ledger, to be added up.

    Earned, gifts, redeemed, expired, taken back and other movements are all there is:
    ``net = issued + gifts - redeemed - expired - reversed + other``. What takes a
    reversal back again counts against the reversals, not as a new purchase.
    """

    _name = "crm.loyalty.report"
    _description = "Points Analysis"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "kind"
    _depends = {
        "crm.loyalty.entry": [
            "card_id",
            "company_id",
            "effective_date",
            "grade_id",
            "kind",
            "pending",
            "points",
            "program_id",
            "qualifying_points",
            "reverses_id",
        ],
        "loyalty.card": ["partner_id"],
    }

    card_id = fields.Many2one(
        comodel_name="loyalty.card", string="Member's card", readonly=True
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Member", readonly=True
    )
    program_id = fields.Many2one(comodel_name="loyalty.program", readonly=True)
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    grade_id = fields.Many2one(
        comodel_name="crm.grade",
        readonly=True,
        help="The member's grade when the points moved.",
    )
    kind = fields.Selection(selection=KINDS, readonly=True)
    date = fields.Date(readonly=True)
    issued = fields.Float(
        string="Earned",
        digits=POINTS_DIGITS,
        readonly=True,
        help="Earned by purchases; pending points when they are released.",
    )
    gifts = fields.Float(
        digits=POINTS_DIGITS,
        readonly=True,
        help="For events and as goodwill.",
    )
    redeemed = fields.Float(
        digits=POINTS_DIGITS, readonly=True, help="Less redemptions that were undone."
    )
    expired = fields.Float(digits=POINTS_DIGITS, readonly=True)
    reversed = fields.Float(
        string="Taken back",
        digits=POINTS_DIGITS,
        readonly=True,
        help="Of what had been earned, by refunds and cancelled orders.",
    )
    other = fields.Float(
        digits=POINTS_DIGITS,
        readonly=True,
        help="Adjustments, opening balances and transfers.",
    )
    net = fields.Float(
        digits=POINTS_DIGITS, readonly=True, help="What the balances changed by."
    )
    pending = fields.Float(
        digits=POINTS_DIGITS, readonly=True, help="What pending points changed by."
    )
    qualifying_points = fields.Float(
        string="Qualifying", digits=POINTS_DIGITS, readonly=True
    )

    @property
    def _table_query(self):
        return SQL("%s %s", self._select(), self._from())

    def _select(self):
        return SQL(
            """SELECT entry.id,
                      entry.card_id,
                      card.partner_id,
                      entry.program_id,
                      entry.company_id,
                      entry.grade_id,
                      entry.kind,
                      entry.effective_date AS date,
                      CASE WHEN entry.kind = 'release'
                             OR (entry.kind = 'earn' AND entry.reverses_id IS NULL)
                           THEN entry.points ELSE 0 END AS issued,
                      CASE WHEN entry.kind IN ('event', 'goodwill')
                           THEN entry.points ELSE 0 END AS gifts,
                      CASE WHEN entry.kind IN ('redeem', 'reverse_redeem')
                           THEN -entry.points ELSE 0 END AS redeemed,
                      CASE WHEN entry.kind = 'expire'
                           THEN -entry.points ELSE 0 END AS expired,
                      CASE WHEN entry.kind = 'reverse_earn'
                             OR (entry.kind = 'earn' AND entry.reverses_id IS NOT NULL)
                           THEN -entry.points ELSE 0 END AS reversed,
                      CASE WHEN entry.kind IN
                                ('adjust', 'opening', 'transfer_in', 'transfer_out')
                           THEN entry.points ELSE 0 END AS other,
                      entry.points AS net,
                      entry.pending,
                      entry.qualifying_points"""
        )

    def _from(self):
        return SQL(
            """  FROM crm_loyalty_entry entry
                 JOIN loyalty_card card ON card.id = entry.card_id"""
        )

    def action_open_entry(self):
        """Open the entry of this row."""
        return self.env["crm.loyalty.entry"].browse(self.id)._get_records_action()
