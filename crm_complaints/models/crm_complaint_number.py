# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.tools import SQL

SEQUENCE_CODE = "crm.complaint"


class CrmComplaint(models.Model):
    """Numbers like CMP/2026/00001: per company, and anew each year of its zone."""

    _inherit = "crm.complaint"

    _number_uniq = models.UniqueIndex(
        "(company_id, number) WHERE number IS NOT NULL",
        "This number is taken by another complaint of the company.",
    )

    @api.model
    def _number_created(self, vals_list):
        """Give numbers to those values that have none, in place.

        One statement per company and year, however many complaints: 1,000 at once cost
        as much as one.
        """
        groups = {}
        now = fields.Datetime.now()
        companies = self.env["res.company"]
        for vals in vals_list:
            if vals.get("number"):
                continue
            company = companies.browse(vals["company_id"])
            received = fields.Datetime.to_datetime(vals.get("date_received")) or now
            groups.setdefault((company, received), []).append(vals)
        by_year = {}
        for (company, received), group in groups.items():
            # sudo: the zone may be in a calendar that the user does not see
            zone = ZoneInfo(company.sudo()._crm_timezone())
            utc = received.replace(tzinfo=ZoneInfo("UTC"))
            key = (company, utc.astimezone(zone).year)
            by_year.setdefault(key, []).extend(group)
        for (company, year), group in by_year.items():
            numbers = company._crm_complaint_numbers(year, len(group))
            for vals, number in zip(group, numbers, strict=True):
                vals["number"] = number


class ResCompany(models.Model):
    """Each company counts its complaints itself."""

    _inherit = "res.company"

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        companies.sudo()._crm_make_complaint_sequences()  # sudo: no user may make them
        return companies

    @api.model
    def _crm_make_all_complaint_sequences(self):
        """At the installation: one sequence for each company."""
        self.with_context(active_test=False).search([])._crm_make_complaint_sequences()

    def _crm_make_complaint_sequences(self):
        """A sequence for each company that has none, with this year and the next.

        They have names in ``ir.model.data``, so that they go with the addon.
        """
        sequences = self.env["ir.sequence"]
        known = sequences.search(
            [("code", "=", SEQUENCE_CODE), ("company_id", "in", self.ids)]
        ).company_id
        for company in self - known:
            sequence = sequences._load_records(
                [
                    {
                        "xml_id": f"crm_complaints.ir_sequence_complaint_{company.id}",
                        "noupdate": True,
                        "values": {
                            "name": f"Complaints of {company.name}",
                            "code": SEQUENCE_CODE,
                            "company_id": company.id,
                            "prefix": "CMP/%(range_year)s/",
                            "padding": 5,
                            "use_date_range": True,
                        },
                    }
                ]
            )
            sequence._crm_prepare_years()

    def _crm_complaint_numbers(self, year, count):
        """So many new numbers of the company for complaints of a year, in order.

        :param year: of the receipt, in the company's zone
        :param count: how many
        :return: list of str
        """
        self.ensure_one()
        # sudo: people take numbers, and set no sequences
        sequences_sudo = self.env["ir.sequence"].sudo()
        domain = [("code", "=", SEQUENCE_CODE), ("company_id", "=", self.id)]
        sequence_sudo = sequences_sudo.search(domain, limit=1)
        if not sequence_sudo:
            self.sudo()._crm_make_complaint_sequences()
            sequence_sudo = sequences_sudo.search(domain, limit=1)
        return sequence_sudo._crm_take(date(year, 1, 1), count)


class IrSequence(models.Model):
    """Many numbers in one statement."""

    _inherit = "ir.sequence"

    def _crm_take(self, day, count):
        """So many numbers of the sequence for a day, in order.

        :param day: date; picks the year where numbers begin anew each year
        """
        self.ensure_one()
        if self.implementation != "standard":
            return [self._next(sequence_date=day) for _index in range(count)]
        current = self._get_current_sequence(day)
        name = f"ir_sequence_{self.id:03d}"
        if current != self:
            name = f"{name}_{current.id:03d}"
        rows = self.env.execute_query(
            SQL("SELECT nextval(%s) FROM generate_series(1, %s)", name, count)
        )
        first = fields.Date.to_string(day)
        prefix, suffix = self._get_prefix_suffix(date=first, date_range=first)
        return [f"{prefix}{number:0{self.padding}d}{suffix}" for (number,) in rows]

    def _crm_prepare_years(self):
        """Have this year's and the next one's counters, before two users need them."""
        year = fields.Date.today().year
        for sequence in self.filtered("use_date_range"):
            for day in (date(year, 1, 1), date(year + 1, 1, 1)):
                sequence._get_current_sequence(day)

    @api.autovacuum
    def _crm_prepare_complaint_years(self):
        """Once a day: on New Year's Eve next year's numbers are there."""
        self.search([("code", "=", SEQUENCE_CODE)])._crm_prepare_years()
