# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        """Decide on referrals first: points go back to the card they were given on."""
        self.env["crm.referral"]._merge_partners(src_partners, dst_partner)
        return super()._update_foreign_keys(src_partners, dst_partner)

    @api.model
    def _merge_loyalty_cards(self, src_partners, dst_partner):
        """Cards with a ledger are merged by entries; the others as Odoo does it.

        Before the contacts are: a member has one active card of a program.
        """
        # sudo: a merge concerns every company, whoever may run it
        cards_sudo = self.env["loyalty.card"].sudo().with_context(active_test=True)
        groups = cards_sudo._read_group(
            [
                ("partner_id", "in", (src_partners | dst_partner).ids),
                ("is_ledger", "=", True),
            ],
            ["program_id"],
            ["id:recordset"],
        )
        for _program, cards in groups:
            cards = cards.sorted("id")
            own = cards.filtered(lambda card: card.partner_id == dst_partner)
            kept = (own or cards)[0]
            kept._absorb(cards - kept)
            if kept.partner_id != dst_partner:
                kept.partner_id = dst_partner
        return super()._merge_loyalty_cards(src_partners, dst_partner)
