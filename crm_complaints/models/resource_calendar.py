# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Deadlines follow the working hours they count: every edit plans them anew."""

from datetime import datetime, time, timedelta

from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.crm_service_excellence.models.resource_calendar import CALENDAR_FIELDS

DAY = timedelta(days=1)


class ResourceCalendar(models.Model):
    _inherit = "resource.calendar"

    def write(self, vals):
        result = super().write(vals)
        if CALENDAR_FIELDS.intersection(vals):
            self._replan_clocks()
        return result

    def _replan_clocks(self):
        self.env["crm.sla.clock"]._schedule_replan(
            [(calendar_id, None, None, None) for calendar_id in self.ids]
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_counted(self):
        """What deadlines were counted by is kept: they are explained by it."""
        # sudo: whether there are any, not whose
        clocks_sudo = self.env["crm.sla.clock"].sudo()
        for calendar in self:
            count = clocks_sudo.search_count([("calendar_id", "=", calendar.id)])
            if count:
                raise UserError(
                    self.env._(
                        "%(count)s deadlines of complaints are counted by the working "
                        "hours %(name)s: archive them instead of deleting them.",
                        count=count,
                        name=calendar.display_name,
                    )
                )


class ResourceCalendarAttendance(models.Model):
    _inherit = "resource.calendar.attendance"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.calendar_id._replan_clocks()
        return lines

    def write(self, vals):
        self.calendar_id._replan_clocks()
        result = super().write(vals)
        self.calendar_id._replan_clocks()
        return result

    def unlink(self):
        self.calendar_id._replan_clocks()
        return super().unlink()


class ResourceCalendarLeaves(models.Model):
    _inherit = "resource.calendar.leaves"

    @api.model_create_multi
    def create(self, vals_list):
        leaves = super().create(vals_list)
        leaves._replan_clocks()
        return leaves

    def write(self, vals):
        self._replan_clocks()
        result = super().write(vals)
        self._replan_clocks()
        return result

    def unlink(self):
        self._replan_clocks()
        return super().unlink()

    def _replan_clocks(self):
        """Time off of one person closes nothing."""
        scopes = [
            (
                leave.calendar_id.id or None,
                leave.company_id.id or None,
                leave.date_from,
                leave.date_to + DAY,
            )
            for leave in self
            if not leave.resource_id
        ]
        if scopes:
            self.env["crm.sla.clock"]._schedule_replan(scopes)


class ResourceCalendarMakeup(models.Model):
    _inherit = "resource.calendar.makeup"

    @api.model_create_multi
    def create(self, vals_list):
        makeups = super().create(vals_list)
        makeups._replan_clocks()
        return makeups

    def write(self, vals):
        self._replan_clocks()
        result = super().write(vals)
        self._replan_clocks()
        return result

    def unlink(self):
        self._replan_clocks()
        return super().unlink()

    def _replan_clocks(self):
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
        self.env["crm.sla.clock"]._schedule_replan(scopes)
