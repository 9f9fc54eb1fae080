# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import datetime
from zoneinfo import ZoneInfo

from freezegun import freeze_time

from odoo.addons.crm_complaints.tests.complaint_common import ComplaintCommon

DAYS = {
    "Mon": "2026-03-02",
    "Tue": "2026-03-03",
    "Wed": "2026-03-04",
    "Thu": "2026-03-05",
    "Fri": "2026-03-06",
}


def utc(text, zone="Asia/Shanghai"):
    """Local wall-clock time as naive UTC; a weekday is of the week of 2 March 2026."""
    day, time = text.split()
    local = datetime.fromisoformat(f"{DAYS.get(day, day)} {time}")
    local = local.replace(tzinfo=ZoneInfo(zone))
    return local.astimezone(ZoneInfo("UTC")).replace(tzinfo=None)


class SlaCommon(ComplaintCommon):
    """Promises of 4 h for an answer, 16 h for news, 24 h (serious 8 h) for the end."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls._create_sla(
            {
                "ack": 30,
                "first_response": 240,
                "update": 960,
                "containment": 240,
                "resolution": 24 * 60,
                ("resolution", "serious", None): 480,
                ("resolution", "very_serious", None): 240,
                ("resolution", False, cls.diamond): 720,
            }
        )
        cls.waiting = cls.env.ref("crm_complaints.crm_sla_pause_reason_customer")
        cls.supplier = cls.env.ref("crm_complaints.crm_sla_pause_reason_supplier")
        cls.clocks = cls.env["crm.sla.clock"]

    def complain(self, received="Mon 09:00", **values):
        complaint = self._create_complaint(date_received=utc(received), **values)
        complaint._sla_start()
        return complaint

    def clock(self, complaint, metric="resolution", cycle=1):
        return complaint.clock_ids.filtered(
            lambda one: one.metric == metric and one.cycle == cycle
        )

    def at(self, text):
        return freeze_time(utc(text))

    def kinds(self, clock):
        return clock.event_ids.mapped("kind")
