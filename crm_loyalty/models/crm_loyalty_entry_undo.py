# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A gift is taken back: what a member got for an event, or as goodwill."""

from odoo import fields, models

from ..tools.ledger import to_points


class CrmLoyaltyEntry(models.Model):
    _inherit = "crm.loyalty.entry"

    def _take_back(self, source=None, reason=None, as_of=None):
        """Take back a credit, once; what is left of it where part was taken before.

        Points that were spent since are owed: the next ones pay. A program that writes
        such points off takes back what can still be spent.

        :param source: record because of which; by default that of the credit
        :param as_of: date it is for the member; today in the program's zone by default
        :return: ``crm.loyalty.entry`` of the reversal; empty where nothing is left
        """
        self.ensure_one()
        key = f"{self.key}:cancel"
        entries_sudo = self.sudo()  # the callers have checked who asks
        found = entries_sudo.search([("key", "=", key)])
        if found:
            return found
        # sudo: as above
        card_sudo = self.sudo().card_id
        self.env.flush_all()
        # the lock comes before the sums that depend on it
        # and where contacts were merged, the points are on the card they have now
        holder_sudo = card_sudo._successor()
        locked = (card_sudo | holder_sudo)._lock_accounts()
        account = locked[holder_sudo.id].account
        points = to_points(round(self.points, 2)) + to_points(
            round(sum(self._reversals().mapped("points")), 2)
        )
        program = card_sudo.program_id
        if program.refund_policy == "write_off":
            today = fields.Date.to_date(as_of) or program._crm_today()
            left = max(account.available(today), 0)
            if (heir := card_sudo._member_card()) != card_sudo:
                left = to_points(round(max(heir.available_points, 0), 2))
            points = min(points, left)
        if points <= 0:
            return entries_sudo.browse()
        return card_sudo._post_points(
            [
                {
                    "kind": "reverse_earn",
                    "points": points,
                    "key": key,
                    "reverses": self,
                    "source": source or self._source_record(),
                    "reason": reason or self.reason,
                }
            ],
            as_of=as_of,
        )

    def _reversals(self):
        """What took it back already."""
        return self.sudo().search([("reverses_id", "=", self.id)])

    def _source_record(self):
        """The record that the points were given for; None where it is gone."""
        self.ensure_one()
        if not self.res_model or self.res_model not in self.env:
            return None
        return self.env[self.res_model].browse(self.res_id).exists() or None
