# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date, datetime, timedelta

from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import format_date

from ..tools import lunar, occasions
from .res_partner import CARE_GROUP

ENTRY_KINDS = ("tasks", "occasion", "birthday", "closed")
SWITCHES = ("mine", "all_occasions", "lunar")
MAX_DAYS = 400
# What the lunar calendar is known for, and what a person may want to look up.
FIRST_YEAR, LAST_YEAR = 1900, 2100
ALL_GROUP = "crm_service_excellence.group_care_all"
MANAGER_GROUP = "crm_service_excellence.group_care_manager"


class CrmCareCalendar(models.AbstractModel):
    """What the care calendar shows of each day: what is planned, and what day it is.

    Nothing is stored. Festivals and birthdays are computed for whatever year is asked
    for, planned or not; what the reader may not see is not counted. The entries
    themselves are gathered in ``crm_care_calendar_entries.py``.
    """

    _name = "crm.care.calendar"
    _description = "Care Calendar"

    # PUBLIC

    @api.model
    def get_days(self, start, end, filters=None):
        """Each day of a closed interval with what is planned and celebrated on it.

        Dates are those of the contacts: no time zone. Tasks are those of the companies
        chosen in the switcher; closures, and when 29 February is celebrated, are the
        current company's.

        :param start: first date, ``YYYY-MM-DD``
        :param end: last date, at most 400 days in all, between 1900 and 2100
        :param filters: ``kinds`` (list of ``ENTRY_KINDS``, all by default), and the
            switches ``mine`` (customers and tasks of the reader only),
            ``all_occasions`` (festivals that are not in use, too) and ``lunar`` (the
            lunar date of each day)
        :return: ``{"today": date, "days": [{"date", "is_closed", "lunar",
            "entries": [{"kind": ...}]}], "problems": [words], "has_rules": bool,
            "is_manager": bool, "has_lunar": bool}``
        :raise AccessError: the reader is no user of customer care
        :raise UserError: dates or filters make no sense
        """
        self._check_reader()
        first, last = self._check_interval(start, end)
        kinds, switches = self._check_filters(filters)
        entries, problems = {}, []
        if "closed" in kinds:
            self._add(entries, self._closed_entries(first, last))
        if "occasion" in kinds:
            found, problems = self._occasion_entries(
                first, last, switches["all_occasions"]
            )
            self._add(entries, found)
        if "tasks" in kinds:
            self._add(entries, self._task_entries(first, last, switches["mine"]))
        if "birthday" in kinds:
            self._add(entries, self._birthday_entries(first, last, switches["mine"]))
        if paused := self.env.companies._care_pause_message():
            problems = [paused, *problems]
        worked = self._worked_days(first, last)
        return {
            "today": self.env.company._crm_today().isoformat(),
            "days": [
                {
                    "date": day.isoformat(),
                    "is_closed": day not in worked,
                    "lunar": self._lunar_text(day) if switches["lunar"] else False,
                    "entries": entries.get(day, []),
                }
                for day in _days(first, last)
            ],
            "problems": problems,
            "has_rules": self._has_rules(),
            "is_manager": self.env.user.has_group(MANAGER_GROUP),
            "has_lunar": lunar.is_available(),
        }

    @api.model
    def action_birthdays(self, day, filters=None):
        """Open the contacts whose birthday is celebrated on a day.

        :param day: ``YYYY-MM-DD``
        :param filters: as for :meth:`get_days`
        :return: action of the contacts that :meth:`get_days` counts
        :raise AccessError: the reader is no user of customer care
        :raise UserError: the date or the filters make no sense
        """
        self._check_reader()
        today = self._check_interval(day, day)[0]
        _kinds, switches = self._check_filters(filters)
        domain = self._birthday_readers_domain(switches["mine"]) & Domain.OR(
            _birthday_domain(one) for one in self._celebrated(today)
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._(
                "Birthdays on %(date)s",
                date=format_date(self.env, today, date_format="long"),
            ),
            "res_model": "res.partner",
            "views": [[False, "list"], [False, "form"]],
            "domain": list(domain),
        }

    # CHECKS

    @api.model
    def _check_reader(self):
        if not (self.env.su or self.env.user.has_group(CARE_GROUP)):
            raise AccessError(
                self.env._("The care calendar is for users of customer care.")
            )

    @api.model
    def _check_interval(self, start, end):
        first, last = self._check_date(start), self._check_date(end)
        if last < first:
            raise UserError(self.env._("The calendar ends before it begins."))
        if (last - first).days >= MAX_DAYS:
            raise UserError(
                self.env._(
                    "The calendar shows at most %(days)s days at once.", days=MAX_DAYS
                )
            )
        return first, last

    @api.model
    def _check_date(self, value):
        day = value
        if isinstance(value, str):
            try:
                day = date.fromisoformat(value)
            except ValueError:
                day = None
        if not isinstance(day, date) or isinstance(day, datetime):
            raise UserError(
                self.env._(
                    "%(value)s is no date: write it like 2026-02-17.", value=value
                )
            )
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise UserError(
                self.env._(
                    "The calendar knows the years %(first)s to %(last)s.",
                    first=str(FIRST_YEAR),
                    last=str(LAST_YEAR),
                )
            )
        return day

    @api.model
    def _check_filters(self, filters):
        """The kinds asked for, and each switch on or off."""
        if not isinstance(filters or {}, dict):
            raise UserError(self.env._("Filters of the calendar are named values."))
        filters = dict(filters or {})
        kinds = filters.pop("kinds", ENTRY_KINDS)
        if not isinstance(kinds, list | tuple) or any(
            kind not in ENTRY_KINDS for kind in kinds
        ):
            raise UserError(
                self.env._(
                    "The calendar shows these kinds: %(kinds)s.",
                    kinds=", ".join(ENTRY_KINDS),
                )
            )
        switches = {name: filters.pop(name, False) for name in SWITCHES}
        if filters or any(not isinstance(on, bool) for on in switches.values()):
            raise UserError(
                self.env._(
                    "These filters of the calendar are on or off: %(names)s.",
                    names=", ".join(SWITCHES),
                )
            )
        return kinds, switches

    # PIECES

    @api.model
    def _add(self, entries, found):
        for day, entry in found:
            entries.setdefault(day, []).append(entry)

    @api.model
    def _celebrated(self, today):
        """Birthdays as they are stored that are celebrated on a date here."""
        calendars = (occasions.SOLAR,)
        if lunar.is_available():
            calendars += (occasions.LUNAR,)
        feb29 = self.env.company.crm_leap_birthday
        return occasions.celebrated_on(today, feb29, calendars)

    @api.model
    def _own_domain(self):
        """What is looked after by the reader, as the rule on care tasks says it."""
        return Domain("user_id", "=", self.env.uid) | Domain(
            "commercial_partner_id.user_id", "=", self.env.uid
        )

    @api.model
    def _birthday_readers_domain(self, mine):
        """Contacts with a birthday whom the reader may know of.

        Odoo shows all contacts to all colleagues; birthdays are for those who look
        after them, as care tasks are.
        """
        domain = Domain("crm_birth_month", ">", 0)
        if mine or not (self.env.su or self.env.user.has_group(ALL_GROUP)):
            domain &= self._own_domain()
        return domain

    @api.model
    def _has_rules(self):
        """Whether anything plans anything for the companies at hand."""
        return bool(
            self.env["crm.care.rule"].search_count(
                [
                    ("state", "=", "active"),
                    ("company_id", "in", self.env.companies.ids),
                ],
                limit=1,
            )
        )

    @api.model
    def _lunar_text(self, day):
        """The lunar date, short: 初二, and the month instead of its first day.

        Who does not read Chinese gets numbers. False without the library.
        """
        if not lunar.is_available():
            return False
        now = lunar.lunar_day(day)
        if (self.env.lang or "").startswith("zh"):
            month, _month_sign, number = lunar.chinese_name(
                now.month, now.day, now.leap
            ).partition("月")
            return f"{month}月" if now.day == 1 else number
        if now.leap:
            return self.env._("leap %(month)s/%(day)s", month=now.month, day=now.day)
        return f"{now.month}/{now.day}"


def _days(first, last):
    """Each date of a closed interval."""
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def _birthday_domain(celebrated):
    """Contacts who have this birthday."""
    domain = (
        Domain("crm_birth_calendar", "=", celebrated.calendar)
        & Domain("crm_birth_month", "=", celebrated.month)
        & Domain("crm_birth_day", "=", celebrated.day)
    )
    if celebrated.calendar == occasions.SOLAR:
        return domain  # it has no leap months, whatever was typed
    domain &= Domain("crm_birth_leap", "=", celebrated.leap)
    if not celebrated.leap:
        return domain
    policies = [celebrated.leap_policy]
    if celebrated.leap_policy == occasions.REGULAR:
        policies.append(False)
    return domain & Domain("crm_birth_leap_policy", "in", policies)
