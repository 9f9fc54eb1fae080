# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models
from odoo.tools import SQL

from ..models.crm_visit import STATES


class CrmVisitReport(models.Model):
    """What was planned, what was made of it: one row a visit, to be added up.

    Planned is what serves a need (``due_date``) and was confirmed; the rest is ad
    hoc. A visit was on time on a day within the tolerance around the day aimed at.
    """

    _name = "crm.visit.report"
    _description = "Visit Analysis"
    _auto = False
    _order = "date desc, id"
    _rec_name = "partner_id"
    _depends = {
        "crm.visit": [
            "active",
            "check_in",
            "check_out",
            "company_id",
            "date",
            "due_date",
            "grade_id",
            "is_report_late",
            "partner_id",
            "position_state",
            "reason_id",
            "state",
            "target_date",
            "tolerance_days",
            "type_id",
            "user_id",
        ],
        "crm.visit.reason": ["party"],
        "res.company": ["partner_id", "resource_calendar_id"],
        "resource.calendar": ["tz"],
        "res.partner": ["tz"],
    }

    visit_id = fields.Many2one(comodel_name="crm.visit", readonly=True)
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer", readonly=True
    )
    user_id = fields.Many2one(
        comodel_name="res.users", string="Salesperson", readonly=True
    )
    grade_id = fields.Many2one(comodel_name="crm.grade", readonly=True)
    type_id = fields.Many2one(comodel_name="crm.visit.type", readonly=True)
    date = fields.Date(readonly=True)
    state = fields.Selection(selection=STATES, readonly=True)
    reason_id = fields.Many2one(comodel_name="crm.visit.reason", readonly=True)
    planned_count = fields.Integer(string="Planned", readonly=True)
    planned_done_count = fields.Integer(string="Planned and made", readonly=True)
    done_count = fields.Integer(string="Made", readonly=True)
    ad_hoc_count = fields.Integer(string="Ad hoc", readonly=True)
    on_time_count = fields.Integer(string="On time", readonly=True)
    report_late_count = fields.Integer(string="Report late", readonly=True)
    off_site_count = fields.Integer(string="Elsewhere", readonly=True)
    cancelled_customer_count = fields.Integer(
        string="Cancelled by the customer", readonly=True
    )
    cancelled_us_count = fields.Integer(string="Cancelled by us", readonly=True)
    coverage = fields.Float(
        readonly=True,
        aggregator="avg",
        help="Planned visits that were made, of those planned; what the customer "
        "cancelled for a reason is left out.",
    )
    punctuality = fields.Float(
        readonly=True,
        aggregator="avg",
        help="Visits on time, of the planned visits that were made.",
    )
    hours = fields.Float(string="Hours there", readonly=True, aggregator="avg")

    @property
    def _table_query(self):
        return SQL("%s %s %s", self._select(), self._from(), self._where())

    def _select(self):
        """Columns; the facts that several of them need come from ``_from``."""
        return SQL(
            """SELECT visit.id,
                      visit.id AS visit_id,
                      visit.company_id,
                      visit.partner_id,
                      visit.user_id,
                      visit.grade_id,
                      visit.type_id,
                      visit.date,
                      visit.state,
                      visit.reason_id,
                      fact.is_planned::int AS planned_count,
                      (fact.is_planned AND fact.is_done)::int AS planned_done_count,
                      fact.is_done::int AS done_count,
                      (fact.is_done AND visit.due_date IS NULL)::int AS ad_hoc_count,
                      (fact.is_planned AND fact.is_done AND fact.is_on_time)::int
                          AS on_time_count,
                      COALESCE(visit.is_report_late, FALSE)::int AS report_late_count,
                      COALESCE(visit.position_state = 'off_site', FALSE)::int
                          AS off_site_count,
                      fact.is_customers::int AS cancelled_customer_count,
                      (visit.state = 'cancelled' AND NOT fact.is_customers)::int
                          AS cancelled_us_count,
                      CASE WHEN fact.is_planned AND NOT fact.is_customers
                           THEN fact.is_done::int END AS coverage,
                      CASE WHEN fact.is_planned AND fact.is_done
                           THEN fact.is_on_time::int END AS punctuality,
                      CASE WHEN fact.is_done
                           THEN EXTRACT(EPOCH FROM visit.check_out - visit.check_in)
                                / 3600 END AS hours"""
        )

    def _from(self):
        """The day of a visit is the day at the company when somebody arrived."""
        return SQL(
            """  FROM crm_visit visit
                 JOIN res_company company ON company.id = visit.company_id
                 JOIN res_partner place ON place.id = company.partner_id
            LEFT JOIN resource_calendar calendar
                   ON calendar.id = company.resource_calendar_id
            LEFT JOIN crm_visit_reason reason ON reason.id = visit.reason_id
           CROSS JOIN LATERAL (
               SELECT visit.due_date IS NOT NULL AND visit.state <> 'proposed'
                          AS is_planned,
                      visit.state IN ('done', 'reported') AS is_done,
                      visit.state = 'cancelled'
                          AND COALESCE(reason.party = 'customer', FALSE)
                          AS is_customers,
                      ABS(COALESCE(
                              (visit.check_in AT TIME ZONE 'UTC' AT TIME ZONE
                               COALESCE(calendar.tz, place.tz, 'UTC'))::date,
                              visit.date)
                          - COALESCE(visit.target_date, visit.due_date))
                          <= COALESCE(visit.tolerance_days, 0) AS is_on_time
               ) fact"""
        )

    def _where(self):
        return SQL("WHERE visit.active")

    def action_open_visit(self):
        """Open the visit of this row."""
        return self.visit_id._get_records_action(context={})
