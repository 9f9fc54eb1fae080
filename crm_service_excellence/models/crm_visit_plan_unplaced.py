# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.tools import format_date

REASONS = [
    ("no_working_day", "No working day in time"),
    ("leave", "Salesperson on leave"),
    ("customer_closed", "Customer closed"),
    ("capacity", "All days full"),
]


class CrmVisitPlanUnplaced(models.Model):
    """A visit that is due in the period and has no day: never dropped silently."""

    _name = "crm.visit.plan.unplaced"
    _description = "Visit Not Placed"
    _order = "plan_id, grade_sequence, target_date, id"
    _rec_name = "partner_id"

    plan_id = fields.Many2one(
        comodel_name="crm.visit.plan", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="plan_id.company_id", store=True)
    user_id = fields.Many2one(related="plan_id.user_id", store=True)
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        required=True,
        index=True,
        ondelete="cascade",
    )
    grade_id = fields.Many2one(comodel_name="crm.grade", ondelete="set null")
    grade_sequence = fields.Integer(
        string="Rank of the grade", related="grade_id.sequence", store=True
    )
    grade_color = fields.Integer(related="grade_id.color")
    due_date = fields.Date(string="Due", help="When the visit was due.")
    target_date = fields.Date(help="The day that the planner aimed at.")
    tolerance_days = fields.Integer(string="Tolerance (days)")
    reason = fields.Selection(selection=REASONS, required=True)
    explanation = fields.Char(compute="_compute_explanation")

    @api.depends("reason", "target_date", "tolerance_days", "partner_id")
    def _compute_explanation(self):
        for line in self:
            line.explanation = line._explain()

    def _explain(self):
        self.ensure_one()
        tolerance = self.tolerance_days
        window = {
            "start": format_date(
                self.env, fields.Date.subtract(self.target_date, days=tolerance)
            ),
            "end": format_date(
                self.env, fields.Date.add(self.target_date, days=tolerance)
            ),
        }
        if self.reason == "capacity":
            return self.env._(
                "Every day from %(start)s to %(end)s is full. Raise the visits a day, "
                "or hand the visit over.",
                **window,
            )
        if self.reason == "customer_closed":
            return self.env._(
                "From %(start)s to %(end)s the customer receives nobody when the "
                "salesperson works.",
                **window,
            )
        if self.reason == "leave":
            return self.env._(
                "The salesperson is on leave from %(start)s to %(end)s. "
                "Hand the visit over.",
                **window,
            )
        return self.env._(
            "Nothing is worked from %(start)s to %(end)s within the plan.", **window
        )
