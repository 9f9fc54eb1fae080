# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta
from itertools import islice

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

from ..tools import lunar, occasions, public_holidays
from .crm_occasion import FESTIVAL_KINDS

DATE_FIELDS = (
    "active",
    "company_id",
    "kind",
    "month",
    "day",
    "solar_term",
    "country_id",
    "holiday_name",
    "days",
)
# Of which kinds the days count, and how few and how many they may be.
DAYS_OF_KIND = {
    "after_purchase": (0, 3650),
    "warranty_end": (0, 3650),
    "dormancy": (1, 3650),
}
SHOWN_DATES = 5
# Public holidays may be missing from some years, and others may not be known yet.
YEARS_AHEAD = 6
ONE_YEAR = timedelta(days=366)


class CrmOccasion(models.Model):
    """The dates of an occasion that is the same for everybody."""

    _inherit = "crm.occasion"

    next_date = fields.Date(compute="_compute_next_dates")
    next_dates = fields.Text(compute="_compute_next_dates")
    known_holidays = fields.Char(compute="_compute_known_holidays")

    # COMPUTES

    @api.depends(*DATE_FIELDS)
    @api.depends_context("company", "lang")
    def _compute_next_dates(self):
        """The five that come next as of the company's today, or why there are none."""
        for occasion in self:
            company = occasion.company_id or self.env.company
            occasion.next_date = False
            occasion.next_dates = False
            if occasion.kind not in FESTIVAL_KINDS or occasion._date_problem():
                continue
            today = company._crm_today()
            try:
                found = list(islice(occasion._upcoming(today, company), SHOWN_DATES))
            except UserError as error:
                occasion.next_dates = str(error)
                continue
            occasion.next_date = found[0].day if found else False
            occasion.next_dates = "\n".join(
                self.env._(
                    "%(weekday)s, %(date)s",
                    weekday=format_date(self.env, one.day, date_format="EEEE"),
                    date=format_date(self.env, one.day, date_format="long"),
                )
                for one in found
            ) or self.env._("There is none in the years that are known.")

    @api.depends("kind", "country_id")
    @api.depends_context("company")
    def _compute_known_holidays(self):
        """What may be typed as name of the holiday."""
        year = self.env.company._crm_today().year
        for occasion in self:
            try:
                names = public_holidays.holiday_names(occasion.country_id.code, year)
            except LookupError:
                names = []
            occasion.known_holidays = ", ".join(names)

    # CONSTRAINTS

    @api.constrains(*DATE_FIELDS)
    def _check_dates(self):
        for occasion in self:
            problem = occasion._date_problem()
            if not problem and occasion.active:
                problem = occasion._library_problem()
            if problem:
                raise ValidationError(
                    self.env._(
                        "%(occasion)s: %(problem)s",
                        occasion=occasion.name,
                        problem=problem,
                    )
                )

    @api.constrains("company_id")
    def _check_company_of_rules(self):
        # sudo: rules of companies that the reader does not work for count, too
        for occasion in self.sudo():
            others = occasion._all_rules().company_id - occasion.company_id
            if occasion.company_id and others:
                raise ValidationError(
                    self.env._(
                        "%(occasion)s has care rules of other companies: it stays one "
                        "of all companies.",
                        occasion=occasion.name,
                    )
                )

    def _date_problem(self):
        """What is wrong with the date as it is typed, in words; None if it is fine."""
        self.ensure_one()
        problem = None
        if self.kind in ("solar", "lunar"):
            problem = self._day_problem()
        elif self.kind == "monthly":
            if not 1 <= self.day <= 31:
                problem = self.env._("the day of the month is between 1 and 31.")
        elif self.kind == "solar_term":
            if not self.solar_term:
                problem = self.env._("choose the solar term.")
        elif self.kind == "public_holiday":
            if not (self.country_id and (self.holiday_name or "").strip()):
                problem = self.env._("choose the country and name its holiday.")
        elif self.kind in DAYS_OF_KIND:
            lowest, highest = DAYS_OF_KIND[self.kind]
            if not lowest <= self.days <= highest:
                problem = self.env._(
                    "days are between %(lowest)s and %(highest)s.",
                    lowest=lowest,
                    highest=highest,
                )
        return problem

    def _day_problem(self):
        if not (self.month and self.day):
            return self.env._("say the month and the day.")
        is_lunar = self.kind == "lunar"
        try:
            occasions.check_birthday(self.month, self.day, lunar=is_lunar)
        except ValueError:
            if is_lunar:
                return self.env._(
                    "the lunar calendar has months 1 to 12 of at most 30 days; there "
                    "is no day %(day)s of month %(month)s.",
                    day=self.day,
                    month=self.month,
                )
            return self.env._(
                "no year has a day %(day)s of month %(month)s.",
                day=self.day,
                month=self.month,
            )
        return None

    def _library_problem(self):
        """Why the dates of an occasion in use cannot be computed; None if they can."""
        if self.kind in ("lunar", "solar_term") and not lunar.is_available():
            return self._lunar_library_missing()
        if self.kind != "public_holiday":
            return None
        if not public_holidays.is_available():
            return self._holiday_library_missing()
        country = self.country_id
        if country.code not in public_holidays.countries():
            return self.env._(
                "the public holidays of %(country)s are not known; use a date of the "
                "year instead.",
                country=country.name,
            )
        today = self.env.company._crm_today()
        if not any(self._upcoming(today, self.company_id or self.env.company)):
            return self.env._(
                "%(country)s has no public holiday %(holiday)s. It has: %(known)s.",
                country=country.name,
                holiday=self.holiday_name,
                known=", ".join(
                    public_holidays.holiday_names(country.code, today.year)
                ),
            )
        return None

    @api.model
    def _lunar_library_missing(self):
        return self.env._(
            "dates of the Chinese calendar need the Python package lunar_python, which "
            "is not installed on the server."
        )

    @api.model
    def _holiday_library_missing(self):
        return self.env._(
            "public holidays need the Python package holidays, which is not installed "
            "on the server."
        )

    # CRUD

    def write(self, vals):
        result = super().write(vals)
        if not vals.keys().isdisjoint(DATE_FIELDS):
            self._dates_changed()
        return result

    def _dates_changed(self):
        """What care rules have planned for former dates is planned anew."""
        rules = self._all_rules()
        if rules:
            rules._replan()

    def _all_rules(self):
        # sudo: an occasion of all companies has rules of companies that whoever may
        # write it does not work for; their plans would stay on the former dates
        rules_sudo = self.sudo().with_context(active_test=False).rule_ids
        # archived rules count, archived contacts do not
        return rules_sudo.with_env(rules_sudo.env(context=self.env.context))

    # BUSINESS

    def _occurrences(self, start, end, company=None):
        """The days of a festival in a closed interval; each contact has its own of
        other kinds, which is not answered here.

        Whether the occasion is in use is not asked.

        :param start: first date, included
        :param end: last date, included
        :param company: whose policy for 29 February counts; the occasion's, else the
            current one by default
        :return: list of ``tools.occasions.Occurrence`` in order; empty for kinds that
            are not in ``FESTIVAL_KINDS``
        :raise UserError: a Python package is missing, or the country is not known
        """
        self.ensure_one()
        company = company or self.company_id or self.env.company
        if self.kind not in FESTIVAL_KINDS:
            return []
        try:
            return self._festival_occurrences(start, end, company)
        except lunar.LunarLibraryMissing:
            problem = self._lunar_library_missing()
        except LookupError:
            problem = self._library_problem() or self.env._("it has no dates.")
        raise UserError(
            self.env._("%(occasion)s: %(problem)s", occasion=self.name, problem=problem)
        )

    def _festival_occurrences(self, start, end, company):
        if self.kind == "solar":
            return occasions.solar_occurrences(
                self.month, self.day, start, end, company.crm_leap_birthday
            )
        if self.kind == "lunar":
            return occasions.lunar_occurrences(self.month, self.day, start, end)
        if self.kind == "solar_term":
            term = lunar.TERM_OF_CODE[self.solar_term]
            return occasions.solar_term_occurrences(term, start, end)
        if self.kind == "monthly":
            return occasions.monthly_occurrences(self.day, start, end)
        return public_holidays.holiday_occurrences(
            self.country_id.code, self.holiday_name, start, end
        )

    def _upcoming(self, today, company):
        """Yield what comes next, for some years."""
        start = today
        for _year in range(YEARS_AHEAD):
            yield from self._occurrences(start, start + ONE_YEAR, company)
            start += ONE_YEAR + occasions.ONE_DAY
