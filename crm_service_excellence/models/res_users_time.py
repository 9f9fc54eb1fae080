# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from odoo import models

UTC = ZoneInfo("UTC")


class ResUsers(models.Model):
    _inherit = "res.users"

    def _crm_works_for(self, company):
        """Whether this person is a colleague who works for ``company``."""
        # sudo: where a colleague works does not depend on who looks
        user_sudo = self.sudo()
        return not user_sudo.share and company in user_sudo.company_ids

    def _crm_own_partners_sudo(self):
        """Contact of this person, and the company of the contact; to be compared."""
        own_sudo = self.sudo().partner_id  # compared only
        return own_sudo | own_sudo.commercial_partner_id

    def _crm_working_time(self, company):
        """Working time of this person in ``company``: own hours, else the company's."""
        self.ensure_one()
        # sudo: whether a colleague works does not depend on who looks
        calendar_sudo = (
            self.sudo()
            .resource_ids.filtered(
                lambda resource: resource.company_id in (company, company.browse())
            )[:1]
            .calendar_id
        )
        if calendar_sudo:
            return calendar_sudo._working_time(company)
        return company._crm_working_time()

    def _crm_absences(self, company, start, end):
        """Time off of this person between two local dates, both included.

        :return: sorted list of ``(from, to)``, naive UTC
        """
        self.ensure_one()
        return self._crm_absences_batch(company, start, end)[self.id]

    def _crm_absences_batch(self, company, start, end):
        """Time off of these people between two local dates, both included.

        What is recorded as time off of the person, and whole days that are blocked as
        busy in the calendar: without an HR app that is where people note a leave. (A
        visit at any time of a day stands there as free.)

        :return: ``{user id: sorted list of (from, to)}``, naive UTC
        """
        zone = ZoneInfo(company._crm_timezone())
        first = _utc_midnight(start, zone)
        last = _utc_midnight(end + timedelta(days=1), zone)
        # sudo: only that the person is away is used, never why
        leaves = (
            self.env["resource.calendar.leaves"]
            .sudo()
            .search_fetch(
                [
                    ("resource_id.user_id", "in", self.ids),
                    ("time_type", "=", "leave"),
                    ("date_from", "<", last),
                    ("date_to", ">", first),
                ],
                ["resource_id", "date_from", "date_to"],
            )
        )
        blocks = (
            self.env["calendar.event"]
            .sudo()
            .search_fetch(
                [
                    ("user_id", "in", self.ids),
                    ("allday", "=", True),
                    ("show_as", "=", "busy"),
                    ("start_date", "<=", end),
                    ("stop_date", ">=", start),
                ],
                ["user_id", "start_date", "stop_date"],
            )
        )
        absences = {user_id: [] for user_id in self.ids}
        for leave in leaves:
            absences[leave.resource_id.user_id.id].append(
                (leave.date_from, leave.date_to)
            )
        for block in blocks:
            absences[block.user_id.id].append(
                (
                    _utc_midnight(block.start_date, zone),
                    _utc_midnight(block.stop_date + timedelta(days=1), zone),
                )
            )
        return {user_id: sorted(spans) for user_id, spans in absences.items()}

    def _crm_workdays(self, company, start, end, days=None):
        """When this person works between two local dates, absences taken out.

        :param days: the dates of that span that are asked for; all by default
        :return: ``({date: [(from, to)]}, {dates away})``: working intervals in naive
            UTC of the days worked, and the working days lost to absences
        """
        worktime = self._crm_working_time(company)
        absences = self._crm_absences(company, start, end)
        worked, away = {}, set()
        if days is None:
            span = range((end - start).days + 1)
            days = (start + timedelta(days=offset) for offset in span)
        for day in days:
            intervals = worktime.intervals(day)
            left = _subtract(intervals, absences)
            if left:
                worked[day] = left
            elif intervals:
                away.add(day)
        return worked, away


def _utc_midnight(day, zone):
    """The first moment of a local date, in naive UTC."""
    local = datetime.combine(day, time(), zone)
    return local.astimezone(UTC).replace(tzinfo=None)


def _subtract(intervals, absences):
    """What is left of intervals where absences are taken out."""
    for gone, back in absences:
        intervals = [
            piece
            for start, end in intervals
            for piece in ((start, min(end, gone)), (max(start, back), end))
            if piece[0] < piece[1]
        ]
    return intervals
