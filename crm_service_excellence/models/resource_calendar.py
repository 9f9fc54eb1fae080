# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import ormcache

from ..tools.working_time import WorkingTime

LAST_SECOND = 59
NOON = 12 * 60  # flexible hours are laid around it, as Odoo does
# What of a calendar itself makes up its working time.
CALENDAR_FIELDS = frozenset(
    {"tz", "two_weeks_calendar", "schedule_type", "flexible_hours", "hours_per_day"}
)


def _whole_second(end):
    """Odoo closes a day until 23:59:59; the second after it is not worked either."""
    return end + timedelta(seconds=1) if end.second == LAST_SECOND else end


class ResourceCalendar(models.Model):
    _inherit = "resource.calendar"

    makeup_ids = fields.One2many(
        comodel_name="resource.calendar.makeup",
        inverse_name="calendar_id",
        string="Make-up working days",
    )

    def write(self, vals):
        result = super().write(vals)
        if CALENDAR_FIELDS.intersection(vals):
            self.env.registry.clear_cache()
        return result

    def _working_time(self, company):
        """The compiled working time of this calendar as ``company`` keeps it.

        Closures and make-up days of other companies never count. Compiled once and
        cached in every worker until hours, closures or make-up days change.

        :return: :class:`WorkingTime`
        """
        self.ensure_one()
        return self._compile_working_time(company.id)

    @ormcache("self.id", "company_id")
    def _compile_working_time(self, company_id):
        # sudo: deadlines do not depend on who looks; companies are filtered here
        calendar_sudo = self.sudo()
        return WorkingTime(
            calendar_sudo.tz or "UTC",
            calendar_sudo._working_weeks(),
            calendar_sudo._closures_of(company_id),
            calendar_sudo._makeups_of(company_id),
        )

    def _working_weeks(self):
        """Opening hours in minutes of the first and the second week of alternation."""
        if self.flexible_hours:
            half = self.hours_per_day * 60 / 2
            return [[[(NOON - half, NOON + half)]] * 7] * 2
        weeks = [[[] for _day in range(7)] for _week in range(2)]
        for line in self.attendance_ids:
            if line.display_type or line.day_period == "lunch":
                continue
            hours = (round(line.hour_from * 60), round(line.hour_to * 60))
            for number, week in enumerate(weeks):
                if not self.two_weeks_calendar or line.week_type == str(number):
                    week[int(line.dayofweek)].append(hours)
        return weeks

    def _closures_of(self, company_id):
        """Time off of the whole company: ``[(start, end)]``, naive UTC."""
        closures = self.env["resource.calendar.leaves"].search_fetch(
            Domain("resource_id", "=", False)
            & Domain("time_type", "=", "leave")
            & Domain("calendar_id", "in", [False, self.id])
            & Domain("company_id", "in", [False, company_id]),
            ["date_from", "date_to"],
        )
        return [
            (closure.date_from, _whole_second(closure.date_to)) for closure in closures
        ]

    def _makeups_of(self, company_id):
        """Make-up days; what is said of this calendar goes before what is of all."""
        makeups = self.env["resource.calendar.makeup"].search(
            Domain("calendar_id", "in", [False, self.id])
            & Domain("company_id", "=", company_id)
        )
        return {
            makeup.date: int(makeup.weekday)
            for makeup in makeups.sorted(lambda makeup: bool(makeup.calendar_id))
        }
