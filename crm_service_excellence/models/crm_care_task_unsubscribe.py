# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class CrmCareTask(models.Model):
    """Every message says how to stop more of its kind."""

    _inherit = "crm.care.task"

    def _unsubscribe_url(self):
        """Link that the message of this task holds."""
        self.ensure_one()
        return self.partner_id._care_unsubscribe_url(
            self.company_id, self.purpose, task=self
        )

    def _unsubscribe_urls(self):
        """:return: ``{task id: link}``"""
        return {task.id: task._unsubscribe_url() for task in self}

    def _unsubscribe_headers(self, url):
        """Headers by which mail programs offer to unsubscribe (RFC 8058).

        :param url: as ``_unsubscribe_url`` gives it
        """
        return {
            "List-Unsubscribe": f"<{url}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }
