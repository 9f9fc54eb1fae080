# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools import lunar, occasions
from .res_partner import CARE_GROUP

FIRST_YEAR = 1900  # nobody who was born before is a customer
BIRTH_FIELDS = (
    "crm_birth_calendar",
    "crm_birth_month",
    "crm_birth_day",
    "crm_birth_leap",
    "crm_birth_year",
    "crm_birth_leap_policy",
)


class ResPartner(models.Model):
    """Typing a birthday: the parts of it, or a solar date that brings them all.

    A solar date of birth offers the lunar one, which is celebrated only after somebody
    has confirmed it: the two are different wishes, and nobody is to guess.
    """

    _inherit = "res.partner"

    crm_birth_date = fields.Date(
        string="Date of birth (solar)",
        compute="_compute_crm_birth_date",
        inverse="_inverse_crm_birth_date",
        groups=CARE_GROUP,
        help="Typed here, it fills the solar birthday.",
    )
    crm_birth_lunar_offer = fields.Char(
        string="In the lunar calendar",
        compute="_compute_crm_birth_lunar_offer",
        groups=CARE_GROUP,
    )
    crm_birth_lunar_disputed = fields.Boolean(
        compute="_compute_crm_birth_lunar_offer", groups=CARE_GROUP
    )

    # COMPUTES AND INVERSES

    @api.depends(*BIRTH_FIELDS)
    def _compute_crm_birth_date(self):
        for partner in self:
            partner.crm_birth_date = partner._crm_birth_solar_day()

    def _inverse_crm_birth_date(self):
        """A new date is a solar birthday; without a date, the year is not known."""
        for partner in self:
            born = partner.crm_birth_date
            known = partner._crm_birth_solar_day()
            if born and born != known:
                partner.update(partner._crm_solar_birthday(born))
            elif known and not born:
                partner.crm_birth_year = 0

    @api.depends(*BIRTH_FIELDS)
    @api.depends_context("lang")
    def _compute_crm_birth_lunar_offer(self):
        for partner in self:
            day = partner._crm_birth_offered()
            partner.crm_birth_lunar_offer = day and partner._crm_lunar_words(day)
            partner.crm_birth_lunar_disputed = bool(
                day and lunar.is_disputed(partner._crm_birth_solar_day())
            )

    @api.onchange("crm_birth_date")
    def _onchange_crm_birth_date(self):
        """Show at once what saving would fill in."""
        self._inverse_crm_birth_date()

    @api.onchange("crm_birth_calendar", "crm_birth_leap")
    def _onchange_crm_birth_calendar(self):
        """Leap months are of the lunar calendar, and their policy is of them."""
        if self.crm_birth_calendar != "lunar":
            self.crm_birth_leap = False
        if not self.crm_birth_leap:
            self.crm_birth_leap_policy = False

    # CONSTRAINTS

    @api.constrains(*BIRTH_FIELDS)
    def _check_crm_birthday(self):
        for partner in self:
            problem = partner._crm_birth_problem()
            if problem:
                raise ValidationError(
                    self.env._(
                        "Birthday of %(contact)s: %(problem)s",
                        contact=partner.display_name,
                        problem=problem,
                    )
                )

    def _crm_birth_problem(self):
        """What is wrong with the birthday, in words; None if it is fine or not known."""
        self.ensure_one()
        month, day = self.crm_birth_month, self.crm_birth_day
        if not month and not day:
            if self.crm_birth_year:
                return self.env._("a year alone is none, give month and day.")
            return None
        if not self.crm_birth_calendar:
            return self.env._("say whether it is by the solar or the lunar calendar.")
        if not month or not day:
            return self.env._("it needs both month and day; the year may stay empty.")
        if self.crm_birth_leap and self.crm_birth_calendar == "solar":
            return self.env._("only the lunar calendar has leap months.")
        if not self._crm_birth_valid():
            return self.env._(
                "there is no day %(day)s of month %(month)s in that calendar.",
                day=day,
                month=month,
            )
        return self._crm_birth_year_problem()

    def _crm_birth_year_problem(self):
        year = self.crm_birth_year
        if not year:
            return None
        today = self.env.company._crm_today()
        if not FIRST_YEAR <= year <= today.year:
            return self.env._(
                "the year is between %(first)s and %(last)s, or empty.",
                first=str(FIRST_YEAR),
                last=str(today.year),
            )
        if self.crm_birth_calendar == "lunar" and not lunar.is_available():
            return None  # cannot be told
        born = self._crm_birth_solar_day()
        if not born:
            return self.env._(
                "the year %(year)s has no such day in that calendar.", year=str(year)
            )
        if born > today:
            return self.env._("the day has not come yet.")
        return None

    # ACTIONS

    def action_celebrate_lunar(self):
        """Celebrate by the lunar calendar from now on: what was offered is right."""
        self.ensure_one()
        day = self._crm_birth_offered()
        if not day:
            raise UserError(
                self.env._(
                    "Type the solar date of birth, with the year: the lunar one follows "
                    "from it."
                )
            )
        self.write(
            {
                "crm_birth_calendar": "lunar",
                "crm_birth_month": day.month,
                "crm_birth_day": day.day,
                "crm_birth_leap": day.leap,
                "crm_birth_year": day.year,
                "crm_birth_leap_policy": "regular" if day.leap else False,
            }
        )

    def action_celebrate_solar(self):
        """Celebrate by the solar calendar after all; the date of birth stays."""
        self.ensure_one()
        born = self._crm_birth_solar_day()
        if not born:
            raise UserError(
                self.env._("The solar birthday follows only where the year is known.")
            )
        self.write(self._crm_solar_birthday(born))

    # BUSINESS

    def _crm_birth_valid(self):
        """Whether there is a birthday, and some year has it."""
        self.ensure_one()
        if not self.crm_birth_calendar:
            return False
        try:
            occasions.check_birthday(
                self.crm_birth_month,
                self.crm_birth_day,
                lunar=self.crm_birth_calendar == "lunar",
                leap=self.crm_birth_leap,
            )
        except ValueError:
            return False
        return True

    def _crm_birth_solar_day(self):
        """The solar date of birth; False where it is not known."""
        year = self.crm_birth_year
        if not self._crm_birth_valid() or not FIRST_YEAR <= year <= date.max.year:
            return False
        month, day = self.crm_birth_month, self.crm_birth_day
        if self.crm_birth_calendar == "lunar":
            if not lunar.is_available():
                return False
            return lunar.solar_day(year, month, day, self.crm_birth_leap) or False
        try:
            return date(year, month, day)
        except ValueError:
            return False  # 29 February

    @api.model
    def _crm_solar_birthday(self, born):
        """Values of the solar birthday of who was born on a date."""
        return {
            "crm_birth_calendar": "solar",
            "crm_birth_month": born.month,
            "crm_birth_day": born.day,
            "crm_birth_leap": False,
            "crm_birth_year": born.year,
            "crm_birth_leap_policy": False,
        }

    def _crm_birth_offered(self):
        """The lunar day of a solar birthday; False where there is nothing to offer."""
        if self.crm_birth_calendar != "solar" or not lunar.is_available():
            return False
        born = self._crm_birth_solar_day()
        return lunar.lunar_day(born) if born else False

    def _crm_lunar_words(self, day):
        """:param day: ``tools.lunar.LunarDay``"""
        names = {
            "year": str(day.year),
            "month": day.month,
            "day": day.day,
            "chinese": lunar.chinese_name(day.month, day.day, day.leap),
        }
        if day.leap:
            return self.env._(
                "Lunar: year %(year)s, leap month %(month)s, day %(day)s (%(chinese)s)",
                **names,
            )
        return self.env._(
            "Lunar: year %(year)s, month %(month)s, day %(day)s (%(chinese)s)", **names
        )
