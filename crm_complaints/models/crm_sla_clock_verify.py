# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Is each open deadline what its log leads to? A proof, and a list of what is not."""

import logging

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.crm_service_excellence.models.job import commit_progress

_logger = logging.getLogger(__name__)
BATCH = 2000
# field of the state -> what it is called on the clock
CHECKED = {
    "status": "state",
    "target": "target_minutes",
    "allowance": "allowance_minutes",
    "started_at": "started_at",
    "running_since": "running_since",
    "consumed": "consumed_minutes",
    "pauses": "pause_count",
    "paused_since": "paused_since",
    "paused": "paused_minutes",
    "deadline": "deadline",
    "last_event_at": "last_event_at",
    "chain_stopped_at": "chain_stopped_at",
    "reached_at": "reached_at",
    "breached_at": "breached_at",
}


class CrmSlaClock(models.Model):
    _inherit = "crm.sla.clock"

    def _verify(self):
        """Recompute these clocks from their log.

        :return: ``{clock: text}`` of those that say something else than their log
        """
        rows = self._rows()
        logged = self._logged_events()
        differences = {}
        for clock in self:
            if clock.id not in rows:
                continue
            text = self._difference(rows[clock.id], logged.get(clock.id))
            if text:
                differences[clock] = text
        return differences

    @api.model
    def _difference(self, row, logged):
        """What a clock says otherwise than its log, or None."""
        if not logged:
            return "event_ids: -"
        try:
            expected = self._replayed(row, logged)
        except Exception as error:  # whatever is wrong with it, the others are checked
            return f"{type(error).__name__}: {error}"
        found = [
            f"{name}: {getattr(row.state, field)} ≠ {getattr(expected, field)}"
            for field, name in CHECKED.items()
            if getattr(row.state, field) != getattr(expected, field)
        ]
        if (
            row.state.status == "running"
            and not row.error
            and not (
                row.state.next_event_at
                and row.state.next_event_at <= row.state.deadline
            )
        ):
            found.append(f"next_event_at: {row.state.next_event_at}")
        return ", ".join(found) or None

    @api.model
    def _cron_verify(self):
        """Check every open clock, and mark those that differ for the managers.

        :return: how many differ
        """
        self._replan_now()
        # sudo: the company's job, whoever runs it
        clocks_sudo = self.sudo()
        last_id, count = 0, 0
        while True:
            batch = clocks_sudo.search(
                self._open_domain() & Domain("id", ">", last_id),
                order="id",
                limit=BATCH,
            )
            if not batch:
                break
            last_id = batch[-1].id
            differences = batch._verify()
            count += len(differences)
            batch._note_differences(differences)
            remaining = BATCH if len(batch) == BATCH else 0
            if not commit_progress(self.env, len(batch), remaining):
                break
        if count:
            _logger.info("%s deadlines are not what their events lead to.", count)
        return count

    def _note_differences(self, differences):
        """Write what differs on the clocks, and take away what does not any more."""
        texts = [differences.get(clock) for clock in self]
        self.env.cr.execute(
            SQL(
                "UPDATE crm_sla_clock clock SET difference = new.difference "
                "FROM UNNEST(%s::int[], %s::varchar[]) AS new (id, difference) "
                "WHERE clock.id = new.id "
                "AND clock.difference IS DISTINCT FROM new.difference",
                list(self.ids),
                texts,
            )
        )
        self.invalidate_recordset(["difference"], flush=False)
