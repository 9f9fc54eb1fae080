# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What happens to clocks: the single writer of their columns and of their log."""

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools import sla_clock
from ..tools.sla_clock import Event
from .crm_sla_clock_store import EVENT_COLUMNS, ClockRow

# What a person or the job does; what follows from it has no author.
CONSEQUENCES = frozenset({"warn", "breach", "escalate", "replan"})


class CrmSlaClock(models.Model):
    _inherit = "crm.sla.clock"

    def _apply(self, event, reason=None):
        """Let one event happen to each of these clocks, and log it.

        :param event: :class:`~odoo.addons.crm_complaints.tools.sla_clock.Event`
        :param reason: text for the log
        :return: ``{clock: [Step, ...]}``, the steps of escalation that are due
        """
        return self._apply_many([(clock.id, event, {}) for clock in self], reason)

    @api.model
    def _apply_many(self, changes, reason=None):
        """Let events happen to clocks: one statement for all clocks, one for the log.

        :param changes: list of ``(clock id, Event, terms)``; several events of one
            clock happen in their order; ``terms`` are new values of ``policy_id``,
            ``policy_version``, ``calendar_id`` that come with the event, and the
            ``reason`` if it is not that of all
        :return: ``{clock: [Step, ...]}``, the steps of escalation that are due
        """
        clocks = self.browse({clock_id for clock_id, _event, _terms in changes})
        rows = clocks._rows()
        clocks._complete_histories(
            rows, {clock_id for clock_id, event, _t in changes if _needs(event)}
        )
        before, events, due = dict(rows), [], {}
        for clock_id, event, terms in changes:
            if clock_id not in rows:
                continue  # gone meanwhile
            row, logged, steps = self._advance(rows[clock_id], event, dict(terms))
            if row.error:  # the job leaves it out
                row = row._replace(state=row.state._replace(next_event_at=None))
            rows[clock_id] = row
            events += [{"reason": reason, **line} for line in logged]
            if steps:
                due[self.browse(clock_id)] = list(steps)
        self._save(before, rows, events)
        return due

    @api.model
    def _advance(self, row, event, terms, steps=None):
        """One event of one clock, in memory.

        :param steps: of the escalation, if not those of its policy
        :return: ``(new row, log, due steps)``
        """
        reason = terms.pop("reason", None)
        if "calendar_id" in terms:
            event = event._replace(
                worktime=self._worktime(terms["calendar_id"], row.company_id)
            )
        if steps is None:
            steps = self._steps(terms.get("policy_id", row.policy_id), row.metric)
        worktime = self._worktime(row.calendar_id, row.company_id)
        outcome = sla_clock.advance(row.state, event, worktime, steps)
        new = row._replace(state=outcome.state)
        if outcome.log or event.allowance is not None:
            new = new._replace(**terms)  # without a log: the same promise, re-applied
        if event.kind == "replan" and outcome.state.deadline == row.state.deadline:
            return new, [], outcome.due  # one line for each clock that moved (T30)
        events = self._log_lines(row, new, event, outcome)
        if reason:
            for line in events:
                line.setdefault("reason", reason)
        return new, events, outcome.due

    @api.model
    def _log_lines(self, old, new, event, outcome):
        """The log of one event: the event itself, and what followed from it."""
        lines = []
        worktime = self._worktime(old.calendar_id, old.company_id)
        steps = iter(outcome.due)
        for kind, moment in outcome.log:
            line = {
                "clock_id": new.id,
                "company_id": new.company_id,
                "kind": kind,
                "date": moment,
                "target_minutes": new.state.target,
                "allowance_minutes": new.state.allowance,
                "calendar_id": new.calendar_id,
                "consumed_minutes": sla_clock.used_at(
                    old.state, worktime, max(moment, old.state.last_event_at)
                ),
                "old_deadline": old.state.deadline,
                "new_deadline": new.state.deadline,
            }
            if kind not in CONSEQUENCES:
                line["user_id"] = self.env.uid
            if kind == "backdate":
                line["started_at"] = event.start
            if kind == "escalate":
                line["reason"] = _step_text(next(steps))
            lines.append(line)
        return lines

    @api.model
    def _save(self, before, rows, events):
        """Write the rows that changed, the log, and the complaints they belong to."""
        changed = [
            row
            for clock_id, row in rows.items()
            if row is not before[clock_id]
            and _without_history(row) != _without_history(before[clock_id])
        ]
        self._update_rows(changed, before)
        self._insert_events(events)
        if changed:
            complaints = self.env["crm.complaint"].browse(
                {row.complaint_id for row in changed}
            )
            self._summarise(complaints)
            self._forget(complaints)

    # START

    @api.model
    def _begin(self, starts):
        """Start clocks: one statement for them, one for the log, one for complaints.

        A clock that exists already stays as it is.

        :param starts: list of ``(ClockRow, Event)``, the rows without id and state, the
            events of kind start
        :return: the rows that were started
        """
        rows, carried = [], {}
        for row, event in starts:
            steps = self._steps(row.policy_id, row.metric)
            worktime = self._worktime(row.calendar_id, row.company_id)
            rows.append(row._replace(state=sla_clock.begin(event, worktime, steps)))
            carried[row.complaint_id, row.metric, row.cycle] = event.carried
        rows = self._insert_rows(rows)
        self._insert_events(
            [
                {
                    "clock_id": row.id,
                    "company_id": row.company_id,
                    "kind": "start",
                    "date": row.state.started_at,
                    "user_id": self.env.uid,
                    "target_minutes": row.state.target,
                    "allowance_minutes": row.state.allowance,
                    "calendar_id": row.calendar_id,
                    "consumed_minutes": carried[
                        row.complaint_id, row.metric, row.cycle
                    ],
                    "new_deadline": row.state.deadline,
                }
                for row in rows
            ]
        )
        if rows:
            complaints = self.env["crm.complaint"].browse(
                {row.complaint_id for row in rows}
            )
            self._summarise(complaints)
            self._forget(complaints)
        return rows

    @api.model
    def _new_row(self, complaint, metric, cycle, target, calendar):
        """A clock of a complaint that has not begun yet.

        :param target: :class:`~odoo.addons.crm_complaints.tools.sla_policy.Target`
        """
        return ClockRow(
            id=None,
            complaint_id=complaint.id,
            company_id=complaint.company_id.id,
            metric=metric,
            cycle=cycle,
            policy_id=target.policy_id,
            policy_version=target.version,
            calendar_id=calendar.id or None,
            error=None,
            state=None,
        )

    # WHAT THEY COUNT BY

    @api.model
    def _worktime(self, calendar_id, company_id):
        """The compiled working time of a calendar, or None without one (S24)."""
        if not calendar_id:
            return None
        # sudo: a deadline does not depend on who looks; only the company's id is used
        calendar_sudo = self.env["resource.calendar"].sudo().browse(calendar_id)
        company = self.env["res.company"].browse(company_id)
        return calendar_sudo._working_time(company)

    @api.model
    def _steps(self, policy_id, metric):
        """The escalation of a clock of this policy and metric, in order of time."""
        if not policy_id:
            return ()
        return self.env["crm.sla.policy"].browse(policy_id)._escalation_steps(metric)

    # HISTORY

    @api.model
    def _complete_histories(self, rows, clock_ids):
        """Give the states of clocks the stretches that are over, from the log.

        :param rows: ``{clock id: ClockRow}``, changed in place
        :param clock_ids: of whom, unless they know it
        """
        wanted = [
            clock_id
            for clock_id in clock_ids
            if clock_id in rows and rows[clock_id].state.history is None
        ]
        for clock_id, events in self.browse(wanted)._logged_events().items():
            row = rows[clock_id]
            known = self._replayed(row, events)
            rows[clock_id] = row._replace(
                state=row.state._replace(history=known.history, carried=known.carried)
            )

    def _logged_events(self):
        """The log of these clocks, oldest first: ``{clock id: [dictionary, ...]}``."""
        names = ("clock_id", *(name for name in EVENT_COLUMNS if name != "clock_id"))
        self.env.cr.execute(
            SQL(
                "SELECT %s FROM crm_sla_event WHERE clock_id = ANY(%s) "
                "ORDER BY clock_id, id",
                SQL(", ").join(map(SQL.identifier, names)),
                list(self.ids),
            )
        )
        logged = {}
        for values in self.env.cr.fetchall():
            logged.setdefault(values[0], []).append(
                dict(zip(names, values, strict=True))
            )
        return logged

    @api.model
    def _replayed(self, row, logged):
        """The state that the log of a clock leads to, by its calendars as they are."""
        events = [self._event_of(line, row.company_id) for line in logged]
        first = self._worktime(logged[0]["calendar_id"], row.company_id)
        return sla_clock.replay(events, first)[0]

    @api.model
    def _event_of(self, line, company_id):
        """The event that a line of the log tells of."""
        values = {"kind": line["kind"], "moment": line["date"]}
        if line["kind"] in ("start", "retarget"):
            values["target"] = line["target_minutes"]
            values["allowance"] = line["allowance_minutes"]
        if line["kind"] == "start":
            values["carried"] = line["consumed_minutes"]
        if line["kind"] == "recalendar":
            values["worktime"] = self._worktime(line["calendar_id"], company_id)
        if line["kind"] == "backdate":
            values["start"] = line["started_at"]
        return Event(**values)

    @api.model
    def _moment(self, moment):
        """A moment as an event has it; now if there is none."""
        return fields.Datetime.to_datetime(moment) or fields.Datetime.now()


def _needs(event):
    return event.kind in sla_clock.NEEDS_HISTORY


def _without_history(row):
    return row._replace(state=row.state._replace(history=None, carried=0.0))


def _step_text(step):
    """A step of escalation in a few signs that need no translation."""
    if step.is_warning:
        return f"{step.percent} %"
    return f"+{step.offset_minutes} min"
