# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError

from .res_partner import CARE_GROUP


class ResPartner(models.Model):
    """Goodwill gestures of a customer, from its contact."""

    _inherit = "res.partner"

    crm_goodwill_count = fields.Integer(
        compute="_compute_crm_goodwill_count", groups=CARE_GROUP
    )

    @api.depends_context("uid")
    def _compute_crm_goodwill_count(self):
        counts = dict(
            self.env["crm.goodwill"]._read_group(
                domain=[("partner_id", "in", self.commercial_partner_id.ids)],
                groupby=["partner_id"],
                aggregates=["__count"],
            )
        )
        for partner in self:
            partner.crm_goodwill_count = counts.get(
                partner.commercial_partner_id._origin, 0
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_granted(self):
        # sudo: a gesture that the user cannot see is evidence all the same
        goodwills_sudo = self.env["crm.goodwill"].sudo()
        goodwill = goodwills_sudo.search([("partner_id", "in", self.ids)], limit=1)
        if goodwill:
            raise UserError(
                self.env._(
                    "There are goodwill gestures to %(customer)s. Archive the contact "
                    "instead.",
                    customer=goodwill.partner_id.display_name,
                )
            )

    def action_view_crm_goodwill(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_service_excellence.crm_goodwill_action"
        )
        partner = self.commercial_partner_id
        return {
            **action,
            "domain": [("partner_id", "=", partner.id)],
            "context": {"default_partner_id": partner.id},
        }
