# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

MINUTES_PER_HOUR = 60


class CrmSlaClock(models.Model):
    """What the screens say of a deadline, in hours of working time."""

    _inherit = "crm.sla.clock"

    partner_id = fields.Many2one(related="complaint_id.partner_id")
    user_id = fields.Many2one(related="complaint_id.user_id")
    team_id = fields.Many2one(related="complaint_id.team_id")
    severity = fields.Selection(related="complaint_id.severity")
    target_hours = fields.Float(
        string="Promised", compute="_compute_hours", help="Hours of working time."
    )
    used_hours = fields.Float(
        string="Used up", compute="_compute_hours", help="Hours of working time."
    )
    paused_hours = fields.Float(
        string="Stood still",
        compute="_compute_hours",
        help="Hours of working time in the pauses that are over.",
    )
    overdue_hours = fields.Float(
        string="Late by", compute="_compute_hours", help="Hours of working time."
    )
    explanation = fields.Json(
        string="How it was counted", compute="_compute_explanation"
    )

    @api.depends("metric", "cycle", "complaint_id.display_name")
    def _compute_display_name(self):
        metrics = dict(self._fields["metric"]._description_selection(self.env))
        for clock in self:
            complaint = clock.complaint_id.display_name or ""
            clock.display_name = f"{metrics.get(clock.metric, '')} – {complaint}"

    @api.depends(
        "target_minutes",
        "allowance_minutes",
        "consumed_minutes",
        "running_since",
        "calendar_id",
        "paused_minutes",
        "overdue_minutes",
    )
    def _compute_hours(self):
        """What a running clock has used up, and how late it is, is so until now."""
        now = fields.Datetime.now()
        for clock in self:
            used = clock.consumed_minutes
            since = clock.running_since
            if since and since < now and clock.calendar_id:
                worktime = clock.calendar_id._working_time(clock.company_id)
                used += worktime.between(since, now)
            clock.target_hours = clock.target_minutes / MINUTES_PER_HOUR
            clock.used_hours = used / MINUTES_PER_HOUR
            clock.paused_hours = clock.paused_minutes / MINUTES_PER_HOUR
            overdue = clock.overdue_minutes
            if since:
                overdue = max(overdue, used - clock.allowance_minutes)
            clock.overdue_hours = overdue / MINUTES_PER_HOUR

    @api.depends("event_ids", "state", "deadline", "calendar_id")
    def _compute_explanation(self):
        """What was counted and what was not: moments in UTC, working minutes."""
        for clock in self:
            intervals = [
                {
                    **interval,
                    "from": fields.Datetime.to_string(interval["from"]),
                    "to": fields.Datetime.to_string(interval["to"]) or False,
                }
                for interval in clock._explain()
            ]
            clock.explanation = {
                "zone": clock.calendar_id.tz or "UTC",
                "promised": clock.target_minutes,
                "grace": max(0, clock.allowance_minutes - clock.target_minutes),
                "intervals": intervals,
            }

    # ACTIONS

    def action_explain(self):
        """Open why this deadline is what it is."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Why this deadline?"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [
                (self.env.ref("crm_complaints.crm_sla_clock_view_form").id, "form")
            ],
            "target": "new",
        }

    def action_open_complaint(self):
        """Open the complaint of this deadline."""
        self.ensure_one()
        return self.complaint_id._get_records_action(context={})
