# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.fields import Domain

from .crm_timeline import CHANNEL_ICONS, TimelineSource

CARE_ICONS = {**CHANNEL_ICONS, "gift": "fa-gift"}
SETTLED_STATES = ("done", "skipped", "expired", "failed")


class CrmTimeline(models.AbstractModel):
    """Care that came about or did not, and what contacts said about it."""

    _inherit = "crm.timeline"

    @api.model
    def _timeline_sources(self):
        return {
            **super()._timeline_sources(),
            "care": TimelineSource(
                self.env._("Care"),
                "fa-birthday-cake",
                "crm.care.task",
                "due_date",
                self._care_domain,
                self._describe_care,
            ),
            "consent": TimelineSource(
                self.env._("Consents"),
                "fa-check-square-o",
                "crm.consent",
                "date",
                self._of,
                self._describe_consent,
            ),
        }

    @api.model
    def _touch_domain(self, partner):
        domain = super()._touch_domain(partner)
        if "care" in self._readable_sources():  # the task itself is shown
            domain &= Domain("source", "=", False) | Domain(
                "source", "not =like", "crm.care.task,%"
            )
        return domain

    @api.model
    def _care_domain(self, partner):
        """What was to happen until today; who is held out must not be told of it."""
        return (
            Domain("commercial_partner_id", "=", partner.id)
            & Domain("state", "in", SETTLED_STATES)
            & Domain("is_holdout", "=", False)
            & (
                Domain("state", "=", "done")
                | Domain("due_date", "<=", self.env.company._crm_today())
            )
        )

    @api.model
    def _describe_care(self, task):
        names = {  # sudo: as Odoo shows links, by name
            "occasion": task.occasion_id.sudo().name,
            "contact": task.partner_id.sudo().name or "",
        }
        is_done = task.state == "done"
        return {
            "icon": CARE_ICONS.get(task.channel, "fa-birthday-cake"),
            "title": self.env._("%(occasion)s, %(contact)s", **names),
            "text": task.subject or task.short_text if is_done else task.reason,
            "user": (task.done_by_id or task.user_id).sudo().name,
            "flag": not is_done and self._label(task, "state"),
        }

    @api.model
    def _describe_consent(self, consent):
        values = {
            "contact": consent.partner_id.sudo().name or "",  # by name, as links
            "purpose": self._label(consent, "purpose"),
            "channel": self._label(consent, "channel"),
        }
        return {
            "title": self.env._(
                "%(contact)s agreed: %(purpose)s, %(channel)s", **values
            )
            if consent.is_granted
            else self.env._("%(contact)s refused: %(purpose)s, %(channel)s", **values),
            "text": consent.note or self._label(consent, "source"),
            "user": consent.user_id.sudo().name,
            "incoming": True,
        }
