# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Replaying finished clocks under other promises."""

from typing import NamedTuple

from ..models.crm_complaint_terms import UNASSESSED_SEVERITY
from ..tools.sla_policy import CompiledPolicies


class Promise(NamedTuple):
    """What would have become of one promise."""

    metric: str
    used: float  # working minutes
    minutes: int
    was_kept: bool

    @property
    def is_kept(self):
        return self.used <= self.minutes


def replay_promises(policy, matrix, company, clocks):
    """What a policy with these times would have promised, against what was used.

    The used time is measured anew by the working hours of that promise, from the
    moments at which the clock ran; pauses are taken out as they were.

    :param policy: ``crm.sla.policy``, by whose scope and terms is judged
    :param matrix: ``{key: minutes}``, the times to try
    :param clocks: reached ``crm.sla.clock``, ordered by complaint, metric and cycle
    :return: iterable of :class:`Promise`; promises of other policies are left out
    """
    compiled = _compile_draft(policy, matrix, company)
    halts = _halts(clocks)
    worktimes = {}
    used_before = {}  # of the former cycles of a complaint and metric
    for clock in clocks:
        complaint = clock.complaint_id
        target = compiled.lookup(
            clock.metric,
            complaint.severity or UNASSESSED_SEVERITY,
            complaint.grade_id.id,
            complaint.team_id.id,
            _path(complaint.category_id),
        )
        if target is None or target.policy_id != policy.id:
            continue
        place = (complaint.grade_id, complaint.team_id)
        if place not in worktimes:
            worktimes[place] = _worktime(policy, company, *place)
        worktime = worktimes[place]
        if worktime is None:
            continue
        minutes, used = target.minutes, 0.0
        if clock.cycle > 1 and clock.metric == "resolution":
            if target.reopen_mode == "continue":
                used = used_before.get(complaint, 0.0)
            else:
                minutes = target.reopen_minutes or minutes
        for start, end in _runs(clock, halts.get(clock.id, ())):
            used += worktime.between(start, end)
        if clock.metric == "resolution":
            used_before[complaint] = used
        yield Promise(clock.metric, used, minutes, clock.state == "met")


def _compile_draft(policy, matrix, company):
    """The promises of a company, as if the policy had these times and were in use."""
    # sudo: which promise holds does not depend on who looks
    others_sudo = policy.sudo().search(
        [("company_id", "in", [False, company.id]), ("id", "!=", policy.id)]
    )
    draft = []
    for key, minutes in matrix.items():
        metric, severity, grade = key.split("|")
        grade_id = int(grade) if grade else None
        draft.append(policy._line(metric, severity, grade_id, minutes))
    return CompiledPolicies([*others_sudo._lines(), *draft])


def _halts(clocks):
    """``{clock id: [(kind, date)]}``: when the clocks were paused and resumed."""
    halts = {}
    # sudo: the events of clocks that the reader sees
    events_sudo = clocks.env["crm.sla.event"].sudo()
    for event in events_sudo.search_fetch(
        [("clock_id", "in", clocks.ids), ("kind", "in", ("pause", "resume"))],
        ["clock_id", "kind", "date"],
        order="clock_id, id",
    ):
        halts.setdefault(event.clock_id.id, []).append((event.kind, event.date))
    return halts


def _runs(clock, halts):
    """The intervals in which a clock ran, overlapping pauses counting once."""
    start, pauses = clock.started_at, 0
    for kind, date in halts:
        if kind == "pause":
            if not pauses:
                yield start, date
            pauses += 1
        elif pauses:
            pauses -= 1
            if not pauses:
                start = date
    if not pauses:
        yield start, clock.reached_at


def _path(category):
    """Ids of a category and those above it, nearest first."""
    path = (category.parent_path or "").strip("/").split("/")
    return tuple(int(category_id) for category_id in reversed(path) if category_id)


def _worktime(policy, company, grade, team):
    """The working time by which the policy counts for a grade and a team, or None."""
    # sudo: of a team or a grade only the hours are read
    calendar_sudo = (
        policy.sudo().calendar_id
        or grade.sudo().crm_sla_calendar_id
        or team.sudo().calendar_id
        or company.sudo().resource_calendar_id
    )
    return calendar_sudo._working_time(company) if calendar_sudo else None
