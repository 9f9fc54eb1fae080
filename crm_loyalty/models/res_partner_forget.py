# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A member wants to be forgotten: the person goes, the sums stay."""

from odoo import api, models
from odoo.exceptions import AccessError, UserError

from .loyalty_card_write import MANAGER_GROUP

#: fields of a contact that tell who it is, or how to reach it
PERSONAL = (
    "barcode",
    "comment",
    "company_name",
    "company_registry",
    "email",
    "function",
    "image_1920",
    "partner_latitude",
    "partner_longitude",
    "phone",
    "ref",
    "street",
    "street2",
    "vat",
    "website",
    "zip",
    "city",
)


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_member(self):
        """What was posted for a member stays the member's.

        Its card would belong to nobody, and nobody could tell whom a referral won.
        """
        # sudo: whether there is anything, in whichever company
        cards_sudo = self.env["loyalty.card"].sudo().with_context(active_test=False)
        card = cards_sudo.search(
            [("partner_id", "in", self.ids), ("ledger_seq", ">", 0)], limit=1
        )
        if card:
            raise UserError(
                self.env._(
                    "%(member)s has a card with movements of points and cannot be "
                    "deleted. Archive the contact, or have a manager of the loyalty "
                    "program anonymise it.",
                    member=card.partner_id.display_name,
                )
            )
        referral = (
            self.env["crm.referral"]
            .sudo()
            .search([("referrer_id", "in", self.ids)], limit=1)
        )
        if referral:
            raise UserError(
                self.env._(
                    "%(member)s recommended us to others and cannot be deleted. "
                    "Archive the contact, or have a manager of the loyalty program "
                    "anonymise it.",
                    member=referral.referrer_id.display_name,
                )
            )

    def action_crm_loyalty_forget(self):
        """Anonymise members for good; asked for by managers only."""
        self.check_access("write")
        if not self.env.user.has_group(MANAGER_GROUP):
            raise AccessError(
                self.env._("Managers of the loyalty program anonymise members.")
            )
        self._crm_loyalty_forget()
        return True

    def _crm_loyalty_forget(self):
        """Take away what tells who a contact is; cards, entries and sums stay.

        The contact and its cards are archived, under a name that is nobody's. The code
        of a card is left: it is a number, and the entries go by it.

        :raise UserError: the contact can still log in, or is a company of ours
        """
        partners_sudo = self.sudo()  # bank accounts and cards of every company
        if partners_sudo.with_context(active_test=False).user_ids.filtered("active"):
            raise UserError(
                self.env._("Archive the user first: a contact that logs in is known.")
            )
        if (
            self.env["res.company"]
            .sudo()
            .search_count([("partner_id", "in", self.ids)], limit=1)
        ):
            raise UserError(self.env._("Our own company is not anonymised."))
        # what is greeted, and by what birthday, while the name is known to it
        partners_sudo._crm_care_forget()
        quiet = partners_sudo.with_context(tracking_disable=True)
        # with accounts that invoices name: they cannot be deleted
        accounts_sudo = quiet.with_context(active_test=False).bank_ids
        for account in accounts_sudo:
            account.write(
                {
                    "acc_number": f"X{account.id}",
                    "acc_holder_name": False,
                    "active": False,
                }
            )
        for partner in quiet:
            partner.write(
                {
                    **dict.fromkeys(PERSONAL, False),
                    "name": self.env._("Former member %(id)s", id=partner.id),
                    "active": False,
                }
            )
        # what the fields held before stands in the logs
        for records in (partners_sudo, accounts_sudo):
            self.env["mail.tracking.value"].sudo().search(
                [
                    ("mail_message_id.model", "=", records._name),
                    ("mail_message_id.res_id", "in", records.ids),
                ]
            ).unlink()
        cards_sudo = self.env["loyalty.card"].sudo()
        cards_sudo.search([("partner_id", "in", self.ids)]).action_archive()
        for partner in partners_sudo:
            partner._message_log(
                body=self.env._("Anonymised by %(user)s.", user=self.env.user.name)
            )
