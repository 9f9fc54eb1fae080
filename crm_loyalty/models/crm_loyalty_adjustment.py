# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .crm_loyalty_amount import format_points
from .crm_loyalty_terms import POINTS_DIGITS

STATES = [
    ("draft", "Draft"),
    ("requested", "Requested"),
    ("posted", "Posted"),
    ("refused", "Refused"),
]


class CrmLoyaltyAdjustment(models.Model):
    """Points that a person adds to a card or takes off it, and why.

    Within the limit of the requester's role it is posted at once; above it a second
    person decides (``crm_loyalty_adjustment_life.py``). What nobody types is in
    ``crm_loyalty_adjustment_guard.py``.
    """

    _name = "crm.loyalty.adjustment"
    _description = "Points Adjustment"
    _inherit = ["crm.approval.mixin"]
    _order = "create_date desc, id desc"
    _rec_names_search = ["partner_id", "note"]
    _decided_for = ("card_id.partner_id",)

    state = fields.Selection(
        selection=STATES,
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
        group_expand=True,
    )
    card_id = fields.Many2one(
        comodel_name="loyalty.card",
        required=True,
        index=True,
        ondelete="restrict",
        domain=[("is_ledger", "=", True)],
    )
    partner_id = fields.Many2one(related="card_id.partner_id", string="Member")
    program_id = fields.Many2one(related="card_id.program_id", store=True, index=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        compute="_compute_company_id",
        store=True,
        precompute=True,
        index=True,
        help="That of the program; of a shared one, that of who asks.",
    )
    points = fields.Float(
        digits=POINTS_DIGITS,
        required=True,
        tracking=True,
        help="Below 0: taken off the card.",
    )
    balance = fields.Float(
        string="Can be spent now", related="card_id.available_points"
    )
    reason_id = fields.Many2one(
        comodel_name="crm.loyalty.adjustment.reason",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
    )
    expiry_date = fields.Date(
        string="Last day",
        help="Of points that are added; empty: as the program says.",
    )

    # Who decided, and when: written by the actions
    requested_by_id = fields.Many2one(required=True)
    first_approver_id = fields.Many2one(
        comodel_name="res.users",
        string="First approval by",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        help="Of two managers whom so many points take.",
    )
    decided_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Decided by",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    outcome_note = fields.Text(tracking=True)
    entry_id = fields.Many2one(
        comodel_name="crm.loyalty.entry",
        string="Ledger entry",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    may_decide = fields.Boolean(
        string="Waits for me",
        compute="_compute_may_decide",
        search="_search_may_decide",
    )

    _check_points = models.Constraint(
        "CHECK (points <> 0)", "An adjustment moves points."
    )

    # COMPUTES

    @api.depends("card_id")
    def _compute_company_id(self):
        for adjustment in self:
            adjustment.company_id = (
                adjustment.card_id.company_id
                or adjustment.company_id
                or self.env.company
            )

    @api.depends("card_id", "points")
    def _compute_display_name(self):
        for adjustment in self:
            adjustment.display_name = self.env._(
                "%(points)s points, %(member)s",
                points=("+" if adjustment.points > 0 else "")
                + format_points(adjustment.points),
                member=adjustment.partner_id.display_name
                or adjustment.card_id.code
                or "",
            )

    # CONSTRAINTS

    @api.constrains("points", "reason_id")
    def _check_direction(self):
        for adjustment in self:
            direction = adjustment.reason_id.direction
            if (direction == "credit" and adjustment.points < 0) or (
                direction == "debit" and adjustment.points > 0
            ):
                raise ValidationError(
                    self.env._(
                        "“%(reason)s” is no reason for %(points)s points.",
                        reason=adjustment.reason_id.name,
                        points=format_points(adjustment.points),
                    )
                )

    @api.constrains("card_id")
    def _check_card(self):
        for adjustment in self:
            if not adjustment.card_id.is_ledger:
                raise ValidationError(
                    self.env._(
                        "%(program)s keeps no points ledger.",
                        program=adjustment.card_id.program_id.display_name,
                    )
                )

    # SCREENS

    def action_open_card(self):
        """Show the member's card."""
        self.ensure_one()
        return self.card_id._get_records_action(context={})


class LoyaltyCard(models.Model):
    _inherit = "loyalty.card"

    def action_adjust_points(self):
        """Open the form that adjusts the member's points."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Adjust Points"),
            "res_model": "crm.loyalty.adjustment",
            "view_mode": "form",
            "views": [
                (
                    self.env.ref("crm_loyalty.crm_loyalty_adjustment_view_ask").id,
                    "form",
                )
            ],
            "target": "new",
            "context": {"default_card_id": self.id},
        }

    def action_loyalty_update_balance(self):
        """A balance with a ledger is adjusted, with a reason."""
        if len(self) == 1 and self.is_ledger:
            return self.action_adjust_points()
        return super().action_loyalty_update_balance()
