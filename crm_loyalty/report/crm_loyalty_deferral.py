# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models
from odoo.tools import SQL

from ..models.crm_loyalty_terms import KINDS, POINTS_DIGITS


class CrmLoyaltyDeferral(models.Model):
    """Revenue that the points of each sale defer: one row for each earning.

    By relative stand-alone prices, sale by sale: what was sold counts at its price as
    the snapshot of the earning has it, in the currency of the program: what earned
    points, and no more than it cost without tax. The points count at their value less
    breakage (``tools/liability.py``). What takes back points takes back its part of the
    deferral, in the period of the refund.
    """

    _name = "crm.loyalty.deferral"
    _description = "Revenue Deferred for Points"
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
            "reverses_id",
            "snapshot",
        ],
        "loyalty.card": ["partner_id"],
        "loyalty.program": ["breakage_rate", "currency_id", "point_value"],
    }

    card_id = fields.Many2one(
        comodel_name="loyalty.card", string="Member's card", readonly=True
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Member", readonly=True
    )
    program_id = fields.Many2one(comodel_name="loyalty.program", readonly=True)
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    grade_id = fields.Many2one(comodel_name="crm.grade", readonly=True)
    currency_id = fields.Many2one(comodel_name="res.currency", readonly=True)
    kind = fields.Selection(selection=KINDS, readonly=True)
    date = fields.Date(readonly=True)
    points = fields.Float(
        string="Points earned",
        digits=POINTS_DIGITS,
        readonly=True,
        help="Pending ones too: they are promised with the sale.",
    )
    consideration = fields.Monetary(
        string="Sold", readonly=True, help="Price of what earned points, without tax."
    )
    stand_alone = fields.Monetary(
        string="Value of the points",
        readonly=True,
        help="Points x value of a point x (1 - breakage).",
    )
    deferred = fields.Monetary(
        string="Deferred revenue",
        readonly=True,
        help="Sold x value of the points / (sold + value of the points).",
    )
    recognised = fields.Monetary(
        string="Revenue at once",
        readonly=True,
        help="Sold, less what is deferred until the points are redeemed or expire.",
    )
    deferred_share = fields.Float(
        string="Share deferred", digits=(5, 4), readonly=True, aggregator="avg"
    )

    @property
    def _table_query(self):
        return SQL("%s %s", self._select(), self._from())

    def _select(self):
        return SQL(
            """SELECT sale.*,
                      sale.consideration - sale.deferred AS recognised,
                      sale.deferred / NULLIF(sale.consideration, 0) AS deferred_share
                 FROM (SELECT part.*, COALESCE(part.consideration * part.stand_alone
                              / NULLIF(part.consideration + part.stand_alone, 0), 0)
                              AS deferred"""
        )

    def _from(self):
        """The earning that started it all is at most three steps back: what undoes a
        reversal names it, that names the release, and that the pending points."""
        return SQL(
            """          FROM (SELECT entry.id, entry.card_id, card.partner_id,
                              entry.program_id, entry.company_id, root.grade_id,
                              program.currency_id, entry.kind,
                              entry.effective_date AS date,
                              entry.points + entry.pending AS points,
                              sold.price * (entry.points + entry.pending)
                                  / (root.points + root.pending) AS consideration,
                              (entry.points + entry.pending)
                                  * COALESCE(program.point_value, 0)
                                  * (1 - COALESCE(program.breakage_rate, 0))
                                  AS stand_alone
                         FROM crm_loyalty_entry entry
                         JOIN loyalty_card card ON card.id = entry.card_id
                         JOIN loyalty_program program ON program.id = entry.program_id
                         LEFT JOIN crm_loyalty_entry one ON one.id = entry.reverses_id
                         LEFT JOIN crm_loyalty_entry two ON two.id = one.reverses_id
                         JOIN crm_loyalty_entry root ON root.id = COALESCE(
                              two.reverses_id, one.reverses_id, entry.reverses_id,
                              entry.id)
                         JOIN LATERAL (
                              SELECT GREATEST(SUM(LEAST(
                                     (line ->> 'base')::numeric,
                                     CASE WHEN (line ->> 'base')::numeric > 0
                                          THEN (line ->> 'amount')::numeric
                                               * (root.snapshot ->> 'rate')::numeric
                                          END)), 0) AS price
                                FROM jsonb_array_elements(root.snapshot -> 'lines') line
                              ) sold ON TRUE
                        WHERE entry.kind IN
                              ('earn', 'pending', 'reverse_earn', 'void_pending')
                          AND root.kind IN ('earn', 'pending')
                          AND root.points + root.pending > 0
                          AND jsonb_typeof(root.snapshot -> 'lines') = 'array'
                       ) part) sale"""
        )

    def _read_group_select(self, aggregate_spec, query):
        """The share of many sales is that of their sums."""
        if aggregate_spec != "deferred_share:avg":
            return super()._read_group_select(aggregate_spec, query)
        return SQL(
            "SUM(%s) / NULLIF(SUM(%s), 0)",
            self._field_to_sql(self._table, "deferred", query),
            self._field_to_sql(self._table, "consideration", query),
        )

    def action_open_entry(self):
        """Open the entry of this row."""
        return self.env["crm.loyalty.entry"].browse(self.id)._get_records_action()
