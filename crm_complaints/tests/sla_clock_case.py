# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A clock in a calendar, told what happens by weekday and hour."""

from datetime import datetime
from zoneinfo import ZoneInfo

from odoo.addons.crm_complaints.tools import sla_clock
from odoo.addons.crm_complaints.tools.sla_clock import Event, Step
from odoo.addons.crm_service_excellence.tools.working_time import WorkingTime

OFFICE_CN = ((8 * 60, 12 * 60), (13 * 60, 17 * 60))
OFFICE = ((9 * 60, 17 * 60),)
ALWAYS = ((0, 24 * 60),)
UTC = ZoneInfo("UTC")
DAYS = {
    "Mon": "2026-03-02",
    "Tue": "2026-03-03",
    "Wed": "2026-03-04",
    "Thu": "2026-03-05",
    "Fri": "2026-03-06",
}
STEPS = (
    Step("50", 50),
    Step("75", 75),
    Step("90", 90),
    Step("late", None, 0),
    Step("+2", None, 120),
    Step("+8", None, 480),
)


def calendar(zone="Asia/Shanghai", hours=OFFICE_CN, days=5, **options):
    week = [[*hours] if day < days else [] for day in range(7)]
    return WorkingTime(zone, [week] * 2, **options)


CN = calendar()


def utc(text, zone="Asia/Shanghai"):
    """Local wall-clock time as naive UTC; a weekday is of the week of 2 March 2026."""
    day, time = text.split()
    local = datetime.fromisoformat(f"{DAYS.get(day, day)} {time}")
    return local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC).replace(tzinfo=None)


class Clock:
    """A clock in one calendar, told events by name; keeps what was logged."""

    def __init__(self, start, hours, worktime=CN, steps=(), zone="Asia/Shanghai"):
        self.worktime, self.steps, self.zone = worktime, steps, zone
        self.events = [Event("start", self.utc(start), target=round(hours * 60))]
        self.state = sla_clock.begin(self.events[0], worktime, steps)
        self.log, self.due = [], []

    def utc(self, text):
        return utc(text, self.zone)

    def tell(self, kind, text, **values):
        event = Event(kind, self.utc(text), **values)
        outcome = sla_clock.advance(self.state, event, self.worktime, self.steps)
        self.state, self.due = outcome.state, [step.key for step in outcome.due]
        self.log += outcome.log
        if kind != "tick":
            self.events.append(event)
        if kind == "recalendar":
            self.worktime = event.worktime
        return self

    def tells(self, text):
        """Several events: ``pause Mon 11:00, resume Tue 14:00``."""
        for part in text.split(", "):
            kind, moment = part.split(" ", 1)
            self.tell(kind, moment)
        return self

    @property
    def deadline(self):
        return self.state.deadline

    @property
    def hours(self):
        return self.state.consumed / 60
