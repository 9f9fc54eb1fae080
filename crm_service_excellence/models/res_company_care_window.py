# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""In which hours care goes out: what the company allows, in the contact's zone."""

from datetime import timedelta

import pytz

from odoo import models
from odoo.tools import SQL

from ..tools import send_window

FALLBACK_ZONE = "UTC"


class ResCompany(models.Model):
    _inherit = "res.company"

    def _care_hours(self, start, end):
        """What this company allows between two dates, both included.

        A date is closed where a closure of the company leaves no working time on it.

        :return: :class:`tools.send_window.SendHours`
        """
        self.ensure_one()
        closed, worked = set(), set()
        if not (self.crm_care_weekends and self.crm_care_holidays):
            closed, worked = self._care_special_days(start, end)
        return send_window.SendHours(
            self.crm_care_window_start,
            self.crm_care_window_end,
            self.crm_care_weekends,
            self.crm_care_holidays,
            frozenset(closed),
            frozenset(worked),
        )

    def _care_special_days(self, start, end):
        """Closed dates and make-up working days between two dates."""
        # sudo: when a company is closed does not depend on who looks
        calendar_sudo = self.sudo().resource_calendar_id
        if not calendar_sudo:
            return set(), set()
        working = calendar_sudo._working_time(self)
        closed = set()
        for begin, finish in calendar_sudo._closures_of(self.id):
            day = max(start, working.local_date(begin))
            last = min(end, working.local_date(finish - timedelta(microseconds=1)))
            while day <= last:
                if not working.is_working_day(day):
                    closed.add(day)
                day += timedelta(days=1)
        makeups = calendar_sudo._makeups_of(self.id)
        return closed, {day for day in makeups if start <= day <= end}

    def _care_windows(self, days, zones, validity=0):
        """When a contact in a zone may be written to, for what is due on a day.

        :param days: dates, the contact's own
        :param zones: names of time zones
        :param validity: days after its day for which it is still welcome
        :return: ``{(day, zone): (not before, not after)}`` in naive UTC; both the same
            where no day is allowed, since then there is no such time
        :raise ValueError: no such time zone
        """
        self.ensure_one()
        days = list(days)
        if not days:
            return {}
        hours = self._care_hours(min(days), max(days) + timedelta(days=validity))
        found = send_window.windows(days, zones, hours, validity)
        for (day, zone), window in found.items():
            if window is None:
                moment = send_window.local_start(day, zone, hours)
                found[day, zone] = send_window.Window(moment, moment)
        return found

    def _care_next_opening(self, moment, zone, last=None):
        """``moment`` if care may go out then, else the start of the next hours.

        :param moment: naive UTC
        :param zone: name of the contact's time zone
        :param last: last date, in the zone, that is good enough
        :return: naive UTC, or None where there is no such moment
        :raise ValueError: no such time zone
        """
        self.ensure_one()
        day = send_window.local_date(moment, zone)
        end = last or day + timedelta(days=send_window.HORIZON_DAYS)
        return send_window.next_opening(moment, zone, self._care_hours(day, end), last)

    # ZONES

    def _care_zone(self, name, country_code):
        """The zone of a contact: its own, else its country's, else the company's.

        :param name: what the contact says; None or unknown falls to the next
        :param country_code: two letters, or None
        """
        self.ensure_one()
        countries = pytz.country_timezones.get((country_code or "").upper()) or ()
        for candidate in (name, *countries[:1], self._crm_timezone()):
            if candidate and send_window.is_zone(candidate):
                return candidate
        return FALLBACK_ZONE

    def _care_places(self):
        """Zones of all contacts, for set-based SQL.

        :return: ``[(zone as typed, country id, valid zone)]``, with '' and 0 for none:
            one row for each pair that occurs among the contacts
        """
        self.ensure_one()
        self.env["res.partner"].flush_model(["tz", "country_id"])
        self.env.cr.execute(
            SQL(
                """SELECT place.tz, place.country_id, country.code
                     FROM (SELECT COALESCE(tz, '') AS tz,
                                  COALESCE(country_id, 0) AS country_id
                             FROM res_partner GROUP BY 1, 2) place
                     LEFT JOIN res_country country ON country.id = place.country_id"""
            )
        )
        return [
            (name, country_id, self._care_zone(name, code))
            for name, country_id, code in self.env.cr.fetchall()
        ]
