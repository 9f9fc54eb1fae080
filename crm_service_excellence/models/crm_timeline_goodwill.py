# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.fields import Domain

from .crm_timeline import TimelineSource


class CrmTimeline(models.AbstractModel):
    _inherit = "crm.timeline"

    @api.model
    def _timeline_sources(self):
        return {
            **super()._timeline_sources(),
            "goodwill": TimelineSource(
                self.env._("Goodwill"),
                "fa-gift",
                "crm.goodwill",
                "date_granted",
                lambda partner: (
                    Domain("partner_id", "=", partner.id)
                    & Domain("state", "=", "granted")
                ),
                self._describe_goodwill,
            ),
        }

    @api.model
    def _describe_goodwill(self, goodwill):
        return {
            "title": goodwill.type_id.sudo().name,  # as Odoo shows links: by name
            "text": goodwill.description or goodwill.note,
            "user": goodwill.requested_by_id.name,
            "amount": goodwill.value or False,
            "currency_id": goodwill.value and goodwill.currency_id.id,
        }
