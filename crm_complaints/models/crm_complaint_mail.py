# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""E-mails that become complaints, or messages on them."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import email_normalize, html2plaintext, parse_contact_from_email

from ..tools.mail_text import clean_line

# Set while the message is posted that the complaint was made from.
INTAKE = "crm_complaint_intake"


class CrmComplaint(models.Model):
    _inherit = "crm.complaint"

    is_sender_unknown = fields.Boolean(
        string="Unknown sender",
        compute="_compute_is_sender_unknown",
        search="_search_is_sender_unknown",
        help="Written by somebody who is no contact yet.",
    )

    # COMPUTE

    @api.depends("partner_id", "email_from", "phone", "partner_name")
    def _compute_is_sender_unknown(self):
        for complaint in self:
            complaint.is_sender_unknown = not complaint.partner_id and bool(
                complaint.email_from or complaint.phone or complaint.partner_name
            )

    def _search_is_sender_unknown(self, operator, value):
        if operator != "in":
            return NotImplemented
        unknown = Domain("partner_id", "=", False) & (
            Domain("email_from", "not in", (False, ""))
            | Domain("phone", "not in", (False, ""))
            | Domain("partner_name", "not in", (False, ""))
        )
        if True in value:
            return Domain.TRUE if False in value else unknown
        return ~unknown

    # ACTIONS

    def action_create_contact(self):
        """Make a contact of an unknown sender, on a person's decision."""
        self.ensure_one()
        self.check_access("write")
        if self.partner_id:
            raise UserError(self.env._("The complaint has a customer already."))
        if not self.is_sender_unknown:
            raise UserError(
                self.env._("Enter a name, an e-mail address or a phone number first.")
            )
        if self._is_from_colleague():
            raise UserError(
                self.env._(
                    "%(email)s is a colleague's address: choose the customer, or enter "
                    "the customer's own address first.",
                    email=self.email_normalized,
                )
            )
        person = self._find_known_sender(self.email_from, self.company_id)
        if not person:
            if self.email_normalized and self._partners_with(
                self.email_from, self.company_id
            ):
                raise UserError(
                    self.env._(
                        "Several contacts use the address %(email)s: choose the "
                        "customer by hand.",
                        email=self.email_normalized,
                    )
                )
            # sudo: who handles complaints need not be allowed to edit all contacts
            person = self.env["res.partner"].sudo().create(self._contact_values())
        # sudo: the same; the complaint itself was checked above
        self.sudo()._set_customer(person)
        return person.with_env(self.env)._get_records_action(context={})

    def _is_from_colleague(self):
        """Whether a colleague has passed it on by mail: the sender is no customer."""
        # sudo: only whether there is one is used
        users = self.env["res.users"].sudo()
        return bool(self.email_normalized) and bool(
            users.search_count(
                [
                    ("partner_id.email_normalized", "=", self.email_normalized),
                    ("share", "=", False),
                ],
                limit=1,
            )
        )

    def _contact_values(self):
        """Values of the lightweight contact."""
        name, address = parse_contact_from_email(self.email_from or "")
        return {
            "name": self.partner_name or name or address or self.phone,
            "email": self.email_normalized or self.email_from,
            "phone": self.phone,
            "company_id": self.company_id.id,
            "user_id": False,
        }

    def _set_customer(self, person):
        customer = person.commercial_partner_id
        self.write(
            {
                "partner_id": customer.id,
                "contact_id": person.id if person != customer else False,
            }
        )

    # WHO WROTE

    @api.model
    def _partners_with(self, address, company):
        """Customers' people of ``company`` with an e-mail address."""
        normalized = email_normalize(address)
        if not normalized:
            return self.env["res.partner"]
        # sudo: the gateway looks up whoever writes
        partners = (
            self.env["res.partner"]
            .sudo()
            .search(
                [
                    ("email_normalized", "=", normalized),
                    ("company_id", "in", (False, company.id)),
                ]
            )
        )
        return self.env["crm.touchpoint"]._filter_customers(partners)

    @api.model
    def _find_known_sender(self, address, company):
        """The person that an address belongs to, if it is one customer's alone.

        :return: ``res.partner``: the only person with it; the customer itself if
            several of its people share it; empty if it is nobody's or several
            customers'
        """
        partners = self._partners_with(address, company)
        people = partners.filtered(lambda p: p.commercial_partner_id != p) or partners
        if len(people) == 1:
            person = people
        else:
            person = people.commercial_partner_id
        if len(partners.commercial_partner_id) != 1:
            return partners.browse()
        return person

    def _belongs_to_sender(self, address):
        """Whether this address is the complainant's or of the customer's people."""
        self.ensure_one()
        normalized = email_normalize(address)
        if not normalized:
            return False
        if normalized == self.email_normalized:
            return True
        people = self._partners_with(normalized, self.company_id)
        return bool(
            self.partner_id
            and self.partner_id.commercial_partner_id in people.commercial_partner_id
        )

    # NEW AND KNOWN

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """Make a complaint of an e-mail; Odoo's gateway calls it.

        :param custom_values: defaults of the alias, completed by the route
        """
        values = dict(custom_values or {})
        company = self.env["res.company"].browse(values.get("company_id") or ())
        company = company or self.env.company
        address = msg_dict.get("from") or ""
        values.update(self._sender_values(address, company, values.get("previous_id")))
        values.update(
            name=clean_line(msg_dict.get("subject")) or self.env._("No subject"),
            channel="email",
            company_id=company.id,
            date_received=msg_dict.get("date") or fields.Datetime.now(),
        )
        body = msg_dict.get("body") or ""
        if "<img" in body or html2plaintext(body).strip():
            values["description"] = body
        # the address as it was written, not the placeholder of the message's author
        intake = self.with_company(company).with_context(**{INTAKE: True})
        return super(CrmComplaint, intake).message_new(
            {**msg_dict, "email_from": address, "subject": values["name"]}, values
        )

    @api.model
    def _sender_values(self, address, company, previous_id=False):
        """Who complains: a known customer, or what the sender says of himself."""
        person = self._find_known_sender(address, company)
        former = self.sudo().browse(previous_id or ())
        known = former.email_normalized
        if not person and known and known == email_normalize(address):
            # somebody has decided on this sender before
            person = former.contact_id or former.partner_id
        if not person:
            name = parse_contact_from_email(address)[0]
            return {
                "partner_name": clean_line(name) or False,
                "email_from": address or False,
            }
        customer = person.commercial_partner_id
        return {
            "email_from": address,
            "partner_id": customer.id,
            "contact_id": person.id if person != customer else False,
        }

    # WHAT WE SEND

    def _mail_get_partners(self, introspect_fields=False):
        """One reader each, who has an address: Odoo's links are made for one."""
        partners = super()._mail_get_partners(introspect_fields=introspect_fields)
        return {
            res_id: (readers.filtered("email") or readers)[:1]
            for res_id, readers in partners.items()
        }

    def _notify_get_reply_to(self, default=None, author_id=False):
        """Answers go to the team's alias."""
        # sudo: who may write a message need not see the alias
        teams = self.team_id.sudo()
        addresses = teams._notify_get_reply_to(default=default, author_id=author_id)
        result = {c.id: addresses.get(c.team_id.id) for c in self}
        homeless = self.filtered(lambda c: not c.team_id)
        if homeless:
            result.update(
                super(CrmComplaint, homeless)._notify_get_reply_to(
                    default=default, author_id=author_id
                )
            )
        return result

    def _message_compute_subject(self):
        """The number in brackets brings answers back, whatever a mail client strips."""
        self.ensure_one()
        return self._with_number(self.name or "")

    def _notify_by_email_get_base_mail_values(
        self, message, recipients_data, additional_values=None
    ):
        values = super()._notify_by_email_get_base_mail_values(
            message, recipients_data, additional_values=additional_values
        )
        subject = values.get("subject") or message.subject
        if subject and len(self) == 1:
            values["subject"] = self._with_number(subject)
        return values

    def _with_number(self, subject):
        subject = clean_line(subject)  # a header is one line
        if not self.number or f"[{self.number}]" in subject:
            return subject
        return f"[{self.number}] {subject}"
