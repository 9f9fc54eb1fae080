# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What of a card with a ledger nobody types: whose it is, and what the ledger says.

A field that is read-only on the screens is no less open to a client than any other.
"""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .loyalty_card_write import MANAGER_GROUP, TYPED

#: written by the ledger and its jobs only
LEDGER_FIELDS = frozenset(
    {
        "is_ledger",
        "ledger_seq",
        "pending_points",
        "debt_points",
        "merged_into_id",
        "company_id",
    }
)
#: what makes the points a member's, and lets the member spend them
MEMBER_FIELDS = frozenset({"partner_id", "active", "expiration_date"})


class LoyaltyCard(models.Model):
    _inherit = "loyalty.card"

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su and any(LEDGER_FIELDS.intersection(v) for v in vals_list):
            self._refuse_ledger_fields()
        return super().create(vals_list)

    def write(self, vals):
        self._check_not_typed(vals)
        return super().write(vals)

    def _check_not_typed(self, vals):
        """:raise AccessError, UserError: what people do not write on these cards"""
        if "program_id" in vals:
            self._check_program_stays(vals["program_id"])
        if self.env.su:
            return
        # is_ledger of a card without one would make points out of nothing, too
        if LEDGER_FIELDS.intersection(vals):
            self._refuse_ledger_fields()
        names = MEMBER_FIELDS.intersection(vals)
        ledger = self.filtered("is_ledger") if names else self.browse()
        if "partner_id" in names:
            ledger._check_member_stays(vals["partner_id"])
            names -= {"partner_id"}
        if ledger and names and not self.env.user.has_group(MANAGER_GROUP):
            raise AccessError(
                self.env._(
                    "Managers of loyalty archive and close the cards of members."
                )
            )

    @api.model
    def _refuse_ledger_fields(self):
        raise AccessError(
            self.env._("What the ledger of a card says is posted, not typed.")
        )

    def _check_program_stays(self, program_id):
        """:raise UserError: points would get into a ledger, or out of it, unposted"""
        # sudo: whether the program keeps a ledger, for whoever writes
        program_sudo = self.env["loyalty.program"].sudo().browse(program_id or ())
        for card_sudo in self.sudo():
            if card_sudo.program_id != program_sudo and (
                card_sudo.is_ledger or program_sudo.is_ledger
            ):
                raise UserError(
                    self.env._(
                        "The card %(card)s stays in its program, which keeps a ledger "
                        "of points, or has no place in one that does.",
                        card=card_sudo.code,
                    )
                )

    def _check_member_stays(self, partner_id):
        """Points go from one member to another by entries, such as of a merge.

        A card that is nobody's yet, or that of a visitor of a shop, gets its member.

        :raise AccessError: for anybody but managers; UserError: there are movements
        """
        # sudo: whose the card is, of a contact that the user may not see
        for card_sudo in self.sudo():
            owner_sudo = card_sudo.partner_id
            if not owner_sudo or owner_sudo.id == partner_id or owner_sudo.is_public:
                continue
            if not self.env.user.has_group(MANAGER_GROUP):
                raise AccessError(
                    self.env._(
                        "The card %(card)s stays its member's.", card=card_sudo.code
                    )
                )
            if card_sudo.ledger_seq:
                raise UserError(
                    self.env._(
                        "The points of the card %(card)s stay its member's. Merge the "
                        "contacts, or adjust the points of both.",
                        card=card_sudo.code,
                    )
                )

    # WHOSE POINTS, WHO MOVED THEM

    def _is_of(self, user):
        """Whether the points are the user's own: another person decides on those."""
        self.ensure_one()
        # sudo: compared only
        return bool(self.sudo().partner_id & user._crm_own_partners_sudo())

    def _moved_alone(self, user, but=None):
        """Points that a user moved on the card within a day without a second person.

        A limit that is passed in slices, or one way after the other, is none.

        :param but: ``crm.loyalty.adjustment`` that does not count
        :return: number of points, added and taken alike
        """
        self.ensure_one()
        since = fields.Datetime.now() - timedelta(days=1)
        # sudo: also of companies that the user does not look at now
        adjusted = (
            self.env["crm.loyalty.adjustment"]
            .sudo()
            .search(
                [
                    ("card_id", "=", self.id),
                    ("requested_by_id", "=", user.id),
                    ("decided_by_id", "=", user.id),
                    ("state", "=", "posted"),
                    ("date_decided", ">", since),
                    ("id", "not in", but.ids if but else []),
                ]
            )
        )
        typed = (
            self.env["crm.loyalty.entry"]
            .sudo()
            .search(
                [
                    ("card_id", "=", self.id),
                    ("create_uid", "=", user.id),
                    ("kind", "=", "adjust"),
                    ("key", "=like", f"{TYPED}:%"),
                    ("create_date", ">", since),
                ]
            )
        )
        return sum(abs(one.points) for one in [*adjusted, *typed])
