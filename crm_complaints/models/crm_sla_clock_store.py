# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The rows of clocks and events: the one place that reads and writes them, in bulk.

No other code writes these columns, so that they are always as in the database, and a
statement does for a thousand clocks what the ORM does one by one.
"""

from typing import NamedTuple

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ..tools.sla_clock import ClockState

INT, FLOAT, BOOL = SQL("int[]"), SQL("float[]"), SQL("bool[]")
VARCHAR, TIMESTAMP = SQL("varchar[]"), SQL("timestamp[]")
# column of the table -> (field of the state, type of an array of it)
STATE_COLUMNS = {
    "state": ("status", VARCHAR),
    "target_minutes": ("target", INT),
    "allowance_minutes": ("allowance", FLOAT),
    "started_at": ("started_at", TIMESTAMP),
    "running_since": ("running_since", TIMESTAMP),
    "consumed_minutes": ("consumed", FLOAT),
    "last_event_at": ("last_event_at", TIMESTAMP),
    "pause_count": ("pauses", INT),
    "paused_since": ("paused_since", TIMESTAMP),
    "paused_minutes": ("paused", FLOAT),
    "deadline": ("deadline", TIMESTAMP),
    "warn_at": ("warn_at", TIMESTAMP),
    "is_warned": ("is_warned", BOOL),
    "next_event_at": ("next_event_at", TIMESTAMP),
    "escalation_level": ("level", INT),
    "chain_stopped_at": ("chain_stopped_at", TIMESTAMP),
    "reached_at": ("reached_at", TIMESTAMP),
    "breached_at": ("breached_at", TIMESTAMP),
    "overdue_minutes": ("overdue", FLOAT),
}
TERM_COLUMNS = {
    "complaint_id": INT,
    "company_id": INT,
    "metric": VARCHAR,
    "cycle": INT,
    "policy_id": INT,
    "policy_version": INT,
    "calendar_id": INT,
    "error": VARCHAR,
}
EVENT_COLUMNS = {
    "clock_id": INT,
    "company_id": INT,
    "kind": VARCHAR,
    "date": TIMESTAMP,
    "user_id": INT,
    "reason": VARCHAR,
    "started_at": TIMESTAMP,
    "target_minutes": INT,
    "allowance_minutes": FLOAT,
    "calendar_id": INT,
    "consumed_minutes": FLOAT,
    "old_deadline": TIMESTAMP,
    "new_deadline": TIMESTAMP,
}
KEY_COLUMNS = ("complaint_id", "company_id", "metric", "cycle")  # of a clock for good
COMPLAINT_COLUMNS = ("sla_state", "sla_metric", "sla_deadline", "sla_warn_at")
ROWS = 1000  # of a statement


class ClockRow(NamedTuple):
    """A clock as it is in the database."""

    id: int | None
    complaint_id: int
    company_id: int
    metric: str
    cycle: int
    policy_id: int | None
    policy_version: int | None
    calendar_id: int | None
    error: str | None
    state: ClockState


class CrmSlaClock(models.Model):
    _inherit = "crm.sla.clock"

    # NOBODY ELSE WRITES

    # Nothing goes on to super: rows are written by the service below, in bulk.

    @api.model_create_multi
    def create(self, vals_list):  # pylint: disable=method-required-super
        raise AccessError(self.env._("Deadlines are started by their complaint."))

    def write(self, vals):  # pylint: disable=method-required-super
        raise AccessError(self.env._("Deadlines are changed by what happens alone."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise AccessError(self.env._("Deadlines go with their complaint alone."))

    # ROWS

    def _rows(self, lock=False):
        """These clocks as :class:`ClockRow`, by id.

        :param lock: take those that nobody else holds, and hold them
        """
        self.env.cr.execute(
            SQL(
                "SELECT id, %s, %s FROM crm_sla_clock WHERE id = ANY(%s) "
                "ORDER BY id %s",
                SQL(", ").join(map(SQL.identifier, TERM_COLUMNS)),
                SQL(", ").join(map(SQL.identifier, STATE_COLUMNS)),
                list(self.ids),
                SQL("FOR NO KEY UPDATE SKIP LOCKED") if lock else SQL(),
            )
        )
        return {row[0]: _row_of(row) for row in self.env.cr.fetchall()}

    @api.model
    def _update_rows(self, rows, before=None):
        """Write the columns in which some :class:`ClockRow` differs from before.

        Most events change a few of them, in the same columns of all clocks: what stays
        as it is need not be sent, parsed and checked again.

        :param before: ``{clock id: ClockRow}``; without it all columns are written
        """
        for start in range(0, len(rows), ROWS):
            batch = rows[start : start + ROWS]
            old = _columns([before[row.id] for row in batch]) if before else {}
            columns = {
                name: column
                for name, column in _columns(batch).items()
                if name not in KEY_COLUMNS and column != old.get(name)
            }
            columns["id"] = (INT, [row.id for row in batch])
            self.env.cr.execute(
                SQL(
                    "UPDATE crm_sla_clock clock SET %s, write_uid = %s, "
                    "write_date = NOW() AT TIME ZONE 'UTC' FROM %s WHERE clock.id = "
                    "new.id",
                    SQL(", ").join(
                        SQL("%s = new.%s", SQL.identifier(name), SQL.identifier(name))
                        for name in columns
                        if name != "id"
                    ),
                    self.env.uid,
                    _unnest(columns),
                )
            )

    @api.model
    def _insert_rows(self, rows):
        """Insert :class:`ClockRow` without id; a clock that exists stays as it is.

        :return: the rows that are new, with their ids
        """
        inserted = []
        for start in range(0, len(rows), ROWS):
            batch = rows[start : start + ROWS]
            columns = _columns(batch)
            self.env.cr.execute(
                SQL(
                    "INSERT INTO crm_sla_clock (%s, create_uid, create_date, "
                    "write_uid, write_date) SELECT new.*, %s, "
                    "NOW() AT TIME ZONE 'UTC', %s, NOW() AT TIME ZONE 'UTC' FROM %s "
                    "ON CONFLICT (complaint_id, metric, cycle) DO NOTHING "
                    "RETURNING id, complaint_id, metric, cycle",
                    SQL(", ").join(map(SQL.identifier, columns)),
                    self.env.uid,
                    self.env.uid,
                    _unnest(columns),
                )
            )
            keys = {tuple(key): new_id for new_id, *key in self.env.cr.fetchall()}
            for row in batch:
                new_id = keys.get((row.complaint_id, row.metric, row.cycle))
                if new_id:
                    inserted.append(row._replace(id=new_id))
        return inserted

    @api.model
    def _insert_events(self, events):
        """Append to the log.

        :param events: dictionaries of :data:`EVENT_COLUMNS`
        """
        for start in range(0, len(events), ROWS):
            batch = events[start : start + ROWS]
            columns = {
                name: (kind, [event.get(name) for event in batch])
                for name, kind in EVENT_COLUMNS.items()
            }
            self.env.cr.execute(
                SQL(
                    "INSERT INTO crm_sla_event (%s, recorded_at) "
                    "SELECT new.*, NOW() AT TIME ZONE 'UTC' FROM %s",
                    SQL(", ").join(map(SQL.identifier, columns)),
                    _unnest(columns),
                )
            )

    @api.model
    def _summarise(self, complaints):
        """Write the soonest open deadline of complaints on them (S26).

        What is late comes first, as its deadline is the earliest; then what runs, what
        is paused, and what has no deadline. One statement, which leaves those alone
        that do not change.
        """
        if not complaints:
            return
        self.env.cr.execute(
            SQL(
                """
                UPDATE crm_complaint complaint
                   SET sla_state = soonest.state, sla_metric = soonest.metric,
                       sla_deadline = soonest.deadline, sla_warn_at = soonest.warn_at
                  FROM (
                    SELECT DISTINCT ON (complaint_id) complaint_id,
                           CASE WHEN NOT is_open THEN 'done'
                                WHEN state = 'no_deadline' THEN 'none'
                                WHEN state = 'running' AND is_warned THEN 'warned'
                                ELSE state END AS state,
                           CASE WHEN is_open THEN metric END AS metric,
                           CASE WHEN is_open THEN deadline END AS deadline,
                           CASE WHEN is_open THEN warn_at END AS warn_at
                      FROM (SELECT *, reached_at IS NULL
                                   AND state NOT IN ('met', 'cancelled') AS is_open
                              FROM crm_sla_clock WHERE complaint_id = ANY(%s)) clock
                     ORDER BY complaint_id, is_open DESC, deadline NULLS LAST,
                              state = 'paused' DESC, metric = 'resolution' DESC, id
                       ) soonest
                 WHERE soonest.complaint_id = complaint.id
                   AND (complaint.sla_state, complaint.sla_metric,
                        complaint.sla_deadline, complaint.sla_warn_at)
                       IS DISTINCT FROM (soonest.state, soonest.metric,
                                         soonest.deadline, soonest.warn_at)""",
                list(complaints.ids),
            )
        )

    @api.model
    def _forget(self, complaints):
        """Have the caches read again what the statements wrote."""
        self.invalidate_model(flush=False)
        self.env["crm.sla.event"].invalidate_model(flush=False)
        names = ["clock_ids", *COMPLAINT_COLUMNS]
        complaints.invalidate_recordset(names, flush=False)
        complaints.modified(names)


def _row_of(values):
    terms = len(TERM_COLUMNS) + 1
    state = dict(
        zip(
            (name for name, _kind in STATE_COLUMNS.values()),
            values[terms:],
            strict=True,
        )
    )
    if state["running_since"] == state["started_at"]:
        # no stretch is over: all that it has used up was carried over
        state |= {"history": (), "carried": state["consumed"]}
    return ClockRow(*values[:terms], ClockState(**state))


def _columns(rows):
    """``{column: (type, values)}`` of clocks."""
    columns = {
        name: (kind, [getattr(row, name) for row in rows])
        for name, kind in TERM_COLUMNS.items()
    }
    for name, (field, kind) in STATE_COLUMNS.items():
        columns[name] = (kind, [getattr(row.state, field) for row in rows])
    return columns


def _unnest(columns):
    """Columns as a table ``new``: one array each, whatever the number of rows."""
    return SQL(
        "UNNEST(%s) AS new (%s)",
        SQL(", ").join(
            SQL("%s::%s", values, kind) for kind, values in columns.values()
        ),
        SQL(", ").join(map(SQL.identifier, columns)),
    )
