# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Deadlines follow the working hours they count: every edit plans them anew."""

from datetime import datetime, time, timedelta

from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.crm_service_excellence.models.resource_calendar import CALENDAR_FIELDS

DAY = timedelta(days=1)


class PlansClocks:
    """Part of working hours: each edit plans the clocks anew that count by it.

    A plain class, so that it comes before what others do on these models: a mixin
    model would come after them. Whoever uses it says in ``_clock_scopes`` which clocks.
    """

    __slots__ = ()  # as models have none either

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        self.env["crm.sla.clock"]._schedule_replan(records._clock_scopes())
        return records

    def write(self, vals):
        before = self._clock_scopes()
        result = super().write(vals)
        scopes = before + self._clock_scopes()
        self.env["crm.sla.clock"]._schedule_replan(scopes)
        return result

    def unlink(self):
        scopes = self._clock_scopes()
        result = super().unlink()
        self.env["crm.sla.clock"]._schedule_replan(scopes)
        return result


class ResourceCalendar(models.Model):
    _inherit = "resource.calendar"

    def write(self, vals):
        result = super().write(vals)
        if CALENDAR_FIELDS.intersection(vals):
            self.env["crm.sla.clock"]._schedule_replan(self._clock_scopes())
        return result

    def _clock_scopes(self):
        return [(calendar_id, None, None, None) for calendar_id in self.ids]

    @api.ondelete(at_uninstall=False)
    def _unlink_except_counted(self):
        """What deadlines were counted by is kept: they are explained by it."""
        # sudo: whether there are any, not whose; each clock has an event that names it
        events_sudo = self.env["crm.sla.event"].sudo()
        for calendar in self:
            domain = [("calendar_id", "=", calendar.id)]
            (counts,) = events_sudo._read_group(
                domain, aggregates=["clock_id:count_distinct"]
            )
            count = counts[0]
            if count:
                raise UserError(
                    self.env._(
                        "%(count)s deadlines of complaints are counted by the working "
                        "hours %(name)s: archive them instead of deleting them.",
                        count=count,
                        name=calendar.display_name,
                    )
                )


class ResourceCalendarAttendance(PlansClocks, models.Model):
    _inherit = "resource.calendar.attendance"

    def _clock_scopes(self):
        return self.calendar_id._clock_scopes()


class ResourceCalendarLeaves(PlansClocks, models.Model):
    _inherit = "resource.calendar.leaves"

    def _clock_scopes(self):
        """Time off of one person closes nothing."""
        return [
            (
                leave.calendar_id.id or None,
                leave.company_id.id or None,
                leave.date_from,
                leave.date_to + DAY,
            )
            for leave in self
            if not leave.resource_id
        ]


class ResourceCalendarMakeup(PlansClocks, models.Model):
    _inherit = "resource.calendar.makeup"

    def _clock_scopes(self):
        """The day itself, and one on each side: it is local, moments are UTC."""
        scopes = []
        for makeup in self:
            day = datetime.combine(makeup.date, time())
            scopes.append(
                (
                    makeup.calendar_id.id or None,
                    makeup.company_id.id,
                    day - DAY,
                    day + 2 * DAY,
                )
            )
        return scopes
