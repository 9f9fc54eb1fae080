# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import re

from odoo import api, models
from odoo.fields import Domain

SHORTEST_NUMBER = 4
# A number that fits more documents than this says nothing about its customer.
FOUND_LIMIT = 20
LIKE_OPERATORS = ("ilike", "like", "=ilike", "=like")


class ResPartner(models.Model):
    """Find who is on the phone by whatever number he or she has at hand."""

    _inherit = "res.partner"

    @api.model
    def _search_display_name(self, operator, value):
        domain = super()._search_display_name(operator, value)
        if (
            self.env.context.get("crm_complaint_intake")
            and operator in LIKE_OPERATORS
            and isinstance(value, str)
        ):
            domain |= self._crm_number_domain(value.strip())
        return domain

    @api.model
    def _crm_number_domain(self, value):
        """Partners by phone, or by the number of a complaint, order or invoice."""
        if len(re.sub(r"\D", "", value)) < SHORTEST_NUMBER:
            return Domain.FALSE
        domain = Domain.FALSE
        if not re.search(r"[A-Za-z/]", value):
            domain |= Domain("phone_mobile_search", "ilike", value)
        if not self.env["crm.complaint"].has_access("read"):
            return domain
        # sudo: only whose document it is is used; who takes calls need not see sales
        for model, name in (
            ("crm.complaint", "number"),
            ("sale.order", "name"),
            ("account.move", "name"),
        ):
            documents = (
                self.env[model]
                .sudo()
                .search(
                    [
                        (name, "=ilike", value),
                        ("company_id", "in", self.env.companies.ids),
                        ("partner_id", "!=", False),
                    ],
                    limit=FOUND_LIMIT,
                )
            )
            domain |= Domain("id", "in", documents.partner_id.ids)
        return domain
