# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.fields import Domain

TOP_CATEGORIES = 5


class CrmComplaintTeam(models.Model):
    """How a team stands today, counted over the complaints that the reader may see.

    Each count is what the filter of the same name shows; all are counted with one query
    for all teams.
    """

    _inherit = "crm.complaint.team"

    unfinished_count = fields.Integer(
        string="To do", compute="_compute_dashboard_counts"
    )
    due_today_count = fields.Integer(
        string="Due today", compute="_compute_dashboard_counts"
    )
    late_count = fields.Integer(string="Late", compute="_compute_dashboard_counts")
    paused_count = fields.Integer(string="Paused", compute="_compute_dashboard_counts")
    unowned_count = fields.Integer(
        string="Nobody's yet", compute="_compute_dashboard_counts"
    )
    unanswered_count = fields.Integer(
        string="Waiting for an answer", compute="_compute_dashboard_counts"
    )
    category_chart = fields.Json(
        string="By category", compute="_compute_category_chart"
    )

    def _dashboard_domains(self):
        """``{field: domain}`` of the counts; the filters of the lists say the same."""
        complaints = self.env["crm.complaint"]
        unfinished = complaints._get_unfinished_domain()
        return {
            "unfinished_count": unfinished,
            "due_today_count": complaints._get_due_today_domain(),
            "late_count": complaints._get_late_domain(),
            "paused_count": unfinished & Domain("sla_state", "=", "paused"),
            "unanswered_count": unfinished & Domain("is_unanswered", "=", True),
            "unowned_count": unfinished & Domain("user_id", "=", False),
        }

    @api.depends_context("uid", "tz", "allowed_company_ids")
    def _compute_dashboard_counts(self):
        for name, domain in self._dashboard_domains().items():
            counts = dict(
                self.env["crm.complaint"]._read_group(
                    Domain("team_id", "in", self.ids) & domain,
                    groupby=["team_id"],
                    aggregates=["__count"],
                )
            )
            for team in self:
                team[name] = counts.get(team._origin, 0)

    @api.depends_context("uid", "lang", "allowed_company_ids")
    def _compute_category_chart(self):
        """The categories with most to do: ``[{id, name, count, share}]``."""
        complaints = self.env["crm.complaint"]
        rows = complaints._read_group(
            Domain("team_id", "in", self.ids) & complaints._get_unfinished_domain(),
            groupby=["team_id", "category_id"],
            aggregates=["__count"],
            order="__count DESC, category_id",
        )
        charts = {}
        for team, category, count in rows:
            charts.setdefault(team.id, []).append((category, count))
        for team in self:
            bars = charts.get(team._origin.id, [])[:TOP_CATEGORIES]
            most = bars[0][1] if bars else 1
            team.category_chart = [
                {
                    "id": category.id,
                    "name": category.display_name or self.env._("Not sorted yet"),
                    "count": count,
                    "share": round(100 * count / most),
                }
                for category, count in bars
            ]
