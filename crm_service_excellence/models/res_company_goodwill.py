# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class ResCompany(models.Model):
    """Who may grant how much goodwill."""

    _inherit = "res.company"

    crm_goodwill_own_limit = fields.Float(
        string="Without approval up to",
        digits=(16, 2),
        default=100,
        help="Up to this value and cost, within the budget, one's own request is "
        "granted at once.",
    )
    crm_goodwill_manager_limit = fields.Float(
        string="Managers approve up to",
        digits=(16, 2),
        default=500,
        help="What is worth or costs more takes a director.",
    )
    crm_goodwill_over_budget = fields.Selection(
        selection=[
            ("escalate", "A manager may approve it"),
            ("refuse", "It is refused"),
        ],
        string="Over the yearly budget",
        default="escalate",
        required=True,
    )

    _check_crm_goodwill_limits = models.Constraint(
        "CHECK (crm_goodwill_own_limit >= 0 "
        "AND crm_goodwill_own_limit <= crm_goodwill_manager_limit "
        "AND crm_goodwill_manager_limit < 1000000000)",
        "What managers approve is no less than what everybody may grant.",
    )
