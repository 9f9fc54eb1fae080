# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo import models

from .crm_escalation_step import ROLES

USER_GROUP = "crm_complaints.group_complaint_own"
MANAGER_GROUP = "crm_complaints.group_complaint_manager"
LEVELS = [role for role, _label in ROLES]
# Somebody who does not work for longer has no working hours to wait for.
WEEKS_AHEAD = 3
DAY, WEEK = timedelta(days=1), timedelta(days=7)
WEEK_MINUTES = 7 * 24 * 60


class CrmEscalationNotice(models.Model):
    """Who is told: resolved at the moment when a step is raised (S22, S23)."""

    _inherit = "crm.escalation.notice"

    def _resolve(self, moment):
        """Find the recipients of these notices; as many queries for one as for many."""
        for company, notices in self.grouped("company_id").items():
            notices._resolve_in(company, moment)

    def _resolve_in(self, company, moment):
        managers = self._managers(company)
        ladders = {notice: notice._ladder() for notice in self}
        candidates = managers.browse(
            {
                user.id
                for ladder in ladders.values()
                for users in ladder.values()
                for user in users
            }
        )
        allowed = self._allowed(candidates, company) | managers
        presence = self._presence(allowed, company, moment)
        vals_list = []
        for notice, ladder in ladders.items():
            found = notice._pick(ladder, allowed, presence)
            if not found:  # nobody at all: the managers, present or not
                present = managers.filtered(lambda user: presence[user.id])
                found = dict.fromkeys(present or managers, "manager")
            at_once = notice._is_round_the_clock(moment)
            for user, role in found.items():
                vals_list.append(
                    {
                        "notice_id": notice.id,
                        "complaint_id": notice.complaint_id.id,
                        "company_id": company.id,
                        "user_id": user.id,
                        "role": role,
                        "notify_at": moment if at_once else presence[user.id] or moment,
                    }
                )
        recipients = self.env["crm.escalation.recipient"].create(vals_list)
        for notice, rows in recipients.grouped("notice_id").items():
            notice.notify_at = min(rows.mapped("notify_at"))

    def _ladder(self):
        """``{role: users}`` of the complaint, lowest first, the nearest user first."""
        complaint, step = self.complaint_id, self.step_id
        department = complaint.department_id
        above, parent = [], department.parent_id
        while parent:
            above += parent.manager_id
            parent = parent.parent_id
        return {
            "owner": list(complaint.user_id),
            "leader": list(complaint.team_id.leader_id),
            "department": list(department.manager_id),
            "above": above,
            "fixed": list(step.user_ids),
        }

    def _pick(self, ladder, allowed, presence):
        """Who is told as what: for who is missing, the next one up steps in.

        :return: ``{user: role}``, nobody twice
        """

        def is_there(user):
            return user in allowed and presence[user.id]

        found = {}
        for role in self.step_id._roles():
            higher = [
                (level, user)
                for level in LEVELS[LEVELS.index(role) :]
                for user in ladder[level]
            ]
            level, user = next(filter(lambda pair: is_there(pair[1]), higher), (0, 0))
            if user:
                found.setdefault(user, level)
        for user in ladder["fixed"]:
            if is_there(user):
                found.setdefault(user, "fixed")
        return found

    def _managers(self, company):
        """The complaint managers of a company: told where nobody else is."""
        return self._members(MANAGER_GROUP, company)

    def _allowed(self, users, company):
        """Of these users those who can open a complaint of the company."""
        return self._members(USER_GROUP, company) & users

    def _members(self, group, company):
        """Active internal members of a group who work for a company."""
        # sudo: whether a colleague may be told does not depend on who acts
        return (
            self.env["res.users"]
            .sudo()
            .search(
                [
                    ("all_group_ids", "in", self.env.ref(group).ids),
                    ("company_ids", "in", company.ids),
                    ("share", "=", False),
                ]
            )
        )

    def _presence(self, users, company, moment):
        """When each user can be told.

        :return: ``{user id: naive UTC}``: now or the beginning of the next working
            time; None for who is away all the rest of the next working day
        """
        day = company._crm_working_time().local_date(moment)
        last = day + timedelta(weeks=WEEKS_AHEAD)
        absences = users._crm_absences_batch(company, day, last)
        return {
            user.id: _next_presence(
                user._crm_working_time(company), absences[user.id], moment
            )
            for user in users
        }

    def _is_round_the_clock(self, moment):
        """Whether this deadline runs day and night, so that nobody is waited for."""
        calendar = self.clock_id.calendar_id
        if not calendar:
            return False
        worktime = calendar._working_time(self.company_id)
        return worktime.between(moment, moment + WEEK) >= WEEK_MINUTES


def _next_presence(worktime, absences, moment):
    """The next moment of the next working day that is left beside absences.

    :return: naive UTC; None if absences take all of it
    """
    day = worktime.local_date(moment)
    for _count in range(WEEKS_AHEAD * 7):
        ahead = [
            (max(start, moment), end)
            for start, end in worktime.intervals(day)
            if end > moment
        ]
        if ahead:
            return _first_gap(ahead, absences)
        day += DAY
    return None if any(gone <= moment < back for gone, back in absences) else moment


def _first_gap(intervals, absences):
    """The first moment in sorted intervals that no absence covers, or None."""
    for start, end in intervals:
        for gone, back in absences:
            if gone <= start:
                start = max(start, back)
        if start < end:
            return start
    return None
