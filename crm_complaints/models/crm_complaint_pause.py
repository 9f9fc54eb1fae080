# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Pauses of a complaint: some of its deadlines stand still for a reason (S7-S10)."""

import contextlib
from datetime import timedelta

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.crm_service_excellence.tools.working_time import HorizonError

from ..tools.sla_clock import Event
from .crm_complaint_terms import OPEN_STATES


class CrmComplaint(models.Model):
    _inherit = "crm.complaint"

    def _sla_pause(self, reason, moment=None, note=None):
        """Let those deadlines stand still that a reason stops.

        A complaint that is paused for the same reason already stays so.

        :param reason: one ``crm.sla.pause.reason``
        :param note: more about it, in the user's words
        :return: the pauses, as sudo
        :raise UserError: the reason is out of use, or a complaint is not open
        """
        if not reason.active:
            raise UserError(
                self.env._(
                    "The reason %(name)s is out of use.", name=reason.display_name
                )
            )
        complaints_sudo = self.sudo()  # sudo: pauses are nobody's to write
        for complaint in complaints_sudo:
            if complaint.state not in OPEN_STATES:
                raise UserError(
                    self.env._(
                        "%(complaint)s is not open: there is nothing to pause.",
                        complaint=complaint.display_name,
                    )
                )
        clocks = complaints_sudo.env["crm.sla.clock"]
        moment = clocks._moment(moment)
        complaints_sudo._sla_expire_pauses(moment)
        same = complaints_sudo._sla_open_pauses().filtered(
            lambda pause: pause.reason_id == reason
        )
        new = complaints_sudo - same.complaint_id
        pauses = complaints_sudo.env["crm.sla.pause"].create(
            [
                {
                    "complaint_id": complaint.id,
                    "company_id": complaint.company_id.id,
                    "reason_id": reason.id,
                    "note": note,
                    "metrics": ",".join(reason.sudo()._metrics()),
                    "date_from": moment,
                    "date_limit": complaint._sla_pause_limit(reason, moment),
                    "user_id": self.env.uid,
                }
                for complaint in new
            ]
        )
        open_clocks = new._sla_open_clocks(reason.sudo()._metrics())
        open_clocks._apply(Event("pause", moment), note or reason.name)
        return same | pauses

    def _sla_pause_limit(self, reason, moment):
        """When a pause ends by itself, in working time of the resolution.

        Without working hours, or if they do not open in time, plain time counts: a
        pause has an end.
        """
        target = self._sla_target("resolution")
        calendar = (
            self._sla_calendar(target)
            if target
            else self.team_id.calendar_id or self.company_id.resource_calendar_id
        )
        minutes = reason.sudo().limit_minutes
        if calendar:
            with contextlib.suppress(HorizonError):
                return calendar._working_time(self.company_id).add(moment, minutes)
        return moment + timedelta(minutes=minutes)

    def _sla_resume(self, pauses=None, moment=None, is_expired=False):
        """End pauses; what no other pause stops runs again.

        :param pauses: by default all of these complaints that are open
        :param is_expired: they reached their limit; each ends at that
        """
        complaints_sudo = self.sudo()  # sudo: pauses are nobody's to write
        moment = complaints_sudo.env["crm.sla.clock"]._moment(moment)
        if not is_expired:
            complaints_sudo._sla_expire_pauses(moment)
        open_pauses = complaints_sudo._sla_open_pauses()
        if pauses is not None:
            open_pauses &= pauses.sudo()
        clocks = complaints_sudo._sla_open_clocks().grouped("complaint_id")
        changes = []
        for pause in open_pauses.sorted(lambda one: (one.date_limit, one.id)):
            end = pause.date_limit if is_expired else moment
            end = max(end, pause.date_from)
            changes += [
                (clock.id, Event("resume", end), {"reason": pause.reason_id.name})
                for clock in clocks.get(pause.complaint_id, ())
                if clock.metric in pause._metrics()
            ]
            pause._close(end, is_expired)
        complaints_sudo.env["crm.sla.clock"]._apply_many(changes)
        if is_expired:
            open_pauses._alert_expired()

    def _sla_end_pauses(self, moment):
        """The complaint has come to an end: so have its pauses; its clocks know."""
        for pause in self._sla_open_pauses():
            pause._close(max(moment, pause.date_from))

    def _sla_open_pauses(self):
        """The pauses of these complaints that are open, oldest first."""
        return self.env["crm.sla.pause"].search(
            Domain("complaint_id", "in", self.ids) & Domain("date_to", "=", False),
            order="id",
        )

    def _sla_expire_pauses(self, moment):
        """End the pauses that reached their limit before a moment, at that limit.

        The job does so in time; what happens before it runs must not count as paused.
        """
        expired = self.env["crm.sla.pause"].search(
            Domain("complaint_id", "in", self.ids)
            & Domain("date_to", "=", False)
            & Domain("date_limit", "<=", moment)
        )
        if expired:
            expired.complaint_id._sla_resume(expired, moment, is_expired=True)
