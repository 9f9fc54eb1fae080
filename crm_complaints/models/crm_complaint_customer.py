# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Whose complaint it is: the customer's record and contacts keep in step."""

from odoo import api, models
from odoo.fields import Domain

from odoo.addons.crm_service_excellence.models.crm_touchpoint import PENDING

# What changes the facts of a customer.
FACT_FIELDS = frozenset(
    {"state", "partner_id", "company_id", "date_received", "active"}
)


class CrmComplaint(models.Model):
    _inherit = "crm.complaint"

    @api.model_create_multi
    def create(self, vals_list):
        complaints = super().create(vals_list)
        self._refresh_customers(complaints.partner_id.ids)
        return complaints

    def write(self, vals):
        if not FACT_FIELDS.intersection(vals):
            return super().write(vals)
        # sudo: whose facts change does not depend on who changed them
        partner_ids = set(self.sudo().partner_id.ids)
        result = super().write(vals)
        self._refresh_customers(partner_ids.union(self.sudo().partner_id.ids))
        return result

    def unlink(self):
        partner_ids = self.partner_id.ids
        result = super().unlink()
        self._refresh_customers(partner_ids)
        return result

    @api.model
    def _refresh_customers(self, partner_ids):
        """Have these customers measured once, before the commit.

        Together with whom touchpoints of the transaction concern: a receipt, its
        confirmation and a change of stage measure a customer once.
        """
        if partner_ids:
            self.env["crm.touchpoint"].with_context(
                crm_touch_refresh_later=True
            )._refresh_customers(partner_ids)

    # CONTACTS THAT ARE MERGED, OR FILED UNDER A COMPANY

    @api.model
    def _reassign_partner(self, sources, target, contact=None):
        """Move complaints to another customer; the person stays known as the contact.

        :param sources: ``res.partner`` that are no customers any more
        :param target: ``res.partner``, the customer that takes over
        :param contact: whom ``sources`` become; by default they stay themselves
        """
        # sudo: a merge concerns every complaint, whoever may run it
        complaints_sudo = self.sudo().with_context(
            active_test=False, tracking_disable=True
        )
        moving = complaints_sudo.search(
            Domain("partner_id", "in", sources.ids), order="id"
        )
        for source, complaints in moving.grouped("partner_id").items():
            person = contact or source
            nameless = complaints.filtered(lambda c: not c.contact_id)
            if person != target and person.commercial_partner_id == target:
                nameless.contact_id = person
            complaints.partner_id = target
        # measured half-way, a partner that goes would be made a customer again
        pending = self.env.cr.precommit.data.get(PENDING, set())
        pending.difference_update(sources.ids)
