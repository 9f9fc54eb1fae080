# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

BATCH = 1000


class CrmLoyaltyHold(models.Model):
    _inherit = "crm.loyalty.hold"

    @api.autovacuum
    def _gc_holds(self):
        """Close holds whose time is over; they have not counted since then.

        :return: ``(closed, left)`` as autovacuum wants it
        """
        # sudo: holds are nobody's to write
        holds_sudo = self.sudo().search(
            [("state", "=", "open"), ("expires_at", "<=", fields.Datetime.now())],
            order="id",
            limit=BATCH,
        )
        holds_sudo.write({"state": "void"})
        return len(holds_sudo), len(holds_sudo) == BATCH
