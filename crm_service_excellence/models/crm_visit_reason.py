# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class CrmVisitReason(models.Model):
    """Why a visit was cancelled or moved, and whose side asked for it."""

    _name = "crm.visit.reason"
    _description = "Visit Reason"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    kind = fields.Selection(
        selection=[
            ("any", "Cancelling and moving"),
            ("cancel", "Cancelling"),
            ("reschedule", "Moving"),
        ],
        string="Reason for",
        required=True,
        default="any",
    )
    party = fields.Selection(
        selection=[("customer", "Customer"), ("us", "Us")],
        string="Asked by",
        required=True,
        default="customer",
        help="What the customer cancels does not count against coverage.",
    )
