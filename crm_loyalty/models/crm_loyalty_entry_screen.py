# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What an entry says to people: where it came from, and how it was reckoned."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from .crm_loyalty_amount import format_points
from .crm_loyalty_terms import POINTS_DIGITS


class CrmLoyaltyEntry(models.Model):
    _inherit = "crm.loyalty.entry"

    source_name = fields.Char(
        string="Document",
        compute="_compute_source_name",
        help="The document that moved the points, if you may see it.",
    )
    arithmetic = fields.Char(
        compute="_compute_arithmetic",
        help="How the points of this earning were reckoned, when it was posted.",
    )
    moved_points = fields.Float(
        string="Points moved",
        digits=POINTS_DIGITS,
        compute="_compute_moved_points",
        aggregator=None,
        help="What the balance changes by; of entries that only concern pending "
        "points, what those change by.",
    )
    explanation = fields.Char(
        string="Why",
        compute="_compute_arithmetic",
        help="How the points were reckoned, else the reason that was given.",
    )
    reversed_points = fields.Float(
        string="Taken back",
        digits=POINTS_DIGITS,
        compute="_compute_reversed_points",
        help="What later entries took back of this one.",
    )
    reversal_ids = fields.One2many(
        comodel_name="crm.loyalty.entry",
        inverse_name="reverses_id",
        string="Taken back by",
        readonly=True,
    )

    @api.depends("kind", "points", "pending", "seq")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for entry in self:
            entry.display_name = self.env._(
                "%(kind)s: %(points)s (no. %(number)s)",
                kind=kinds.get(entry.kind, ""),
                points=format_points(entry.points or entry.pending),
                number=entry.seq,
            )

    @api.depends("res_model", "res_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_source_name(self):
        """Names under the reader's own rights; one read for each kind of document."""
        self.source_name = False
        for model, entries in self.grouped("res_model").items():
            if not model or model not in self.env:
                continue
            sources = self.env[model].browse(entries.mapped("res_id")).exists()
            if not sources.has_access("read"):
                sources = sources._filtered_access("read")
            names = {source.id: source.display_name for source in sources}
            for entry in entries:
                entry.source_name = names.get(entry.res_id, False)

    @api.depends("points", "pending")
    def _compute_moved_points(self):
        for entry in self:
            entry.moved_points = entry.points or entry.pending

    @api.depends("snapshot", "reason")
    def _compute_arithmetic(self):
        for entry in self:
            entry.arithmetic = entry._arithmetic() or False
            entry.explanation = entry.arithmetic or entry.reason

    @api.depends("reversal_ids")
    def _compute_reversed_points(self):
        kinds = ("reverse_earn", "reverse_redeem", "void_pending")
        groups = self._read_group(
            [("reverses_id", "in", self.ids), ("kind", "in", kinds)],
            ["reverses_id"],
            ["points:sum", "pending:sum"],
        )
        found = {entry.id: abs(points + pending) for entry, points, pending in groups}
        for entry in self:
            entry.reversed_points = found.get(entry.id, 0)

    def action_open_source(self):
        """Open the document that moved the points, in its own form."""
        self.ensure_one()
        if not self.res_model or self.res_model not in self.env:
            raise UserError(self.env._("These points have no document behind them."))
        source = self.env[self.res_model].browse(self.res_id).exists()
        if not source:
            raise UserError(
                self.env._("The document behind these points does not exist any more.")
            )
        source.check_access("read")
        return source._get_records_action()


class CrmLoyaltyLot(models.Model):
    _inherit = "crm.loyalty.lot"

    def action_open_card(self):
        """Open the member whose points these are."""
        self.ensure_one()
        return self.card_id._get_records_action()


class CrmLoyaltyCheckLine(models.Model):
    _inherit = "crm.loyalty.check.line"

    def action_open_card(self):
        """Open the member whose points differ."""
        self.ensure_one()
        return self.card_id._get_records_action()
