# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What one looks at before deciding on a care task."""

from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.tools import format_date, format_datetime, format_time

from .crm_care_task import OPEN_STATES

RECENT_DAYS = 30
RECENT_SHOWN = 5
_FACT = {"compute": "_compute_customer", "compute_sudo": True}


class CrmCareTask(models.Model):
    _inherit = "crm.care.task"

    # The customer's facts of today. Computed rather than related: no task is computed
    # again when a customer buys.
    customer_id = fields.Many2one(
        comodel_name="crm.customer", string="Followed customer", **_FACT
    )
    customer_grade_id = fields.Many2one(
        comodel_name="crm.grade", string="Grade now", **_FACT
    )
    last_touch_date = fields.Date(string="Last contact", **_FACT)
    last_order_date = fields.Date(string="Last order", **_FACT)
    order_count_12m = fields.Integer(string="Orders, 12 months", **_FACT)
    revenue_12m = fields.Monetary(string="Revenue, 12 months", **_FACT)
    currency_id = fields.Many2one(related="company_id.currency_id")
    hold_text = fields.Char(string="Better left alone", **_FACT)
    pause_text = fields.Char(
        string="Paused", compute="_compute_pause_text", compute_sudo=True
    )
    recent_text = fields.Text(
        string="Other care, 30 days", compute="_compute_recent_text", compute_sudo=True
    )
    channel_text = fields.Char(
        string="Through", compute="_compute_channel_text", compute_sudo=True
    )
    window_text = fields.Char(
        string="Contact's time",
        compute="_compute_window_text",
        compute_sudo=True,
        help="The same two moments where the contact is.",
    )
    why = fields.Char(
        compute="_compute_why",
        help="Why it was not sent, or why it is not sent yet.",
    )
    instructions = fields.Text(related="rule_id.instructions")
    partner_avatar = fields.Image(related="partner_id.avatar_128")

    @api.depends("commercial_partner_id", "company_id")
    def _compute_customer(self):
        customers = self.env["crm.customer"].search(
            [
                ("partner_id", "in", self.commercial_partner_id.ids),
                ("company_id", "in", self.company_id.ids),
            ]
        )
        by_key = {(one.partner_id, one.company_id): one for one in customers}
        holds = customers._care_hold_reasons()
        for task in self:
            key = (task.commercial_partner_id, task.company_id)
            customer = by_key.get(key, customers.browse())
            task.customer_id = customer
            task.customer_grade_id = customer.grade_id
            task.last_touch_date = customer.last_touch_date
            task.last_order_date = customer.last_order_date
            task.order_count_12m = customer.order_count_12m
            task.revenue_12m = customer.revenue_12m
            task.hold_text = ", ".join(holds.get(customer.id, ())) or False

    @api.depends("company_id.crm_care_paused", "state")
    def _compute_pause_text(self):
        for task in self:
            is_open = task.state in OPEN_STATES
            task.pause_text = is_open and task.company_id._care_pause_message()

    @api.depends("commercial_partner_id", "company_id", "due_date")
    def _compute_recent_text(self):
        """The customer's other care around this one, the nearest first."""
        days = timedelta(days=RECENT_DAYS)
        dates = self.filtered("due_date").mapped("due_date")
        others = self.browse()
        if dates:
            others = self.search_fetch(
                [
                    ("commercial_partner_id", "in", self.commercial_partner_id.ids),
                    ("company_id", "in", self.company_id.ids),
                    ("due_date", ">=", min(dates) - days),
                    ("due_date", "<=", max(dates) + days),
                    ("is_holdout", "=", False),
                ],
                ["due_date", "rule_id", "partner_id", "state"],
                order="due_date desc, id desc",
            )
        states = dict(self._fields["state"]._description_selection(self.env))
        by_customer = others.grouped(
            lambda other: (other.commercial_partner_id, other.company_id)
        )
        for task in self:
            key = (task.commercial_partner_id, task.company_id)
            found = by_customer.get(key, others.browse()) - task
            found = found.filtered(
                lambda other, day=task.due_date: abs(other.due_date - day) <= days
            )
            task.recent_text = "\n".join(
                self.env._(
                    "%(date)s: %(rule)s, %(contact)s (%(state)s)",
                    date=format_date(self.env, other.due_date),
                    rule=other.rule_id.name,
                    contact=other.partner_id.name or "",
                    state=states[other.state],
                )
                for other in found[:RECENT_SHOWN]
            )

    @api.depends("channel", "rule_id.channel_ids.channel")
    def _compute_channel_text(self):
        """The channel it goes through; until that is known those that are tried."""
        field = self.env["crm.care.rule.channel"]._fields["channel"]
        names = dict(field._description_selection(self.env))
        for task in self:
            channels = task.rule_id.channel_ids.mapped("channel")
            task.channel_text = names.get(task.channel) or ", ".join(
                names[channel] for channel in channels
            )

    @api.depends("not_before", "not_after", "partner_id", "company_id")
    @api.depends_context("lang")
    def _compute_window_text(self):
        """Moments are shown by the reader's clock; a greeting at 1 a.m. is none."""
        zones = self._zones()
        for task in self:
            task.window_text = (
                task.not_before
                and task.not_after
                and self._window_words(task.not_before, task.not_after, zones[task.id])
            )

    def _window_words(self, first, last, zone):
        """Two moments (naive UTC) in the time of a zone; a day is named once."""
        days = {
            moment.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).date()
            for moment in (first, last)
        }
        in_words = {"tz": zone, "dt_format": "short"}
        return self.env._(
            "%(first)s to %(last)s (%(zone)s)",
            first=format_datetime(self.env, first, **in_words),
            last=(
                format_datetime(self.env, last, **in_words)
                if len(days) > 1
                else format_time(self.env, last, tz=zone, time_format="short")
            ),
            zone=zone,
        )

    @api.depends("reason", "wait_reason")
    def _compute_why(self):
        for task in self:
            task.why = task.reason or task.wait_reason

    def action_open_partner(self):
        """Open the contact."""
        self.ensure_one()
        return self.partner_id._get_records_action()
