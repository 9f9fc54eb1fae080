# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

STALE_DAYS = 180  # people and firms change: half a year unconfirmed is hearsay


class CrmCustomerInsight(models.Model):
    """One dated statement about what moves a customer, by whom and how sure.

    A model of its own with rules of its own, never chatter: whoever may read a contact
    may read its chatter, and some of this is confidential.
    """

    _name = "crm.customer.insight"
    _description = "Customer Insight"
    _order = "date desc, id desc"
    _rec_name = "statement"

    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        required=True,
        index=True,
        ondelete="restrict",  # privacy look-up skips cascading links
        domain="[('parent_id', '=', False)]",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    kind = fields.Selection(
        selection=[
            ("pain", "Pain"),
            ("expectation", "Expectation"),
            ("decision", "Decision factor"),
            ("preference", "Preference"),
        ],
        required=True,
        default="preference",
    )
    statement = fields.Text(required=True)
    date = fields.Date(
        string="Said on", required=True, default=fields.Date.context_today
    )
    author_id = fields.Many2one(
        comodel_name="res.users",
        string="Recorded by",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
        ondelete="restrict",
    )
    source = fields.Selection(
        selection=[
            ("visit", "Visit"),
            ("phone", "Phone call"),
            ("message", "Message"),
            ("survey", "Survey"),
            ("complaint", "Complaint"),
            ("third_party", "Third party"),
            ("observation", "Own observation"),
        ],
        required=True,
        default="phone",
    )
    contact_id = fields.Many2one(
        comodel_name="res.partner",
        string="Said by",
        ondelete="set null",
        index="btree_not_null",
        domain="[('id', 'child_of', partner_id)]",
    )
    confidence = fields.Selection(
        selection=[("low", "Low"), ("medium", "Medium"), ("high", "High")],
        required=True,
        default="medium",
    )
    is_confidential = fields.Boolean(
        string="Confidential",
        help="Only its author and the confidential group can read it.",
    )
    date_confirmed = fields.Date(
        string="Confirmed on",
        required=True,
        readonly=True,
        copy=False,
        default=fields.Date.context_today,
    )
    is_stale = fields.Boolean(
        string="Stale",
        compute="_compute_is_stale",
        search="_search_is_stale",
        help="Not confirmed for 180 days.",
    )
    active = fields.Boolean(default=True)

    @api.depends("date_confirmed")
    def _compute_is_stale(self):
        limit = fields.Date.context_today(self) - timedelta(days=STALE_DAYS)
        for insight in self:
            confirmed = insight.date_confirmed
            insight.is_stale = bool(confirmed) and confirmed < limit

    @api.model
    def _search_is_stale(self, operator, value):
        if operator != "in":
            return NotImplemented
        limit = fields.Date.context_today(self) - timedelta(days=STALE_DAYS)
        stale = Domain("date_confirmed", "<", limit)
        return stale if True in value else ~stale

    @api.model_create_multi
    def create(self, vals_list):
        insights = super().create(
            [self._prepare_insight_vals(vals) for vals in vals_list]
        )
        return insights

    def write(self, vals):
        if {"partner_id", "author_id"}.intersection(vals):
            vals = self._prepare_insight_vals(vals)
        return super().write(vals)

    @api.model
    def _prepare_insight_vals(self, vals):
        """File what a contact says under its company; date the confirmation."""
        partner = self.env["res.partner"].browse(vals.get("partner_id"))
        vals = {**vals}
        if vals.get("author_id", self.env.uid) != self.env.uid and not self.env.su:
            raise AccessError(
                self.env._("An insight is recorded in one's own name only.")
            )
        if partner:
            vals["partner_id"] = partner.commercial_partner_id.id
            if partner != partner.commercial_partner_id:
                vals.setdefault("contact_id", partner.id)
        if vals.get("date"):
            vals.setdefault("date_confirmed", vals["date"])
        return vals

    def action_confirm(self):
        """The customer, or events, confirmed the statement today."""
        self.write({"date_confirmed": fields.Date.context_today(self)})
        return True
