# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A program with a ledger on the screen: members, campaigns, what points are worth."""

from odoo import api, fields, models

from ..tools import liability
from .crm_loyalty_terms import POINTS_DIGITS

MANAGER = "crm_loyalty.group_loyalty_manager"


class LoyaltyProgram(models.Model):
    _inherit = "loyalty.program"

    campaign_count = fields.Integer(
        string="Campaign count", compute="_compute_campaign_count"
    )
    outstanding_points = fields.Float(
        digits=POINTS_DIGITS,
        compute="_compute_outstanding_points",
        groups=MANAGER,
        help="Points that members can still spend, what is held or owed included.",
    )
    liability_amount = fields.Monetary(
        string="Liability",
        compute="_compute_outstanding_points",
        groups=MANAGER,
        help="What outstanding points are expected to cost: value, less breakage.",
    )
    measured_breakage_rate = fields.Float(
        string="Breakage as measured",
        digits=(5, 4),
        compute="_compute_outstanding_points",
        groups=MANAGER,
        help="Share that expired of all points whose last day has passed.",
    )
    has_closed_lots = fields.Boolean(
        compute="_compute_outstanding_points",
        groups=MANAGER,
        export_string_translation=False,
    )

    @api.depends("campaign_ids")
    def _compute_campaign_count(self):
        groups = self.env["crm.loyalty.campaign"]._read_group(
            [("program_id", "in", self.ids)], ["program_id"], ["__count"]
        )
        counts = {program.id: count for program, count in groups}
        for program in self:
            program.campaign_count = counts.get(program._origin.id, 0)

    @api.depends("point_value", "breakage_rate")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_outstanding_points(self):
        """As the liability report has it, for the companies that the reader sees."""
        groups = self.env["crm.loyalty.liability"]._read_group(
            [("program_id", "in", self.ids)],
            ["program_id"],
            ["outstanding:sum", "closed_expired:sum", "closed_issued:sum"],
        )
        found = {program.id: numbers for program, *numbers in groups}
        for program in self:
            points, expired, issued = found.get(program._origin.id, (0, 0, 0))
            program.outstanding_points = points
            program.liability_amount = liability.liability(
                points or 0,
                program.point_value,
                program.breakage_rate,
                program.currency_id.decimal_places or 0,
            )
            rate = liability.breakage_rate(expired or 0, issued or 0)
            program.has_closed_lots = rate is not None
            program.measured_breakage_rate = rate or 0

    # ACTIONS

    def action_open_ledger(self):
        """Have the program keep a ledger from now on; it cannot be undone."""
        self.ensure_one()
        self.write({"is_ledger": True})
        return True

    def action_open_loyalty_cards(self):
        """Members, where there is a ledger; Odoo's cards elsewhere."""
        self.ensure_one()
        if not self.is_ledger:
            return super().action_open_loyalty_cards()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_loyalty.loyalty_card_action_member"
        )
        return {
            **action,
            "domain": [("program_id", "=", self.id)],
            "context": {"default_program_id": self.id},
        }

    def action_view_campaigns(self):
        """Campaigns of the program."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_loyalty.crm_loyalty_campaign_action"
        )
        return {
            **action,
            "domain": [("program_id", "=", self.id)],
            "context": {"default_program_id": self.id},
        }

    def action_view_entries(self):
        """Entries of the program."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_loyalty.crm_loyalty_entry_action"
        )
        return {
            **action,
            "domain": [("program_id", "=", self.id)],
            "context": {"search_default_this_year": 1},
        }

    def action_view_liability(self):
        """What the points of the program are expected to cost."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_loyalty.crm_loyalty_liability_action"
        )
        return {
            **action,
            "domain": [("program_id", "=", self.id)],
            "context": {"search_default_outstanding": 1},
        }
