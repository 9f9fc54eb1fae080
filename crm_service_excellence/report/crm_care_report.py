# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL

from ..models.crm_care_rule import PURPOSES
from ..models.crm_care_rule_channel import CARE_CHANNELS
from ..models.crm_care_task import OPEN_STATES, REASONS, STATES
from ..models.crm_care_task_response import RESPONSE_DAYS
from ..models.crm_occasion import KINDS


class CrmCareReport(models.Model):
    """What was planned, what became of it and what came back: one row a care task.

    Who was held out is counted beside, never as planned, skipped or responded. The
    response rate is of those whose 14 days are over; before, it would be too low.
    """

    _name = "crm.care.report"
    _description = "Care Analysis"
    _auto = False
    _order = "due_date desc, id"
    _rec_name = "partner_id"
    _depends = {
        "crm.care.task": [
            "channel",
            "commercial_partner_id",
            "company_id",
            "done_date",
            "due_date",
            "grade_id",
            "is_holdout",
            "kind",
            "not_before",
            "occasion_id",
            "partner_id",
            "purpose",
            "reason_code",
            "response",
            "rule_id",
            "state",
            "user_id",
        ],
    }

    task_id = fields.Many2one(comodel_name="crm.care.task", readonly=True)
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    rule_id = fields.Many2one(comodel_name="crm.care.rule", readonly=True)
    occasion_id = fields.Many2one(comodel_name="crm.occasion", readonly=True)
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Contact", readonly=True
    )
    commercial_partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer", readonly=True
    )
    user_id = fields.Many2one(
        comodel_name="res.users", string="Looked after by", readonly=True
    )
    grade_id = fields.Many2one(
        comodel_name="crm.grade", string="Grade when planned", readonly=True
    )
    kind = fields.Selection(selection=KINDS, readonly=True)
    purpose = fields.Selection(selection=PURPOSES, readonly=True)
    channel = fields.Selection(selection=CARE_CHANNELS, readonly=True)
    state = fields.Selection(selection=STATES, readonly=True)
    reason_code = fields.Selection(
        selection=REASONS, string="Kind of reason", readonly=True
    )
    due_date = fields.Date(string="Due", readonly=True)
    is_holdout = fields.Boolean(string="Held out", readonly=True)
    response = fields.Selection(
        selection=[("order", "Order"), ("reply", "Reply"), ("rating", "Rating")],
        readonly=True,
    )
    planned_count = fields.Integer(string="Planned", readonly=True)
    open_count = fields.Integer(string="Open", readonly=True)
    done_count = fields.Integer(string="Done", readonly=True)
    skipped_count = fields.Integer(string="Skipped", readonly=True)
    expired_count = fields.Integer(string="Expired", readonly=True)
    failed_count = fields.Integer(string="Failed", readonly=True)
    responded_count = fields.Integer(
        string="Responded", readonly=True, help="Of those that were done."
    )
    holdout_count = fields.Integer(string="Number held out", readonly=True)
    measured_count = fields.Integer(
        string="Measured",
        readonly=True,
        help="Done, and the 14 days for a response are over.",
    )
    response_rate = fields.Float(
        readonly=True,
        aggregator="avg",
        help="The share of those measured who responded within 14 days: with an "
        "order, a message or call, or a rating.",
    )
    holdout_measured_count = fields.Integer(
        string="Held out and measured",
        readonly=True,
        help="Held out, and the 14 days for a response are over.",
    )
    holdout_response_rate = fields.Float(
        string="Response rate of those held out",
        readonly=True,
        aggregator="avg",
        help="The share of those held out and measured who did the same anyway.",
    )

    @property
    def _table_query(self):
        return SQL("%s %s", self._select(), self._from())

    def _select(self):
        """Columns; the facts that several of them need come from ``_from``."""
        return SQL(
            """SELECT task.id,
                      task.id AS task_id,
                      task.company_id,
                      task.rule_id,
                      task.occasion_id,
                      task.partner_id,
                      task.commercial_partner_id,
                      task.user_id,
                      task.grade_id,
                      task.kind,
                      task.purpose,
                      task.channel,
                      task.state,
                      task.reason_code,
                      task.due_date,
                      fact.is_holdout,
                      task.response,
                      (NOT fact.is_holdout)::int AS planned_count,
                      (task.state = ANY(%(open)s))::int AS open_count,
                      (task.state = 'done')::int AS done_count,
                      (task.state = 'skipped' AND NOT fact.is_holdout)::int
                          AS skipped_count,
                      (task.state = 'expired')::int AS expired_count,
                      (task.state = 'failed')::int AS failed_count,
                      (task.state = 'done' AND task.response IS NOT NULL)::int
                          AS responded_count,
                      fact.is_holdout::int AS holdout_count,
                      (fact.is_over AND task.state = 'done')::int AS measured_count,
                      CASE WHEN fact.is_over AND task.state = 'done'
                           THEN (task.response IS NOT NULL)::int END AS response_rate,
                      (fact.is_over AND fact.is_holdout)::int
                          AS holdout_measured_count,
                      CASE WHEN fact.is_over AND fact.is_holdout
                           THEN (task.response IS NOT NULL)::int END
                          AS holdout_response_rate""",
            open=list(OPEN_STATES),
        )

    def _from(self):
        """The 14 days are over when the day after them is."""
        over = fields.Datetime.now() - timedelta(days=RESPONSE_DAYS + 1)
        return SQL(
            """  FROM crm_care_task task
           CROSS JOIN LATERAL (
               SELECT COALESCE(task.is_holdout, FALSE) AS is_holdout,
                      COALESCE(task.done_date, task.not_before) <= %s AS is_over
               ) fact""",
            over,
        )

    def action_open_task(self):
        """Open the care task of this row."""
        return self.task_id._get_records_action(context={})
