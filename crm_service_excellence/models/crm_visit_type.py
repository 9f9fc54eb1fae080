# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class CrmVisitType(models.Model):
    """What a visit is for: purpose, agenda and preparation that it starts with."""

    _name = "crm.visit.type"
    _description = "Visit Type"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True, help="Short technical name that rules and imports refer to."
    )
    sequence = fields.Integer(
        default=10, help="The first one is proposed for a new visit."
    )
    active = fields.Boolean(default=True)
    kind = fields.Selection(
        selection=[
            ("regular", "Regular visit"),
            ("spot_check", "Spot check"),
            ("mystery", "Mystery visit"),
        ],
        required=True,
        default="regular",
    )
    purpose = fields.Char(translate=True)
    agenda = fields.Html(string="Default agenda", translate=True)
    expected_outcome = fields.Text(string="Default expectation", translate=True)
    duration = fields.Float(
        string="Hours", default=1.0, help="How long such a visit usually takes."
    )
    item_ids = fields.One2many(
        comodel_name="crm.visit.type.item",
        inverse_name="type_id",
        string="Preparation checklist",
        copy=True,
    )
    is_confidential = fields.Boolean(
        string="Confidential",
        help="Only the visitor and the confidential group see such visits.",
    )

    _code_uniq = models.Constraint("UNIQUE (code)", "The code is used already.")
    _check_duration = models.Constraint(
        "CHECK (duration >= 0 AND duration <= 24)",
        "A visit takes between nothing and 24 hours.",
    )
