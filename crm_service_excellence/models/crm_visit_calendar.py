# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from markupsafe import Markup

from odoo import Command, models
from odoo.tools.mail import plaintext2html

from .crm_visit import OPEN_STATES

# Nobody is written to for a meeting that is the salesperson's own note of a visit.
SILENT = {
    "no_mail_to_attendees": True,
    "skip_attendee_notification": True,
    "skip_contact_description": True,
    "dont_notify": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_auto_subscribe_no_notify": True,
    "mail_notrack": True,
    "crm_visit_sync": True,
}
# odoo.tools.mail.clean_context, and what would make of the meeting something else
DEFAULT_PREFIX = "default_"


class CrmVisit(models.Model):
    """The meeting of a visit, in the salesperson's calendar alone."""

    _inherit = "crm.visit"

    def _silent_events(self):
        """:return: ``calendar.event`` in an environment that mails nobody."""
        context = {
            key: value
            for key, value in self.env.context.items()
            if not key.startswith(DEFAULT_PREFIX)
        }
        # sudo: the meeting follows the visit, whoever may change the visit
        env = self.env(su=True, context={**context, **SILENT})
        return env["calendar.event"]

    def _make_events(self):
        """One meeting each for planned visits that have none, in one batch."""
        visits = self.filtered(lambda visit: not visit.calendar_event_id)
        vals_list = [
            {
                **visit._prepare_event_vals(),
                "user_id": visit.user_id.id,
                "partner_ids": [Command.set(visit.user_id.partner_id.ids)],
            }
            for visit in visits
        ]
        events = self._silent_events().create(vals_list)
        for visit_sudo, event in zip(visits.sudo(), events, strict=True):
            visit_sudo.calendar_event_id = event  # measured: written here only

    def _prepare_event_vals(self):
        """When and where, and whom: without a name others could read if confidential.

        :return: values of ``calendar.event``
        """
        self.ensure_one()
        place = self.contact_id or self.partner_id
        name = self.env._("Visit")
        if not self.is_confidential:
            name = self.env._("Visit: %(customer)s", customer=self.partner_id.name)
        lines = [
            self.partner_id.name,
            self.contact_id.name,
            place.phone or self.partner_id.phone,
            self.purpose,
        ]
        return {
            **self._prepare_event_time_vals(),
            "name": name,
            "location": place._crm_address() or self.partner_id._crm_address(),
            "description": Markup().join(
                plaintext2html(line, "p") for line in lines if line
            ),
            # "confidential" would let every colleague read name and address
            "privacy": "private" if self.is_confidential else False,
        }

    def _prepare_event_time_vals(self):
        """A visit without a time stands above the day and blocks none of it."""
        self.ensure_one()
        if not self.start:
            return {
                "allday": True,
                "start": f"{self.date} 08:00:00",
                "stop": f"{self.date} 18:00:00",
                "start_date": self.date,
                "stop_date": self.date,
                "show_as": "free",
            }
        return {
            "allday": False,
            "start": self.start,
            "stop": self.start + timedelta(hours=self.duration or 1),
            "show_as": "busy",
        }

    def _update_events(self, users_before=None):
        """Let meetings follow their visits; others' attendance is left alone.

        :param users_before: ``{visit: salesperson}`` where that changed
        """
        if self.env.context.get("crm_visit_sync"):
            return
        for visit in self.filtered("calendar_event_id"):
            if visit.state not in OPEN_STATES:
                continue
            event = self._silent_events().browse(visit.calendar_event_id.id)
            values = visit._prepare_event_vals()
            if not visit._owns(event):  # somebody else's words stay
                values = visit._prepare_event_time_vals()
            user, former = visit.user_id, (users_before or {}).get(visit)
            if former and former != user:
                values["user_id"] = user.id
                values["partner_ids"] = [
                    Command.unlink(former.partner_id.id),
                    Command.link(user.partner_id.id),
                ]
            event.write(values)

    def _follow_event(self, event):
        """Move the open visits of a meeting that was moved in the calendar."""
        for visit in self.filtered(lambda visit: visit.state in OPEN_STATES):
            if event.allday:
                values = {"date": event.start_date, "start": False}
            else:
                values = {
                    "date": visit._to_local(event.start).date(),
                    "start": event.start,
                    "duration": min(event.duration, 24),
                }
            changed = any(visit[name] != value for name, value in values.items())
            if changed:
                values["is_pinned"] = True
                visit.with_context(crm_visit_sync=True).write(values)

    def _owns(self, event):
        """Whether the meeting is the salesperson's own: nobody else attends it."""
        return event.partner_ids <= (self.user_id | event.user_id).partner_id

    def _own_events(self):
        """:return: meetings that go with their visit when it is off."""
        events = self._silent_events()
        for visit in self.sudo().filtered("calendar_event_id"):  # as above
            if visit._owns(visit.calendar_event_id):
                events |= events.browse(visit.calendar_event_id.id)
        return events
