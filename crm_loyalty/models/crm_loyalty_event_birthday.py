# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Birthdays: of each contact, once each time that one is celebrated.

A lunar birthday may fall twice into one calendar year and not at all into the next:
"once a year" is once in the year of its own calendar. And a card may be used by
several contacts, each of whom has a birthday.
"""

from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL

from odoo.addons.crm_service_excellence.tools import occasions

from .crm_loyalty_event_scan import MOST_DAYS

BIRTHDAY = "birthday"
# From one lunar birthday to the next are 353 days or more, and a lunar birthday is
# within a month of the solar one: what is nearer than this is the same birthday, of
# which the date was changed since.
SAME_BIRTHDAY_DAYS = 300


class CrmLoyaltyEvent(models.Model):
    _inherit = "crm.loyalty.event"

    def _is_celebrated(self):
        """Whether it counts by celebrated birthdays rather than by calendar years."""
        return self.code == BIRTHDAY and self.frequency == "year"

    def _celebrated_years(self, day):
        """The year of a day in each calendar that can be asked.

        :param day: date
        :return: ``{"solar": "2026", "lunar": "L2025"}``
        """
        found = occasions.celebrated_on(
            day, calendars=self.env["res.partner"]._crm_calendars()
        )
        return {one.calendar: one.key for one in found}

    # ONE MEMBER

    def _source_of(self, partner, source):
        """A birthday happens to a person, whoever's card the points go to."""
        if self._is_celebrated():
            return partner
        return super()._source_of(partner, source)

    def _key(self, card, source, today, seq):
        if not self._is_celebrated():
            return super()._key(card, source, today, seq)
        years = self._celebrated_years(today)
        # sudo: which calendar it is, for whoever has the points given
        calendar = source.sudo().crm_birth_calendar
        year = years.get(calendar, years[occasions.SOLAR])
        return f"{self._birthday_prefix()}{source.id}:{year}"

    def _counted(self, happened, source, today):
        if not self._is_celebrated():
            return super()._counted(happened, source, today)
        rows = self.env.execute_query(
            SQL(
                "SELECT %s",
                self._birthday_counted_sql(
                    SQL("%s", source.id), SQL("%s::date", fields.Date.to_string(today))
                ),
            )
        )
        return rows[0][0]

    # THE JOB

    def _birthday_members(self, as_of):
        """Whose birthday is celebrated on a date: SQL that yields ``partner_id``.

        As the care calendar has it: by the solar or by the lunar calendar, 29 February
        by the policy of the program's company. Where the library of the lunar calendar
        is not installed, solar birthdays only. The job grants the event ``birthday``
        to each.

        :param as_of: date
        """
        self.ensure_one()
        company = self.program_id._crm_zone_company()
        return self.env["res.partner"]._crm_birthday_sql(as_of, company)

    def _scan_birthdays(self, today):
        """Contacts whose birthday it is, or was since the last look, and the year of
        each in its own calendar."""
        scans = []
        day = max(self._since(), today - MOST_DAYS)
        while day <= today:
            years = self._celebrated_years(day)
            scans.append(
                (
                    "res.partner",
                    SQL(
                        """SELECT card.id AS card_id, partner.id AS res_id,
                                  %s::date AS day,
                                  CASE partner.crm_birth_calendar WHEN 'lunar'
                                       THEN %s ELSE %s END AS year
                             FROM (%s) born
                             JOIN res_partner partner ON partner.id = born.partner_id
                             %s""",
                        day,
                        years.get(occasions.LUNAR),
                        years[occasions.SOLAR],
                        self._birthday_members(day),
                        self._card_of_sql(SQL("partner")),
                    ),
                )
            )
            day += timedelta(days=1)
        return scans

    def _key_sql(self, model):
        if not self._is_celebrated():
            return super()._key_sql(model)
        return SQL("%s || found.res_id || ':' || found.year", self._birthday_prefix())

    def _open_sql(self):
        if not self._is_celebrated():
            return super()._open_sql()
        return SQL(
            "NOT %s", self._birthday_counted_sql(SQL("due.res_id"), SQL("due.day"))
        )

    # BOTH

    def _birthday_prefix(self):
        return f"event:{self.code}:res.partner:"

    def _birthday_counted_sql(self, person, day):
        """Condition that a contact got points for this birthday, on whatever day.

        What lies on the contact's own card counts too, unless another contact is named:
        the contact that got it may have been merged into this one.

        :param person: SQL, id of a ``res.partner``
        :param day: SQL, date
        """
        near = SQL(
            """entry.kind = 'event' AND entry.program_id = %(program)s
               AND (starts_with(entry.key, %(prefix)s)
                    OR entry.snapshot ->> 'event' = %(code)s)
               AND ABS(entry.effective_date - %(day)s) < %(days)s""",
            program=self.program_id.id,
            prefix=f"event:{self.code}:",
            code=self.code,
            day=day,
            days=SAME_BIRTHDAY_DAYS,
        )
        return SQL(
            """(EXISTS (SELECT FROM crm_loyalty_entry entry
                         WHERE entry.res_model = 'res.partner'
                           AND entry.res_id = %(person)s AND %(near)s)
                OR EXISTS (SELECT FROM loyalty_card own
                             JOIN crm_loyalty_entry entry ON entry.card_id = own.id
                             LEFT JOIN res_partner named
                                    ON named.id = entry.res_id
                                   AND entry.res_model = 'res.partner'
                            WHERE own.partner_id = %(person)s AND named.id IS NULL
                              AND %(near)s))""",
            person=person,
            near=near,
        )
