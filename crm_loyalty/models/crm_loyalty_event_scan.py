# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Where the job looks for what happened to members: one query an event.

Each yields ``card_id``, ``res_id`` (the record because of which) and ``day``. Codes
that no scan knows are granted by whoever knows of them, through ``_grant``.
"""

from datetime import timedelta

from odoo import models
from odoo.tools import SQL

# A job that was off for longer has no birthdays to catch up with.
MOST_DAYS = timedelta(days=31)
# What a survey answered is, where Odoo's survey app is installed: no dependency.
SURVEY = "survey.user_input"


class CrmLoyaltyEvent(models.Model):
    _inherit = "crm.loyalty.event"

    def _scans(self, today):
        """What the job looks for; addons add codes of their own.

        :param today: date up to which
        :return: ``[(model of res_id, SQL of card_id, res_id and day)]``
        """
        self.ensure_one()
        if self.code == "feedback_answered":
            scans = [("rating.rating", self._scan_ratings(today))]
            if SURVEY in self.env:
                scans.append((SURVEY, self._scan_surveys(today)))
            return scans
        if self.code == "review_written":
            return [("rating.rating", self._scan_ratings(today, with_words=True))]
        if self.code == "profile_completed":
            return [("crm.customer", self._scan_profiles(today))]
        if self.code == "membership_anniversary":
            return [("loyalty.card", self._scan_anniversaries(today))]
        if self.code == "birthday":
            return self._scan_birthdays(today)
        return []

    def _card_of_sql(self, partner):
        """The card of a partner: its own, else that of its company.

        :param partner: SQL, alias of a row of res_partner
        """
        return SQL(
            """CROSS JOIN LATERAL (
                   SELECT card.id FROM loyalty_card card
                    WHERE card.program_id = %(program)s AND card.active
                      AND card.is_ledger AND card.partner_id IN (
                          %(partner)s.id, %(partner)s.commercial_partner_id)
                    ORDER BY card.partner_id = %(partner)s.id DESC, card.id
                    LIMIT 1) card""",
            program=self.program_id.id,
            partner=partner,
        )

    def _zone(self):
        """Name of the zone in which the program's days begin."""
        return self.program_id._crm_zone_company()._crm_timezone()

    def _scan_documents(self, table, moment, condition, today):
        """Rows of a table with a partner and a moment, of the days since the last look.

        :param table: SQL, name of the table
        :param moment: SQL, its column with the moment in UTC
        :param condition: SQL, of the rows that count
        """
        since = self._since()
        return SQL(
            """SELECT * FROM (
                   SELECT card.id AS card_id, document.id AS res_id,
                          CAST(document.%(moment)s AT TIME ZONE 'UTC'
                               AT TIME ZONE %(zone)s AS date) AS day
                     FROM %(table)s document
                     JOIN res_partner partner ON partner.id = document.partner_id
                     %(card_of)s
                    WHERE document.%(moment)s >= %(early)s AND %(condition)s) dated
                WHERE day BETWEEN %(since)s AND %(today)s""",
            moment=moment,
            zone=self._zone(),
            table=table,
            card_of=self._card_of_sql(SQL("partner")),
            early=since - timedelta(days=1),
            condition=condition,
            since=since,
            today=today,
        )

    def _scan_ratings(self, today, with_words=False):
        """Ratings that customers gave, on whatever record; with words: reviews."""
        condition = SQL("document.consumed")
        if with_words:
            condition = SQL("%s AND TRIM(document.feedback) <> ''", condition)
        return self._scan_documents(
            SQL.identifier("rating_rating"),
            SQL.identifier("rated_on"),
            condition,
            today,
        )

    def _scan_surveys(self, today):
        """Surveys that customers answered to the end; trials by colleagues are none."""
        return self._scan_documents(
            SQL.identifier("survey_user_input"),
            SQL.identifier("end_datetime"),
            SQL("document.state = 'done' AND document.test_entry IS NOT TRUE"),
            today,
        )

    def _scan_profiles(self, today):
        """Members about whom nothing is unknown, as the last night measured."""
        return SQL(
            """SELECT card.id AS card_id, customer.id AS res_id, %(today)s::date AS day
                 FROM crm_customer customer
                 JOIN loyalty_card card ON card.partner_id = customer.partner_id
                WHERE customer.completeness >= 100 AND card.program_id = %(program)s
                  AND (card.company_id IS NULL
                       OR card.company_id = customer.company_id)
                  AND (%(company)s IS NULL OR customer.company_id = %(company)s)""",
            today=today,
            program=self.program_id.id,
            company=self.company_id.id or None,
        )

    def _scan_anniversaries(self, today):
        """Members whose card is of this day, of an earlier year.

        One of 29 February is 28 February in other years.
        """
        return SQL(
            """SELECT card.id AS card_id, card.id AS res_id, jubilee.day
                 FROM (SELECT id, CAST(create_date AT TIME ZONE 'UTC'
                                  AT TIME ZONE %(zone)s AS date) AS born
                         FROM loyalty_card
                        WHERE program_id = %(program)s AND active) card
                CROSS JOIN LATERAL (
                      SELECT CAST(card.born + age * INTERVAL '1 year' AS date) AS day,
                             age
                        FROM (VALUES
                              (%(year)s - DATE_PART('year', card.born)),
                              (%(year)s - 1 - DATE_PART('year', card.born))) ages (age)
                      ) jubilee
                WHERE jubilee.age >= 1
                  AND jubilee.day BETWEEN %(since)s AND %(today)s""",
            zone=self._zone(),
            program=self.program_id.id,
            year=today.year,
            since=max(self._since(), today - MOST_DAYS),
            today=today,
        )
