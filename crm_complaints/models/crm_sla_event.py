# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError

EVENT_KINDS = [
    ("start", "Started"),
    ("pause", "Paused"),
    ("resume", "Resumed"),
    ("retarget", "Promise changed"),
    ("recalendar", "Working hours changed"),
    ("replan", "Calendar edited"),
    ("backdate", "Earlier start taken over"),
    ("warn", "Warning"),
    ("breach", "Late"),
    ("escalate", "Escalated"),
    ("acknowledge", "Escalation taken up"),
    ("reach", "Reached"),
    ("cancel", "Cancelled"),
]


class CrmSlaEvent(models.Model):
    """Why a deadline is what it is: append-only, one row for each change of a clock."""

    _name = "crm.sla.event"
    _description = "Deadline Event"
    _order = "clock_id, id"
    # Who and when are columns of its own; each one less is a check less a row.
    _log_access = False

    clock_id = fields.Many2one(
        comodel_name="crm.sla.clock",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True
    )
    kind = fields.Selection(selection=EVENT_KINDS, required=True, readonly=True)
    date = fields.Datetime(string="When", required=True, readonly=True)
    recorded_at = fields.Datetime(
        readonly=True, help="When it was noted: a late job notes what was due before."
    )
    user_id = fields.Many2one(
        comodel_name="res.users", string="Who", readonly=True, ondelete="set null"
    )
    reason = fields.Char(readonly=True)
    started_at = fields.Datetime(
        string="Counted from", readonly=True, help="Of an earlier start taken over."
    )
    target_minutes = fields.Integer(readonly=True)
    allowance_minutes = fields.Float(readonly=True)
    calendar_id = fields.Many2one(
        comodel_name="resource.calendar", readonly=True, ondelete="restrict"
    )
    consumed_minutes = fields.Float(
        readonly=True, help="Working minutes used up at that moment."
    )
    old_deadline = fields.Datetime(readonly=True)
    new_deadline = fields.Datetime(readonly=True)

    # Nothing goes on to super: rows are written along with their clock, in bulk.

    @api.model_create_multi
    def create(self, vals_list):  # pylint: disable=method-required-super
        raise AccessError(self.env._("The events of a deadline write themselves."))

    def write(self, vals):  # pylint: disable=method-required-super
        raise AccessError(self.env._("What happened to a deadline cannot be changed."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise AccessError(self.env._("What happened to a deadline cannot be removed."))
