# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class CrmCareRule(models.Model):
    """Why a contact is none of the recipients, for whoever set the rule up."""

    _inherit = "crm.care.rule"

    def _mismatches(self, partner):
        """What of the audience does not fit the contact.

        :return: list of reasons in words, at least one
        """
        self.ensure_one()
        # sudo: as the job, whoever asks; told is which condition fails, not the value
        rule_sudo, partner_sudo = self.sudo(), partner.sudo()
        reasons = [
            *rule_sudo._contact_mismatches(partner_sudo),
            *rule_sudo._customer_mismatches(partner_sudo),
        ]
        return reasons or [self.env._("further conditions do not fit")]

    def _contact_mismatches(self, partner):
        customer = partner.commercial_partner_id
        if not (partner.active and customer.active):
            yield self.env._("archived")
        if not partner.partner_share:
            yield self.env._("a colleague")
        if self.recipient == "customer" and partner != customer:
            yield self.env._(
                "the rule is for %(customer)s itself", customer=customer.name
            )
        elif self.recipient == "contacts" and partner.is_company:
            yield self.env._("the rule is for persons")
        if self.lang_ids and partner.lang not in self.lang_ids.mapped("code"):
            yield self.env._("another language")

    def _customer_mismatches(self, partner):
        customer = self.env["crm.customer"].search(
            [
                ("partner_id", "=", partner.commercial_partner_id.id),
                ("company_id", "=", self.company_id.id),
            ],
            limit=1,
        )
        if not customer:
            yield self.env._("no customer of %(company)s", company=self.company_id.name)
            return
        if self.grade_ids and customer.grade_id not in self.grade_ids:
            yield self.env._(
                "grade %(grade)s", grade=customer.grade_id.name or self.env._("none")
            )
        for traits, name, label in (
            (self.class_ids, "customer_class", self.env._("another class")),
            (self.lifecycle_ids, "lifecycle", self.env._("another lifecycle")),
        ):
            if traits and customer[name] not in traits.mapped("code"):
                yield label
        segments = self.segment_ids
        if segments and not segments._members_among(customer):
            yield self.env._("in none of the segments")
