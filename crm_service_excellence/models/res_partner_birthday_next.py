# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date

from babel.dates import format_skeleton

from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.misc import babel_locale_parse, get_lang

from ..tools import lunar, occasions
from .res_partner import CARE_GROUP

A_LEAP_YEAR = 2000  # to format a birthday of which the year may be unknown
COMPARED = {
    "<": lambda day, value: day < value,
    "<=": lambda day, value: day <= value,
    ">": lambda day, value: day > value,
    ">=": lambda day, value: day >= value,
}
KEY_FIELDS = (
    "crm_birth_calendar",
    "crm_birth_month",
    "crm_birth_day",
    "crm_birth_leap",
    "crm_birth_leap_policy",
)


class ResPartner(models.Model):
    """When a birthday comes next, and whose birthday a date is.

    Neither asks the calendar for each contact: the calendar is asked once which
    birthdays the days of the year ahead are.
    """

    _inherit = "res.partner"

    crm_birthday_text = fields.Char(
        string="Birthday", compute="_compute_crm_birthday_text", groups=CARE_GROUP
    )
    crm_next_birthday = fields.Date(
        string="Next birthday",
        compute="_compute_crm_next_birthday",
        search="_search_crm_next_birthday",
        groups=CARE_GROUP,
    )

    # COMPUTES

    @api.depends(*KEY_FIELDS, "crm_birth_year")
    @api.depends_context("lang")
    def _compute_crm_birthday_text(self):
        for partner in self:
            partner.crm_birthday_text = partner._crm_birthday_words()

    def _crm_birthday_words(self):
        if not self._crm_birth_valid():
            return False
        month, day = self.crm_birth_month, self.crm_birth_day
        if self.crm_birth_calendar == "lunar":
            chinese = lunar.chinese_name(month, day, self.crm_birth_leap)
            if self.crm_birth_leap:
                text = self.env._(
                    "Lunar leap month %(month)s, day %(day)s (%(chinese)s)",
                    month=month,
                    day=day,
                    chinese=chinese,
                )
            else:
                text = self.env._(
                    "Lunar month %(month)s, day %(day)s (%(chinese)s)",
                    month=month,
                    day=day,
                    chinese=chinese,
                )
        else:
            locale = babel_locale_parse(get_lang(self.env).code)
            text = format_skeleton("MMMMd", date(A_LEAP_YEAR, month, day), locale=locale)
        if not self.crm_birth_year:
            return text
        return self.env._(
            "%(birthday)s, born in %(year)s",
            birthday=text,
            year=str(self.crm_birth_year),
        )

    @api.depends(*KEY_FIELDS)
    @api.depends_context("company")
    def _compute_crm_next_birthday(self):
        """On or after the current company's today; empty where it cannot be known."""
        days = self._crm_next_birthdays()
        for partner in self:
            partner.crm_next_birthday = days.get(partner._crm_birth_key(), False)

    @api.model
    def _search_crm_next_birthday(self, operator, value):
        """By the days on which birthdays come next, not by the contacts' own."""
        if operator in COMPARED:
            value = fields.Date.to_date(value)
            wanted = [
                key
                for key, day in self._crm_next_birthdays().items()
                if COMPARED[operator](day, value)
            ]
            return self._crm_birth_domain(wanted)
        if operator != "in":
            return NotImplemented
        days = {fields.Date.to_date(item) for item in value if item}
        known = self._crm_next_birthdays()
        domain = self._crm_birth_domain(
            [key for key, day in known.items() if day in days]
        )
        if False in value:
            domain |= ~self._crm_birth_domain(list(known))
        return domain

    # BUSINESS

    @api.model
    def _crm_next_birthdays(self):
        """``{birthday key: date}``, as of the current company's today and policy."""
        company = self.env.company
        return occasions.next_celebrations(
            company._crm_today(), company.crm_leap_birthday, self._crm_calendars()
        )

    @api.model
    def _crm_calendars(self):
        """Calendars that can be asked for: the lunar one needs a library."""
        if lunar.is_available():
            return (occasions.SOLAR, occasions.LUNAR)
        return (occasions.SOLAR,)

    def _crm_birth_key(self):
        """The birthday as ``tools.occasions`` names it, without a year."""
        leap = self.crm_birth_leap and self.crm_birth_calendar == "lunar"
        policy = leap and self.crm_birth_leap_policy or occasions.REGULAR
        return (
            self.crm_birth_calendar,
            self.crm_birth_month,
            self.crm_birth_day,
            leap,
            policy,
        )

    def _crm_birthday_occurrences(self, start, end, company=None):
        """The days on which the contact's birthday is celebrated.

        :param start: first date, included
        :param end: last date, included
        :param company: whose policy for 29 February counts; the current one by default
        :return: list of ``tools.occasions.Occurrence`` in order; empty without a
            birthday, and for a lunar one where ``lunar_python`` is not installed
        """
        self.ensure_one()
        calendar, month, day, leap, policy = self._crm_birth_key()
        if not self._crm_birth_valid() or calendar not in self._crm_calendars():
            return []
        return occasions.birthday_occurrences(
            month,
            day,
            start,
            end,
            lunar=calendar == occasions.LUNAR,
            leap=leap,
            leap_policy=policy,
            feb29=(company or self.env.company).crm_leap_birthday,
        )

    @api.model
    def _crm_birthday_sql(self, as_of, company):
        """SQL of ``partner_id`` whose birthday is celebrated on a date.

        Of whom the reader may not see, too: meant for jobs.

        :param as_of: date
        :param company: whose policy for 29 February counts
        """
        found = occasions.celebrated_on(
            as_of, company.crm_leap_birthday, self._crm_calendars()
        )
        return self._crm_birth_keys_sql([one[:-1] for one in found])

    @api.model
    def _crm_birth_domain(self, keys):
        if not keys:
            return fields.Domain.FALSE
        return fields.Domain("id", "in", SQL("(%s)", self._crm_birth_keys_sql(keys)))

    @api.model
    def _crm_birth_keys_sql(self, keys):
        """SQL of ``partner_id`` with one of the birthdays; finds them by an index."""
        self.flush_model(KEY_FIELDS)
        columns = [list(column) for column in zip(*keys, strict=True)]
        return SQL(
            """SELECT partner.id AS partner_id
                 FROM unnest(%s::varchar[], %s::int4[], %s::int4[], %s::bool[],
                             %s::varchar[])
                   AS born (calendar, month, day, leap, leap_policy)
                 JOIN res_partner partner
                   ON partner.crm_birth_calendar = born.calendar
                  AND partner.crm_birth_month = born.month
                  AND partner.crm_birth_day = born.day
                  AND partner.crm_birth_month > 0
                  AND (COALESCE(partner.crm_birth_leap, FALSE)
                       AND born.calendar = 'lunar') = born.leap
                  AND (NOT born.leap
                       OR COALESCE(partner.crm_birth_leap_policy, 'regular')
                          = born.leap_policy)""",
            *columns,
        )
