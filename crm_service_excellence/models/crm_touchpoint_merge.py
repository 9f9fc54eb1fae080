# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Touchpoints of customers that become one."""

from odoo import api, models
from odoo.fields import Domain

from .crm_touchpoint import PENDING


class CrmTouchpoint(models.Model):
    _inherit = "crm.touchpoint"

    @api.model
    def _reassign_partner(self, sources, target):
        """Move touchpoints to ``target``; what reached several stays one row.

        The caller sees to measuring, once everything has moved: measured half-way, a
        partner that goes would be made a customer again.

        :param sources: ``res.partner`` that go
        :param target: ``res.partner`` that stays, whose rows are kept
        """
        touchpoints = self.with_context(
            crm_touch_refresh_later=True, tracking_disable=True
        )
        in_merge = Domain("partner_id", "in", (sources | target).ids)
        rows = touchpoints.search(in_merge & Domain("source", "!=", False), order="id")
        seen = set()
        doubles = touchpoints.browse()
        for touch in rows.sorted(lambda t: t.partner_id != target):
            key = (touch.source, touch.company_id)
            if key in seen:
                doubles |= touch
            seen.add(key)
        doubles.unlink()
        moving = touchpoints.search(Domain("partner_id", "in", sources.ids))
        if moving:
            moving.partner_id = target
        pending = self.env.cr.precommit.data.get(PENDING, set())
        pending.difference_update(sources.ids)
