# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.fields import Domain

from .crm_complaint_terms import CLOCK_STATES, METRICS


class CrmSlaClock(models.Model):
    """One promised time of one complaint: when it is due and what became of it.

    Plain columns, written by :meth:`_apply` alone. A deadline depends on nothing that
    changes by itself: what is left is counted by the reader's browser. The index on
    ``next_event_at`` holds only the clocks to which something will happen.
    """

    _name = "crm.sla.clock"
    _description = "Deadline"
    _order = "complaint_id, metric, cycle, id"

    complaint_id = fields.Many2one(
        comodel_name="crm.complaint",
        required=True,
        readonly=True,
        ondelete="cascade",  # found by the key below, which begins with it
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True
    )
    metric = fields.Selection(selection=METRICS, required=True, readonly=True)
    cycle = fields.Integer(required=True, readonly=True, default=1)
    state = fields.Selection(
        selection=CLOCK_STATES, required=True, readonly=True, default="running"
    )
    policy_id = fields.Many2one(
        comodel_name="crm.sla.policy",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
    )
    policy_version = fields.Integer(readonly=True)
    calendar_id = fields.Many2one(
        comodel_name="resource.calendar",
        string="Working hours",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
    )
    target_minutes = fields.Integer(string="Promised (minutes)", readonly=True)
    allowance_minutes = fields.Float(
        readonly=True,
        help="Working minutes until the deadline: the promise, and grace if any.",
    )
    started_at = fields.Datetime(string="Started", readonly=True)
    running_since = fields.Datetime(readonly=True)
    consumed_minutes = fields.Float(
        string="Used up (minutes)",
        readonly=True,
        help="Working minutes used up before it began to run the last time.",
    )
    paused_minutes = fields.Float(
        string="Paused (minutes)",
        readonly=True,
        help="Working minutes of the pauses that are over.",
    )
    paused_since = fields.Datetime(readonly=True)
    pause_count = fields.Integer(
        string="Open pauses", readonly=True, help="It stands still while there is one."
    )
    last_event_at = fields.Datetime(readonly=True)
    deadline = fields.Datetime(readonly=True)
    warn_at = fields.Datetime(string="Warning from", readonly=True)
    is_warned = fields.Boolean(string="Due soon", readonly=True)
    next_event_at = fields.Datetime(readonly=True)
    escalation_level = fields.Integer(
        readonly=True, help="So many steps of the escalation are behind."
    )
    chain_stopped_at = fields.Datetime(string="Escalation stopped", readonly=True)
    reached_at = fields.Datetime(string="Reached", readonly=True)
    breached_at = fields.Datetime(string="Late since", readonly=True)
    overdue_minutes = fields.Float(string="Late by (minutes)", readonly=True)
    error = fields.Char(
        readonly=True,
        help="Why the job could not go on with this deadline. It is left out until "
        "somebody lets it go on.",
    )
    difference = fields.Char(
        readonly=True,
        help="What the events of this deadline lead to, if that is not what it says.",
    )
    event_ids = fields.One2many(
        comodel_name="crm.sla.event", inverse_name="clock_id", string="Events"
    )

    _key_uniq = models.UniqueIndex(
        "(complaint_id, metric, cycle)", "This deadline exists already."
    )
    _next_event_idx = models.Index("(next_event_at) WHERE next_event_at IS NOT NULL")
    _trouble_idx = models.Index(
        "(id) WHERE error IS NOT NULL OR difference IS NOT NULL"
    )

    @api.model
    def _open_domain(self):
        """Clocks that have not come to an end; one that is late goes on."""
        return Domain("reached_at", "=", False) & Domain(
            "state", "not in", ("met", "cancelled")
        )

    def _is_open(self):
        self.ensure_one()
        return not self.reached_at and self.state not in ("met", "cancelled")
