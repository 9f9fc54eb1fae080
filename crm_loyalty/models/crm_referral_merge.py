# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models

from .crm_referral import WON


class CrmReferral(models.Model):
    _inherit = "crm.referral"

    @api.model
    def _merge_partners(self, sources, target):
        """Contacts are about to become one: what that makes of referrals.

        Who recommended us to themselves gets nothing, and a customer is won once: by
        who has been rewarded for it, else by the first one.
        """
        people = sources | target
        referrals_sudo = self.sudo()  # a merge concerns every company
        counts = referrals_sudo.search(
            [
                ("referred_id", "in", people.ids),
                ("state", "in", ("pending", *WON)),
            ],
            order="date, id",
        )
        own = counts.filtered(lambda referral: referral.referrer_id in people)
        words = self.env._("Both turned out to be one contact: they were merged.")
        for referral in own:
            referral._revoke("merged", words)
        for referrals in (counts - own).grouped("company_id").values():
            first, *later = referrals.sorted(
                lambda referral: (referral.state not in WON, referral.date, referral.id)
            )
            for referral in later:
                referral._revoke(*first._second_words())
        self.env.flush_all()

    def _revoke(self, kind, words):
        """It does not count, whatever had come of it."""
        self.ensure_one()
        if self.state in WON:
            self._reverse(kind, words)
        else:
            self._reject(kind, words)
