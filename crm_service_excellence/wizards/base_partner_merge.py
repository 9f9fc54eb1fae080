# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models

from ..models.res_partner_birthday_entry import BIRTH_FIELDS


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        """Join our rows before Odoo repoints (or deletes) whatever is left.

        Odoo does not know that a customer is unique per company: it would stop the
        merge, and with a unique constraint delete one of the two.
        """
        dst_partner._merge_care(src_partners)
        customers = self.env["crm.customer"]
        customers._reassign_partner(src_partners, dst_partner.commercial_partner_id)
        result = super()._update_foreign_keys(src_partners, dst_partner)
        self.env.invalidate_all()  # repointed by SQL
        return result

    @api.model
    def _update_values(self, src_partners, dst_partner):
        """Take the birthday as a whole from one contact.

        Odoo takes each field from the last contact that has it: the month of one
        birthday, the day of another, and the merge would stop at a day that no year
        has.
        """
        # sudo: whoever merges may not see birthdays, which are not lost for that
        contacts_sudo = (dst_partner + src_partners).sudo()
        born = self._born_as(contacts_sudo)
        values = {field: born[field] for field in BIRTH_FIELDS}
        # so that Odoo finds nothing to mix
        unborn = {field: False for field in BIRTH_FIELDS}
        contacts_sudo.filtered("crm_birth_month").write(unborn)
        result = super()._update_values(src_partners, dst_partner)
        if born:
            contacts_sudo[:1].write(values)
        return result

    @api.model
    def _born_as(self, contacts):
        """The contact whose birthday is kept.

        The first that has one, here the contact that is kept; but where another knows
        the year of the very same birthday, that one.
        """
        known = contacts.filtered("crm_birth_month")
        first = known[:1]
        same = known.filtered(
            lambda one: (
                one.crm_birth_year and one._crm_birth_key() == first._crm_birth_key()
            )
        )
        return first if first.crm_birth_year else same[:1] or first

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        """Measure the merged customer again, now that all its documents are there."""
        result = super()._merge(partner_ids, dst_partner, extra_checks)
        kept = self.env["res.partner"].browse(partner_ids).exists()
        if kept:
            self.env["crm.customer"]._refresh(partner_ids=kept.ids)
        return result
