# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The job that notes what is due: warnings, breaches, escalation, ends of pauses."""

import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from odoo.addons.crm_service_excellence.models.job import (
    commit_progress,
    on_conflict_again,
)

from ..tools.sla_clock import Event

_logger = logging.getLogger(__name__)
BATCH = 500  # clocks or pauses of one transaction
ERROR_LENGTH = 300


class CrmSlaClock(models.Model):
    _inherit = "crm.sla.clock"

    @api.model
    def _cron_process(self, as_of=None):
        """Note what is due until ``as_of`` (naive UTC), by default now.

        Restartable at any point and safe to run twice at once. However late it runs,
        what it notes has the moment at which it was due (S20). Only the scheduler
        commits each batch; called by hand, it is the caller's transaction.
        """
        moment = self._moment(as_of)
        self._replan_now()
        for process in (self._process_pauses, self._process_due):
            done = BATCH
            while done == BATCH:
                done = on_conflict_again(self.env, process, moment)
                remaining = BATCH if done == BATCH else 0
                if not commit_progress(self.env, done, remaining):
                    return

    # PAUSES

    @api.model
    def _process_pauses(self, moment):
        """End the pauses that reached their limit, at that limit (S8)."""
        self.env["crm.sla.pause"].flush_model()
        self.env.cr.execute(
            SQL(
                "SELECT id FROM crm_sla_pause WHERE date_to IS NULL "
                "AND date_limit <= %s ORDER BY date_limit, id LIMIT %s "
                "FOR NO KEY UPDATE SKIP LOCKED",
                moment,
                BATCH,
            ),
            log_exceptions=False,
        )
        # sudo: the company's job, whoever runs it
        pauses_sudo = (
            self.env["crm.sla.pause"]
            .sudo()
            .browse([row[0] for row in self.env.cr.fetchall()])
        )
        return sum(pause._expire_safely(moment) for pause in pauses_sudo)

    # CLOCKS

    @api.model
    def _process_due(self, moment):
        """Note what is due on one batch of clocks; return how many they were.

        A clock that cannot be handled is marked and left out: the others go on.
        """
        self.env.cr.execute(
            SQL(
                "SELECT id FROM crm_sla_clock WHERE next_event_at <= %s "
                "ORDER BY next_event_at LIMIT %s FOR NO KEY UPDATE SKIP LOCKED",
                moment,
                BATCH,
            ),
            log_exceptions=False,
        )
        # sudo: the company's job, whoever runs it
        clocks_sudo = self.sudo().browse([row[0] for row in self.env.cr.fetchall()])
        if not clocks_sudo:
            return 0
        try:
            with self.env.cr.savepoint():
                clocks_sudo._process(moment)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception:
            _logger.info("A batch of clocks failed: one by one.", exc_info=True)
            for clock_sudo in clocks_sudo:
                clock_sudo._process_alone(moment)
        return len(clocks_sudo)

    def _process(self, moment):
        """Note what is due on these clocks, and escalate."""
        due = self._apply(Event("tick", moment))
        if due:
            self.env["crm.escalation.notice"]._raise(list(due.items()), moment)
        self.env.cr.execute(
            SQL(
                "SELECT id FROM crm_sla_clock WHERE id = ANY(%s) "
                "AND next_event_at <= %s",
                list(self.ids),
                moment,
            )
        )
        stuck = [row[0] for row in self.env.cr.fetchall()]
        if stuck:
            raise ValueError(f"Deadlines that do not move on: {stuck}")

    def _process_alone(self, moment):
        """The same for one clock; if it cannot be, say so on it."""
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                self._process(moment)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception as error:
            _logger.exception("%s cannot go on.", self)
            self._mark(error, moment)

    def _mark(self, error, moment):
        """Take a clock out of the job, visibly; whether it is late does not wait."""
        rows = self._rows()
        row = rows[self.id]
        text = f"{type(error).__name__}: {error}"[:ERROR_LENGTH]
        try:
            new, lines, _due = self._advance(row, Event("tick", moment), {}, steps=())
        except Exception:
            _logger.exception("%s is broken.", self)
            new, lines = row, []
        new = new._replace(error=text, state=new.state._replace(next_event_at=None))
        self._save(rows, {self.id: new}, lines)

    def action_retry(self):
        """Let the job take up again what it had to leave out."""
        if not self.env.user.has_group("crm_complaints.group_complaint_manager"):
            raise AccessError(
                self.env._("Only a manager lets the job take up a deadline again.")
            )
        self.check_access("read")
        # sudo: clocks are nobody's to write; the right was checked above
        clocks_sudo = self.sudo()
        rows = clocks_sudo._rows()
        now = fields.Datetime.now()
        healed = {
            clock_id: row._replace(
                error=None,
                state=row.state._replace(
                    next_event_at=now if row.state.is_open else None
                ),
            )
            for clock_id, row in rows.items()
            if row.error
        }
        clocks_sudo._save(rows, healed, [])
        return True
