# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class ResCompany(models.Model):
    """When, how often and to whom care may go."""

    _inherit = "res.company"

    crm_care_paused = fields.Boolean(
        string="Pause all care",
        help="Nothing is sent to anybody; what is planned waits as long as it may.",
    )
    crm_care_window_start = fields.Float(string="Send from", default=9.0)
    crm_care_window_end = fields.Float(string="Send until", default=20.0)
    crm_care_weekends = fields.Boolean(
        string="Send on weekends",
        default=True,
        help="Make-up working days are working days.",
    )
    crm_care_holidays = fields.Boolean(
        string="Send on public holidays",
        default=True,
        help="Festival greetings mostly fall on public holidays.",
    )
    crm_care_daily_cap = fields.Integer(
        string="Greetings and offers a day",
        default=1,
        help="For one contact, over all channels, mass mailings included; 0: no limit.",
    )
    crm_care_weekly_cap = fields.Integer(
        string="Greetings and offers in 7 days",
        default=2,
        help="For one contact, over all channels, mass mailings included; 0: no limit.",
    )
    crm_care_customer_cap = fields.Integer(
        string="Contacts of one customer a day",
        default=5,
        help="Greetings and offers to the contacts of one company; 0: no limit.",
    )
    crm_care_hourly_limit = fields.Integer(
        string="E-mails and SMS an hour",
        default=0,
        help="What the mail provider takes; 0: no limit.",
    )
    crm_care_catch_up_days = fields.Integer(
        string="Catch up (days)",
        default=2,
        help="What was due longer ago, as after an outage or an import, is not sent.",
    )
    crm_care_reach_share = fields.Integer(
        string="Large reach (%)",
        default=50,
        help="A rule that reaches more than this share of the customers needs a "
        "second confirmation.",
    )
    crm_marketing_opt_in = fields.Boolean(
        string="Ask before marketing",
        default=True,
        help="Marketing goes only to contacts who agreed to it.",
    )
    crm_leap_birthday = fields.Selection(
        selection=[("prev", "28 February"), ("next", "1 March")],
        string="Born on 29 February",
        default="prev",
        required=True,
        help="When the birthday is celebrated in other years.",
    )

    _check_crm_care_window = models.Constraint(
        "CHECK (crm_care_window_start >= 0 AND crm_care_window_end <= 24 "
        "AND crm_care_window_start < crm_care_window_end)",
        "Care is sent between a time and a later one of the same day.",
    )
    _check_crm_care_limits = models.Constraint(
        "CHECK (crm_care_daily_cap >= 0 AND crm_care_weekly_cap >= 0 "
        "AND crm_care_customer_cap >= 0 AND crm_care_hourly_limit >= 0 "
        "AND crm_care_catch_up_days BETWEEN 0 AND 60 "
        "AND crm_care_reach_share BETWEEN 1 AND 100)",
        "Limits are 0 or more, days to catch up at most 60, a share is a percentage.",
    )
