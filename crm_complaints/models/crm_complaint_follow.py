# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from markupsafe import Markup

from odoo import models

# So many complaints are named in a message; of more, the number is said.
NAMED = 20


class CrmComplaint(models.Model):
    """Who follows a complaint, and who is told: many at once cost as much as one."""

    _inherit = "crm.complaint"

    def _message_auto_subscribe(self, updated_values, followers_existing_policy="skip"):
        if self.env.context.get("crm_complaint_batch"):
            return True  # done by _follow_batch, for all of an owner at once
        return super()._message_auto_subscribe(
            updated_values, followers_existing_policy=followers_existing_policy
        )

    def _follow_batch(self):
        """Owners of complaints that were made together follow them, and are told once.

        Odoo subscribes, renders and mails for each one: 18 queries a complaint.
        """
        if self.env.context.get("tracking_disable"):
            return
        groups = self.grouped(lambda one: (one.user_id.id, one.team_id.id))
        for (user_id, team_id), complaints in groups.items():
            complaints._message_auto_subscribe(
                {"user_id": user_id, "team_id": team_id},
                followers_existing_policy="update",
            )

    def _message_auto_subscribe_notify(self, partner_ids, template):
        """One message for many complaints that somebody is assigned at once."""
        if len(self) < 2:
            super()._message_auto_subscribe_notify(partner_ids, template)
            return
        is_quiet = self.env.context.get("mail_auto_subscribe_no_notify")
        if is_quiet or not self.env.registry.ready:
            return
        links = Markup("").join(
            Markup("<li>%s</li>") % complaint._get_html_link()
            for complaint in self[:NAMED]
        )
        rest = len(self) - NAMED
        more = self.env._("and %(count)s more", count=rest) if rest > 0 else ""
        self[0].message_notify(
            subject=self.env._(
                "%(count)s complaints were assigned to you", count=len(self)
            ),
            body=Markup("<ul>%s</ul><p>%s</p>") % (links, more),
            partner_ids=partner_ids,
        )
