# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A team, a grade or the company gets other working hours: open clocks go on by those.

What they counted until then was by the hours before (S11, T21). The hours of a policy
are part of its promise: they change with its version (S13).
"""

from odoo import api, models
from odoo.fields import Domain

from ..tools.sla_clock import Event


class CrmSlaClock(models.Model):
    _inherit = "crm.sla.clock"

    @api.model
    def _promised_calendars(self, domain):
        """By which hours the promises of open clocks are to be counted now.

        :return: ``{clock: resource.calendar}``, as sudo
        """
        # sudo: deadlines follow the hours, whoever edited them
        clocks_sudo = self.sudo().search(Domain(domain) & self._open_domain())
        found = {}
        for clock in clocks_sudo:
            complaint = clock.complaint_id
            target = complaint._sla_target(clock.metric)
            if target:
                found[clock] = complaint._sla_calendar(target)
        return found

    @api.model
    def _follow_calendars(self, before):
        """Let clocks go on by the hours that hold now.

        :param before: what :meth:`_promised_calendars` said before the change; who was
            counted by other hours even then keeps them
        """
        moment = self._moment(None)
        clocks_sudo = self.sudo().browse(clock.id for clock in before)  # sudo: as above
        clocks_sudo.complaint_id._sla_expire_pauses(moment)
        after = self._promised_calendars([("id", "in", clocks_sudo.ids)])
        changes = [
            (clock.id, Event("recalendar", moment), {"calendar_id": new.id or None})
            for clock, new in after.items()
            if clock.calendar_id == before[clock] != new
        ]
        clocks_sudo._apply_many(changes, self.env._("Other working hours"))


class CrmComplaintTeam(models.Model):
    _inherit = "crm.complaint.team"

    def write(self, vals):
        if "calendar_id" not in vals:
            return super().write(vals)
        clocks = self.env["crm.sla.clock"]
        before = clocks._promised_calendars([("complaint_id.team_id", "in", self.ids)])
        result = super().write(vals)
        clocks._follow_calendars(before)
        return result


class CrmGrade(models.Model):
    _inherit = "crm.grade"

    def write(self, vals):
        if "crm_sla_calendar_id" not in vals:
            return super().write(vals)
        clocks = self.env["crm.sla.clock"]
        before = clocks._promised_calendars([("complaint_id.grade_id", "in", self.ids)])
        result = super().write(vals)
        clocks._follow_calendars(before)
        return result


class ResCompany(models.Model):
    _inherit = "res.company"

    def write(self, vals):
        if "resource_calendar_id" not in vals:
            return super().write(vals)
        clocks = self.env["crm.sla.clock"]
        before = clocks._promised_calendars([("company_id", "in", self.ids)])
        result = super().write(vals)
        clocks._follow_calendars(before)
        return result
