# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""When a customer is better left without greetings and offers."""

from odoo import models


class CrmCustomer(models.Model):
    _inherit = "crm.customer"

    def _care_hold_reasons(self):
        """Why care that is not asked for shall wait; the extension point for addons.

        Addons call super and add their reasons, in few queries for all of ``self``. A
        reason holds whoever asks: what it is computed from need not be readable.

        :return: ``{customer id: [reason, ...]}`` in the reader's language; customers
            without a reason are absent
        """
        return {}
