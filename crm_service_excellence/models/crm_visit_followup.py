# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class CrmVisitFollowup(models.Model):
    """Something promised during a visit: who does it until when.

    Becomes an activity once the visit is reported.
    """

    _name = "crm.visit.followup"
    _description = "Visit: Follow-up"
    _order = "date_deadline, id"

    visit_id = fields.Many2one(
        comodel_name="crm.visit", required=True, index=True, ondelete="cascade"
    )
    name = fields.Char(string="What", required=True)
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Who",
        required=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
    )
    date_deadline = fields.Date(
        string="Until", required=True, default=lambda self: self._default_deadline()
    )
    activity_id = fields.Many2one(
        comodel_name="mail.activity",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )

    def _default_deadline(self):
        return fields.Date.add(self.env.company._crm_today(), days=7)
