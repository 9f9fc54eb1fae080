# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models

from .res_partner import CARE_GROUP


class ResPartner(models.Model):
    """Birthdays, as they are celebrated: by the solar or by the lunar calendar."""

    _inherit = "res.partner"

    crm_birth_calendar = fields.Selection(
        selection=[("solar", "Solar"), ("lunar", "Lunar")],
        string="Birthday by",
        groups=CARE_GROUP,
    )
    crm_birth_month = fields.Integer(
        string="Birth month", aggregator=None, groups=CARE_GROUP
    )
    crm_birth_day = fields.Integer(
        string="Birth day", aggregator=None, groups=CARE_GROUP
    )
    crm_birth_leap = fields.Boolean(
        string="Leap month",
        groups=CARE_GROUP,
        help="Born in a leap month of the lunar calendar.",
    )
    crm_birth_year = fields.Integer(
        string="Birth year",
        aggregator=None,
        groups=CARE_GROUP,
        help="Of the calendar of the birthday; may stay empty.",
    )
    crm_birth_leap_policy = fields.Selection(
        selection=[
            ("regular", "In the regular month"),
            ("leap", "In the leap month, in years that have it"),
        ],
        string="Celebrated",
        default=None,
        groups=CARE_GROUP,
        help="For a birthday in a leap month; empty: in the regular month.",
    )

    _crm_birth_idx = models.Index(
        "(crm_birth_calendar, crm_birth_month, crm_birth_day) WHERE crm_birth_month > 0"
    )
