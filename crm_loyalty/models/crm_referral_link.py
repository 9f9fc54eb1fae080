# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A member's own link, and whoever signs up by it."""

import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.http import request
from odoo.tools import consteq
from odoo.tools.misc import hmac

_logger = logging.getLogger(__name__)
SCOPE = "crm_loyalty_referral"
#: where the browser remembers the link it followed
SESSION_KEY = "crm_referral_code"
SIGNATURE = 16  # hexadecimal digits: 64 bits


class LoyaltyProgram(models.Model):
    _inherit = "loyalty.program"

    referral_enabled = fields.Boolean(
        string="Reward referrals",
        help="Members recommend us by their own link, or tell us so: both sides get "
        "points once the first order is paid and old enough.",
    )
    referral_delay_days = fields.Integer(
        string="After (days)",
        default=14,
        help="So old the first order has to be, such as the time in which goods can "
        "be returned.",
    )

    _check_referral_delay = models.Constraint(
        "CHECK (referral_delay_days >= 0 AND referral_delay_days <= 366)",
        "Referrals count after 0 to 366 days.",
    )


class LoyaltyCard(models.Model):
    _inherit = "loyalty.card"

    referral_code = fields.Char(
        compute="_compute_referral_code",
        help="Of the member's own link. It cannot be guessed, and stays as it is.",
    )

    def _compute_referral_code(self):
        """Signed, not stored: every member has one, and showing it writes nothing."""
        for card in self:
            card.referral_code = (
                f"{card.id:x}-{card._referral_signature()}"
                if card.id and card.sudo().is_ledger
                else False
            )

    def _referral_signature(self):
        """What only this database can make of the card's number."""
        # sudo: the key is the database's secret
        return hmac(self.env(su=True), SCOPE, self.id)[:SIGNATURE]

    def _referral_url(self):
        """The link by which the member recommends us; None where nobody rewards it."""
        self.ensure_one()
        card_sudo = self.sudo()  # whether it works, for the member that it is of
        if not card_sudo.active or not card_sudo.program_id.referral_enabled:
            return None
        return f"{card_sudo.get_base_url()}/refer/{card_sudo.referral_code}"

    @api.model
    def _by_referral_code(self, code):
        """The member's card of a link, in superuser mode; empty for an unknown one.

        A link outlives a merge of contacts: it is that of whom the member is now.
        """
        cards_sudo = self.sudo()
        number, _dash, signature = (code or "")[:64].partition("-")
        try:
            card_id = int(number, 16)
        except ValueError:
            return cards_sudo.browse()
        if not 0 < card_id < 2**31:
            return cards_sudo.browse()
        card = cards_sudo.browse(card_id)
        # the signature first: an unknown number takes as long as a wrong one
        if not consteq(card._referral_signature(), signature):
            return cards_sudo.browse()
        card = card.exists()._successor()
        return card.filtered(
            lambda card: (
                card.active
                and card.partner_id.active
                and card.program_id.active
                and card.program_id.referral_enabled
            )
        )


class ResUsers(models.Model):
    _inherit = "res.users"

    @api.model
    def signup(self, values, token=None):
        login, password = super().signup(values, token)
        if request and (code := request.session.pop(SESSION_KEY, None)):
            users = self.sudo().search([("login", "=", login)], limit=1)
            users._crm_recommended_by_link(code)
        return login, password

    def _crm_recommended_by_link(self, code):
        """Somebody signed up who had followed a member's link.

        Nothing about it keeps them from signing up.
        """
        card_sudo = self.env["loyalty.card"]._by_referral_code(code)
        if not self or not card_sudo:
            return
        try:
            with self.env.cr.savepoint():
                self.env["crm.referral"]._refer(
                    card_sudo.partner_id,
                    self.partner_id,
                    source="link",
                    code=code,
                    company=card_sudo.company_id or self.company_id,
                )
        except UserError as error:
            _logger.info("No referral of user %s: %s", self.id, error)
