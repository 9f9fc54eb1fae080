# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Working hours, holidays or make-up days were edited: open clocks are planned anew.

Once for a transaction, whatever the number of edits: an import of thirty holidays plans
once, before it commits or somebody reads a deadline. What has come to an end never
changes (S13).
"""

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.sla_clock import Event
from .crm_sla_clock_store import COMPLAINT_COLUMNS

HOOK = "crm_complaints.replan"
BATCH = 5000


class CrmSlaClock(models.Model):
    _inherit = "crm.sla.clock"

    @api.model
    def _schedule_replan(self, scopes):
        """Plan the clocks of these scopes anew before the transaction ends.

        :param scopes: list of ``(calendar id, company id, from, to)``: which calendar
            changed (None: each) of which company (None: each), and when (naive UTC;
            None: from or to wherever)
        """
        if not scopes:
            return
        data = self.env.cr.precommit.data
        if HOOK not in data:
            data[HOOK] = []
            self.env.cr.precommit.add(self._replan_scheduled)
        data[HOOK] += scopes
        # nobody finds a deadline of before in the caches: see _replan_now
        self.invalidate_model(flush=False)
        self.env["crm.complaint"].invalidate_model(COMPLAINT_COLUMNS, flush=False)

    @api.model
    def _replan_now(self):
        """Whoever edited the hours and reads deadlines in one breath sees new ones."""
        if HOOK in self.env.cr.precommit.data:
            self._replan_scheduled()

    def _search(self, *args, **kwargs):
        self._replan_now()
        return super()._search(*args, **kwargs)

    def _fetch_query(self, *args, **kwargs):
        self._replan_now()
        return super()._fetch_query(*args, **kwargs)

    @api.model
    def _replan_scheduled(self):
        scopes = self.env.cr.precommit.data.pop(HOOK, [])
        # sudo: deadlines follow the calendar, whoever edited it
        self.sudo()._replan(_merged(scopes))

    @api.model
    def _replan(self, scopes):
        """Plan open clocks anew; one line of the log for each that moved (T30).

        :param scopes: as for :meth:`_schedule_replan`
        :return: how many clocks were looked at
        """
        if not scopes:
            return 0
        conditions = SQL(" OR ").join(_condition(*scope) for scope in scopes)
        self.env.cr.execute(
            SQL(
                "SELECT id FROM crm_sla_clock clock WHERE reached_at IS NULL "
                "AND state NOT IN ('met', 'cancelled') AND (%s) ORDER BY id",
                conditions,
            )
        )
        clock_ids = [row[0] for row in self.env.cr.fetchall()]
        event = Event("replan", fields.Datetime.now())
        for start in range(0, len(clock_ids), BATCH):
            batch = clock_ids[start : start + BATCH]
            self._apply_many([(clock_id, event, {}) for clock_id in batch])
        return len(clock_ids)


class CrmComplaint(models.Model):
    _inherit = "crm.complaint"

    def _fetch_query(self, *args, **kwargs):
        self.env["crm.sla.clock"]._replan_now()
        return super()._fetch_query(*args, **kwargs)


def _condition(calendar_id, company_id, start, end):
    """SQL: clocks whose time meets a scope; what is late goes on until reached."""
    parts = [SQL("calendar_id IS NOT NULL")]
    if calendar_id:
        parts.append(SQL("calendar_id = %s", calendar_id))
    if company_id:
        parts.append(SQL("company_id = %s", company_id))
    if end:
        parts.append(SQL("started_at < %s", end))
    if start:
        parts.append(
            SQL("(deadline IS NULL OR deadline > %s OR state = 'breached')", start)
        )
    return SQL("(%s)", SQL(" AND ").join(parts))


def _merged(scopes):
    """One scope for each calendar and company, as wide as all of them."""
    merged = {}
    for calendar_id, company_id, start, end in scopes:
        key = (calendar_id, company_id)
        if key in merged:
            known_start, known_end = merged[key]
            start = min(start, known_start) if start and known_start else None
            end = max(end, known_end) if end and known_end else None
        merged[key] = (start, end)
    return [(*key, *span) for key, span in merged.items()]
