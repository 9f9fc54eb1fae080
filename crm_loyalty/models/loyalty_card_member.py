# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The card of a member: the one there is, or a new one."""

from psycopg2.errors import UniqueViolation

from odoo import models
from odoo.exceptions import ConcurrencyError, UserError


class LoyaltyProgram(models.Model):
    _inherit = "loyalty.program"

    def _member_card(self, partner, create=True):
        """The card on which a partner has its points.

        That of the partner itself; where a contact has none, that of its company: who
        gave the card out decided whose the points are. A new one is the company's.

        :param partner: ``res.partner``
        :param create: whether to make a card where there is none
        :return: ``loyalty.card`` in superuser mode; empty without one
        :raise UserError: the partner is gone or archived, or so is the card
        """
        self.ensure_one()
        # sudo: a member is one, whoever does it a favour
        partner_sudo = partner.sudo().exists()
        if len(partner_sudo) != 1:
            raise UserError(
                self.env._("There is no such member: was it merged into another one?")
            )
        if not partner_sudo.active:
            raise UserError(
                self.env._(
                    "%(member)s is archived, and gets no points any more.",
                    member=partner_sudo.display_name,
                )
            )
        owner_sudo = partner_sudo.commercial_partner_id
        cards_sudo = (
            self.env["loyalty.card"]
            .sudo()
            .with_context(active_test=False)
            .search(
                [
                    ("program_id", "=", self.id),
                    ("partner_id", "in", (partner_sudo | owner_sudo).ids),
                ],
                order="id",
            )
        )
        for holder in (partner_sudo, owner_sudo):
            found = cards_sudo.filtered(
                lambda card, holder=holder: card.active and card.partner_id == holder
            )
            if found:
                return found[0].with_context(active_test=True)
        if cards_sudo:
            raise UserError(
                self.env._(
                    "The card of %(member)s is archived: it takes no points any more.",
                    member=partner_sudo.display_name,
                )
            )
        empty = self.env["loyalty.card"].sudo()
        if not create:
            return empty
        holder = owner_sudo if owner_sudo.active else partner_sudo
        try:
            with self.env.cr.savepoint():
                return empty.create({"program_id": self.id, "partner_id": holder.id})
        except UniqueViolation:
            # somebody else made it just now: Odoo runs the request again, and finds it
            raise ConcurrencyError(
                self.env._(
                    "A card of %(member)s is being made.", member=holder.display_name
                )
            ) from None
