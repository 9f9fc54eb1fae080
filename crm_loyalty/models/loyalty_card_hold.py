# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Points are set aside while a cart is paid."""

from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools.ledger import to_points
from .crm_loyalty_amount import format_points

#: how long a payment may take
HOLD_MINUTES = 30


class LoyaltyCard(models.Model):
    _inherit = "loyalty.card"

    def _hold_points(self, points, key, source=None, minutes=HOLD_MINUTES):
        """Set points aside, or renew what is held under the key.

        :param points: number of points, more than 0
        :param key: name of the cart; a cart holds once
        :param minutes: for so long
        :return: ``crm.loyalty.hold``
        :raise UserError: so many cannot be spent
        """
        self.ensure_one()
        holds_sudo = self.env["crm.loyalty.hold"].sudo()  # nobody's to write
        self.env.flush_all()
        locked = self.sudo()._lock_accounts()[self.id]
        account = locked.account
        account.held -= locked.holds.get(key, 0)
        wanted = to_points(points)
        available = account.available(self.sudo().program_id._crm_today())
        if wanted > available:
            raise UserError(
                self.env._(
                    "Insufficient points: %(available)s can be spent, %(points)s are "
                    "asked.",
                    available=format_points(max(available, 0)),
                    points=format_points(wanted),
                )
            )
        values = {
            "points": points,
            "expires_at": fields.Datetime.now() + timedelta(minutes=minutes),
            "state": "open",
        }
        hold = holds_sudo.search([("card_id", "=", self.id), ("key", "=", key)])
        if hold:
            hold.write(values)
        else:
            hold = holds_sudo.create(
                {
                    **values,
                    "card_id": self.id,
                    "key": key,
                    "res_model": source._name if source else False,
                    "res_id": source.id if source else False,
                }
            )
        self._touch_account()
        return hold

    def _void_hold(self, key):
        """Let go of what is held under a key."""
        holds_sudo = self.env["crm.loyalty.hold"].sudo()  # nobody's to write
        holds = holds_sudo.search(
            [("card_id", "in", self.ids), ("key", "=", key), ("state", "=", "open")]
        )
        holds.write({"state": "void"})
        holds.card_id._touch_account()

    def _touch_account(self):
        """Update the cards, so that whoever waits for them decides anew."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE loyalty_card SET ledger_seq = COALESCE(ledger_seq, 0) "
                "WHERE id = ANY(%s)",
                self.ids,
            )
        )
        self.invalidate_recordset(["held_points", "available_points", "hold_ids"])
