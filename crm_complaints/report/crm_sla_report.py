# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models
from odoo.tools import SQL

from ..models.crm_complaint_terms import (
    CHANNELS,
    CLOCK_STATES,
    METRICS,
    PRIORITIES,
    SEVERITIES,
)


class CrmSlaReport(models.Model):
    """What became of each promised time: one row a deadline, to be added up.

    Compliance is met of met and late: what was cancelled (withdrawn, duplicate,
    merged, rejected) or is still open counts in neither (S16).
    """

    _name = "crm.sla.report"
    _description = "Deadline Analysis"
    _auto = False
    _order = "started_at desc, id desc"
    _rec_name = "complaint_id"
    _depends = {
        "crm.sla.clock": [
            "allowance_minutes",
            "breached_at",
            "company_id",
            "complaint_id",
            "consumed_minutes",
            "cycle",
            "deadline",
            "metric",
            "overdue_minutes",
            "paused_minutes",
            "reached_at",
            "started_at",
            "state",
            "target_minutes",
        ],
        "crm.complaint": [
            "active",
            "category_id",
            "channel",
            "date_received",
            "department_id",
            "grade_id",
            "partner_id",
            "priority",
            "product_id",
            "severity",
            "team_id",
            "user_id",
        ],
    }

    complaint_id = fields.Many2one(comodel_name="crm.complaint", readonly=True)
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer", readonly=True
    )
    metric = fields.Selection(selection=METRICS, readonly=True)
    cycle = fields.Integer(readonly=True, aggregator="max")
    state = fields.Selection(selection=CLOCK_STATES, readonly=True)
    date_received = fields.Datetime(string="Received", readonly=True)
    started_at = fields.Datetime(string="Started", readonly=True)
    deadline = fields.Datetime(readonly=True)
    reached_at = fields.Datetime(string="Reached", readonly=True)
    team_id = fields.Many2one(comodel_name="crm.complaint.team", readonly=True)
    user_id = fields.Many2one(comodel_name="res.users", string="Owner", readonly=True)
    department_id = fields.Many2one(
        comodel_name="crm.complaint.department",
        string="Responsible department",
        readonly=True,
    )
    grade_id = fields.Many2one(comodel_name="crm.grade", readonly=True)
    severity = fields.Selection(selection=SEVERITIES, readonly=True)
    priority = fields.Selection(selection=PRIORITIES, readonly=True)
    category_id = fields.Many2one(comodel_name="crm.complaint.category", readonly=True)
    channel = fields.Selection(selection=CHANNELS, readonly=True)
    product_id = fields.Many2one(comodel_name="product.product", readonly=True)
    met_count = fields.Integer(string="Met", readonly=True)
    late_count = fields.Integer(string="Late", readonly=True)
    open_count = fields.Integer(string="Open", readonly=True)
    cancelled_count = fields.Integer(string="Cancelled", readonly=True)
    compliance = fields.Float(
        readonly=True,
        aggregator="avg",
        help="Met, of those met and late; what is open or cancelled is left out.",
    )
    target_hours = fields.Float(
        string="Promised (h)", readonly=True, aggregator="avg", help="Working hours."
    )
    used_hours = fields.Float(
        string="Used up (h)", readonly=True, aggregator="avg", help="Working hours."
    )
    paused_hours = fields.Float(
        string="Stood still (h)", readonly=True, help="Working hours."
    )
    overdue_minutes = fields.Float(
        string="Late by (minutes)", readonly=True, help="Working minutes."
    )
    overdue_hours = fields.Float(
        string="Late by (h)", readonly=True, help="Working hours."
    )
    paused_share = fields.Float(
        string="Share paused",
        readonly=True,
        aggregator="avg",
        help="Working time that stood still, of all working time from the start.",
    )

    @property
    def _table_query(self):
        return SQL("%s %s %s", self._select(), self._from(), self._where())

    def _select(self):
        """Each count is 0 or 1, so that sums are counts and averages are rates."""
        return SQL(
            """SELECT clock.id,
                      clock.complaint_id,
                      clock.company_id,
                      complaint.partner_id,
                      clock.metric,
                      clock.cycle,
                      clock.state,
                      complaint.date_received,
                      clock.started_at,
                      clock.deadline,
                      clock.reached_at,
                      complaint.team_id,
                      complaint.user_id,
                      complaint.department_id,
                      complaint.grade_id,
                      complaint.severity,
                      complaint.priority,
                      complaint.category_id,
                      complaint.channel,
                      complaint.product_id,
                      (clock.state = 'met')::int AS met_count,
                      (clock.state = 'breached')::int AS late_count,
                      (clock.state IN ('running', 'paused'))::int AS open_count,
                      (clock.state = 'cancelled')::int AS cancelled_count,
                      CASE clock.state WHEN 'met' THEN 1 WHEN 'breached' THEN 0
                          END AS compliance,
                      clock.target_minutes / 60.0 AS target_hours,
                      clock.consumed_minutes / 60.0 AS used_hours,
                      clock.paused_minutes / 60.0 AS paused_hours,
                      clock.overdue_minutes,
                      clock.overdue_minutes / 60.0 AS overdue_hours,
                      clock.paused_minutes
                          / NULLIF(clock.paused_minutes + clock.consumed_minutes, 0)
                          AS paused_share"""
        )

    def _from(self):
        return SQL(
            """  FROM crm_sla_clock clock
                 JOIN crm_complaint complaint ON complaint.id = clock.complaint_id"""
        )

    def _where(self):
        return SQL("WHERE complaint.active")

    def _read_group_select(self, aggregate_spec, query):
        """The share paused of many is that of their sums, not a mean of shares."""
        if aggregate_spec != "paused_share:avg":
            return super()._read_group_select(aggregate_spec, query)
        return SQL(
            "SUM(%(paused)s) / NULLIF(SUM(%(paused)s) + SUM(%(used)s), 0)",
            paused=self._field_to_sql(self._table, "paused_hours", query),
            used=self._field_to_sql(self._table, "used_hours", query),
        )

    def action_open_complaint(self):
        """Open the complaint of this row."""
        return self.complaint_id._get_records_action(context={})
