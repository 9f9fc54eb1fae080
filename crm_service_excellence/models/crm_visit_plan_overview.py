# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A plan day by day: how full, how far; and the times of a day's visits."""

from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_date

from ..tools.route import length_km
from ..tools.timetable import lay_out

# Between two visits of a tour, until somebody knows better.
TRAVEL = timedelta(minutes=30)


class CrmVisitPlan(models.Model):
    _inherit = "crm.visit.plan"

    day_overview = fields.Json(compute="_compute_day_overview")

    @api.depends("visit_ids.date", "visit_ids.state", "visit_ids.sequence", "capacity")
    def _compute_day_overview(self):
        for plan in self:
            plan.day_overview = plan._describe_days() if plan._origin.id else []

    def _describe_days(self):
        """Each day that is worked or has visits, ready to show."""
        visits = self._visits_by_day()
        worked, away = self.user_id._crm_workdays(
            self.company_id, self.date_from, self.date_to
        )
        start = self.start_partner_id._crm_place()
        days = []
        for day in self._days_between():
            stops = visits.get(day, self.env["crm.visit"])
            if not (stops or day in worked or day in away):
                continue
            places = [start, *(stop.partner_id._crm_place() for stop in stops)]
            days.append(
                {
                    "date": day.isoformat(),
                    "label": format_date(self.env, day, date_format="EEE d MMM"),
                    "load": len(stops),
                    "capacity": self.capacity,
                    "km": round(length_km(places), 1) if len(stops) else 0,
                    "unknown": sum(place is None for place in places[1:]),
                    "is_away": day in away,
                    "is_closed": day not in worked and day not in away,
                    "stops": ", ".join(stops.mapped("partner_id.name")),
                }
            )
        return days

    def _visits_by_day(self):
        """The salesperson's visits of each day of the plan, in the order of the tour.

        Of other plans and ad-hoc ones too: they are made on the same day.
        """
        visits = self.env["crm.visit"].search(
            [
                ("user_id", "=", self.user_id.id),
                ("company_id", "=", self.company_id.id),
                ("date", ">=", self.date_from),
                ("date", "<=", self.date_to),
                ("state", "!=", "cancelled"),
            ],
            order="date, sequence, id",
        )
        return visits.grouped("date")

    def _set_times(self, visits):
        """Give visits of this plan their time of day, along each day's tour.

        One that does not fit keeps none, and is there for any time of the day.
        """
        by_day = visits.sorted(lambda v: (v.date, v.sequence, v.id)).grouped("date")
        worked, _away = self.user_id._crm_workdays(
            self.company_id, min(by_day), max(by_day)
        )
        taken = defaultdict(list)
        for day, others in self._visits_by_day().items():
            for other in others - visits:
                if other.start:
                    end = other.start + timedelta(hours=other.duration)
                    taken[day].append((other.start, end))
        for day, stops in by_day.items():
            intervals = _without(worked.get(day, []), taken[day])
            stops_to_lay = [
                (
                    stop.id,
                    stop.duration * 60,
                    stop.partner_id.sudo().crm_contact_hours_ids._windows_on(
                        day, self.company_id
                    ),
                )
                for stop in stops
            ]
            times = lay_out(stops_to_lay, intervals, TRAVEL)
            # sudo: what a person writes is pinned, and this is the planner's choice
            for stop_sudo in stops.sudo():
                start = times.get(stop_sudo.id)
                if start and stop_sudo._to_local(start).date() != day:
                    start = None  # works so far away that it is another day there
                stop_sudo.start = start


def _without(intervals, taken):
    """Working intervals without what is booked in them."""
    for begun, ended in taken:
        intervals = [
            piece
            for start, end in intervals
            for piece in ((start, min(end, begun)), (max(start, ended), end))
            if piece[0] < piece[1]
        ]
    return intervals
