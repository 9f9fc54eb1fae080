# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The same matter may come back under another key: nobody is told of it again."""

from odoo import models
from odoo.tools import SQL

from .crm_care_task import REPLANNED_STATES

# Who changes a birthday is not greeted again within half a year.
BIRTHDAY_GUARD_DAYS = 183


class CrmCareRule(models.Model):
    _inherit = "crm.care.rule"

    def _guard_sql(self):
        """Condition that the contact has not heard of what is ``due``."""
        if self.kind == "birthday":
            return self._birthday_guard_sql()
        if self.kind == "warranty_end":
            return self._warranty_guard_sql()
        return SQL("TRUE")

    def _birthday_guard_sql(self):
        """Who was greeted and changes the birthday afterwards is not greeted again.

        What was skipped for the change, or will be, was no greeting.
        """
        return SQL(
            """NOT EXISTS (
                   SELECT FROM crm_care_task greeted
                    WHERE greeted.rule_id = %s
                      AND greeted.partner_id = due.partner_id
                      AND greeted.state NOT IN %s
                      AND greeted.reason_code IS DISTINCT FROM 'anchor'
                      AND greeted.occurrence_key <> due.key
                      AND abs(greeted.occasion_date - due.occasion_date) <= %s)
            """,
            self.id,
            (*REPLANNED_STATES, "approved"),
            BIRTHDAY_GUARD_DAYS,
        )

    def _warranty_guard_sql(self):
        """One notice for what ends together, though the line it names is returned.

        Lines are looked up one by one: joined, they would be all that were ever sold.
        """
        return SQL(
            """NOT EXISTS (
                   SELECT FROM crm_care_task told
                    WHERE told.rule_id = %s
                      AND told.partner_id = due.partner_id
                      AND told.res_model = 'sale.order.line'
                      AND told.res_id <> due.res_id
                      AND told.occasion_date = due.occasion_date
                      AND told.state NOT IN %s
                      AND told.reason_code IS DISTINCT FROM 'anchor'
                      AND (SELECT line.order_id FROM sale_order_line line
                            WHERE line.id = told.res_id)
                          = (SELECT line.order_id FROM sale_order_line line
                              WHERE line.id = due.res_id))""",
            self.id,
            (*REPLANNED_STATES, "approved"),
        )
