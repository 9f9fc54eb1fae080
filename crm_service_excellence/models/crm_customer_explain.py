# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Why a customer has its grade, what it lacks for the next, how a value came about."""

from datetime import timedelta
from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import float_repr, format_amount

from ..tools.lifetime_value import expected_months
from ..tools.scoring import steps_to
from .crm_customer_facts import PROFILE_FIELDS


class CrmCustomer(models.Model):
    _inherit = "crm.customer"

    score_explanation = fields.Json(compute="_compute_score_explanation")
    next_grade_id = fields.Many2one(
        comodel_name="crm.grade",
        compute="_compute_score_explanation",
        help="The grade to reach next; its own for a customer who fell below it.",
    )
    grace_end = fields.Date(
        compute="_compute_grace_end",
        help="Day on which the grade is lost unless the score recovers.",
    )
    clv_explanation = fields.Char(
        string="Lifetime value, computed from", compute="_compute_clv_explanation"
    )
    missing_profile = fields.Char(
        string="Still unknown", compute="_compute_missing_profile"
    )
    last_run_id = fields.Many2one(
        comodel_name="crm.grade.run",
        string="Last grading",
        compute="_compute_last_run_id",
    )
    last_run_date = fields.Date(string="Graded as of", compute="_compute_last_run_id")

    @api.depends("company_id")
    def _compute_last_run_id(self):
        runs = {}
        for customer in self:
            company = customer.company_id
            if company not in runs:
                runs[company] = self.env["crm.grade.run"].search(
                    [
                        ("company_id", "=", company.id),
                        ("state", "in", ["done", "applied"]),
                    ],
                    limit=1,
                )
            customer.last_run_id = runs[company]
            customer.last_run_date = runs[company].as_of

    @api.depends("score_detail", "computed_grade_id", "last_run_id")
    @api.depends_context("lang")
    def _compute_score_explanation(self):
        grades = self.env["crm.grade"].search([])
        for customer in self:
            mine = customer.computed_grade_id
            better = grades.filtered(lambda g, mine=mine: g.min_score > mine.min_score)
            is_below = customer.score < mine.min_score
            customer.next_grade_id = mine if is_below else mine and better[-1:]
            customer.score_explanation = customer._explain_score()

    @api.depends("below_since", "computed_grade_date", "last_run_id")
    def _compute_grace_end(self):
        for customer in self:
            policy = customer.last_run_id.policy_id
            customer.grace_end = customer.below_since and max(
                customer.below_since + timedelta(days=policy.grace_days),
                customer.computed_grade_date + timedelta(days=policy.min_stay_days),
            )

    @api.depends("revenue_12m", "grade_id", "company_id")
    def _compute_clv_explanation(self):
        for customer in self:
            company, grade = customer.company_id, customer.grade_id
            customer.clv_explanation = grade and self.env._(
                "%(revenue)s in 12 months × %(margin)g %% margin ÷ 12 × "
                "%(months)g expected months (%(retention)g %% of %(grade)s customers "
                "stay each month), discounted by %(discount)g %% a year",
                revenue=customer._format_money(customer.revenue_12m),
                margin=round(company.crm_margin_rate * 100, 2),
                months=round(expected_months(grade.retention_rate), 1),
                retention=round(grade.retention_rate * 100, 2),
                grade=grade.name,
                discount=round(company.crm_discount_rate * 100, 2),
            )

    @api.depends("partner_id", "completeness")
    def _compute_missing_profile(self):
        for customer in self:
            partner = customer.partner_id
            names = [name for name in PROFILE_FIELDS if not partner[name]]
            if not partner.crm_contact_hours_ids:
                names.append("crm_contact_hours_ids")
            labels = partner.fields_get(names, ["string"]) if names else {}
            customer.missing_profile = ", ".join(
                labels[name]["string"] for name in names if name in labels
            )

    def _explain_score(self):
        """What the explanation widget shows; empty for a customer never graded.

        :return: ``{"score", "grade", "next", "next_score", "is_below", "items":
            [{"metric", "label", "raw", "band", "points", "share", "contribution",
            "step"}]}``, numbers as floats
        """
        self.ensure_one()
        if not self.score_detail:
            return False
        labels = self.env["crm.grade.criterion"]._metric_labels()
        total = sum(item["weight"] for item in self.score_detail) or 1
        steps = self._next_steps()
        items = [
            {
                "metric": item["metric"],
                "label": labels.get(item["metric"], item["metric"]),
                "raw": self._format_raw(item["metric"], item["raw"]),
                "band": self._format_band(item),
                "points": item["points"],
                "share": item["weight"] / total,
                "contribution": item["contribution"],
                "step": steps.get(item["metric"], ""),
            }
            for item in self.score_detail
        ]
        return {
            "score": self.score,
            "grade": self.computed_grade_id.name,
            "next": self.next_grade_id.name or "",
            "next_score": self.next_grade_id.min_score,
            "is_below": self.next_grade_id == self.computed_grade_id,
            "items": items,
        }

    def _next_steps(self):
        """What each criterion alone needs for the next grade: ``{metric: text}``."""
        run, policy = self.last_run_id, self.last_run_id.policy_id
        if not self.next_grade_id or not policy:
            return {}
        raws = {item["metric"]: item["raw"] for item in self.score_detail}
        # sudo: thresholds explain a customer's own score; totals stay hidden
        ladders = policy._ladders(run.sudo().cuts)
        criteria, signs = [], []
        for criterion, ladder in ladders.items():
            raw = raws.get(criterion.metric)
            criteria.append(
                (
                    Decimal(str(criterion.weight)),
                    None if raw is None else Decimal(str(raw)) * ladder.sign,
                    ladder.rungs,
                )
            )
            signs.append((criterion.metric, ladder.sign))
        needed = Decimal(str(self.next_grade_id.min_score))
        return {
            signs[step.index][0]: self._format_step(
                signs[step.index][0],
                float(step.gap) * signs[step.index][1],
                float(step.target) * signs[step.index][1],
            )
            for step in steps_to(needed, criteria, policy.missing)
        }

    # TEXTS

    def _format_money(self, amount):
        return format_amount(self.env, amount, self.currency_id)

    def _format_raw(self, metric, raw):
        if raw is None:
            return self.env._("no value yet")
        if metric == "spend":
            return self._format_money(raw)
        return float_repr(raw, 0) if raw == round(raw) else float_repr(raw, 2)

    def _format_band(self, item):
        if item["points"] is None:
            return ""
        if item["method"] == "quantile" and not item["points"]:
            return self.env._("not ranked: no order in 12 months")
        if item["method"] == "quantile":
            fifth = round(item["points"] / 20)
            return self.env._("rank %(rank)s of 5 among the customers", rank=6 - fifth)
        return self.env._(
            "band from %(lower)s",
            lower=self._format_raw(item["metric"], item["band"]),
        )

    def _format_step(self, metric, gap, target):
        """Say what a criterion alone would need, e.g. "4,200 more in the window"."""
        if metric == "spend":
            return self.env._("%(gap)s more in the window", gap=self._format_money(gap))
        if metric == "frequency":
            return self.env._("%(gap)g more orders in the window", gap=gap)
        if metric == "recency":
            return self.env._("an order within %(days)g days", days=target)
        return self.env._("%(gap)+g", gap=gap)
