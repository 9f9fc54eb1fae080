# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models
from odoo.tools import SQL

from ..models.crm_loyalty_terms import POINTS_DIGITS


class CrmLoyaltyLiability(models.Model):
    """What outstanding points are expected to cost, now: one row a lot and company.

    Points belong to the company whose documents brought them. A card of one company is
    all that company's. Of a card that companies share, each lot is split in proportion
    to what the documents of each company brought into it; a lot that only restored
    points fill goes to the company of the documents that gave them back.

    Lots whose last day has passed have nothing outstanding. They are rows too: what
    lapsed of what they held is the breakage as measured.
    """

    _name = "crm.loyalty.liability"
    _description = "Points Liability"
    _auto = False
    _order = "expiry_date, id"
    _rec_name = "card_id"
    _depends = {
        "crm.loyalty.lot": ["card_id", "expiry_date", "initial", "remaining"],
        "crm.loyalty.entry": ["company_id", "debt", "kind", "lot_id", "points"],
        "crm.loyalty.allocation": ["entry_id", "lot_id", "points"],
        "loyalty.card": ["company_id", "partner_id", "program_id"],
        "loyalty.program": ["breakage_rate", "currency_id", "is_ledger", "point_value"],
        "crm.customer": ["company_id", "grade_id", "partner_id"],
        "res.partner": ["commercial_partner_id"],
    }

    card_id = fields.Many2one(
        comodel_name="loyalty.card", string="Member's card", readonly=True
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Member", readonly=True
    )
    program_id = fields.Many2one(comodel_name="loyalty.program", readonly=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        readonly=True,
        help="Of the documents that brought the points, in proportion.",
    )
    grade_id = fields.Many2one(
        comodel_name="crm.grade",
        readonly=True,
        help="Of the member now, in this company.",
    )
    currency_id = fields.Many2one(comodel_name="res.currency", readonly=True)
    expiry_date = fields.Date(
        string="Last day", readonly=True, help="Empty: points that never expire."
    )
    outstanding = fields.Float(
        digits=POINTS_DIGITS,
        readonly=True,
        help="Points whose last day has not passed, spent or taken back.",
    )
    value = fields.Monetary(
        readonly=True, help="Outstanding points, at the program's value of a point."
    )
    breakage = fields.Monetary(
        readonly=True, help="The part of the value that is never redeemed, as assumed."
    )
    liability = fields.Monetary(
        readonly=True, help="Outstanding x value of a point x (1 - breakage)."
    )
    assumed_rate = fields.Float(
        string="Breakage assumed",
        digits=(5, 4),
        readonly=True,
        aggregator="avg",
        help="By the program; of several, weighted by the value of their points.",
    )
    measured_rate = fields.Float(
        string="Breakage measured",
        digits=(5, 4),
        readonly=True,
        aggregator="avg",
        help="Expired, of what was issued and kept, of points whose last day has "
        "passed.",
    )
    closed_issued = fields.Float(
        string="Issued, day passed",
        digits=POINTS_DIGITS,
        readonly=True,
        help="Points whose last day has passed; without what was taken back by "
        "refunds or moved to another card.",
    )
    closed_expired = fields.Float(
        string="Expired, day passed",
        digits=POINTS_DIGITS,
        readonly=True,
        help="What lapsed of points whose last day has passed.",
    )

    @property
    def _table_query(self):
        return SQL(
            "WITH day AS (%s), share AS (%s), gone AS (%s) %s %s",
            self._days(),
            self._shares(),
            self._gone(),
            self._select(),
            self._from(),
        )

    def _days(self):
        """Which day it is in each program."""
        days = self.env["loyalty.card"]._ledger_days()
        if not days:
            return SQL("SELECT NULL::int AS program_id, NULL::date AS today LIMIT 0")
        return SQL(
            "SELECT * FROM (VALUES %s) AS given (program_id, today)",
            SQL(", ").join(
                SQL("(%s, %s::date)", program, today) for program, today in days.items()
            ),
        )

    def _shares(self):
        """Which part of each lot of a shared card is whose: 0 to 1, together 1."""
        return SQL(
            """SELECT lot_id, company_id,
                      points / SUM(points) OVER (PARTITION BY lot_id) AS part
                 FROM (SELECT entry.lot_id, entry.company_id,
                              SUM(entry.points + entry.debt) AS points
                         FROM crm_loyalty_entry entry
                         JOIN loyalty_card card ON card.id = entry.card_id
                        WHERE card.company_id IS NULL AND entry.lot_id IS NOT NULL
                          AND entry.points + entry.debt > 0
                        GROUP BY entry.lot_id, entry.company_id
                        UNION ALL
                       SELECT allocation.lot_id, entry.company_id,
                              SUM(allocation.points)
                         FROM crm_loyalty_allocation allocation
                         JOIN crm_loyalty_entry entry ON entry.id = allocation.entry_id
                         JOIN loyalty_card card ON card.id = entry.card_id
                        WHERE card.company_id IS NULL AND allocation.points > 0
                          AND NOT EXISTS (
                              SELECT FROM crm_loyalty_entry credit
                               WHERE credit.lot_id = allocation.lot_id
                                 AND credit.points + credit.debt > 0)
                        GROUP BY allocation.lot_id, entry.company_id) credit"""
        )

    def _gone(self):
        """What left each lot other than by being spent."""
        return SQL(
            """SELECT allocation.lot_id,
                      -SUM(allocation.points) FILTER (WHERE entry.kind = 'expire')
                          AS expired,
                      -SUM(allocation.points) FILTER (WHERE entry.kind <> 'expire')
                          AS withdrawn
                 FROM crm_loyalty_allocation allocation
                 JOIN crm_loyalty_entry entry ON entry.id = allocation.entry_id
                WHERE entry.kind IN ('expire', 'reverse_earn', 'transfer_out')
                GROUP BY allocation.lot_id"""
        )

    def _select(self):
        """Numbers are not rounded here: sums are, where they are shown."""
        return SQL(
            """SELECT row.id, row.card_id, row.partner_id, row.program_id,
                      row.company_id, row.grade_id, row.currency_id, row.expiry_date,
                      row.outstanding,
                      row.outstanding * row.point_value AS value,
                      row.outstanding * row.point_value * row.assumed_rate
                          AS breakage,
                      row.outstanding * row.point_value * (1 - row.assumed_rate)
                          AS liability,
                      row.assumed_rate,
                      row.closed_issued,
                      row.closed_expired,
                      row.closed_expired / NULLIF(row.closed_issued, 0)
                          AS measured_rate"""
        )

    def _from(self):
        return SQL(
            """FROM (
               SELECT lot.id::bigint * 100000
                          + COALESCE(share.company_id, 0) AS id,
                      lot.card_id, card.partner_id, card.program_id, customer.grade_id,
                      COALESCE(card.company_id, share.company_id) AS company_id,
                      program.currency_id, lot.expiry_date,
                      COALESCE(program.point_value, 0) AS point_value,
                      COALESCE(program.breakage_rate, 0) AS assumed_rate,
                      CASE WHEN lot.expiry_date < day.today THEN 0
                           ELSE lot.remaining * COALESCE(share.part, 1)
                           END AS outstanding,
                      CASE WHEN lot.expiry_date < day.today
                           THEN (lot.initial - COALESCE(gone.withdrawn, 0))
                                * COALESCE(share.part, 1)
                           ELSE 0 END AS closed_issued,
                      CASE WHEN lot.expiry_date < day.today
                           THEN (lot.remaining + COALESCE(gone.expired, 0))
                                * COALESCE(share.part, 1)
                           ELSE 0 END AS closed_expired
                 FROM crm_loyalty_lot lot
                 JOIN loyalty_card card ON card.id = lot.card_id
                 JOIN loyalty_program program ON program.id = card.program_id
                 JOIN day ON day.program_id = card.program_id
                 LEFT JOIN share ON share.lot_id = lot.id
                 LEFT JOIN gone ON gone.lot_id = lot.id
                 LEFT JOIN res_partner partner ON partner.id = card.partner_id
                 LEFT JOIN crm_customer customer
                   ON customer.partner_id = partner.commercial_partner_id
                  AND customer.company_id = COALESCE(card.company_id, share.company_id)
               ) AS row"""
        )

    def _read_group_select(self, aggregate_spec, query):
        """Rates of many rows are those of their sums, not a mean of rates."""
        parts = {
            "measured_rate:avg": ("closed_expired", "closed_issued"),
            "assumed_rate:avg": ("breakage", "value"),
        }
        if aggregate_spec not in parts:
            return super()._read_group_select(aggregate_spec, query)
        upper, lower = (
            self._field_to_sql(self._table, name, query)
            for name in parts[aggregate_spec]
        )
        return SQL("SUM(%s) / NULLIF(SUM(%s), 0)", upper, lower)

    def action_open_card(self):
        """Open the member of this row."""
        return self.card_id._get_records_action()
