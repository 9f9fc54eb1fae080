# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models

POSITION_STATES = [
    ("on_site", "On site"),
    ("off_site", "Elsewhere"),
    ("unknown", "Unknown"),
]


class CrmVisit(models.Model):
    """Where and when somebody was: measured, by the server's clock."""

    _inherit = "crm.visit"

    # Positions are WGS-84, whatever the phone's map uses
    check_in = fields.Datetime(string="Arrived", readonly=True, copy=False)
    check_in_key = fields.Char(readonly=True, copy=False)
    check_in_latitude = fields.Float(digits=(10, 7), readonly=True, copy=False)
    check_in_longitude = fields.Float(digits=(10, 7), readonly=True, copy=False)
    check_in_accuracy = fields.Float(
        string="Accuracy on arrival (m)", readonly=True, copy=False, aggregator=None
    )
    position_state = fields.Selection(
        selection=POSITION_STATES,
        string="Where on arrival",
        readonly=True,
        copy=False,
        help="Compared with the customer's position; unknown is not elsewhere.",
    )
    distance_m = fields.Float(
        string="Distance on arrival (m)",
        digits=(12, 0),
        readonly=True,
        copy=False,
        aggregator="avg",
    )
    check_out = fields.Datetime(string="Left", readonly=True, copy=False)
    check_out_key = fields.Char(readonly=True, copy=False)
    check_out_latitude = fields.Float(digits=(10, 7), readonly=True, copy=False)
    check_out_longitude = fields.Float(digits=(10, 7), readonly=True, copy=False)
    check_out_accuracy = fields.Float(
        string="Accuracy on leaving (m)", readonly=True, copy=False, aggregator=None
    )
    check_out_position_state = fields.Selection(
        selection=POSITION_STATES, string="Where on leaving", readonly=True, copy=False
    )
    check_out_distance_m = fields.Float(
        string="Distance on leaving (m)",
        digits=(12, 0),
        readonly=True,
        copy=False,
        aggregator="avg",
    )
