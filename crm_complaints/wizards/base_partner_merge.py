# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        """File complaints under the customer before Odoo repoints what is left.

        Odoo would file them under the contact that is kept, be it a person.
        """
        self.env["crm.complaint"]._reassign_partner(
            src_partners, dst_partner.commercial_partner_id, contact=dst_partner
        )
        return super()._update_foreign_keys(src_partners, dst_partner)

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        """Promises on open complaints follow the grade that was kept."""
        result = super()._merge(partner_ids, dst_partner, extra_checks)
        kept = self.env["res.partner"].browse(partner_ids).exists()
        self.env["crm.customer"]._sync_complaint_grades(
            partner_ids=kept.commercial_partner_id.ids
        )
        return result
