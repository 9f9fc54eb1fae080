# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import re
import secrets

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

GATEWAY_CHANNELS = [
    ("wechat", "WeChat"),
    ("call_centre", "Call centre"),
    ("phone", "Phone"),
    ("letter", "Letter"),
    ("other", "Other"),
]
CODE = re.compile(r"[a-z0-9][a-z0-9_-]{2,39}")


class CrmComplaintGateway(models.Model):
    """A system outside that delivers complaints: a WeChat gateway, a call centre."""

    _name = "crm.complaint.gateway"
    _description = "Complaint Gateway"
    _order = "name, id"
    _check_company_auto = True

    name = fields.Char(required=True)
    code = fields.Char(
        required=True,
        copy=False,
        default=lambda self: secrets.token_hex(8),
        help="Part of the address that the gateway delivers to.",
    )
    active = fields.Boolean(default=True)
    channel = fields.Selection(
        selection=GATEWAY_CHANNELS, default="wechat", required=True
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        default=lambda self: self.env.company,
        index=True,
    )
    team_id = fields.Many2one(
        comodel_name="crm.complaint.team",
        required=True,
        ondelete="restrict",
        check_company=True,
        index=True,
    )
    secret = fields.Char(copy=False, groups=fields.NO_ACCESS)
    secret_date = fields.Datetime(string="Secret made on", readonly=True, copy=False)
    url = fields.Char(string="Address", compute="_compute_url")
    inbound_ids = fields.One2many(
        comodel_name="crm.complaint.inbound",
        inverse_name="gateway_id",
        string="Deliveries",
    )

    _code_uniq = models.UniqueIndex("(code)", "Another gateway has this code.")

    # COMPUTE

    @api.depends("code")
    def _compute_url(self):
        for gateway in self:
            base = gateway.get_base_url()
            gateway.url = f"{base}/crm_complaints/webhook/{gateway.code or ''}"

    @api.constrains("code")
    def _check_code(self):
        for gateway in self:
            if not CODE.fullmatch(gateway.code):
                raise ValidationError(
                    self.env._(
                        "A code has 3 to 40 small letters, digits, - and _, and begins "
                        "with a letter or digit."
                    )
                )

    # CRUD

    @api.model_create_multi
    def create(self, vals_list):
        gateways = super().create(
            [
                {key: value for key, value in vals.items() if key != "secret"}
                for vals in vals_list
            ]
        )
        for gateway in gateways.sudo():  # sudo: nobody reads or chooses a secret
            gateway._renew_secret()
        return gateways

    # ACTIONS

    def action_regenerate_secret(self):
        """Make a new secret and show it, this once; the former one is void."""
        self.ensure_one()
        self.check_access("write")
        secret = self.sudo()._renew_secret()  # sudo: nobody reads a secret
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Secret of %(name)s", name=self.name),
            "res_model": "crm.complaint.gateway.secret",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_secret": secret},
        }

    def action_open_complaints(self):
        """Complaints that came through this gateway."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Complaints"),
            "res_model": "crm.complaint",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", self.inbound_ids.complaint_id.ids)],
        }

    def _renew_secret(self):
        self.ensure_one()
        secret = secrets.token_urlsafe(32)
        self.write({"secret": secret, "secret_date": fields.Datetime.now()})
        return secret


class CrmComplaintGatewaySecret(models.AbstractModel):
    """Shows a secret; stores nothing."""

    _name = "crm.complaint.gateway.secret"
    _description = "Secret of a Gateway"

    # the field 'id' is necessary for the onchange that returns the value of 'secret'
    id = fields.Id()
    secret = fields.Char(readonly=True)

    @api.model_create_multi
    def create(self, vals_list):  # pylint: disable=method-required-super
        raise UserError(self.env._("A secret is shown, and not kept."))
