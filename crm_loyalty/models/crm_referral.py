# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .loyalty_card_write import MANAGER_GROUP

STATES = [
    ("pending", "Pending"),
    ("qualified", "Qualified"),
    ("rewarded", "Rewarded"),
    ("rejected", "Rejected"),
    ("reversed", "Reversed"),
]
SOURCES = [("staff", "Told to us"), ("lead", "Lead"), ("link", "Link of a member")]
REASONS = [
    ("same_person", "Same person or household"),
    ("customer", "Was a customer already"),
    ("second", "Somebody else was first"),
    ("merged", "Contacts merged"),
    ("withdrawn", "Withdrawn"),
    ("cancelled", "Order cancelled"),
    ("refunded", "Order refunded"),
]
#: recommendations that won a customer
WON = ("qualified", "rewarded")


class CrmReferral(models.Model):
    """Who recommended us to whom, what came of it, and what both got for it.

    Pending until the first order of the recommended customer is paid and as old as the
    program says; then both sides get points, which go back if that order is cancelled
    or refunded. Written by its own steps only: nobody types a state.
    """

    _name = "crm.referral"
    _description = "Referral"
    _inherit = ["mail.thread"]
    _order = "date desc, id desc"
    _check_company_auto = True

    referrer_id = fields.Many2one(
        comodel_name="res.partner",
        string="Recommended by",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    referred_id = fields.Many2one(
        comodel_name="res.partner",
        string="Recommended to",
        readonly=True,
        ondelete="set null",
        help="The new customer. Empty as long as there is a lead only.",
    )
    lead_id = fields.Many2one(
        comodel_name="crm.lead",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.company,
    )
    program_id = fields.Many2one(
        comodel_name="loyalty.program",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        help="Says how old the first order has to be.",
    )
    source = fields.Selection(
        selection=SOURCES, required=True, readonly=True, default="staff"
    )
    code = fields.Char(readonly=True, copy=False, help="Of the link that was followed.")
    date = fields.Datetime(
        string="Recommended on",
        required=True,
        readonly=True,
        default=fields.Datetime.now,
    )
    state = fields.Selection(
        selection=STATES,
        required=True,
        readonly=True,
        default="pending",
        tracking=True,
        copy=False,
    )
    reason_kind = fields.Selection(
        selection=REASONS, string="Why not", readonly=True, copy=False
    )
    reason = fields.Char(readonly=True, copy=False, tracking=True)
    is_accepted = fields.Boolean(
        string="Accepted by a manager",
        readonly=True,
        copy=False,
        help="Two people after all: not asked again.",
    )
    order_id = fields.Many2one(
        comodel_name="sale.order",
        string="First order",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    due_date = fields.Date(
        string="Counts from",
        readonly=True,
        copy=False,
        help="The first order is old enough then; it has to be paid as well.",
    )
    qualified_date = fields.Date(readonly=True, copy=False)
    rewarded_date = fields.Date(readonly=True, copy=False)
    reversed_date = fields.Date(readonly=True, copy=False)
    referrer_entry_id = fields.Many2one(
        comodel_name="crm.loyalty.entry",
        string="Entry for who recommended",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    referred_entry_id = fields.Many2one(
        comodel_name="crm.loyalty.entry",
        string="Entry for the new customer",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    referrer_points = fields.Float(
        related="referrer_entry_id.points", string="Points for who recommended"
    )
    referred_points = fields.Float(
        related="referred_entry_id.points", string="Points for the new customer"
    )
    referrer_user_id = fields.Many2one(
        related="referrer_id.user_id", string="Salesperson"
    )

    # An index: with a constraint a merge of contacts would delete referrals
    _referred_uniq = models.UniqueIndex(
        "(referred_id, company_id) WHERE state NOT IN ('rejected', 'reversed') "
        "AND referred_id IS NOT NULL",
        "Somebody has recommended us to this customer already.",
    )
    _check_two = models.Constraint(
        "CHECK (referrer_id <> referred_id OR state IN ('rejected', 'reversed', "
        "'rewarded'))",
        "Nobody recommends us to themselves.",
    )
    _check_reason = models.Constraint(
        "CHECK (state NOT IN ('rejected', 'reversed') OR reason <> '')",
        "A referral that is rejected or reversed says why.",
    )

    @api.depends("referrer_id", "referred_id", "lead_id")
    def _compute_display_name(self):
        for referral in self:
            whom = referral.referred_id.display_name or referral.lead_id.display_name
            referral.display_name = (
                self.env._(
                    "%(referrer)s to %(referred)s",
                    referrer=referral.referrer_id.display_name,
                    referred=whom,
                )
                if whom
                else referral.referrer_id.display_name
            )

    # ACTIONS

    def action_accept(self):
        """Two people after all: what was rejected is pending again."""
        self._check_manager()
        for referral in self:
            if referral.state != "rejected" or referral.reason_kind in (
                "second",
                "merged",
            ):
                raise UserError(
                    self.env._(
                        "%(referral)s cannot be accepted: %(reason)s",
                        referral=referral.display_name,
                        reason=referral.reason
                        or self.env._("it has not been rejected."),
                    )
                )
        # sudo: the group was checked; states are nobody's to type
        self.sudo().write(
            {
                "state": "pending",
                "reason_kind": False,
                "reason": False,
                "is_accepted": True,
            }
        )

    def action_reject(self):
        """It does not count, as a manager says."""
        self._check_manager()
        self._reject(
            "withdrawn", self.env._("Rejected by %(user)s.", user=self.env.user.name)
        )

    def action_qualify(self):
        """See now whether it counts, without waiting for tonight."""
        self._check_manager()
        for referral in self.sudo():  # the group was checked
            referral._qualify()

    def action_view_entries(self):
        """Open what was posted for it, and what was taken back."""
        self.ensure_one()
        entries = self.referrer_entry_id | self.referred_entry_id
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Points"),
            "res_model": "crm.loyalty.entry",
            "view_mode": "list,form",
            "domain": [
                "|",
                ("id", "in", entries.ids),
                ("reverses_id", "in", entries.ids),
            ],
        }

    def _check_manager(self):
        """:raise AccessError: who asks does not decide on referrals"""
        self.check_access("read")
        if not self.env.user.has_group(MANAGER_GROUP):
            raise AccessError(
                self.env._("Managers of the loyalty program decide on referrals.")
            )
