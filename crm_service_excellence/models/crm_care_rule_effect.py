# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a care rule brought, held against those who got nothing."""

from odoo import api, fields, models
from odoo.tools.misc import formatLang

from ..tools.effect import FEWEST, lift


class CrmCareRule(models.Model):
    _inherit = "crm.care.rule"

    treated_count = fields.Integer(
        string="Treated", compute="_compute_effect", aggregator=None
    )
    skipped_count = fields.Integer(
        string="Skipped", compute="_compute_effect", aggregator=None
    )
    measured_count = fields.Integer(
        string="Measured",
        compute="_compute_effect",
        aggregator=None,
        help="Done, and the 14 days for a response are over.",
    )
    response_rate = fields.Float(
        compute="_compute_effect",
        aggregator=None,
        help="The share of those measured who responded within 14 days.",
    )
    holdout_count = fields.Integer(
        string="Held out",
        compute="_compute_effect",
        aggregator=None,
        help="Got nothing, and the 14 days for a response are over.",
    )
    holdout_response_rate = fields.Float(
        string="Response rate of those held out",
        compute="_compute_effect",
        aggregator=None,
        help="The share of those held out who did the same within 14 days anyway.",
    )
    lift = fields.Float(
        string="Effect (points)",
        compute="_compute_effect",
        aggregator=None,
        help="The response rate less that of those held out, in percentage points; 0 "
        "as long as one of the groups is too small.",
    )
    is_lift_clear = fields.Boolean(
        string="More than chance",
        compute="_compute_effect",
        help="Chance alone would make such a difference less than once in 20 times.",
    )
    lift_text = fields.Char(string="Effect", compute="_compute_effect")

    @api.depends("state")
    @api.depends_context("uid", "allowed_company_ids", "lang")
    def _compute_effect(self):
        """Add up the tasks that the user may see, in one query for all rules."""
        totals = {
            rule.id: numbers
            for rule, *numbers in self.env["crm.care.report"]._read_group(
                [("rule_id", "in", self.ids)],
                ["rule_id"],
                [
                    "done_count:sum",
                    "skipped_count:sum",
                    "measured_count:sum",
                    "response_rate:avg",
                    "holdout_measured_count:sum",
                    "holdout_response_rate:avg",
                ],
            )
        }
        for rule in self:
            done, skipped, measured, rate, held_out, held_out_rate = totals.get(
                rule.id, [0] * 6
            )
            rule.treated_count = done
            rule.skipped_count = skipped
            rule.measured_count = measured
            rule.response_rate = rate
            rule.holdout_count = held_out
            rule.holdout_response_rate = held_out_rate
            effect = lift(measured, rate or 0, held_out, held_out_rate or 0)
            rule.lift = effect and effect.points
            rule.is_lift_clear = effect and effect.is_clear
            rule.lift_text = rule._lift_text(effect)

    def _lift_text(self, effect):
        """The effect in words, or what is missing to tell it."""
        if effect:
            points = formatLang(self.env, effect.points, digits=1)
            return self.env._(
                "%(points)s points, give or take %(margin)s",
                points=points if effect.points < 0 else f"+{points}",
                margin=formatLang(self.env, effect.margin, digits=1),
            )
        if not self.holdout_count and not self.holdout_percent:
            return self.env._("Nobody is held out")
        return self.env._(
            "Too few: %(treated)s treated, %(held_out)s held out, %(fewest)s needed",
            treated=self.measured_count,
            held_out=self.holdout_count,
            fewest=FEWEST,
        )

    def action_view_effect(self):
        """Open the tasks behind the numbers of a rule."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_service_excellence.crm_care_report_action"
        )
        return {
            **action,
            "display_name": self.name,
            "domain": [("rule_id", "=", self.id)],
            "context": {
                "search_default_group_month": 1,
                "pivot_measures": [
                    "measured_count",
                    "response_rate",
                    "holdout_measured_count",
                    "holdout_response_rate",
                ],
            },
        }
