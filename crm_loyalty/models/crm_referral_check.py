# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Whether a recommendation is one: two people, and a new customer."""

from odoo import fields, models
from odoo.tools import email_normalize_all

from ..tools import identity


class CrmReferral(models.Model):
    _inherit = "crm.referral"

    def _objection(self):
        """Why the recommendation does not count.

        :return: ``(reason_kind, words)``; None: nothing speaks against it
        """
        self.ensure_one()
        if words := self._same_person_words():
            return "same_person", words
        if words := self._customer_before_words():
            return "customer", words
        return None

    # ONE PERSON

    def _same_person_words(self):
        """What the two have in common that two people do not; None: nothing.

        Data of an ERP that a form on the web does not have: tax id, bank account and
        address tell more than another e-mail address does.
        """
        if self.is_accepted:
            return None
        # sudo: compared, never shown; bank accounts are not everybody's to read
        referral_sudo = self.sudo()
        referrer, referred = referral_sudo.referrer_id, referral_sudo.referred_id
        if referred and referrer.commercial_partner_id == (
            referred.commercial_partner_id
        ):
            return self.env._("Both are the same customer.")
        ours = self._traits(referrer)
        theirs = self._traits(referred) if referred else self._lead_traits()
        for trait, words in (
            ("email", self.env._("Both have the same e-mail address.")),
            ("phone", self.env._("Both have the same phone number.")),
            ("vat", self.env._("Both have the same tax ID.")),
            ("bank", self.env._("Both have the same bank account.")),
            ("address", self.env._("Both live at the same address.")),
        ):
            if ours[trait] & theirs[trait]:
                return words
        return None

    def _traits(self, partner_sudo):
        """What makes a person out: ``{trait: set of keys}``."""
        company = self.company_id.sudo()
        people = partner_sudo | partner_sudo.commercial_partner_id
        users = people.with_context(active_test=False).user_ids
        emails = email_normalize_all(", ".join(filter(None, people.mapped("email"))))
        traits = {
            "email": {identity.email_key(email) for email in emails}
            | {identity.email_key(user.login) for user in users},
            "phone": {
                identity.phone_key(
                    person.phone,
                    (person.country_id or company.country_id).phone_code,
                )
                for person in people
            },
            "vat": {identity.code_key(person.vat) for person in people},
            "bank": {
                identity.code_key(account.acc_number) for account in people.bank_ids
            },
            "address": {
                identity.address_key(
                    person.street,
                    person.street2,
                    person.zip,
                    person.city,
                    person.country_id.id,
                )
                for person in people
            },
        }
        return {trait: keys - {None} for trait, keys in traits.items()}

    def _lead_traits(self):
        """As ``_traits``, of a lead without a customer."""
        lead = self.sudo().lead_id
        country = lead.country_id or self.company_id.sudo().country_id
        emails = email_normalize_all(lead.email_from or "")
        return {
            "email": {identity.email_key(email) for email in emails} - {None},
            "phone": {identity.phone_key(lead.phone, country.phone_code)} - {None},
            "vat": set(),
            "bank": set(),
            "address": {
                identity.address_key(
                    lead.street, lead.street2, lead.zip, lead.city, lead.country_id.id
                )
            }
            - {None},
        }

    # A NEW CUSTOMER

    def _customer_before_words(self):
        """That the customer bought before it was recommended; None: it did not."""
        if not self.referred_id or self.is_accepted:
            return None
        # sudo: orders and invoices of whoever sold; only whether there are any
        buyers = [
            ("partner_id", "child_of", self.referred_id.commercial_partner_id.id),
            ("company_id", "=", self.company_id.id),
        ]
        order = (
            self.env["sale.order"]
            .sudo()
            .search(
                [*buyers, ("state", "=", "sale"), ("date_order", "<", self.date)],
                order="date_order",
                limit=1,
            )
        )
        if order:
            day = self._day_of(order.date_order)
        else:
            invoice = (
                self.env["account.move"]
                .sudo()
                .search(
                    [
                        *buyers,
                        ("move_type", "=", "out_invoice"),
                        ("state", "=", "posted"),
                        ("invoice_date", "<", self._day_of(self.date)),
                    ],
                    order="invoice_date",
                    limit=1,
                )
            )
            day = invoice.invoice_date
        if not day:
            return None
        return self.env._(
            "%(customer)s was a customer already on %(date)s.",
            customer=self.referred_id.display_name,
            date=fields.Date.to_string(day),
        )
