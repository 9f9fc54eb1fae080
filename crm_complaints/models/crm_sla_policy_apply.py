# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from ..tools.sla_clock import Event


class CrmSlaClock(models.Model):
    """The present version of a policy for clocks that run on an older one (S13)."""

    _inherit = "crm.sla.clock"

    def _policy_changes(self, moment):
        """What the promises that hold now mean for these clocks.

        :return: list of ``(clock id, Event, terms)``, as :meth:`_apply_many` takes it
        """
        changes = []
        for clock in self:
            complaint = clock.complaint_id
            events = complaint._sla_changes(clock, moment, None)
            if all(event.kind == "recalendar" for event, _terms in events):
                events.append(clock._same_promise(complaint, moment))
            changes += [(clock.id, event, terms) for event, terms in events]
        return changes

    def _same_promise(self, complaint, moment):
        """The promise as it is, now by the version that holds now."""
        target = complaint._sla_target(self.metric)
        event = Event(
            "retarget",
            moment,
            target=self.target_minutes,
            allowance=self.allowance_minutes,
        )
        version = {"policy_id": target.policy_id, "policy_version": target.version}
        return event, version

    def _foreseen(self, changes):
        """The rows of these clocks as they would be after some changes.

        Nothing is written.

        :return: ``{clock id: ClockRow}``
        """
        rows = self._rows()
        self._complete_histories(rows, [clock_id for clock_id, _e, _t in changes])
        for clock_id, event, terms in changes:
            rows[clock_id] = self._advance(rows[clock_id], event, dict(terms))[0]
        return rows

    def _apply_policy(self, moment, reason):
        """Give these clocks the promises that hold now.

        :param reason: text for the log of each
        """
        due = self._apply_many(self._policy_changes(moment), reason)
        if due:
            self.env["crm.escalation.notice"]._raise(list(due.items()), moment)
