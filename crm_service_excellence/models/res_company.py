# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import datetime
from zoneinfo import ZoneInfo

from odoo import fields, models
from odoo.exceptions import UserError

from ..tools.lifetime_value import lifetime_factor
from ..tools.working_time import HorizonError, WorkingTime


class ResCompany(models.Model):
    _inherit = "res.company"

    crm_margin_rate = fields.Float(
        string="Margin rate",
        digits=(5, 4),
        default=1.0,
        help="Share of the revenue that is left as margin; with 100 % the lifetime "
        "value is one of revenue.",
    )
    crm_discount_rate = fields.Float(
        string="Yearly discount rate",
        digits=(5, 4),
        default=0.1,
        help="What a year's wait costs: future margins are discounted by it.",
    )
    crm_visit_radius = fields.Integer(
        string="Radius of a visit (m)",
        default=300,
        help="Who arrives within this distance of the customer's position is on site.",
    )
    crm_visits_per_day = fields.Integer(
        string="Visits a day",
        default=4,
        help="How many visits fit into a salesperson's full working day, unless the "
        "visit plan says otherwise.",
    )

    _check_crm_visit_radius = models.Constraint(
        "CHECK (crm_visit_radius > 0)", "The radius of a visit is more than nothing."
    )
    _check_crm_visits_per_day = models.Constraint(
        "CHECK (crm_visits_per_day BETWEEN 1 AND 500)",
        "Between 1 and 500 visits fit into a day.",
    )
    _check_crm_rates = models.Constraint(
        "CHECK (crm_margin_rate >= 0 AND crm_margin_rate <= 1 "
        "AND crm_discount_rate >= 0 AND crm_discount_rate <= 1)",
        "Margin rate and discount rate lie between 0 and 100 %.",
    )

    def _crm_timezone(self):
        """Name of the time zone in which the company's business days begin and end."""
        self.ensure_one()
        return self.resource_calendar_id.tz or self.partner_id.tz or "UTC"

    def _crm_today(self):
        """The date it is now at the company (never the server's or the user's)."""
        return datetime.now(ZoneInfo(self._crm_timezone())).date()

    def _crm_clv_factor(self, grade):
        """Lifetime value per unit of 12-month revenue of a customer of ``grade``."""
        self.ensure_one()
        months = lifetime_factor(grade.retention_rate, self.crm_discount_rate)
        return self.crm_margin_rate / 12 * months

    def _crm_working_time(self):
        """The company's own working time; every minute where it keeps no hours."""
        self.ensure_one()
        calendar = self.resource_calendar_id
        if calendar:
            return calendar._working_time(self)
        return WorkingTime(self._crm_timezone(), [[[(0, 24 * 60)]] * 7] * 2)

    def _crm_next_working_day(self, moment):
        """The same time of day on the company's next working day.

        :param moment: naive UTC
        :return: naive UTC; wall-clock time is kept across daylight saving
        :raise UserError: the company never works
        """
        try:
            return self._crm_working_time().same_time_next_working_day(moment)
        except HorizonError as error:
            raise UserError(
                self.env._(
                    "The working hours of %(company)s have no working day.",
                    company=self.name,
                )
            ) from error
