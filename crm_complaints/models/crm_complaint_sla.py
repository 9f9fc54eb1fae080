# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The deadlines of a complaint: what starts them, changes them and meets them.

The methods are for other parts of the addon: their callers have checked the user's
rights. ``moment`` is naive UTC and now by default; a recordset is one batch.
"""

from odoo import api, models
from odoo.fields import Domain

from ..tools.sla_clock import Event
from .crm_complaint_terms import METRICS, OPEN_STATES, UNASSESSED_SEVERITY

ALL_METRICS = tuple(metric for metric, _name in METRICS)
# What the promised times depend on.
TERMS = ("severity", "team_id", "category_id", "grade_id")
# What a move means for the clocks: what is reached, what is cancelled.
MOVES = {
    "acknowledge": (("ack",), ()),
    "resolve": (("resolution",), ("update", "containment")),
    "close": (ALL_METRICS, ()),
    "withdraw": ((), ALL_METRICS),
    "mark_duplicate": ((), ALL_METRICS),
    "reject": ((), ALL_METRICS),
}


class CrmComplaint(models.Model):
    _inherit = "crm.complaint"

    # START

    def _sla_start(self):
        """Start the clocks of new complaints, from their receipt.

        What is not open gets none (S19). May be called again: a clock that exists
        already stays as it is.
        """
        starts = []
        complaints_sudo = self.sudo()  # sudo: what is promised is not the user's to say
        for complaint in complaints_sudo:
            if complaint.state in OPEN_STATES:
                metrics = complaint._sla_still_possible()
                starts += complaint._sla_begin(metrics, 1, complaint.date_received)
        complaints_sudo.env["crm.sla.clock"]._begin(starts)

    def _sla_still_possible(self):
        """The metrics that are still ahead: a receipt is confirmed but once."""
        behind = {
            "ack": self.state != "received",
            "first_response": self.date_first_response,
            "containment": self.date_contained,
        }
        return [metric for metric in ALL_METRICS if not behind.get(metric)]

    def _sla_begin(self, metrics, cycle, moment):
        """What to start for one complaint: ``[(row, event)]`` for what is promised."""
        starts = []
        for metric in metrics:
            target = self._sla_target(metric)
            if target:
                row = self.env["crm.sla.clock"]._new_row(
                    self, metric, cycle, target, self._sla_calendar(target)
                )
                starts.append((row, Event("start", moment, target=target.minutes)))
        return starts

    def _sla_target(self, metric, terms=None):
        """The promise of a metric, or None.

        :param terms: ``(severity, team, category, grade)`` instead of the present ones
        :return: :class:`~odoo.addons.crm_complaints.tools.sla_policy.Target`
        """
        severity, team, category, grade = terms or self._sla_terms()
        severity = severity or UNASSESSED_SEVERITY
        if metric == "containment" and severity != "very_serious":
            return None
        return self.env["crm.sla.policy"]._compiled(self.company_id).lookup(
            metric, severity, grade.id, team.id, category._sla_line()
        )  # fmt: skip

    def _sla_terms(self):
        """What the promises of this complaint depend on."""
        return tuple(self[name] for name in TERMS)

    def _sla_calendar(self, target, terms=None):
        """The working hours a promise counts: policy's, grade's, team's, company's.

        :return: ``resource.calendar``, maybe none
        """
        _severity, team, _category, grade = terms or self._sla_terms()
        return (
            self.env["resource.calendar"].browse(target.calendar_id or ())
            or grade.crm_sla_calendar_id
            or team.calendar_id
            or self.company_id.resource_calendar_id
        )

    def _sla_open_clocks(self, metrics=ALL_METRICS):
        """The clocks of these complaints that have not come to an end."""
        return self.env["crm.sla.clock"].search(
            Domain("complaint_id", "in", self.ids)
            & Domain("metric", "in", metrics)
            & self.env["crm.sla.clock"]._open_domain()
        )

    # WHAT HAPPENS

    def _sla_reach(self, metric, moment=None, reason=None):
        """What was promised was done; nothing if no such clock is open."""
        self._sla_tell("reach", (metric,), moment, reason)

    def _sla_tell(self, kind, metrics, moment=None, reason=None):
        """Let an event happen to the open clocks of some metrics.

        :return: the clocks
        """
        complaints_sudo = self.sudo()  # sudo: clocks are nobody's to write
        clocks_sudo = complaints_sudo._sla_open_clocks(metrics)
        if clocks_sudo:
            moment = clocks_sudo._moment(moment)
            complaints_sudo._sla_expire_pauses(moment)
            clocks_sudo._apply(Event(kind, moment), reason)
        return clocks_sudo

    def _sla_updated(self, moment=None):
        """The customer got news: that promise is met, and the next one runs."""
        moment = self.env["crm.sla.clock"]._moment(moment)
        self._sla_tell("reach", ("update",), moment)
        self._sla_next_cycle(("update",), moment)

    def _sla_on_move(self, action, old_state, moment=None):
        """The state changed.

        :param action: a key of the table of moves
        :param old_state: the state before
        """
        moment = self.env["crm.sla.clock"]._moment(moment)
        reached, cancelled = MOVES.get(action, ((), ()))
        for metric in reached:
            self._sla_reach(metric, moment)
        if cancelled:
            self._sla_tell("cancel", cancelled, moment)
        if action == "reopen":
            self._sla_next_cycle(("resolution", "update"), moment)
        ended = self.sudo().filtered(lambda one: one.state not in OPEN_STATES)
        if ended:
            ended._sla_end_pauses(moment)

    def _sla_next_cycle(self, metrics, moment):
        """Start the next cycle of those metrics of open complaints that have ended.

        A resolution goes on with what its former cycle had used up, or has a time of
        its own, as its policy says (S14).
        """
        complaints_sudo = self.sudo().filtered(lambda one: one.state in OPEN_STATES)
        clocks_sudo = complaints_sudo.env["crm.sla.clock"].search(
            Domain("complaint_id", "in", complaints_sudo.ids)
            & Domain("metric", "in", metrics),
            order="cycle",
        )
        last = {(clock.complaint_id, clock.metric): clock for clock in clocks_sudo}
        starts = []
        for complaint in complaints_sudo:
            for metric in metrics:
                former = last.get((complaint, metric))
                if former and former._is_open():
                    continue
                cycle = former.cycle + 1 if former else 1
                for row, event in complaint._sla_begin((metric,), cycle, moment):
                    if former and metric == "resolution":
                        event = complaint._sla_reopened(event, former)
                    starts.append((row, event))
        complaints_sudo._sla_begin_paused(starts, moment)

    def _sla_reopened(self, event, former):
        """The start of a resolution that follows a former one (S14)."""
        target = self._sla_target("resolution")
        if target.reopen_mode == "continue":
            return event._replace(carried=former.consumed_minutes)
        return event._replace(target=_reopened_minutes(target))

    def _sla_begin_paused(self, starts, moment):
        """Start clocks in the middle; pauses that are open stop them as well."""
        clocks = self.env["crm.sla.clock"]
        rows = clocks._begin(starts)
        changes = [
            (row.id, Event("pause", moment), {"reason": pause.reason_id.name})
            for pause in self._sla_open_pauses()
            for row in rows
            if row.complaint_id == pause.complaint_id.id
            and row.metric in pause._metrics()
        ]
        if changes:
            clocks._apply_many(changes)

    # CHANGES OF THE TERMS

    def write(self, vals):
        if not set(TERMS).intersection(vals):
            return super().write(vals)
        complaints_sudo = self.sudo()  # sudo: the terms, whatever the user may read
        before = {one.id: one._sla_terms() for one in complaints_sudo}
        result = super().write(vals)
        changed = complaints_sudo.filtered(
            lambda one: one._sla_terms() != before[one.id]
        )
        if changed:
            changed._sla_retarget(before=before)
        return result

    def _sla_retarget(self, moment=None, reason=None, before=None):
        """Give open clocks the promise that holds now (S11, S12).

        Used up time and pauses stay. A promise that is withdrawn is cancelled, one that
        is new starts.

        :param before: ``{id: terms}`` before the change: where they led to the same
            promise nothing changes, although the policy may have a new version (S13)
        """
        complaints_sudo = self.sudo()  # sudo: clocks are nobody's to write
        clocks_sudo = complaints_sudo._sla_open_clocks()
        moment = clocks_sudo._moment(moment)
        complaints_sudo._sla_expire_pauses(moment)
        by_complaint = clocks_sudo.grouped("complaint_id")
        changes = []
        for complaint in complaints_sudo:
            terms = (before or {}).get(complaint.id)
            text = reason or (terms and complaint._sla_change_text(terms))
            for clock in by_complaint.get(complaint, ()):
                changes += [
                    (clock.id, event, {"reason": text, **values})
                    for event, values in complaint._sla_changes(clock, moment, terms)
                ]
        clocks_sudo._apply_many(changes)
        complaints_sudo._sla_begin_promised(moment)

    def _sla_changes(self, clock, moment, terms):
        """What a change of terms means for one clock: ``[(event, new columns)]``."""
        target, calendar = self._sla_promise(clock.metric)
        if terms and (target, calendar) == self._sla_promise(clock.metric, terms):
            return []
        if not target:
            return [(Event("cancel", moment), {})]
        changes = []
        if calendar != clock.calendar_id:
            values = {"calendar_id": calendar.id or None}
            changes.append((Event("recalendar", moment), values))
        minutes = target.minutes
        is_reopened = min(self.cycle, clock.cycle) > 1 and clock.metric == "resolution"
        if is_reopened and target.reopen_mode == "fresh":
            minutes = _reopened_minutes(target)
        if minutes != clock.target_minutes:
            event = Event(
                "retarget",
                moment,
                target=minutes,
                mode=target.retarget_mode,
                grace_percent=target.grace_percent,
                may_lengthen=target.may_lengthen,
            )
            values = {
                "policy_id": target.policy_id,
                "policy_version": target.version,
            }
            changes.append((event, values))
        return changes

    def _sla_promise(self, metric, terms=None):
        """Promise and calendar of the present or former terms; None for neither."""
        target = self._sla_target(metric, terms)
        return target, target and self._sla_calendar(target, terms)

    def _sla_begin_promised(self, moment):
        """Start what is promised of late: it has no clock, or only cancelled ones."""
        complaints = self.filtered(lambda one: one.state in OPEN_STATES)
        clocks = self.env["crm.sla.clock"].search(
            Domain("complaint_id", "in", complaints.ids), order="cycle"
        )
        last = {(clock.complaint_id, clock.metric): clock for clock in clocks}
        starts = []
        for complaint in complaints:
            for metric in complaint._sla_still_possible():
                former = last.get((complaint, metric))
                if former and former.state != "cancelled":
                    continue
                cycle = former.cycle + 1 if former else 1
                starts += complaint._sla_begin((metric,), cycle, moment)
        complaints._sla_begin_paused(starts, moment)

    def _sla_change_text(self, terms):
        """What changed, for the log: ``Severity: General → Serious``."""
        texts = []
        for name, old, new in zip(TERMS, terms, self._sla_terms(), strict=True):
            if old != new:
                field = self._fields[name]
                texts.append(
                    f"{field._description_string(self.env)}: "
                    f"{self._sla_value_text(field, old)} → "
                    f"{self._sla_value_text(field, new)}"
                )
        return ", ".join(texts)

    @api.model
    def _sla_value_text(self, field, value):
        if not value:
            return "-"
        if field.relational:
            return value.display_name
        return dict(field._description_selection(self.env)).get(value, value)

    # MERGE

    def _sla_merge(self, survivor, moment=None):
        """These are the same matter as ``survivor``, who takes over the earliest start.

        :param survivor: one complaint
        """
        moment = self.env["crm.sla.clock"]._moment(moment)
        self._sla_tell("cancel", ALL_METRICS, moment)
        merged_sudo = self.sudo().clock_ids.filtered("started_at")
        start = min(merged_sudo.mapped("started_at"), default=None)
        clocks_sudo = survivor.sudo()._sla_open_clocks().filtered(
            lambda clock: clock.cycle == 1 and start and clock.started_at > start
        )  # fmt: skip
        numbers = ", ".join(filter(None, self.sudo().mapped("number")))
        clocks_sudo._apply(Event("backdate", moment, start=start), numbers or None)


def _reopened_minutes(target):
    """The time of its own that a resolution has when it is reopened (S14)."""
    return target.reopen_minutes or target.minutes


class CrmComplaintCategory(models.Model):
    _inherit = "crm.complaint.category"

    def _sla_line(self):
        """The ids of this category and of those above it, nearest first."""
        if not self:
            return ()
        return tuple(int(part) for part in reversed(self.parent_path.split("/")[:-1]))
