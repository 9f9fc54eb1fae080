# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Not too much at once: per contact, per customer, and per hour.

Whoever counts has written a row of each customer (or of the company) before: a second
dispatcher that counts on an older view of the data is refused by the database.
"""

from collections import defaultdict
from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

from ..tools import fatigue
from .crm_care_task_channel import SENT_CHANNELS
from .crm_care_task_gate import UNASKED, Verdict

# Mass mailings on their way or sent; not those that failed. An SMS is pending from when
# the provider took it until it says that it arrived, if it ever does.
TRACE_STATUSES = ("outgoing", "process", "pending", "sent", "open", "reply")


class CrmCareTask(models.Model):
    _inherit = "crm.care.task"

    def _allot(self, choices, now):
        """Who goes now where that would be too much: the more important ones.

        :param choices: ``{task id: Choice}``
        :param now: naive UTC
        :return: ``{task id: Verdict}`` of those who do not
        """
        verdicts = self.filtered(
            lambda task: task.purpose in UNASKED and task._is_capped()
        )._allot_contacts(now)
        sent = self.filtered(
            lambda task: (
                task.id not in verdicts
                and choices[task.id].channel in SENT_CHANNELS
                and task.company_id.crm_care_hourly_limit
            )
        )
        for company, tasks in sent.grouped("company_id").items():
            verdicts.update(tasks._allot_hour(company, now))
        return verdicts

    def _is_capped(self):
        company = self.company_id
        return (
            company.crm_care_daily_cap
            or company.crm_care_weekly_cap
            or company.crm_care_customer_cap
        )

    # PER CONTACT AND CUSTOMER

    def _allot_contacts(self, now):
        if not self:
            return {}
        self._take_customer_turns()
        sent, reached = self._count_sent(now)
        stopped, zones = {}, self._zones()
        office = {company: company._crm_timezone() for company in self.company_id}
        for task in self.sorted(lambda one: (one.priority, one.not_before, one.id)):
            company = task.company_id
            customer = (company.id, task.partner_id.commercial_partner_id.id)
            contact = (company.id, task.partner_id.id)
            free = fatigue.contact_free_at(
                now,
                sent[contact],
                company.crm_care_daily_cap,
                company.crm_care_weekly_cap,
                zones[task.id],
            )
            is_contact = free is not None
            free = free or fatigue.customer_free_at(
                now,
                contact,
                reached[customer],
                company.crm_care_customer_cap,
                office[company],
            )
            if free is None:
                sent[contact].append(now)
                reached[customer].add(contact)
            else:
                stopped[task.id] = (free, is_contact)
        losers = self.browse(stopped)
        moments = {task_id: free for task_id, (free, _why) in stopped.items()}
        openings = losers._next_openings(now, moments)
        return {
            task.id: task._fatigue_verdict(openings[task.id], stopped[task.id][1])
            for task in losers
        }

    def _fatigue_verdict(self, until, is_contact):
        env = self._reader_env()
        words = (
            env._("The contact has heard enough from us lately.")
            if is_contact
            else env._("Enough contacts of this customer hear from us that day.")
        )
        if until is None:
            return Verdict("expired", "fatigue", words)
        return self._later(until, "fatigue", words)

    def _take_customer_turns(self):
        """Let one transaction at a time count what customers get; see above."""
        keys = {
            (task.partner_id.commercial_partner_id.id, task.company_id.id)
            for task in self
        }
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                WITH turn AS (
                    SELECT customer.id FROM crm_customer customer
                      JOIN UNNEST(%(partners)s::int[], %(companies)s::int[])
                             AS key(partner_id, company_id)
                           USING (partner_id, company_id)
                     ORDER BY customer.id FOR NO KEY UPDATE OF customer)
                UPDATE crm_customer customer SET goodwill_turn = goodwill_turn
                  FROM turn WHERE customer.id = turn.id
                RETURNING customer.partner_id, customer.company_id""",
                partners=[partner_id for partner_id, _company in keys],
                companies=[company_id for _partner, company_id in keys],
            ),
            log_exceptions=False,  # somebody was faster: it is run again
        )
        for partner_id, company_id in sorted(keys.difference(self.env.cr.fetchall())):
            # nobody has measured this customer yet
            self.env["crm.goodwill"]._take_turn(partner_id, company_id)

    def _count_sent(self, now):
        """What the contacts and customers of these tasks got lately, or will get.

        What a colleague was asked to do counts from then on; service counts nothing.

        :return: ``({(company id, contact id): [moments]},
            {(company id, customer id): {(company id, contact id) reached today}})``
        """
        sent, reached = defaultdict(list), defaultdict(set)
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT company_id, commercial_partner_id, partner_id, done_date
                  FROM crm_care_task
                 WHERE partner_id = ANY(%(contacts)s) AND done_date > %(since)s
                   AND state = 'done' AND purpose = ANY(%(purposes)s)
                 UNION ALL
                SELECT company_id, commercial_partner_id, partner_id,
                       COALESCE(done_date, %(now)s)
                  FROM crm_care_task
                 WHERE commercial_partner_id = ANY(%(customers)s)
                   AND (state = 'by_hand' AND done_date IS NULL
                        OR state = 'done' AND done_date > %(yesterday)s
                           AND partner_id <> ALL(%(contacts)s))
                   AND state IN ('by_hand', 'done') AND purpose = ANY(%(purposes)s)""",
                contacts=self.partner_id.ids,
                customers=self.partner_id.commercial_partner_id.ids,
                since=now - fatigue.WEEK,
                yesterday=now - timedelta(days=1),
                now=now,
                purposes=list(UNASKED),
            )
        )
        companies = self.company_id
        zones = {company.id: company._crm_timezone() for company in companies}
        for company_id, customer_id, contact_id, moment in self.env.cr.fetchall():
            if company_id not in zones:
                continue
            contact = (company_id, contact_id)
            sent[contact].append(moment)
            zone = zones[company_id]
            if fatigue.local_day(moment, zone) == fatigue.local_day(now, zone):
                reached[company_id, customer_id].add(contact)
        for partner_id, moment in self._count_mailings(now):
            for company in companies:
                sent[company.id, partner_id].append(moment)
        return sent, reached

    def _count_mailings(self, now):
        """Mass mailings of the last week, by e-mail and SMS: to the contacts, or to
        their addresses or numbers.

        :return: ``[(contact id, moment)]``; none without Odoo's mass mailing
        """
        if not self._has_mailings():
            return []
        number = SQL("sms_number" if self._has_sms_mailings() else "NULL::varchar")
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                # one way at a time, each a hash join; any of them in one condition
                # would compare every contact with every trace
                """
                WITH trace AS MATERIALIZED (
                    SELECT id, model, res_id, email, %(number)s AS number,
                           COALESCE(sent_datetime, %(now)s) AS moment
                      FROM mailing_trace
                     WHERE is_test_trace IS NOT TRUE
                       AND trace_status = ANY(%(statuses)s)
                       AND COALESCE(sent_datetime, create_date) > %(since)s),
                contact AS MATERIALIZED (
                    SELECT id, email_normalized, phone_sanitized FROM res_partner
                     WHERE id = ANY(%(contacts)s))
                SELECT contact_id, moment FROM (
                    SELECT contact.id AS contact_id, trace.id, moment
                      FROM trace JOIN contact ON trace.res_id = contact.id
                     WHERE trace.model = 'res.partner'
                     UNION
                    SELECT contact.id, trace.id, moment
                      FROM trace JOIN contact ON trace.email = contact.email_normalized
                     UNION
                    SELECT contact.id, trace.id, moment
                      FROM trace JOIN contact ON trace.number = contact.phone_sanitized
                    ) heard""",
                number=number,
                contacts=self.partner_id.ids,
                now=now,
                since=now - fatigue.WEEK,
                statuses=list(TRACE_STATUSES),
            )
        )
        return self.env.cr.fetchall()

    @api.model
    def _has_mailings(self):
        """Whether Odoo's mass mailing is installed; it is no dependency."""
        return "mailing.trace" in self.env

    @api.model
    def _has_sms_mailings(self):
        return "sms_number" in self.env["mailing.trace"]._fields

    # PER HOUR

    def _allot_hour(self, company, now):
        """What the mail provider takes: the rest goes in the next hours."""
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """UPDATE res_company
                      SET crm_care_hourly_limit = crm_care_hourly_limit
                    WHERE id = %s""",
                company.id,
            ),
            log_exceptions=False,  # somebody was faster: it is run again
        )
        self.env.cr.execute(
            SQL(
                """SELECT done_date FROM crm_care_task
                    WHERE company_id = %s AND state = 'done' AND done_date > %s
                      AND channel = ANY(%s)""",
                company.id,
                now - timedelta(hours=1),
                list(SENT_CHANNELS),
            )
        )
        sent = [row[0] for row in self.env.cr.fetchall()]
        room, free = fatigue.hour_free_at(now, sent, company.crm_care_hourly_limit)
        in_order = self.sorted(lambda one: (one.priority, one.not_before, one.id))
        return {
            task.id: task._later(
                free,
                "delivery",
                task._reader_env()._("More is not sent in one hour."),
            )
            for task in in_order[room:]
        }
