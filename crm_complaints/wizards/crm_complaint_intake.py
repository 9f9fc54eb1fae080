# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import plaintext2html

from ..models.crm_complaint_terms import CHANNELS, REMEDIES, SEVERITIES

# Channels on which somebody of ours writes down what the customer says.
TAKEN_CHANNELS = ("phone", "counter", "call_centre", "wechat", "letter", "other")
# On these the customer hears the number, by what name it is kept.
TOLD_CHANNELS = ("phone", "counter", "call_centre")


class CrmComplaintIntake(models.TransientModel):
    """One quick form for whoever takes a complaint on the phone or at the counter."""

    _name = "crm.complaint.intake"
    _description = "Take a Complaint"
    _check_company_auto = True

    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    channel = fields.Selection(
        selection=[item for item in CHANNELS if item[0] in TAKEN_CHANNELS],
        required=True,
        default="phone",
    )

    # WHO
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        check_company=True,
        help="Found by name, e-mail, phone, or the number of a complaint, an order or "
        "an invoice.",
    )
    customer_id = fields.Many2one(
        comodel_name="res.partner", compute="_compute_customer_id", string="Filed under"
    )
    partner_name = fields.Char(string="Name of the caller")
    phone = fields.Char(compute="_compute_address", store=True, readonly=False)
    email_from = fields.Char(
        string="E-mail", compute="_compute_address", store=True, readonly=False
    )
    create_contact = fields.Boolean(
        string="Keep as a contact",
        help="Otherwise name and phone are kept on the complaint only.",
    )
    overview = fields.Json(compute="_compute_overview")

    # WHAT
    name = fields.Char(string="Subject")
    description = fields.Text(string="What the customer says")
    category_id = fields.Many2one(comodel_name="crm.complaint.category")
    severity = fields.Selection(selection=SEVERITIES)
    is_safety = fields.Boolean(string="Safety is concerned")
    sale_order_id = fields.Many2one(comodel_name="sale.order")
    invoice_id = fields.Many2one(comodel_name="account.move")
    product_id = fields.Many2one(comodel_name="product.product", check_company=True)
    lot_name = fields.Char(string="Lot or serial number")
    remedy_sought = fields.Selection(selection=REMEDIES)
    remedy_note = fields.Char(string="What the customer asks for")
    duplicates = fields.Json(string="Perhaps the same", compute="_compute_duplicates")

    # THEN
    is_mine = fields.Boolean(
        string="I handle it", help="Otherwise the rule of the team says who does."
    )
    is_told = fields.Boolean(
        string="Number told to the customer",
        help="Confirms the receipt by word of mouth. The number is shown when the "
        "complaint is created: tick this if you tell it right then.",
    )

    # COMPUTES

    @api.depends("partner_id")
    def _compute_customer_id(self):
        for intake in self:
            intake.customer_id = intake.partner_id.commercial_partner_id

    @api.depends("partner_id")
    def _compute_address(self):
        for intake in self:
            if intake.partner_id:
                intake.phone = intake.partner_id.phone
                intake.email_from = intake.partner_id.email
            else:
                intake.phone = intake.phone
                intake.email_from = intake.email_from

    @api.depends("customer_id", "company_id")
    @api.depends_context("uid", "lang")
    def _compute_overview(self):
        for intake in self:
            intake.overview = intake._may_take() and intake._describe_customer()

    @api.depends(
        "customer_id",
        "email_from",
        "product_id",
        "sale_order_id",
        "invoice_id",
        "lot_name",
    )
    @api.depends_context("uid", "lang")
    def _compute_duplicates(self):
        for intake in self:
            found = intake._may_take() and intake._find_duplicates()
            intake.duplicates = [self._describe_duplicate(c) for c in found or ()]

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        """What was bought by another customer is none of this one's."""
        self.sale_order_id = self.invoice_id = self.product_id = False

    # CHECKS

    def _may_take(self):
        """Whether the user takes complaints here, and may therefore see who calls.

        Of a company that is the user's, about a contact that the user may read: the
        read-only company may still be named by a program.
        """
        return (
            self.env["crm.complaint"].has_access("create")
            and self.company_id._origin in self.env.companies
            and self.partner_id._origin.has_access("read")
        )

    def _check_purchase(self):
        """:raise ValidationError: order or invoice of somebody else"""
        # sudo: whoever takes the call need not see sales; nothing is shown of them
        for document in (self.sale_order_id.sudo(), self.invoice_id.sudo()):
            owner = document.partner_id.commercial_partner_id
            if document and (
                owner != self.customer_id or document.company_id != self.company_id
            ):
                raise ValidationError(
                    self.env._("The order or invoice is not this customer's.")
                )

    # ACTIONS

    def action_create_complaint(self):
        """Create the complaint and open it.

        :raise UserError: nobody to answer to, or nothing to answer
        """
        self.ensure_one()
        complaints = self.env["crm.complaint"]
        complaints.check_access("create")
        self._check_purchase()
        if not (self.partner_id or self.partner_name or self.phone):
            raise UserError(
                self.env._("Choose the customer, or enter name or phone of the caller.")
            )
        if not (self.name or self.category_id or self.description):
            raise UserError(self.env._("Say what the complaint is about."))
        if self.create_contact and not self.partner_id:
            self.partner_id = self.env["res.partner"].create(self._contact_values())
        complaint = complaints.with_company(self.company_id).create(
            self._complaint_values()
        )
        if self.is_told:
            told = self.channel if self.channel in TOLD_CHANNELS else TOLD_CHANNELS[0]
            # sudo: whoever took the call has told the number, also where the team
            # gave what was just recorded to a colleague
            complaint.sudo()._confirm_receipt(channel=told)
        return complaint._get_records_action(context={})

    def action_note_duplicate(self, complaint_id):
        """Add what the customer says to a complaint that is there already; open it.

        Whoever takes the call may do so on a colleague's complaint too: the call must
        not get lost. It is opened for who may read it.

        :param int complaint_id: one of those that are suggested
        :raise UserError: it is none of them
        """
        self.ensure_one()
        self.env["crm.complaint"].check_access("create")
        if not self._may_take():
            raise AccessError(self.env._("This customer is not yours to see."))
        complaint = self._find_duplicates().filtered(lambda c: c.id == complaint_id)
        if not complaint:
            raise UserError(
                self.env._("That complaint is not about the same any more.")
            )
        text = self.description or self.name
        channels = dict(self._fields["channel"]._description_selection(self.env))
        body = self.env._(
            "The customer got in touch again (%(channel)s).",
            channel=channels[self.channel],
        )
        # sudo: an internal note, and nothing else, on a complaint just suggested
        complaint_sudo = complaint.sudo()
        complaint_sudo.message_post(
            body=plaintext2html(f"{body}\n{text}" if text else body),
            subtype_xmlid="mail.mt_note",
            author_id=self.env.user.partner_id.id,
        )
        if complaint.with_env(self.env).has_access("read"):
            return complaint.with_env(self.env)._get_records_action(context={})
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "Noted on %(number)s.", number=complaint_sudo._short_name()
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    # VALUES

    def _contact_values(self):
        return {
            "name": self.partner_name or self.phone,
            "phone": self.phone,
            "email": self.email_from,
        }

    def _complaint_values(self):
        """What the form says, and nothing beyond it."""
        subject = self.name or (self.description or "").strip().split("\n")[0][:80]
        return {
            "name": subject or self.category_id.name,
            "company_id": self.company_id.id,
            "channel": self.channel,
            "partner_id": self.partner_id.id,
            "partner_name": False if self.partner_id else self.partner_name,
            "phone": self.phone,
            "email_from": self.email_from,
            "description": plaintext2html(self.description)
            if self.description
            else False,
            "category_id": self.category_id.id,
            "severity": self.severity,
            "is_safety": self.is_safety,
            "product_id": self.product_id.id,
            "sale_order_id": self.sale_order_id.id,
            "invoice_id": self.invoice_id.id,
            "lot_name": self.lot_name,
            "remedy_sought": self.remedy_sought,
            "remedy_note": self.remedy_note,
            "user_id": self.is_mine and self.env.uid,
        }
