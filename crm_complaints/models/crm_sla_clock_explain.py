# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Why a deadline is what it is: what counted, what did not, and why."""

from datetime import timedelta

from odoo import fields, models
from odoo.fields import Domain

from ..tools.sla_clock_terms import Stretch

# Longer stretches are told by the day.
DETAILED_DAYS = 7
DAY = timedelta(days=1)


class CrmSlaClock(models.Model):
    _inherit = "crm.sla.clock"

    def _explain(self):
        """The intervals from the start to the deadline, or to when it was reached.

        :return: list of dictionaries: ``from`` and ``to`` (naive UTC; ``to`` is None
            while a pause lasts), ``kind`` (counted, closed or paused), ``minutes``
            (working minutes: those of counted intervals add up to the allowance, or to
            what was used up until it was reached), ``text``
        """
        self.ensure_one()
        # sudo: the log is read with the clock, which the user may read
        clock_sudo = self.sudo()
        logged = clock_sudo._logged_events().get(self.id)
        if not logged:
            return []
        row = clock_sudo._rows()[self.id]
        state = clock_sudo._replayed(row, logged)
        worktime = clock_sudo._worktime(row.calendar_id, row.company_id)
        stretches = list(state.history)
        end = state.reached_at or state.deadline
        if state.running_since and end:
            stretches.append(Stretch(state.running_since, end, True, worktime))
        lines = []
        if state.carried:
            lines.append(
                {
                    "from": state.started_at,
                    "to": state.started_at,
                    "kind": "counted",
                    "minutes": state.carried,
                    "text": self.env._("Used up before it was reopened"),
                }
            )
        for stretch in stretches:
            if end and stretch.end > end:
                stretch = stretch._replace(end=end)
            if stretch.start >= stretch.end:
                continue
            if stretch.is_run:
                lines += clock_sudo._explain_run(stretch)
            else:
                lines.append(clock_sudo._explain_pause(stretch, stretch.end, logged))
        if state.paused_since:
            now = max(fields.Datetime.now(), state.paused_since)
            stretch = Stretch(state.paused_since, now, False, worktime)
            lines.append(clock_sudo._explain_pause(stretch, None, logged))
        return lines

    def _explain_pause(self, stretch, end, logged):
        """A pause, with the reason it began with."""
        reasons = [
            line["reason"]
            for line in logged
            if line["kind"] == "pause" and line["date"] <= stretch.start
        ]
        return {
            "from": stretch.start,
            "to": end,
            "kind": "paused",
            "minutes": stretch.minutes,
            "text": (reasons and reasons[-1]) or self.env._("Paused"),
        }

    def _explain_run(self, stretch):
        """What counted of a run, and the gaps in between."""
        counted = [
            {
                "from": start,
                "to": end,
                "kind": "counted",
                "minutes": stretch._replace(start=start, end=end).minutes,
                "text": self.env._("Working hours"),
            }
            for start, end in self._worked_intervals(stretch)
        ]
        is_long = stretch.end - stretch.start > DETAILED_DAYS * DAY
        closures = self._closures_in(stretch.start, stretch.end)
        lines, reached = [], stretch.start
        for line in counted:
            lines += self._explain_gap(reached, line["from"], closures, is_long)
            lines.append(line)
            reached = line["to"]
        return lines + self._explain_gap(reached, stretch.end, closures, is_long)

    def _worked_intervals(self, stretch):
        """Working intervals of a stretch; one a day if it is long."""
        if not stretch.worktime:
            return
        day = stretch.worktime.local_date(stretch.start)
        last = stretch.worktime.local_date(stretch.end)
        is_long = stretch.end - stretch.start > DETAILED_DAYS * DAY
        while day <= last:
            found = [
                (max(start, stretch.start), min(end, stretch.end))
                for start, end in stretch.worktime.intervals(day)
                if start < stretch.end and end > stretch.start
            ]
            if found and is_long:
                found = [(found[0][0], found[-1][1])]
            yield from found
            day += DAY

    def _explain_gap(self, start, end, closures, is_long):
        """Time that did not count; nights in between long stretches go without saying.

        :param closures: list of ``(from, to, name)``
        """
        if start >= end:
            return []
        names = [
            name for closed, opened, name in closures if closed < end and opened > start
        ]
        if is_long and not names and end - start < DAY:
            return []
        text = ", ".join(dict.fromkeys(names)) or self.env._("Outside of working hours")
        line = {"from": start, "to": end, "kind": "closed", "minutes": 0.0}
        return [{**line, "text": text}]

    def _closures_in(self, start, end):
        """The closures of the calendar in a time: ``[(from, to, name)]``."""
        leaves = self.env["resource.calendar.leaves"].search(
            Domain("resource_id", "=", False)
            & Domain("time_type", "=", "leave")
            & Domain("calendar_id", "in", [False, self.calendar_id.id])
            & Domain("company_id", "in", [False, self.company_id.id])
            & Domain("date_from", "<", end)
            & Domain("date_to", ">", start),
            order="date_from",
        )
        unnamed = self.env._("Closed")
        return [
            (leave.date_from, leave.date_to, leave.name or unnamed) for leave in leaves
        ]
