# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.fields import Domain

from odoo.addons.crm_service_excellence.models.crm_timeline import TimelineSource

from .crm_complaint_terms import OPEN_STATES


class CrmTimeline(models.AbstractModel):
    _inherit = "crm.timeline"

    @api.model
    def _timeline_sources(self):
        return {
            **super()._timeline_sources(),
            "complaint": TimelineSource(
                self.env._("Complaints"),
                "fa-exclamation-circle",
                "crm.complaint",
                "date_received",
                lambda partner: Domain("partner_id", "=", partner.id),
                self._describe_complaint,
            ),
        }

    @api.model
    def _describe_complaint(self, complaint):
        is_open = complaint.state in OPEN_STATES
        return {
            "title": self.env._(
                "Complaint %(number)s", number=complaint.number or ""
            ).strip(),
            "text": complaint.name,
            "user": complaint.user_id.name,
            "incoming": True,
            "flag": self._label(complaint, "state"),
            "late": is_open and complaint.sla_state == "breached",
        }
