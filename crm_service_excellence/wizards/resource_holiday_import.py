# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import datetime, time
from zoneinfo import ZoneInfo

from babel.dates import format_skeleton

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import babel_locale_parse, format_date, get_lang

from ..tools import public_holidays

END_OF_DAY = time(23, 59, 59)  # as Odoo itself closes a day


class ResourceHolidayImport(models.TransientModel):
    """Preview of a country's public holidays and make-up days, then their import.

    Each imported day carries a key (country and date), so that a second import changes
    nothing and never touches what was edited by hand. A predicted year is imported
    again once it has been announced: what did not come true is then offered to go.
    """

    _name = "resource.holiday.import"
    _description = "Import Public Holidays"

    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        default=lambda self: self.env.company,
        ondelete="cascade",
    )
    country_id = fields.Many2one(
        comodel_name="res.country",
        required=True,
        default=lambda self: self.env.company.country_id,
        ondelete="cascade",
    )
    year = fields.Integer(
        required=True, default=lambda self: self.env.company._crm_today().year
    )
    is_predicted = fields.Boolean(compute="_compute_is_predicted")
    line_ids = fields.One2many(
        comodel_name="resource.holiday.import.line",
        inverse_name="import_id",
        string="Days",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
    )

    closure_count = fields.Integer(string="Days off", compute="_compute_counts")
    makeup_count = fields.Integer(string="Make-up days", compute="_compute_counts")
    chosen_count = fields.Integer(string="To import", compute="_compute_counts")

    @api.depends("country_id", "year")
    def _compute_is_predicted(self):
        for wizard in self:
            wizard.is_predicted = wizard._get_public_year().is_predicted

    @api.depends("company_id", "country_id", "year")
    @api.depends_context("lang")
    def _compute_line_ids(self):
        for wizard in self:
            lines = wizard._prepare_lines(wizard._get_public_year().days)
            wizard.line_ids = [Command.clear(), *map(Command.create, lines)]

    @api.depends("line_ids.is_chosen", "line_ids.kind", "line_ids.state")
    def _compute_counts(self):
        for wizard in self:
            days = wizard.line_ids.filtered(lambda line: line.state != "gone")
            makeups = days.filtered(lambda line: line.kind == "makeup")
            wizard.makeup_count = len(makeups)
            wizard.closure_count = len(days) - len(makeups)
            wizard.chosen_count = len(days.filtered("is_chosen"))

    @api.constrains("year")
    def _check_year(self):
        if any(not 1990 <= wizard.year <= 2100 for wizard in self):
            raise UserError(self.env._("Choose a year between 1990 and 2100."))

    def action_import(self):
        """Write the chosen days as closures and make-up working days, and show them.

        :raise AccessError: for anybody but a manager
        :raise UserError: library missing, or country unknown to it
        """
        self.ensure_one()
        if not self.env.user.has_group("crm_service_excellence.group_care_manager"):
            raise AccessError(self.env._("Only managers import public holidays."))
        self._check_known()
        self._import_days()
        closures = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_service_excellence.resource_calendar_leaves_action"
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "Days imported: %(count)s (%(country)s, %(year)s).",
                    count=self.chosen_count,
                    country=self.country_id.name,
                    year=self.year,
                ),
                "next": {**closures, "target": "main"},
            },
        }

    def _import_days(self):
        """Write what is chosen in each preview; nothing where nothing is known."""
        for wizard in self:
            chosen = wizard.line_ids.filtered("is_chosen")
            chosen.filtered(lambda line: line.state == "gone")._remove()
            new = chosen.filtered(lambda line: line.state == "new")
            new.filtered(lambda line: line.kind == "closure")._create_closures()
            new.filtered(lambda line: line.kind == "makeup")._create_makeups()
            confirmed = wizard.line_ids.filtered(lambda line: line.state == "there")
            confirmed._existing().write({"is_predicted": wizard.is_predicted})

    def _is_known(self):
        self.ensure_one()
        return (
            self.country_id.code in public_holidays.countries()
            and 1990 <= self.year <= 2100
        )

    def _get_public_year(self):
        """What the library knows of the chosen year; nothing where it knows nothing."""
        if not self._is_known():
            return public_holidays.PublicYear([], False)
        return public_holidays.public_year(
            self.country_id.code, self.year, self.env.lang
        )

    def _check_known(self):
        if not public_holidays.is_available():
            raise UserError(
                self.env._(
                    "Public holidays come from the Python package “holidays”, which is "
                    "not installed on this server. Ask your administrator to install "
                    "it, or enter the days by hand."
                )
            )
        if not self._is_known():
            raise UserError(
                self.env._(
                    "The public holidays of %(country)s are not known for %(year)s.",
                    country=self.country_id.name,
                    year=self.year,
                )
            )

    def _prepare_lines(self, days):
        """Values of the preview: what is new, there, edited, or did not come true."""
        self.ensure_one()
        closures, makeups = self._existing_days()
        lines, keys = [], set()
        for item in days:
            kind = "closure" if item.weekday is None else "makeup"
            key = f"{self.country_id.code}-{item.day}"
            keys.add(key)
            existing = (closures if kind == "closure" else makeups).get(key)
            state = "new"
            if existing:
                state = "edited" if self._is_edited(existing, item.day) else "there"
            lines.append(
                {
                    "kind": kind,
                    "date": item.day,
                    "name": self._name_of(item),
                    "weekday": None if item.weekday is None else str(item.weekday),
                    "state": state,
                    "is_chosen": state == "new",
                    "holiday_key": key,
                }
            )
        for kind, existing in (("closure", closures), ("makeup", makeups)):
            for key in existing.keys() - keys:
                record = existing[key]
                day = fields.Date.to_date(key[-10:])
                if record.is_predicted and not self._is_edited(record, day):
                    lines.append(
                        {
                            "kind": kind,
                            "date": day,
                            "name": record.name,
                            "state": "gone",
                            "is_chosen": True,
                            "holiday_key": key,
                        }
                    )
        return sorted(lines, key=lambda line: line["date"])

    def _name_of(self, item):
        """Name of a day in the user's language; of a swap, it says for which day."""
        if not item.swapped:
            return item.name or self.env._("Make-up working day")
        locale = babel_locale_parse(get_lang(self.env).code)
        other = format_skeleton("MMMd", item.swapped, locale=locale)
        if item.weekday is None:
            return self.env._("Day off, made up for on %(date)s", date=other)
        return self.env._("Make-up working day for %(date)s", date=other)

    def _existing_days(self):
        """Imported closures and make-up days of the year, each as ``{key: record}``."""
        domain = Domain("company_id", "=", self.company_id.id) & Domain(
            "holiday_key", "=like", f"{self.country_id.code}-{self.year}-%"
        )
        return tuple(
            {record.holiday_key: record for record in self.env[model].search(domain)}
            for model in ("resource.calendar.leaves", "resource.calendar.makeup")
        )

    def _is_edited(self, record, day):
        """Whether somebody moved or shortened an imported day."""
        if record._name == "resource.calendar.makeup":
            return record.date != day
        return (record.date_from, record.date_to) != self._closure_span(day)

    def _closure_span(self, day):
        """A local day of the company, in naive UTC."""
        zone = ZoneInfo(self.company_id._crm_timezone())
        return tuple(
            datetime.combine(day, hour, tzinfo=zone)
            .astimezone(ZoneInfo("UTC"))
            .replace(tzinfo=None)
            for hour in (time.min, END_OF_DAY)
        )


class ResourceHolidayImportLine(models.TransientModel):
    """One day of the preview."""

    _name = "resource.holiday.import.line"
    _description = "Public Holiday to Import"
    _order = "import_id, date, id"

    import_id = fields.Many2one(
        comodel_name="resource.holiday.import",
        string="Preview",
        required=True,
        ondelete="cascade",
    )
    is_chosen = fields.Boolean(string="Import")
    date = fields.Date(required=True, readonly=True)
    day_of_week = fields.Char(string="Weekday", compute="_compute_day_of_week")
    name = fields.Char(required=True)
    kind = fields.Selection(
        selection=[("closure", "Day off"), ("makeup", "Working day")],
        required=True,
        readonly=True,
    )
    weekday = fields.Selection(
        selection=lambda self: (
            self.env["resource.calendar.makeup"]
            ._fields["weekday"]
            ._description_selection(self.env)
        ),
        string="Works like a",
    )
    state = fields.Selection(
        selection=[
            ("new", "New"),
            ("there", "Imported"),
            ("edited", "Edited by hand, kept"),
            ("gone", "Did not come true: remove"),
        ],
        required=True,
        readonly=True,
    )
    holiday_key = fields.Char(required=True, readonly=True)

    @api.depends("date")
    @api.depends_context("lang")
    def _compute_day_of_week(self):
        for line in self:
            line.day_of_week = format_date(self.env, line.date, date_format="EEEE")

    def _create_closures(self):
        if not self:
            return
        company = self.import_id.company_id
        leaves = self.env["resource.calendar.leaves"].with_company(company)
        spans = {line: line.import_id._closure_span(line.date) for line in self}
        closures = leaves.create(
            [
                {
                    "name": line.name,
                    "date_from": spans[line][0],
                    "date_to": spans[line][1],
                    "time_type": "leave",
                    "holiday_key": line.holiday_key,
                    "is_predicted": line.import_id.is_predicted,
                }
                for line in self
            ]
        )
        closures.flush_recordset()  # their company is computed in this environment

    def _create_makeups(self):
        self.env["resource.calendar.makeup"].create(
            [
                {
                    "name": line.name,
                    "company_id": line.import_id.company_id.id,
                    "date": line.date,
                    "weekday": line.weekday,
                    "holiday_key": line.holiday_key,
                    "is_predicted": line.import_id.is_predicted,
                }
                for line in self
            ]
        )

    def _existing(self):
        """Closures of the lines, so that a confirmed year loses its mark."""
        return self._records("resource.calendar.leaves", "closure")

    def _remove(self):
        self._records("resource.calendar.leaves", "closure").unlink()
        self._records("resource.calendar.makeup", "makeup").unlink()

    def _records(self, model, kind):
        keys = self.filtered(lambda line: line.kind == kind).mapped("holiday_key")
        return self.env[model].search(
            Domain("holiday_key", "in", keys)
            & Domain("company_id", "in", self.import_id.company_id.ids)
        )
