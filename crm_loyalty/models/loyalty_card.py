# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.tools import SQL

from .crm_loyalty_terms import POINTS_DIGITS

MEMBER_GROUP = "crm_loyalty.group_loyalty_user"


class LoyaltyCard(models.Model):
    """A member's card. In a program with a ledger ``points`` is what the ledger says.

    ``ledger_seq`` is the number of the last entry. Every posting updates it, which is
    what keeps two transactions apart under REPEATABLE READ: a lock alone would let the
    second one decide on what it saw before the first.
    """

    _inherit = "loyalty.card"

    is_ledger = fields.Boolean(
        string="Has a ledger",
        related="program_id.is_ledger",
        store=True,
        precompute=True,
    )
    ledger_seq = fields.Integer(
        string="Entries", default=0, readonly=True, copy=False, aggregator=None
    )
    pending_points = fields.Float(
        string="Pending",
        digits=POINTS_DIGITS,
        readonly=True,
        copy=False,
        help="Promised, and not yet spendable.",
    )
    debt_points = fields.Float(
        string="Owed",
        digits=POINTS_DIGITS,
        readonly=True,
        copy=False,
        help="Taken back after they had been spent; the next points pay for it.",
    )
    held_points = fields.Float(
        string="Held",
        digits=POINTS_DIGITS,
        compute="_compute_available_points",
        help="Set aside for carts that are being paid.",
    )
    available_points = fields.Float(
        string="Available",
        digits=POINTS_DIGITS,
        compute="_compute_available_points",
        help="What can be spent now: no expired points, nothing owed, nothing held.",
    )
    entry_ids = fields.One2many(
        comodel_name="crm.loyalty.entry",
        inverse_name="card_id",
        string="Entries of the ledger",
        readonly=True,
    )
    lot_ids = fields.One2many(
        comodel_name="crm.loyalty.lot",
        inverse_name="card_id",
        string="Points by last day",
        readonly=True,
        domain=[("remaining", ">", 0)],
    )
    pending_ids = fields.One2many(
        comodel_name="crm.loyalty.pending",
        inverse_name="card_id",
        string="Promises",
        readonly=True,
        domain=[("remaining", ">", 0)],
    )
    hold_ids = fields.One2many(
        comodel_name="crm.loyalty.hold",
        inverse_name="card_id",
        string="Holds",
        readonly=True,
        domain=[("state", "=", "open")],
    )

    # An index: a constraint would have a merge of contacts delete cards (its wizard
    # looks for constraints, and removes what they would refuse)
    _member_uniq = models.UniqueIndex(
        "(program_id, partner_id) WHERE is_ledger AND active "
        "AND partner_id IS NOT NULL",
        "This member has a card of the program already.",
    )

    @api.depends("points", "pending_points", "debt_points")
    def _compute_available_points(self):
        held = self._held_elsewhere()
        expired = self._expired_unsettled()
        for card in self:
            card.held_points = held.get(card.id, 0)
            card.available_points = (
                card.points - expired.get(card.id, 0) - card.held_points
            )

    def _held_elsewhere(self, keys=()):
        """Points of open holds whose time is not over, but for those under ``keys``.

        :return: ``{card id: points}``
        """
        groups = self.env["crm.loyalty.hold"]._read_group(
            [
                ("card_id", "in", self.ids),
                ("state", "=", "open"),
                ("expires_at", ">", fields.Datetime.now()),
                ("key", "not in", list(keys)),
            ],
            ["card_id"],
            ["points:sum"],
        )
        return {card.id: points for card, points in groups}

    def _expired_unsettled(self):
        """Points whose last day has passed, which the job has not settled yet.

        :return: ``{card id: points}``
        """
        found = {}
        for program, cards in self.grouped("program_id").items():
            if not program.is_ledger:
                continue
            groups = self.env["crm.loyalty.lot"]._read_group(
                [
                    ("card_id", "in", cards.ids),
                    ("remaining", ">", 0),
                    ("expiry_date", "<", program._crm_today()),
                ],
                ["card_id"],
                ["remaining:sum"],
            )
            found.update({card.id: points for card, points in groups})
        return found

    def _member_grades(self, company=None):
        """The grade of each member in a company; the one place that looks it up.

        :param company: ``res.company``; the current one by default
        :return: ``{card id: crm.grade id or None}``
        """
        # by SQL: whoever sells to a member posts for it, own customer or not
        self.env["crm.customer"].flush_model(["partner_id", "company_id", "grade_id"])
        self.flush_recordset(["partner_id"])
        company = company or self.env.company
        rows = self.env.execute_query(
            SQL(
                """SELECT card.id, customer.grade_id
                     FROM loyalty_card card
                     LEFT JOIN res_partner partner ON partner.id = card.partner_id
                     LEFT JOIN crm_customer customer
                       ON customer.partner_id = partner.commercial_partner_id
                      AND customer.company_id = %s
                    WHERE card.id = ANY(%s)""",
                company.id,
                self.ids,
            )
        )
        return dict(rows)
