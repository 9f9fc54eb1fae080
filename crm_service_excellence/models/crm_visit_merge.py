# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models

# What is nearest to its end stays; a visit that took place always does.
KEEP_ORDER = ("reported", "done", "in_progress", "planned", "proposed")
TOOK_PLACE = frozenset(KEEP_ORDER[:3])


class CrmVisit(models.Model):
    """Two customers become one: one need, one visit."""

    _inherit = "crm.visit"

    @api.model
    def _join_needs(self, sources, target):
        """Leave one visit for each need before the customers become one.

        A proposed double goes, a planned one is cancelled with a reason. What took
        place stays as it is, as a visit beyond the need where there were two.

        :param sources: ``res.partner`` whose visits move
        :param target: ``res.partner`` that receives them
        """
        # sudo: a merge concerns every company, whoever may run it
        visits_sudo = self.sudo().with_context(active_test=False)
        visits = visits_sudo.search(
            [
                ("partner_id", "in", (sources | target).ids),
                ("due_date", "!=", False),
                ("state", "!=", "cancelled"),
            ]
        )
        reason = self.env.ref("crm_service_excellence.crm_visit_reason_merged")
        needs = visits.grouped(lambda visit: (visit.company_id, visit.due_date))
        for doubles in needs.values():
            ranked = doubles.sorted(
                lambda visit: (
                    KEEP_ORDER.index(visit.state),
                    visit.partner_id != target,
                    visit.id,
                )
            )
            for visit in ranked[1:]:
                if visit.state in TOOK_PLACE:
                    visit.due_date = False
                elif visit.state == "planned":
                    visit._cancel(reason)
                else:
                    visit.unlink()
        self.env.flush_all()  # the index is checked statement by statement
