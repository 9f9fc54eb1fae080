# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The entries of the care calendar, of which each kind costs one query or two.

All methods yield ``(date, entry)`` of a closed interval.
"""

from datetime import timedelta

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.occasions import ONE_DAY
from .crm_care_calendar import _days
from .crm_care_task import STATES
from .crm_occasion import FESTIVAL_KINDS, YEARLY_KINDS

SHOWN_NAMES = 5
# Whoever plans a day does not mind whether it was skipped or came too late.
COUNTED_AS = {"expired": "skipped"}
COUNTS = [state for state, _label in STATES if state not in COUNTED_AS]
ONE_SECOND = timedelta(seconds=1)


class CrmCareCalendar(models.AbstractModel):
    _inherit = "crm.care.calendar"

    # TASKS

    @api.model
    def _task_entries(self, first, last, mine):
        """One entry a day for each rule, largest first, counted by state."""
        found = {}
        for day, rule_id, occasion_id, state, number in self._count_tasks(
            first, last, mine
        ):
            counts = found.setdefault((day, rule_id, occasion_id), {})
            state = COUNTED_AS.get(state, state)
            counts[state] = counts.get(state, 0) + number
        # sudo: names of rules and occasions of tasks that the reader may read, of
        # which one may have changed its company since
        rules_sudo = self.env["crm.care.rule"].sudo().browse({key[1] for key in found})
        occasions_sudo = (
            self.env["crm.occasion"].sudo().browse({key[2] for key in found})
        )
        names = {rule.id: rule.name for rule in rules_sudo}
        about = {occasion.id: occasion for occasion in occasions_sudo}
        entries = [
            (
                day,
                {
                    "kind": "tasks",
                    "rule_id": rule_id,
                    "occasion_id": occasion_id,
                    "name": names[rule_id],
                    "color": about[occasion_id].color,
                    "occasion_kind": about[occasion_id].kind,
                    "group": _group(about[occasion_id].kind),
                    "counts": {state: counts.get(state, 0) for state in COUNTS},
                    "total": sum(counts.values()),
                },
            )
            for (day, rule_id, occasion_id), counts in found.items()
        ]
        return sorted(entries, key=lambda item: (-item[1]["total"], item[1]["rule_id"]))

    @api.model
    def _count_tasks(self, first, last, mine):
        """``[(date, rule, occasion, state, number)]``: counted by the database, since
        a year may have a million; record rules apply."""
        tasks = self.env["crm.care.task"]
        domain = (
            Domain("company_id", "in", self.env.companies.ids)
            & Domain("due_date", ">=", first)
            & Domain("due_date", "<=", last)
        )
        if mine:
            domain &= self._own_domain()
        tasks.check_access("read")
        query = tasks._search(domain)
        columns = SQL(", ").join(
            tasks._field_to_sql(tasks._table, name, query)
            for name in ("due_date", "rule_id", "occasion_id", "state")
        )
        query.groupby = columns
        return self.env.execute_query(query.select(columns, SQL("COUNT(*)")))

    # DAYS THAT ARE CELEBRATED

    @api.model
    def _occasion_entries(self, first, last, is_all):
        """Festivals, planned or not; and in words which of them have no dates here."""
        company = self.env.company
        found, problems = [], []
        for occasion in (
            self.env["crm.occasion"]
            .with_context(active_test=not is_all)
            .search(
                Domain("kind", "in", FESTIVAL_KINDS)
                & Domain("company_id", "in", [False, *self.env.companies.ids])
            )
        ):
            try:
                days = occasion._occurrences(
                    first, last, occasion.company_id or company
                )
            except UserError as error:
                problems.append(str(error))
                continue
            entry = {
                "kind": "occasion",
                "occasion_id": occasion.id,
                "name": occasion.name,
                "color": occasion.color,
                "occasion_kind": occasion.kind,
                "is_used": occasion.active,
            }
            found += [(one.day, entry) for one in days]
        return found, problems

    @api.model
    def _birthday_entries(self, first, last, mine):
        """How many birthdays each day has, and whose, without asking the contacts.

        The calendar is asked which birthdays, as they are stored, each day is; so the
        second and the missing birthday of a lunar year are seen in any year.
        """
        partners = self.env["res.partner"]
        query = partners._search(self._birthday_readers_domain(mine))
        celebrated = [
            (day, *one[:-1])
            for day in _days(first, last)
            for one in self._celebrated(day)
        ]
        partners.flush_model(
            [
                "name",
                "commercial_company_name",
                "crm_birth_calendar",
                "crm_birth_month",
                "crm_birth_day",
                "crm_birth_leap",
                "crm_birth_leap_policy",
            ]
        )
        rows = self.env.execute_query(
            SQL(
                """SELECT born.today, COUNT(*),
                          (ARRAY_AGG(ARRAY[partner.name,
                                           partner.commercial_company_name]
                                     ORDER BY partner.name, partner.id))[1:%s]
                     FROM unnest(%s::date[], %s::varchar[], %s::int4[], %s::int4[],
                                 %s::bool[], %s::varchar[])
                       AS born (today, calendar, month, day, leap, leap_policy)
                     JOIN res_partner partner
                       ON partner.crm_birth_calendar = born.calendar
                      AND partner.crm_birth_month = born.month
                      AND partner.crm_birth_day = born.day
                      AND partner.crm_birth_month > 0
                      AND (COALESCE(partner.crm_birth_leap, FALSE)
                           AND born.calendar = 'lunar') = born.leap
                      AND (NOT born.leap
                           OR COALESCE(partner.crm_birth_leap_policy, 'regular')
                              = born.leap_policy)
                    WHERE partner.id IN %s
                 GROUP BY born.today""",
                SHOWN_NAMES,
                *(list(column) for column in zip(*celebrated, strict=True)),
                query.subselect(),
            )
        )
        for day, number, names in rows:
            yield (
                day,
                {
                    "kind": "birthday",
                    "count": number,
                    "names": [self._person(*name) for name in names],
                },
            )

    @api.model
    def _person(self, name, company):
        if not company or company == name:
            return name or ""
        return self.env._("%(person)s (%(company)s)", person=name, company=company)

    # THE COMPANY'S OWN DAYS

    @api.model
    def _closed_entries(self, first, last):
        """Public holidays on which the company is closed, and make-up days."""
        company = self.env.company
        calendars = [False, company.resource_calendar_id.id]
        worktime = company._crm_working_time()
        # a date begins at most 14 hours before that of UTC, and ends 12 after it
        closures = self.env["resource.calendar.leaves"].search_fetch(
            Domain("resource_id", "=", False)
            & Domain("time_type", "=", "leave")
            & Domain("calendar_id", "in", calendars)
            & Domain("company_id", "in", [False, company.id])
            & Domain("date_to", ">=", first - ONE_DAY)
            & Domain("date_from", "<=", last + 2 * ONE_DAY),
            ["name", "date_from", "date_to"],
            order="date_from, id",
        )
        for closure in closures:
            begins = worktime.local_date(closure.date_from)
            ends = worktime.local_date(closure.date_to - ONE_SECOND)
            for day in _days(max(begins, first), min(ends, last)):
                if not worktime.is_working_day(day):
                    yield day, _closed(closure.name or self.env._("Closed"), False)
        makeups = self.env["resource.calendar.makeup"].search_fetch(
            Domain("calendar_id", "in", calendars)
            & Domain("company_id", "=", company.id)
            & Domain("date", ">=", first)
            & Domain("date", "<=", last),
            ["name", "date"],
            order="date, calendar_id, id",
        )
        for day, same in makeups.grouped("date").items():
            yield day, _closed(same[0].name, True)

    @api.model
    def _worked_days(self, first, last):
        """Dates on which the company works, make-up days among them."""
        worktime = self.env.company._crm_working_time()
        return {day for day in _days(first, last) if worktime.is_working_day(day)}


def _closed(name, is_makeup):
    return {"kind": "closed", "name": name, "is_makeup": is_makeup}


def _group(kind):
    """As the legend has it: what is planned for a festival, once a year, or after
    something that happened."""
    if kind in FESTIVAL_KINDS:
        return "festival"
    return "yearly" if kind in YEARLY_KINDS else "anchored"
