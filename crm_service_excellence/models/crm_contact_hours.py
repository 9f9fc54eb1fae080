# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.tools import format_duration


class CrmContactHours(models.Model):
    """A weekly window in which a customer likes to be contacted, in its own zone."""

    _name = "crm.contact.hours"
    _description = "Preferred Contact Hours"
    _order = "partner_id, weekday, hour_from, id"

    partner_id = fields.Many2one(
        comodel_name="res.partner", required=True, ondelete="cascade", index=True
    )
    weekday = fields.Selection(
        selection=[
            ("workdays", "Working days"),
            ("0", "Monday"),
            ("1", "Tuesday"),
            ("2", "Wednesday"),
            ("3", "Thursday"),
            ("4", "Friday"),
            ("5", "Saturday"),
            ("6", "Sunday"),
        ],
        default="workdays",
        required=True,
    )
    hour_from = fields.Float(string="From", default=9.0, required=True)
    hour_to = fields.Float(string="To", default=17.0, required=True)

    _check_hours = models.Constraint(
        "CHECK (hour_from >= 0 AND hour_from < hour_to AND hour_to <= 24)",
        "Contact hours start before they end, between 00:00 and 24:00.",
    )

    @api.depends("weekday", "hour_from", "hour_to")
    def _compute_display_name(self):
        days = dict(self._fields["weekday"]._description_selection(self.env))
        for window in self:
            window.display_name = self.env._(
                "%(day)s %(start)s–%(end)s",
                day=days.get(window.weekday, ""),
                start=format_duration(window.hour_from),
                end=format_duration(window.hour_to),
            )

    def _windows_on(self, day, company):
        """When one customer receives on a local date.

        :param company: whose zone counts where the customer's is not known
        :return: list of ``(from, to)`` in naive UTC
        """
        utc = ZoneInfo("UTC")
        windows = []
        for window in self:
            if window.weekday not in ("workdays", str(day.weekday())):
                continue
            zone = ZoneInfo(window.partner_id.tz or company._crm_timezone())
            midnight = datetime.combine(day, time())
            windows.append(
                tuple(
                    (midnight + timedelta(hours=hour))
                    .replace(tzinfo=zone)
                    .astimezone(utc)
                    .replace(tzinfo=None)
                    for hour in (window.hour_from, window.hour_to)
                )
            )
        return sorted(windows)

    def _admit(self, day, intervals, needed, company):
        """Whether a visit of length ``needed`` fits into both hours of that day."""
        return any(
            min(end, closing) - max(start, opening) >= needed
            for opening, closing in self._windows_on(day, company)
            for start, end in intervals
        )
