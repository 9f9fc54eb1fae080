# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""One reminder for the account manager of a customer whose contact is due."""

from odoo import api, models
from odoo.tools import SQL, format_date

# Customers a transaction reminds of: each makes an activity through the ORM.
REMINDER_BATCH = 200
# Reminders are work of a day, not a backlog: what does not fit is in the due list.
REMINDERS_PER_USER = 50


class CrmCustomer(models.Model):
    _inherit = "crm.customer"

    @api.model
    def _cron_remind(self):
        """Remind of contacts that fall due; called again until nothing is left."""
        cron = self.env["ir.cron"]
        self._drop_met_reminders()
        customers = self._to_remind()
        cron._commit_progress(remaining=len(customers))
        for start in range(0, len(customers), REMINDER_BATCH):
            batch = customers[start : start + REMINDER_BATCH]
            batch._remind()
            if not cron._commit_progress(len(batch)):
                break

    @api.model
    def _to_remind(self):
        """Customers whose contact is due and who have no activity open, worst first.

        At most :data:`REMINDERS_PER_USER` open reminders an account manager: hundreds
        at once would bury the day's work.
        """
        self.env.flush_all()
        rows = []
        # sudo: every company's customers, whoever runs the job
        for company in self.env["res.company"].sudo().search([]):
            cadences = self.env["crm.cadence"]._terms(company)
            grade_ids = [
                grade.id
                for (grade, kind), cadence in cadences.items()
                if kind == "contact" and cadence.remind
            ]
            if not grade_ids:
                continue
            self.env.cr.execute(
                SQL(
                    """
                    SELECT id FROM (
                        SELECT customer.id, customer.next_contact_date,
                               ROW_NUMBER() OVER (
                                   PARTITION BY customer.user_id
                                   ORDER BY customer.next_contact_date, customer.id)
                               + (SELECT COUNT(*) FROM crm_customer reminded
                                    JOIN mail_activity
                                      ON mail_activity.id = reminded.contact_activity_id
                                   WHERE reminded.user_id = customer.user_id
                                     AND mail_activity.active) AS number
                          FROM crm_customer customer
                          JOIN res_users ON res_users.id = customer.user_id
                         WHERE customer.company_id = %(company)s AND customer.active
                           AND res_users.active
                           AND customer.grade_id = ANY(%(grades)s)
                           AND customer.next_contact_date <= %(today)s
                           AND NOT EXISTS (
                               SELECT FROM mail_activity activity
                                WHERE activity.res_model = 'crm.customer'
                                  AND activity.res_id = customer.id
                                  AND activity.active)) due
                     WHERE number <= %(limit)s
                     ORDER BY next_contact_date, id""",
                    company=company.id,
                    grades=grade_ids,
                    today=company._crm_today(),
                    limit=REMINDERS_PER_USER,
                )
            )
            rows += [row[0] for row in self.env.cr.fetchall()]
        return self.browse(rows)

    def _remind(self):
        """Give each account manager an activity on his or her customer.

        The customer's row is written, not only locked, so that of two workers at once
        the second meets a conflict instead of reminding again.
        """
        activity_type = self.env.ref(
            "crm_service_excellence.mail_activity_data_contact"
        )
        model = self.env["ir.model"]._get(self._name)
        # quick update: no mail for each activity; the due list is where one looks
        activities = self.env["mail.activity"].with_context(
            mail_activity_quick_update=True
        )
        customers = self.sudo()  # nobody has write access: the job of the company
        reminders = activities.sudo().create(
            [
                {
                    "res_model_id": model.id,
                    "res_id": customer.id,
                    "activity_type_id": activity_type.id,
                    "summary": customer._reminder_summary(),
                    "date_deadline": customer.next_contact_date,
                    "user_id": customer.user_id.id,
                }
                for customer in customers
            ]
        )
        for customer, reminder in zip(customers, reminders, strict=True):
            customer.contact_activity_id = reminder
        return reminders

    def _reminder_summary(self):
        """What is due, in the language of the account manager."""
        self.ensure_one()
        customer = self.with_context(lang=self.user_id.lang)
        if customer.last_touch_date:
            return customer.env._(
                "Contact %(customer)s, last contacted on %(date)s",
                customer=customer.partner_id.name,
                date=format_date(customer.env, customer.last_touch_date),
            )
        return customer.env._(
            "Contact %(customer)s, not contacted yet", customer=customer.partner_id.name
        )

    @api.model
    def _drop_met_reminders(self, partner_ids=None):
        """Take back reminders of contacts that have taken place meanwhile."""
        domain = [("contact_activity_id.active", "=", True)]
        if partner_ids is not None:
            domain.append(("partner_id", "in", list(partner_ids)))
        # sudo: the reminder goes, whoever reported the contact
        customers_sudo = self.sudo().with_context(active_test=False)
        met = customers_sudo.search(domain).filtered(
            lambda customer: (
                not customer.next_contact_date
                or customer.next_contact_date > customer.company_id._crm_today()
            )
        )
        met.contact_activity_id.unlink()
