# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.tools import email_normalize

from .crm_complaint_terms import (
    CHANNELS,
    LEVELS,
    METRICS,
    NATURES,
    PRIORITIES,
    REMEDIES,
    SEVERITIES,
    SLA_STATES,
    STATES,
)


class CrmComplaint(models.Model):
    """An expression of dissatisfaction, from its receipt to the customer's answer.

    Follows ISO 10002 (GB/T 19012). Its life is the table in ``tools/transitions.py``;
    its deadlines are the rows of ``crm.sla.clock``.
    """

    _name = "crm.complaint"
    _description = "Complaint"
    _inherit = [
        "crm.measured.mixin",
        "portal.mixin",
        "rating.mixin",
        "mail.thread.cc",
        "mail.activity.mixin",
    ]
    _order = "date_received desc, id desc"
    _rec_names_search = ["number", "name", "partner_id"]
    _check_company_auto = True
    _mail_post_access = "read"
    _mail_thread_customer = True
    _primary_email = "email_from"

    # IDENTITY
    number = fields.Char(readonly=True, copy=False, index="trigram")
    name = fields.Char(string="Subject", required=True, tracking=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        default=lambda self: self.env.company,
        index=True,
    )
    state = fields.Selection(
        selection=STATES,
        string="Stage",
        default="received",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
        group_expand=True,
    )
    cycle = fields.Integer(
        default=1, readonly=True, copy=False, help="Goes up with each reopening."
    )

    # WHO COMPLAINS
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        ondelete="restrict",
        check_company=True,
        index=True,
        tracking=True,
    )
    contact_id = fields.Many2one(
        comodel_name="res.partner",
        ondelete="restrict",
        check_company=True,
        index="btree_not_null",
    )
    email_from = fields.Char(string="E-mail")
    email_normalized = fields.Char(
        compute="_compute_email_normalized", store=True, index="btree_not_null"
    )
    phone = fields.Char()
    partner_name = fields.Char(
        string="Name", help="As given by a sender who is no contact yet."
    )
    grade_id = fields.Many2one(
        comodel_name="crm.grade",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
        help="The customer's grade, on which the promised times depend.",
    )

    # ABOUT WHAT
    channel = fields.Selection(
        selection=CHANNELS, default="phone", required=True, tracking=True
    )
    date_received = fields.Datetime(
        string="Received",
        required=True,
        default=fields.Datetime.now,
        copy=False,
        index=True,
    )
    description = fields.Html(sanitize_overridable=False, strip_style=True)
    product_id = fields.Many2one(
        comodel_name="product.product",
        ondelete="restrict",
        check_company=True,
        index="btree_not_null",
    )
    lot_name = fields.Char(string="Lot or serial number", index="btree_not_null")
    sale_order_id = fields.Many2one(
        comodel_name="sale.order",
        string="Sales order",
        ondelete="restrict",
        check_company=True,
        index="btree_not_null",
    )
    invoice_id = fields.Many2one(
        comodel_name="account.move",
        ondelete="restrict",
        check_company=True,
        domain=[("move_type", "in", ("out_invoice", "out_refund"))],
        index="btree_not_null",
    )
    remedy_sought = fields.Selection(selection=REMEDIES)
    remedy_note = fields.Char(string="What the customer asks for")
    tag_ids = fields.Many2many(comodel_name="crm.complaint.tag", string="Tags")

    # WHO HANDLES IT
    team_id = fields.Many2one(
        comodel_name="crm.complaint.team",
        ondelete="restrict",
        check_company=True,
        index=True,
        tracking=True,
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Owner",
        domain=[("share", "=", False)],
        check_company=True,
        index=True,
        tracking=True,
    )
    department_id = fields.Many2one(
        comodel_name="crm.complaint.department",
        string="Responsible department",
        ondelete="restrict",
        check_company=True,
        index="btree_not_null",
        tracking=True,
    )

    # CLASSIFICATION
    category_id = fields.Many2one(
        comodel_name="crm.complaint.category",
        ondelete="restrict",
        index=True,
        tracking=True,
    )
    nature = fields.Selection(selection=NATURES)
    severity = fields.Selection(selection=SEVERITIES, tracking=True, index=True)
    is_safety = fields.Boolean(string="Safety is concerned", tracking=True)
    urgency = fields.Selection(selection=LEVELS, default="2")
    impact = fields.Selection(selection=LEVELS, default="2")
    difficulty = fields.Selection(selection=LEVELS, default="2")
    priority = fields.Selection(
        selection=PRIORITIES, default="3", tracking=True, index=True
    )
    priority_reason = fields.Char(
        string="Why this priority",
        help="Given by whoever overrides the matrix; empty while the matrix decides.",
    )

    # DATES, written by the actions
    confirmation_date = fields.Datetime(readonly=True, copy=False)
    confirmation_channel = fields.Selection(
        selection=CHANNELS, readonly=True, copy=False
    )
    date_acknowledged = fields.Datetime(readonly=True, copy=False)
    date_assessed = fields.Datetime(readonly=True, copy=False)
    date_first_response = fields.Datetime(
        string="First response", readonly=True, copy=False
    )
    date_contained = fields.Datetime(string="Contained", readonly=True, copy=False)
    date_resolved = fields.Datetime(string="Resolved", readonly=True, copy=False)
    date_closed = fields.Datetime(string="Closed", readonly=True, copy=False)

    # OUTCOME
    containment = fields.Text(help="What keeps the damage from growing for now.")
    cause = fields.Text(help="Why it happened. Never shown to the customer.")
    solution = fields.Html(sanitize_overridable=False, strip_style=True)
    decision = fields.Selection(
        selection=[
            ("justified", "Justified"),
            ("partly", "Partly justified"),
            ("not_justified", "Not justified, settled as goodwill"),
        ],
        tracking=True,
        copy=False,
    )
    decision_text = fields.Html(
        string="Decision for the customer",
        sanitize_overridable=False,
        strip_style=True,
        copy=False,
    )
    decision_sent_date = fields.Datetime(
        string="Customer told on", readonly=True, copy=False
    )
    decision_channel = fields.Selection(
        selection=CHANNELS, string="Customer told by", readonly=True, copy=False
    )
    reject_reason = fields.Text(copy=False)
    appeal_path = fields.Text(
        help="Where the customer can turn to who disagrees.", copy=False
    )
    customer_answer = fields.Selection(
        selection=[("accepted", "Accepted"), ("appealed", "Appealed")],
        readonly=True,
        copy=False,
        tracking=True,
    )
    customer_answer_date = fields.Datetime(readonly=True, copy=False)
    duplicate_of_id = fields.Many2one(
        comodel_name="crm.complaint",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
    )
    previous_id = fields.Many2one(
        comodel_name="crm.complaint",
        string="Former complaint",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
    )

    # DEADLINES: plain columns, written by crm.sla.clock
    clock_ids = fields.One2many(
        comodel_name="crm.sla.clock", inverse_name="complaint_id", string="Clocks"
    )
    pause_ids = fields.One2many(
        comodel_name="crm.sla.pause", inverse_name="complaint_id", string="Pauses"
    )
    sla_state = fields.Selection(
        selection=SLA_STATES,
        string="Deadline status",
        readonly=True,
        copy=False,
        default="none",
        index=True,
    )
    sla_metric = fields.Selection(
        selection=METRICS, string="Next due", readonly=True, copy=False
    )
    sla_deadline = fields.Datetime(
        string="Deadline", readonly=True, copy=False, index="btree_not_null"
    )
    sla_warn_at = fields.Datetime(string="Warning from", readonly=True, copy=False)

    # COMPUTE

    @api.depends("email_from")
    def _compute_email_normalized(self):
        for complaint in self:
            complaint.email_normalized = email_normalize(complaint.email_from)

    @api.depends("number", "name")
    def _compute_display_name(self):
        for complaint in self:
            complaint.display_name = f"{complaint.number or ''} {complaint.name or ''}"

    # CRUD

    @api.model_create_multi
    def create(self, vals_list):
        is_batch = len(vals_list) > 1
        creator = self.with_context(crm_complaint_batch=True) if is_batch else self
        complaints = super(CrmComplaint, creator).create(
            self._prepare_create(vals_list)
        )
        complaints = complaints.with_env(self.env)
        if is_batch:
            complaints._follow_batch()
        complaints.sudo()._sla_start()  # sudo: clocks are nobody's to write
        return complaints

    @api.model
    def _prepare_create(self, vals_list):
        """A company and a number for each, without a query for each.

        :param vals_list: list of dict, left as they are
        :return: list of new dict
        """
        default_id = self.env.context.get("default_company_id", self.env.company.id)
        prepared = [
            {**vals, "company_id": vals.get("company_id") or default_id}
            for vals in vals_list
        ]
        self._number_created(prepared)
        return prepared

    # MAIL

    def _mail_get_partner_fields(self, introspect_fields=False):
        """Whom to write to: the contact who complained, else the customer."""
        return ["contact_id", "partner_id"]
