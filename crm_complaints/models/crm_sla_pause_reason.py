# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .crm_complaint_terms import METRICS


class CrmSlaPauseReason(models.Model):
    """Why a deadline may stand still, which ones, and for how long."""

    _name = "crm.sla.pause.reason"
    _description = "Reason of a Pause"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char()
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    pauses_ack = fields.Boolean(string="Acknowledgement")
    pauses_first_response = fields.Boolean(string="First response")
    pauses_update = fields.Boolean(string="Update")
    pauses_containment = fields.Boolean(string="Containment")
    pauses_resolution = fields.Boolean(string="Resolution", default=True)
    resumes_on_reply = fields.Boolean(
        string="Ends when the customer answers", default=True
    )
    limit_minutes = fields.Integer(
        string="At most (working minutes)",
        default=5 * 480,
        required=True,
        help="Then it ends by itself, and the owner is told.",
    )
    limit_hours = fields.Float(
        string="At most (working hours)",
        compute="_compute_limit_hours",
        inverse="_inverse_limit_hours",
        help="Then it ends by itself, and the owner is told.",
    )

    _check_limit_minutes = models.Constraint(
        "CHECK (limit_minutes > 0)", "A pause has an end."
    )

    @api.depends("limit_minutes")
    def _compute_limit_hours(self):
        for reason in self:
            reason.limit_hours = reason.limit_minutes / 60

    def _inverse_limit_hours(self):
        for reason in self:
            reason.limit_minutes = round(reason.limit_hours * 60)

    @api.constrains(*(f"pauses_{metric}" for metric, _name in METRICS))
    def _check_metrics(self):
        for reason in self:
            if not reason._metrics():
                raise ValidationError(
                    self.env._(
                        "The reason %(name)s stops no deadline.", name=reason.name
                    )
                )

    def _metrics(self):
        """The metrics that it stops."""
        return tuple(metric for metric, _name in METRICS if self[f"pauses_{metric}"])
