# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A visit in its plan: what speaks against its day, and being moved by hand."""

from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_date

MOVABLE_STATES = ("proposed", "planned")


class CrmVisit(models.Model):
    _inherit = "crm.visit"

    plan_id = fields.Many2one(
        comodel_name="crm.visit.plan",
        string="Visit plan",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
        copy=False,
    )
    day_warning = fields.Char(
        string="Mind",
        compute="_compute_day_warning",
        help="What speaks against the day of the visit.",
    )

    is_missed = fields.Boolean(
        string="Missed",
        compute="_compute_is_missed",
        help="Its day is over, and it has neither begun nor been moved or cancelled.",
    )

    @api.depends("date", "state", "company_id")
    def _compute_is_missed(self):
        for visit in self:
            visit.is_missed = (
                visit.state == "planned"
                and bool(visit.date)
                and visit.date < visit.company_id._crm_today()
            )

    @api.depends(
        "date", "user_id", "partner_id", "state", "target_date", "tolerance_days"
    )
    def _compute_day_warning(self):
        self.day_warning = False
        groups = defaultdict(self.browse)
        for visit in self:
            is_open = visit.state in MOVABLE_STATES and visit.date
            if is_open and visit.user_id and visit.company_id and visit._is_in_reach():
                groups[visit.user_id, visit.company_id] |= visit
        for (user, company), visits in groups.items():
            days = sorted(set(visits.mapped("date")))
            worked, away = user._crm_workdays(company, days[0], days[-1], days)
            loads = visits._loads(user, days)
            capacity = self.env["crm.visit.plan"]._usual_capacity(user, company)
            hours = visits.partner_id.sudo().crm_contact_hours_ids
            hours = hours.grouped("partner_id")
            for visit in visits:
                visit.day_warning = " ".join(
                    visit._day_objections(worked, away, loads, capacity, hours)
                )

    def _loads(self, user, days):
        """Visits of a salesperson on each of some days."""
        counts = (
            self.env["crm.visit"]
            .sudo()  # what fills a day counts, whoever may see it
            ._read_group(
                [
                    ("user_id", "=", user.id),
                    ("date", "in", days),
                    ("state", "!=", "cancelled"),
                ],
                ["date:day"],
                ["__count"],
            )
        )
        return dict(counts)

    def _day_objections(self, worked, away, loads, capacity, hours):
        """What speaks against the day, each a sentence."""
        self.ensure_one()
        day = self.date
        capacity = self.plan_id.capacity or capacity
        if day in away:
            yield self.env._("%(user)s is on leave.", user=self.user_id.name)
        elif day not in worked:
            yield self.env._("Not a working day.")
        elif loads.get(day, 0) > capacity:
            yield self.env._(
                "%(count)s visits on a day for %(capacity)s.",
                count=loads[day],
                capacity=capacity,
            )
        windows = hours.get(self.partner_id._origin)
        if day in worked and windows:
            needed = timedelta(hours=self.duration)
            if not windows._admit(day, worked[day], needed, self.company_id):
                yield self.env._("The customer receives nobody then.")
        if self.target_date:
            leeway = timedelta(days=self.tolerance_days)
            if abs(day - self.target_date) > leeway:
                yield self.env._(
                    "Should be between %(start)s and %(end)s.",
                    start=format_date(self.env, self.target_date - leeway),
                    end=format_date(self.env, self.target_date + leeway),
                )

    @api.onchange("date", "user_id")
    def _onchange_date(self):
        if self.day_warning:
            return {
                "warning": {
                    "title": self.env._("Mind the day"),
                    "message": self.day_warning,
                    "type": "notification",
                }
            }
