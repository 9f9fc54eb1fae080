# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.fields import Domain

from .crm_complaint_terms import OPEN_STATES

# Work is left, or the customer's answer is awaited.
UNFINISHED_STATES = (*OPEN_STATES, "resolved")


class CrmComplaint(models.Model):
    """What only the screens need."""

    _inherit = "crm.complaint"

    state = fields.Selection(group_expand="_group_expand_state")
    grade_color = fields.Integer(related="grade_id.color")
    is_unfinished = fields.Boolean(compute="_compute_is_unfinished")

    def _group_expand_state(self, states, domain):
        """Columns of the board: the stages of work, and whatever else is shown."""
        shown = {*UNFINISHED_STATES, *states}
        return [
            state for state, _name in self._fields["state"].selection if state in shown
        ]

    @api.depends("state")
    def _compute_is_unfinished(self):
        for complaint in self:
            complaint.is_unfinished = complaint.state in UNFINISHED_STATES

    # DOMAINS that counts and the lists behind them share

    @api.model
    def _get_unfinished_domain(self):
        """What work is left on, or what waits for the customer's answer."""
        return Domain("state", "in", UNFINISHED_STATES)

    @api.model
    def _get_late_domain(self):
        """Past a deadline, whether a job has noticed or not."""
        return Domain("state", "in", OPEN_STATES) & (
            Domain("sla_state", "=", "breached")
            | (
                Domain("sla_state", "in", ("running", "warned"))
                & Domain("sla_deadline", "<", "now")
            )
        )

    @api.model
    def _get_due_today_domain(self):
        """Due until the end of the reader's day, and not late yet."""
        return (
            Domain("state", "in", OPEN_STATES)
            & Domain("sla_state", "in", ("running", "warned"))
            & Domain("sla_deadline", ">=", "now")
            & Domain("sla_deadline", "<", "today +1d")
        )
