# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Complaints and messages that a gateway delivered."""

from odoo import api, fields, models
from odoo.tools import email_normalize, plaintext2html

from ..tools.mail_text import clean_line
from .crm_complaint_message import SETTLED_STATES


class CrmComplaint(models.Model):
    _inherit = "crm.complaint"

    def _needs_successor(self):
        """Whether a customer's message comes too late to reopen this one (S15)."""
        self.ensure_one()
        return self.state in SETTLED_STATES and not self._is_within_reopening(
            fields.Datetime.now()
        )

    def _take_delivered_message(self, gateway, values):
        """A further message of the customer, who may be known by a number only."""
        self.ensure_one()
        author = self.contact_id or self.partner_id
        self.with_context(crm_complaint_channel=gateway.channel).message_post(
            author_id=author.id,
            email_from=author.email_formatted
            or self.email_from
            or values["email"]
            or values["name"]
            or self.env._("Unknown sender"),
            body=plaintext2html(values["text"]),
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )

    @api.model
    def _create_delivered(self, gateway, values, received, former):
        """The complaint that a delivery is; only inert fields are taken over."""
        company = gateway.company_id
        person = former.contact_id or former.partner_id
        person = person or self._find_known_caller(values, company)
        customer = person.commercial_partner_id
        order = self._find_order(values["order"], customer, company)
        text = values["text"]
        if values["order"] and not order:
            reference = self.env._("Order: %(order)s", order=values["order"])
            text = f"{reference}\n\n{text}"
        return self.with_company(company).create(
            {
                "name": values["subject"] or clean_line(values["text"], 80),
                "company_id": company.id,
                "team_id": gateway.team_id.id,
                "channel": gateway.channel,
                "date_received": received,
                "description": plaintext2html(text),
                "partner_id": customer.id,
                "contact_id": person.id if person != customer else False,
                "partner_name": values["name"],
                "email_from": values["email"],
                "phone": values["phone"],
                "sale_order_id": order.id,
                "previous_id": former.id,
            }
        )

    @api.model
    def _find_known_caller(self, values, company):
        """The customer's person with this address or number, if it is one's alone."""
        person = self._find_known_sender(values["email"], company)
        if person or email_normalize(values["email"]) or not values["phone"]:
            return person
        partners = self.env["res.partner"].sudo()
        number = company.partner_id._phone_format(
            number=values["phone"], country=company.country_id
        )
        if not number:
            return person
        partners = partners.search(
            [
                ("phone_sanitized", "=", number),
                ("company_id", "in", (False, company.id)),
            ]
        )
        partners = self.env["crm.touchpoint"]._filter_customers(partners)
        if len(partners.commercial_partner_id) != 1:
            return person
        return partners if len(partners) == 1 else partners.commercial_partner_id

    @api.model
    def _find_order(self, name, customer, company):
        """The customer's own order of this name."""
        orders = self.env["sale.order"].sudo()  # sudo: the gateway is nobody
        if not name or not customer:
            return orders
        return orders.search(
            [
                ("name", "=", name),
                ("company_id", "=", company.id),
                ("partner_id", "child_of", customer.id),
            ],
            limit=1,
        )
