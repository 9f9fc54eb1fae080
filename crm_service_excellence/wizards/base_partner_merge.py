# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models


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

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        """Measure the merged customer again, now that all its documents are there."""
        result = super()._merge(partner_ids, dst_partner, extra_checks)
        kept = self.env["res.partner"].browse(partner_ids).exists()
        if kept:
            self.env["crm.customer"]._refresh(partner_ids=kept.ids)
        return result
