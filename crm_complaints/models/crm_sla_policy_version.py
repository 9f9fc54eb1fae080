# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class CrmSlaPolicyVersion(models.Model):
    """What a policy said, from when, and who changed it: append-only (S13)."""

    _name = "crm.sla.policy.version"
    _description = "Version of a Policy"
    _order = "policy_id, version desc"
    _rec_name = "version"

    policy_id = fields.Many2one(
        comodel_name="crm.sla.policy",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(related="policy_id.company_id", store=True, index=True)
    version = fields.Integer(required=True, readonly=True, aggregator=None)
    date = fields.Datetime(
        string="When", required=True, readonly=True, default=fields.Datetime.now
    )
    user_id = fields.Many2one(
        comodel_name="res.users", string="Who", readonly=True, ondelete="set null"
    )
    snapshot = fields.Json(
        readonly=True, help="All times and terms of the policy as of this version."
    )
    changes = fields.Text(string="What changed", readonly=True)

    _key_uniq = models.UniqueIndex(
        "(policy_id, version)", "Someone else has just changed this policy."
    )
