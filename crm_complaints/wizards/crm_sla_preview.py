# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from odoo import Command, api, fields, models
from odoo.exceptions import ValidationError

from ..models.crm_complaint_terms import METRICS
from .crm_sla_replay import replay_promises

UTC = ZoneInfo("UTC")
MAX_SPAN = timedelta(days=3 * 366)


class CrmSlaPreview(models.TransientModel):
    """How a policy would have fared with the complaints of a past period."""

    _name = "crm.sla.preview"
    _description = "Policy Tried on Past Complaints"

    policy_id = fields.Many2one(
        comodel_name="crm.sla.policy", required=True, readonly=True
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        compute="_compute_company_id",
        store=True,
        readonly=False,
        precompute=True,
    )
    date_from = fields.Date(
        string="Received from",
        required=True,
        default=lambda self: self._last_quarter()[0],
    )
    date_to = fields.Date(
        string="Received until",
        required=True,
        default=lambda self: self._last_quarter()[1],
    )
    target_matrix = fields.Json(
        string="Times to try",
        compute="_compute_target_matrix",
        store=True,
        readonly=False,
    )
    matrix_axes = fields.Json(
        related="policy_id.matrix_axes", export_string_translation=False
    )
    line_ids = fields.One2many(
        comodel_name="crm.sla.preview.line",
        inverse_name="preview_id",
        string="Result",
        compute="_compute_line_ids",
        compute_sudo=False,  # of the complaints that the reader may see
        store=True,
    )
    summary = fields.Char(compute="_compute_line_ids", compute_sudo=False, store=True)

    @api.model
    def _last_quarter(self):
        """First and last day of the quarter before this one, the company's time."""
        today = self.env.company._crm_today()
        first = today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1)
        return first - relativedelta(months=3), first - timedelta(days=1)

    @api.depends("policy_id")
    def _compute_company_id(self):
        for preview in self:
            preview.company_id = preview.policy_id.company_id or self.env.company

    @api.depends("policy_id")
    def _compute_target_matrix(self):
        for preview in self:
            preview.target_matrix = preview.policy_id.target_matrix

    @api.constrains("date_from", "date_to")
    def _check_dates(self):
        if not all(preview._is_sound() for preview in self):
            raise ValidationError(
                self.env._("The period ends after it begins, within three years.")
            )

    def _is_sound(self):
        first, last = self.date_from, self.date_to
        return bool(first and last) and first <= last <= first + MAX_SPAN

    @api.depends("policy_id", "company_id", "date_from", "date_to", "target_matrix")
    def _compute_line_ids(self):
        for preview in self:
            results = preview._measure() if preview._is_sound() else {}
            preview.line_ids = [
                Command.clear(),
                *(
                    Command.create({"metric": metric, **results[metric]})
                    for metric, _label in METRICS
                    if metric in results
                ),
            ]
            preview.summary = preview._summarize(results)

    def _summarize(self, results):
        count = sum(result["promise_count"] for result in results.values())
        if not count:
            return self.env._(
                "No finished complaint of this period is under this policy."
            )
        kept = sum(result["kept_count"] for result in results.values())
        was_kept = sum(result["was_kept_count"] for result in results.values())
        return self.env._(
            "This policy would have been met %(percent)s %% (%(kept)s of %(count)s "
            "promises). What was promised then was met %(before)s %%.",
            percent=_percent(kept, count),
            kept=kept,
            count=count,
            before=_percent(was_kept, count),
        )

    def _measure(self):
        """``{metric: values of its line}`` of the complaints of the period.

        As many queries for five complaints as for five thousand.
        """
        zone = ZoneInfo(self.company_id._crm_timezone())
        clocks = self.env["crm.sla.clock"].search_fetch(
            [
                ("company_id", "=", self.company_id.id),
                ("complaint_id.date_received", ">=", _midnight(self.date_from, zone)),
                (
                    "complaint_id.date_received",
                    "<",
                    _midnight(self.date_to + timedelta(days=1), zone),
                ),
                ("complaint_id.state", "in", ("resolved", "closed", "rejected")),
                ("state", "in", ("met", "breached")),
                ("reached_at", "!=", False),
            ],
            ["complaint_id", "metric", "cycle", "state", "started_at", "reached_at"],
            order="complaint_id, metric, cycle, id",
        )
        policy = self.policy_id._origin
        matrix = policy._read_matrix(self.target_matrix)
        results = {}
        for promise in replay_promises(policy, matrix, self.company_id, clocks):
            result = results.setdefault(
                promise.metric,
                dict.fromkeys(("promise_count", "kept_count", "was_kept_count"), 0),
            )
            result["promise_count"] += 1
            result["kept_count"] += promise.is_kept
            result["was_kept_count"] += promise.was_kept
        return results


class CrmSlaPreviewLine(models.TransientModel):
    """The result of one metric."""

    _name = "crm.sla.preview.line"
    _description = "Policy Tried on Past Complaints: Metric"
    _order = "id"

    preview_id = fields.Many2one(
        comodel_name="crm.sla.preview", required=True, ondelete="cascade", index=True
    )
    metric = fields.Selection(selection=METRICS, required=True)
    promise_count = fields.Integer(string="Promises")
    kept_count = fields.Integer(string="Would be met")
    was_kept_count = fields.Integer(string="Were met")
    share = fields.Float(
        string="Would be met (%)", compute="_compute_shares", aggregator=None
    )
    was_share = fields.Float(
        string="Were met (%)", compute="_compute_shares", aggregator=None
    )

    @api.depends("promise_count", "kept_count", "was_kept_count")
    def _compute_shares(self):
        for line in self:
            count = line.promise_count or 1
            line.share = line.kept_count / count
            line.was_share = line.was_kept_count / count


def _percent(part, count):
    return round(100 * part / count, 1)


def _midnight(day, zone):
    """The first moment of a local date, naive UTC."""
    local = datetime.combine(day, time(), zone)
    return local.astimezone(UTC).replace(tzinfo=None)
